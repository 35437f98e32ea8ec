"""A table that tasks clean is swapped in as any other; without a cluster it fails by name."""

import shutil

import pytest

from candid_assets.engines.attempts import Attempt, attempts_folder
from candid_assets.engines.errors import EngineError
from candid_assets.refresh import clean_rows
from candid_assets.settings import Settings
from candid_assets_tests.engines.local_tasks import LocalTasks
from candid_assets_tests.refresh.shop import Shop
from candid_assets_tests.refresh.test_row_checks import HEADER, ORDERS, ROWS

FAMILY = ORDERS.replace("name: orders", "name: branches").replace(
    "physicalName: Pesanan",
    "physicalName: Cabang\ncustomProperties: [{property: titlePattern, value: 'Cabang .*'}]",
)


@pytest.fixture
def orders(shop: Shop) -> Shop:
    shop.contract("orders", ORDERS)
    wrong = [["P3", "x", "2025-03-04", 3, 3], ["P5", "2025-03-05", "", 5, 9], [*ROWS[1]]]
    shop.sheet(Pesanan=[HEADER, *ROWS, *wrong, [None, None, None, None, None, "beside"]])
    return shop


def cleaned_by_tasks(monkeypatch: pytest.MonkeyPatch) -> list[Attempt]:
    """Let tasks clean every table, and note their folders."""
    attempts: list[Attempt] = []

    def tasks_in(_: Settings, attempt: Attempt) -> LocalTasks:
        attempts.append(attempt)
        return LocalTasks(attempt.folder)

    monkeypatch.setattr(clean_rows, "goes_to_cluster", lambda *_: True)
    monkeypatch.setattr(clean_rows, "tasks_in", tasks_in)
    return attempts


def content_of(shop: Shop) -> dict[str, str]:
    """Return the fingerprints of the tables of the last run, after checking nothing is left."""
    record = shop.runs[-1]
    assert record.failures == []
    folder = attempts_folder(shop.settings)
    assert not folder.exists() or list(folder.iterdir()) == []
    return {f"{b.layer}.{b.table}": b.version for b in record.built}


def test_table_that_tasks_clean_is_the_table_that_is_cleaned_here(
    orders: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders.run()
    here = content_of(orders)
    queries = (
        "from meta.dropped_rows order by all",
        "from quarantine.toko__orders order by _row",
        "from meta.outside_cells order by all",
    )
    known = [orders.query(query) for query in queries]
    attempts = cleaned_by_tasks(monkeypatch)
    shutil.rmtree(orders.settings.data_dir)
    orders.run()
    assert content_of(orders) == here
    assert [orders.query(query) for query in queries] == known
    assert len(attempts) == 1


def test_family_that_a_task_cleans_is_the_family_that_is_cleaned_here(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.contract("branches", FAMILY)
    more = [["P3", "2025-03-03", "", 3, 3], ["Q1", "2025-03-03", "", 3, 9]]
    shop.sheet(**{"Cabang 1": [HEADER, *ROWS], "Cabang 2": [[*HEADER, "Ket"], *more, [1, "x"]]})
    shop.run()
    here = content_of(shop)
    cleaned_by_tasks(monkeypatch)
    shutil.rmtree(shop.settings.data_dir)
    shop.run()
    assert content_of(shop) == here


def test_table_whose_cluster_is_away_fails_by_name_and_keeps_its_last_good_rows(
    orders: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders.run()

    def away(*_: object) -> None:
        raise EngineError("the cluster is away", "start it")

    orders.change("edit", tab="Pesanan", cells={"E3": 99})
    monkeypatch.setattr(clean_rows, "goes_to_cluster", lambda *_: True)
    monkeypatch.setattr(clean_rows, "tasks_in", away)
    record = orders.run()
    message = "toko__orders could not be built: the cluster is away"
    failures = [(f.table, f.cause, f.message, f.fix) for f in record.failures]
    assert failures == [("toko__orders", "engine_failed", message, "start it")]
    assert orders.query("select count(*) from clean.toko__orders") == [(18,)]
    assert list(attempts_folder(orders.settings).iterdir()) == []
