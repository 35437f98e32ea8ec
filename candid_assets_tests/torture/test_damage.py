"""Some seeds of the damages; `python -m candid_assets_tests.torture.damage 1000` tries more."""

import pytest

from candid_assets_tests.torture.damage import STORES, damages
from candid_assets_tests.torture.plant import Plant
from candid_assets_tests.torture.stores import Stores

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tried(books, tmp_path_factory):
    with damages(tmp_path_factory.mktemp("damages"), books) as installation:
        yield installation


@pytest.mark.parametrize("kind", STORES)
def test_a_damaged_store_is_healed_or_named_and_never_published(tried, kind):
    outcomes = [tried.try_seed(seed, (kind,)) for seed in range(100, 104)]
    assert [outcome for outcome in outcomes if outcome.is_fault] == []


@pytest.mark.slow
def test_a_damaged_history_of_dagster_never_stops_the_data():
    with Plant() as plant:
        stores = Stores(plant, "staging")
        for name in ("runs.db", "index.db"):
            stores.start_again()
            (file,) = (plant.home / "dagster").rglob(name)
            file.write_bytes(b"this is no database" * 500)
            assert stores.refresh(whole=True) == "healed", name
