"""A wrong paste is held; once it is undone or corrected, the tab is judged by what is built."""

from typing import Any

import pytest

from candid_assets.gate.open_holds import held
from candid_assets_tests.refresh.shop import Shop

pytestmark = pytest.mark.slow

PRICES = """name: prices
physicalName: Harga
description: Prices.
properties:
  - {name: sku, physicalName: "SKU", logicalType: string, primaryKey: true, required: true, description: Code.}
  - {name: price_idr, physicalName: "Harga", logicalType: number, required: true, description: Price.}
  - {name: city, physicalName: "Kota", logicalType: string, required: true, description: City.}
"""  # noqa: E501
FAMILY = PRICES.replace(
    "physicalName: Harga\n",
    'physicalName: "Harga per bulan"\n'
    "customProperties: [{property: titlePattern, value: '(Jan|Feb)[0-9]{2}'}]\n",
).replace(
    "properties:\n",
    "properties:\n  - {name: month, physicalName: _tab, logicalType: string, primaryKey: true,"
    " description: Month.}\n",
)
Rows = list[list[Any]]
HEADER = ["SKU", "Harga", "Kota"]
BODY: Rows = [[f"P{n:03}", 1000 + n, ("Solo", "Tegal", "Demak")[n % 3]] for n in range(100)]
GOOD: Rows = [HEADER, *BODY]
EDITED: Rows = [HEADER, ["P000", 7, "Kudus"], *BODY[1:], ["P100", 1, "Solo"]]
MORE: Rows = [[f"Q{n:03}", 5, "Solo"] for n in range(200)]
WRONG: dict[str, tuple[Rows, str]] = {
    "header overwritten, rows added": ([["x", "y", "z"], *BODY, *MORE], "missing_column"),
    "header row deleted, rows added": ([*BODY, *MORE], "missing_column"),
    "header renamed, rows added": ([["SKU", "Nilai", "Kota"], *BODY, *MORE], "missing_column"),
    "column gone, rows added": ([row[::2] for row in [HEADER, *BODY, *MORE]], "missing_column"),
    "column retyped": ([HEADER, *([a, "banyak", c] for a, _, c in BODY)], "column_retyped"),
    "rows replaced": ([HEADER, *MORE], "rows_vanished"),
    "some rows gone": ([HEADER, *BODY[:70]], "rows_vanished"),
    "most rows gone": ([HEADER, *BODY[:20]], "rows_vanished"),
    "all rows gone": ([HEADER], "rows_vanished"),
    "all gone": ([], "tab_emptied"),
    "no row passes": ([HEADER, *([None, b, c] for _, b, c in BODY)], "check_failed"),
}


def write(shop: Shop, rows: Rows, tab: str) -> None:
    others = {} if tab == "Harga" else {"Feb25": GOOD}
    shop.sheet(**{tab: rows}, **others)
    shop.change("touch")


def state(shop: Shop) -> set[tuple[Any, ...]]:
    """Every row and verdict that readers see, and what waits for a person."""
    return {
        (number, str(row))
        for number, sql in enumerate(
            (
                "select * exclude (_loaded_at) from raw.toko__prices order by all",
                "from clean.toko__prices order by all",
                'select layer, "table", name, passed, samples,'
                # Of a family it is about the members that were read the last time.
                " case when name <> 'read_complete' then message end from meta.checks"
                " where name not in ('sheet_untouched', 'rerun_identical') order by all",
                "select * exclude (failed_at, run_id) from meta.failures",
                "select kind, detail from meta.schema_changes where resolved_at is null",
                "select * exclude (accepted_at, run_id) from meta.layouts order by all",
            )
        )
        for row in shop.query(sql)
    }


CASES = [
    (tab, kind)
    for tab in ("Harga", "Jan25")
    for kind in WRONG
    # The other member's rows pass.
    if (tab, kind) != ("Jan25", "no row passes")
]


@pytest.mark.parametrize(("tab", "kind"), CASES, ids=[" ".join(case) for case in CASES])
def test_what_follows_a_wrong_paste_is_judged_by_what_is_built(
    shop: Shop, tab: str, kind: str
) -> None:
    shop.contract("prices", PRICES if tab == "Harga" else FAMILY)
    write(shop, GOOD, tab)
    assert shop.run().succeeded, shop.failures()
    rows, cause = WRONG[kind]
    before = state(shop)

    write(shop, rows, tab)
    shop.run()
    assert [failed for failed, _ in shop.failures()] == [cause]
    assert {line for line in before ^ state(shop) if line[0] == 1} == set()

    write(shop, GOOD, tab)
    shop.run()
    assert shop.failures() == []
    assert state(shop) ^ before == set()
    assert held(shop.settings) == []
    assert shop.run().built == []  # what came back to what it was is looked at once more
    again = shop.run()
    assert (again.sheets_reads, again.built) == (0, [])

    for rows in (WRONG[kind][0], EDITED):
        write(shop, rows, tab)
        shop.run()
    assert shop.failures() == []
    assert shop.query("select count(*) from clean.toko__prices where city = 'Kudus'") == [(1,)]
    assert shop.query("select name, message from meta.checks where not passed") == []
    assert shop.query("select kind from meta.schema_changes where resolved_at is null") == []


def test_content_that_was_never_built_is_no_measure_of_a_loss(shop: Shop) -> None:
    shop.contract("prices", PRICES)
    write(shop, [["x", "y", "z"], *BODY, *MORE], "Harga")
    assert not shop.run().succeeded
    write(shop, [HEADER, *BODY[:20]], "Harga")
    assert shop.run().succeeded, shop.failures()
    assert shop.query("select count(*) from clean.toko__prices") == [(20,)]


def test_a_change_that_waits_for_nobody_is_logged_once_when_it_is_taken(shop: Shop) -> None:
    shop.contract("prices", PRICES)
    write(shop, GOOD, "Harga")
    shop.run()
    lowered: Rows = [["Daftar harga"], HEADER]
    for body in (MORE, [*MORE, *MORE[:1]], BODY, BODY):
        write(shop, [*lowered, *body], "Harga")
        shop.run()
    assert shop.failures() == []
    assert shop.query("select kind from meta.schema_changes") == [("header_moved",)]
