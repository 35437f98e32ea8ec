"""Some seeds of the damages; `python -m candid_assets_tests.torture.damage 1000` tries more."""

import pytest

from candid_assets_tests.torture.damage import STORES, damages


@pytest.fixture(scope="module")
def tried(books, tmp_path_factory):
    with damages(tmp_path_factory.mktemp("damages"), books) as installation:
        yield installation


@pytest.mark.parametrize("kind", STORES)
def test_a_damaged_store_is_healed_or_named_and_never_published(tried, kind):
    outcomes = [tried.try_seed(seed, (kind,)) for seed in range(100, 104)]
    assert [outcome for outcome in outcomes if outcome.is_fault] == []
