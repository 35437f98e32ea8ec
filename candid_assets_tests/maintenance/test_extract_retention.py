"""Pruning removes what is past retention, and nothing that a table or kept publication needs."""

from datetime import UTC, datetime, timedelta

import pytest

from candid_assets.contracts.load import load_catalog
from candid_assets.history.rebuild import rebuild
from candid_assets.history.tab_history import tab_history
from candid_assets.maintenance.extract_retention import prunable, prune
from candid_assets.orchestration.resources import Warehouse
from candid_assets_tests.history.shop import HEAD
from candid_assets_tests.refresh.test_history_versions import describe_history

pytestmark = pytest.mark.slow

RETENTION = HEAD + "customProperties: [{property: retention, value: P90D}]\n"


def pruned(shop, days, *, delete=True):
    now = datetime.now(UTC) + timedelta(days=days)
    warehouse = Warehouse(database=str(shop.settings.warehouse_file), env="staging")
    with warehouse.get_connection() as connection:
        extracts = prunable(shop.settings, load_catalog(shop.settings.catalog_dir), connection, now)
        if delete:
            prune(connection, extracts, now)
    return [extract.content_hash for extract in extracts]


def three_contents(shop):
    shop.refresh()
    shop.edit("Penjualan", C2="2.000")
    shop.refresh()
    shop.edit("Penjualan", C2="3.000")
    shop.refresh()
    return [seen.extract for seen in reversed(tab_history(shop.settings, "toko__sales"))]


def test_without_retention_everything_is_kept(shop):
    three_contents(shop)
    assert pruned(shop, 10_000) == []


def test_what_no_reader_saw_within_the_retention_goes(shop):
    shop.write("workbooks/toko/contract.yaml", RETENTION)
    first, second, third = three_contents(shop)
    assert pruned(shop, 89) == []
    assert pruned(shop, 91, delete=False) == [first, second]
    assert pruned(shop, 91) == [first, second]
    assert pruned(shop, 91) == []
    kept = {seen.extract: seen.kept for seen in tab_history(shop.settings, "toko__sales")}
    assert kept == {first: False, second: False, third: True}
    again = rebuild(shop.settings, "now", shop.root / "now.duckdb", datetime.now(UTC), None)
    assert again.is_identical
    run, _ = shop.saved[0]
    again = rebuild(shop.settings, run, shop.root / "then.duckdb", datetime.now(UTC), None)
    assert all("is missing" in d.reason or "reads" in d.reason for d in again.differences)
    assert {d.table for d in again.differences} >= {"raw.toko__sales", "ready.mart_daily"}


def test_the_extracts_that_a_history_was_made_from_stay(shop):
    shop.write("workbooks/toko/contract.yaml", RETENTION)
    describe_history(shop)
    three_contents(shop)
    assert pruned(shop, 91) == []
    again = rebuild(shop.settings, "now", shop.root / "now.duckdb", datetime.now(UTC), None)
    assert again.is_identical


def test_a_history_declared_after_the_pruning_begins_with_the_oldest_extract_kept(shop):
    shop.write("workbooks/toko/contract.yaml", RETENTION)
    three_contents(shop)
    assert len(pruned(shop, 91)) == 2
    describe_history(shop)
    record = shop.refresh()
    assert record.succeeded, [str(f) for f in record.failures]
    amounts = "select amount_idr::integer from ready.amount_history where receipt_id = 'N1'"
    assert shop.query(amounts) == [(3000,)]
    again = rebuild(shop.settings, "now", shop.root / "now.duckdb", datetime.now(UTC), None)
    assert again.is_identical


def test_the_extract_of_a_held_table_stays_however_old(shop):
    shop.write("workbooks/toko/contract.yaml", RETENTION)
    shop.refresh()
    shop.edit("Penjualan", C1="Harga")
    shop.refresh()
    shop.edit("Penjualan", C2="3.000")
    shop.refresh()
    _, second, first = tab_history(shop.settings, "toko__sales")
    assert pruned(shop, 1_000) == [second.extract]
    assert first.kept
    again = rebuild(shop.settings, "now", shop.root / "now.duckdb", datetime.now(UTC), None)
    assert again.is_identical


def test_content_that_came_back_stays(shop):
    shop.write("workbooks/toko/contract.yaml", RETENTION)
    shop.refresh()
    shop.edit("Penjualan", C2="2.000")
    shop.refresh()
    shop.edit("Penjualan", C2="1.000")
    shop.refresh()
    third, second, first = tab_history(shop.settings, "toko__sales")
    assert third.extract == first.extract
    assert pruned(shop, 1_000) == [second.extract]


def test_pruned_content_that_comes_back_is_landed_again(shop):
    shop.write("workbooks/toko/contract.yaml", RETENTION)
    first, *_ = three_contents(shop)
    assert first in pruned(shop, 1_000)
    shop.edit("Penjualan", C2="1.000")
    shop.refresh()
    assert shop.query("select min(amount_idr) from clean.toko__sales") == [(1000,)]
    again = rebuild(shop.settings, "now", shop.root / "now.duckdb", datetime.now(UTC), None)
    assert again.is_identical


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("P90D", 90),
        ("P2W", 14),
        ("P6M", 180),
        ("P1Y", 365),
        ("90 days", 90),
        ("1 week", 7),
        (30, 30),
    ],
)
def test_retention_is_read_from_the_head(shop, written, days):
    shop.write("workbooks/toko/contract.yaml", RETENTION.replace("P90D", str(written)))
    catalog = load_catalog(shop.settings.catalog_dir)
    assert catalog.problems == ()
    assert catalog.workbooks[0].retention_days == days


@pytest.mark.parametrize("written", ["P0D", "-5", "0", "soon", "true", "P90", "1.5", "[90]"])
def test_what_is_no_retention_is_a_problem_of_the_head(shop, written):
    shop.write("workbooks/toko/contract.yaml", RETENTION.replace("P90D", written))
    problems = load_catalog(shop.settings.catalog_dir).problems
    assert any("must be days such as P90D" in str(p) for p in problems), problems
