"""Rows of the record go when they are past their time and nothing needs them, by themselves."""

from datetime import UTC, datetime, timedelta

import pytest

from candid_assets.history.rebuild import rebuild
from candid_assets.maintenance.record_retention import tidy, tidy_daily
from candid_assets.orchestration.resources import Warehouse
from candid_assets.warehouse.confirmed_clock import BEYOND, note_clock, retention_now
from candid_assets_tests.history.shop import HEAD

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
RETENTION = HEAD + "customProperties: [{property: retention, value: P90D}]\n"
GROWING = ("runs", "builds", "publications", "extracts", "quarantine_history", "pruned_extracts")


def warehouse(shop):
    return Warehouse(database=str(shop.settings.warehouse_file), env="staging").get_connection()


def counts(shop):
    with warehouse(shop) as connection:
        return {
            table: connection.execute(f"select count(*) from meta.{table}").fetchone()[0]
            for table in GROWING
        }


def tidied(shop, days, *, dry_run=False):
    """Tidy so many days later, when a source agrees with the clock."""
    later = datetime.now(UTC) + days * DAY
    note_clock(shop.settings.data_dir, True, later)
    with warehouse(shop) as connection:
        return tidy(shop.settings, connection, later, dry_run=dry_run)


def edited(shop, times=4):
    shop.refresh()
    for number in range(times):
        shop.edit("Penjualan", C2="banyak" if number % 2 else f"{number + 2}.000")
        shop.refresh()


def test_the_record_of_what_can_be_built_again_stays_however_old_it_is(shop):
    edited(shop)
    before = counts(shop)
    tidied(shop, 700)
    assert counts(shop) == before
    again = rebuild(
        shop.settings, shop.saved[0][0], shop.root / "then.duckdb", datetime.now(UTC), None
    )
    assert again.is_identical


def test_the_record_goes_with_the_extracts_that_it_is_about(shop):
    shop.write("workbooks/toko/contract.yaml", RETENTION)
    edited(shop)
    before = counts(shop)
    assert tidied(shop, 100).extracts == 3
    assert counts(shop)["builds"] == before["builds"]  # not yet past the time of runs
    assert tidied(shop, 900, dry_run=True).rows > 0
    assert counts(shop) == {**before, "pruned_extracts": 3}
    assert tidied(shop, 900).rows > 0
    left = counts(shop)
    # A content that came back is current, and what was built from it before can be built again.
    assert left["publications"] == 2
    assert left["pruned_extracts"] == 0
    for table in ("runs", "builds", "extracts"):
        assert left[table] < before[table], table
    assert tidied(shop, 900).rows == 0
    again = rebuild(shop.settings, "now", shop.root / "now.duckdb", datetime.now(UTC), None)
    assert again.is_identical
    shop.edit("Penjualan", C2="9.000")
    shop.refresh()


def test_it_is_done_once_a_day_and_never_beside_a_refresh(shop):
    shop.refresh()
    settings, now = shop.settings, datetime.now(UTC)
    with warehouse(shop):
        assert tidy_daily(settings, now) is None
    assert tidy_daily(settings, now) is not None
    assert tidy_daily(settings, now + DAY / 2) is None
    assert tidy_daily(settings, now + DAY) is not None
    # A mark of a clock that was ahead keeps nothing from being done.
    assert tidy_daily(settings, now - 400 * DAY) is not None


def test_a_clock_that_jumps_ahead_moves_retention_by_two_days(tmp_path):
    assert retention_now(tmp_path, NOW) == NOW
    note_clock(tmp_path, True, NOW)
    assert retention_now(tmp_path, NOW + DAY) == NOW + DAY
    assert retention_now(tmp_path, NOW + 400 * DAY) == NOW + BEYOND
    note_clock(tmp_path, False, NOW + 400 * DAY)
    assert retention_now(tmp_path, NOW + 400 * DAY) == NOW + BEYOND
    note_clock(tmp_path, True, NOW + 400 * DAY)
    assert retention_now(tmp_path, NOW + 400 * DAY) == NOW + 400 * DAY
    note_clock(tmp_path, True, NOW + DAY)
    assert retention_now(tmp_path, NOW + 400 * DAY) == NOW + DAY + BEYOND


def test_where_no_source_gives_a_time_each_run_moves_retention_by_two_days_at_most(tmp_path):
    note_clock(tmp_path, None, NOW)
    note_clock(tmp_path, None, NOW + 400 * DAY)
    assert retention_now(tmp_path, NOW + 400 * DAY) == NOW + 2 * BEYOND


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"confirmed_at": "2026-01-01"}', b"\xff"])
def test_by_a_damaged_note_nothing_is_due_until_a_source_agrees_again(tmp_path, content):
    (tmp_path / "clock.json").write_bytes(content)
    assert retention_now(tmp_path, NOW) < NOW - 10_000 * DAY
    note_clock(tmp_path, True, NOW)
    assert retention_now(tmp_path, NOW) == NOW
