"""A family of tabs is one table: every member exact, none in the way of another."""

from datetime import UTC, datetime

import pytest

from candid_assets.history.rebuild import rebuild
from candid_assets_tests.refresh.shop import Shop

pytestmark = pytest.mark.slow

SALES = """name: sales
physicalName: "Penjualan per bulan"
description: Receipts of every month.
dataGranularityDescription: One row per receipt.
customProperties:
  - {property: titlePattern, value: "(Jan|Feb|Mar|Apr|Mei)[0-9]{2}"}
properties:
  - {name: month_tab, physicalName: _tab, logicalType: string, primaryKey: true, description: Tab of the month.}
  - {name: receipt_id, physicalName: "No Nota", logicalType: string, primaryKey: true, description: Receipt number.}
  - {name: amount_idr, physicalName: "Jumlah", logicalType: number, required: true, description: Amount in Rupiah.}
"""  # noqa: E501
BY_RECEIPT = SALES.replace("string, primaryKey: true, description: Tab", "string, description: Tab")


def _rows(*receipts, header=("No Nota", "Jumlah")):
    return [list(header), *([name, amount] for name, amount in receipts)]


@pytest.fixture
def family(shop):
    shop.contract("sales", SALES)
    shop.sheet(
        Catatan=[["bebas"]],
        Jan25=_rows(("N1", "1.000"), ("N2", "2.000")),
        Feb25=[["Laporan Februari"], [], ["Jumlah", "Kasir", "No Nota"], ["3.000", "Ani", "N1"]],
    )
    shop.run()
    assert shop.failures() == []
    return shop


def _clean(shop: Shop, columns="month_tab, receipt_id, amount_idr::int, _row"):
    return shop.query(f"select {columns} from clean.toko__sales order by _sheet_id, _row")


def test_every_matching_tab_is_read_by_its_own_header_into_one_table(family):
    assert _clean(family) == [
        ("Jan25", "N1", 1000, 2),
        ("Jan25", "N2", 2000, 3),
        ("Feb25", "N1", 3000, 4),
    ]
    assert family.query("select distinct _tab, _sheet_id from clean.toko__sales order by 2") == [
        ("Jan25", 102),
        ("Feb25", 103),
    ]
    assert family.query(
        "select _tab, _sheet_id, count(*), count(C) from raw.toko__sales group by all order by 2"
    ) == [("Jan25", 102, 3, 0), ("Feb25", 103, 4, 2)]


def test_each_member_has_its_own_extract_and_row_counts_add_up(family):
    assert family.query(
        "select tab, family, sheet_id, title, rows_read from meta.extracts order by sheet_id"
    ) == [
        ("sales@102", "sales", 102, "Jan25", 3),
        ("sales@103", "sales", 103, "Feb25", 4),
    ]
    files = list((family.settings.landing_dir / "toko").rglob("*.parquet"))
    assert {f.parent.name for f in files} == {"sales@102", "sales@103"}
    assert family.query(
        "select rows_read, rows_raw, rows_clean, rows_quarantined, rows_dropped from meta.ledger"
    ) == [(7, 7, 3, 0, 4)]
    assert family.query("select _sheet_id, _row, rule from meta.dropped_rows order by 1, 2") == [
        (102, 1, "header"),
        (103, 1, "above_header"),
        (103, 2, "above_header"),
        (103, 3, "header"),
    ]


def test_a_run_without_changes_reads_and_builds_nothing(family):
    record = family.run()
    assert record.sheets_reads == 0
    assert not record.built


def test_only_a_changed_member_is_landed_anew(family):
    before = set(family.settings.landing_dir.rglob("*.parquet"))
    family.change("edit", tab="Feb25", cells={"A4": "4.000"})
    record = family.run()
    new = set(family.settings.landing_dir.rglob("*.parquet")) - before
    assert [f.parent.name for f in new] == ["sales@103"]
    sheets = [b for b in record.built if b.layer == "sheets"]
    assert [(b.rows, b.facts["members with new content"]) for b in sheets] == [(4, 1)]
    assert _clean(family)[-1] == ("Feb25", "N1", 4000, 4)
    assert len(_clean(family)) == 3


def test_a_new_tab_that_matches_arrives_by_itself(family):
    family.change("add_tab", tab="Mar25", rows=_rows(("N1", 7)))
    family.change("add_tab", tab="April", rows=_rows(("N9", 7)))
    family.run()
    assert family.failures() == []
    assert _clean(family)[-1] == ("Mar25", "N1", 7, 2)
    assert len(_clean(family)) == 4


def test_blank_tab_for_next_month_is_accepted(family):
    family.change("add_tab", tab="Mar25", rows=[])
    family.change("add_tab", tab="Apr25", rows=[["No Nota", "Jumlah"]])
    family.run()
    assert family.failures() == []
    assert len(_clean(family)) == 3


def test_a_quarantined_row_links_to_the_cell_of_its_own_tab(family):
    family.change("edit", tab="Feb25", cells={"A4": "banyak"})
    family.run()
    ((tab, sheet, row, reason),) = family.query(
        "select _tab, _sheet_id, _row, _reasons[1] from quarantine.toko__sales"
    )
    assert (tab, sheet, row) == ("Feb25", 103, 4)
    assert (reason["cell"], reason["reason"]) == ("A4", "not_a_number")
    assert reason["link"].endswith("/d/Toko/edit#gid=103&range=A4")


def test_failed_member_keeps_its_last_good_rows_and_is_reported(family):
    family.change("edit", tab="Feb25", cells={"A3": "Total", "A4": "9.000"})
    family.change("edit", tab="Jan25", cells={"B2": "5.000"})
    record = family.run()
    assert not record.succeeded
    ((cause, message),) = family.failures()
    assert cause == "missing_column"
    assert "tab 'Feb25'" in message
    assert "'Jumlah'" in message
    assert "last good rows stay" in message
    assert _clean(family) == [
        ("Jan25", "N1", 5000, 2),
        ("Jan25", "N2", 2000, 3),
        ("Feb25", "N1", 3000, 4),
    ]
    assert family.query(
        "select rows_read = rows_raw and rows_raw = rows_clean + rows_dropped from meta.ledger"
    ) == [(True,)]
    again = family.run()
    assert not again.succeeded
    assert {b.layer for b in again.built} == set()
    family.change("edit", tab="Feb25", cells={"A3": "Jumlah"})
    family.run()
    assert family.failures() == []
    assert _clean(family)[-1] == ("Feb25", "N1", 9000, 4)


def test_new_member_of_another_layout_is_reported_and_left_out(family):
    family.change("add_tab", tab="Mar25", rows=[["Barang", "Stok"], ["Roti", 5]])
    family.run()
    ((cause, message),) = family.failures()
    assert cause == "missing_column"
    assert "'Mar25'" in message
    assert "its rows are not in the table" in message
    assert len(_clean(family)) == 3


def test_a_deleted_member_is_held_until_a_person_decides(family):
    family.change("delete_tab", tab="Jan25")
    family.change("edit", tab="Feb25", cells={"A4": "4.000"})
    record = family.run()
    assert not record.succeeded
    ((cause, message),) = family.failures()
    assert cause == "tab_missing"
    assert "'Jan25'" in message
    assert "archivedTabs" in record.distinct_failures()[0].fix
    assert [r[2] for r in _clean(family)] == [1000, 2000, 4000]
    family.contract(
        "sales",
        SALES.replace(
            "customProperties:\n",
            "customProperties:\n  - {property: archivedTabs, value: [jan25]}\n",
        ),
    )
    assert family.run().succeeded
    assert [r[2] for r in _clean(family)] == [1000, 2000, 4000]
    family.contract(
        "sales",
        SALES.replace(
            "customProperties:\n",
            "customProperties:\n  - {property: retiredTabs, value: [jan25]}\n",
        ),
    )
    assert family.run().succeeded
    assert [r[2] for r in _clean(family)] == [4000]


def test_a_renamed_member_is_followed_by_its_sheet_id(family):
    family.change("rename_tab", tab="Jan25", title="Januari (arsip)")
    family.run()
    assert family.failures() == []
    assert [r[0] for r in _clean(family)] == ["Januari (arsip)", "Januari (arsip)", "Feb25"]
    assert family.query("select count(distinct tab) from meta.extracts") == [(2,)]


def test_recreated_tab_of_the_same_title_replaces_the_member(family):
    family.change("delete_tab", tab="Jan25")
    family.change("add_tab", tab="JAN25", rows=_rows(("N7", 7)), sheet_id=900)
    family.run()
    assert family.failures() == []
    assert _clean(family) == [("Feb25", "N1", 3000, 4), ("JAN25", "N7", 7, 2)]


def test_an_emptied_member_keeps_its_last_good_rows(family):
    family.change("empty_tab", tab="Jan25")
    family.run()
    ((cause, message),) = family.failures()
    assert (cause, "Jan25" in message) == ("tab_emptied", True)
    assert len(_clean(family)) == 3
    family.change("edit", tab="Jan25", cells={"A1": "No Nota", "B1": "Jumlah"})
    family.run()
    ((cause, message),) = family.failures()
    assert (cause, "Jan25" in message) == ("tab_emptied", True)
    assert len(_clean(family)) == 3


def test_key_in_two_tabs_is_quarantined_in_both(family):
    family.contract("sales", BY_RECEIPT)
    family.run()
    assert _clean(family) == [("Jan25", "N2", 2000, 3)]
    reasons = family.query(
        "select _tab, _reasons[1].reason, _reasons[1].message from quarantine.toko__sales"
        " order by _sheet_id"
    )
    assert [(t, r) for t, r, _ in reasons] == [
        ("Jan25", "duplicate_key"),
        ("Feb25", "duplicate_key"),
    ]
    assert "'Feb25'!C4" in reasons[0][2]
    assert "'Jan25'!A2" in reasons[1][2]


@pytest.mark.parametrize(("policy", "kept"), [("keep_first", "Jan25"), ("keep_last", "Feb25")])
def test_key_in_two_tabs_is_kept_once_where_the_contract_says_so(family, policy, kept):
    family.contract(
        "sales",
        BY_RECEIPT.replace(
            "customProperties:\n",
            f"customProperties:\n  - {{property: duplicateKeys, value: {policy}}}\n",
        ),
    )
    family.run()
    assert [r[0] for r in _clean(family) if r[1] == "N1"] == [kept]
    assert family.query("select count(*) from quarantine.toko__sales") == [(1,)]


def test_tab_matched_by_two_families_is_an_error_of_both(family):
    family.contract(
        "other",
        SALES.replace("name: sales", "name: other").replace(
            "(Jan|Feb|Mar|Apr|Mei)[0-9]{2}", "Feb.*"
        ),
    )
    family.run()
    messages = [message for _, message in family.failures()]
    assert any("'Feb25'" in m and "sales.yaml" in m and "other.yaml" in m for m in messages)
    assert len(_clean(family)) == 3


def test_samples_of_checks_link_to_the_cell_of_the_member(family):
    family.contract(
        "sales",
        SALES.replace(
            "name: amount_idr,", "name: amount_idr, relationships: [{to: toko__notes.id}],"
        ),
    )
    family.contract(
        "notes",
        """name: notes
physicalName: Catatan
description: Notes.
properties:
  - {name: id, physicalName: bebas, logicalType: number, description: Number.}
""",
    )
    family.change("append_rows", tab="Catatan", rows=[["1.000"], ["2.000"]])
    family.run()
    (references,) = [c for c in family.runs[-1].checks if c.name == "references_found"]
    assert [(s.cell, s.link.partition("#")[2]) for s in references.samples] == [
        ("Feb25!A4", "gid=103&range=A4")
    ]


def test_a_rebuild_of_an_earlier_moment_has_the_members_as_they_were(family):
    first = family.runs[0].summary.run_id
    family.change("edit", tab="Feb25", cells={"A4": "banyak"})
    family.change("rename_tab", tab="Jan25", title="Januari")
    second = family.run().summary.run_id
    family.change("add_tab", tab="Mar25", rows=_rows(("N1", 7)))
    family.run()
    for run_id in (first, second):
        target = family.root / f"{run_id}.duckdb"
        again = rebuild(family.settings, run_id, target, datetime.now(UTC), None)
        assert again.differences == []
