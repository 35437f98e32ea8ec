"""Merged cells of filled columns have the text of their merge's first cell, and no others."""

from datetime import date
from decimal import Decimal

import pytest

from candid_assets_tests.cleaning.kit import column, run_cleaning, tab_of

FILLED = {"fill_merged": True}
DAY = column("tgl", "date", options=FILLED)
NOTE = column("nota", primary_key_position=1, options=FILLED)
ITEM = column("barang", primary_key_position=2)
QUANTITY = column("qty", "integer", required=True)
TAB = tab_of(DAY, NOTE, ITEM, QUANTITY)
D1, D2 = ("d", "2025-08-01"), ("d", "2025-08-02")
ROWS = [
    [D1, "N1", "Beras", ("n", "2")],
    [None, None, "Gula", ("n", "3")],
    [D2, "N2", "Beras", ("n", "4")],
    [None, None, "Gula", ("n", "5")],
]
MERGES = {3: {"A": "A2", "B": "B2"}, 5: {"A": "A4", "B": "B4"}}


def cleaned(connection, rows=ROWS, merges=None, tab=TAB, **said):
    said = {"_merged": MERGES if merges is None else merges, **said}
    return run_cleaning(connection, tab, rows, said=said)


def test_merged_cells_are_filled_in_keys_and_other_columns(connection):
    outcome = cleaned(connection)
    assert [row[:4] for row in outcome.clean] == [
        (date(2025, 8, 1), "N1", "Beras", 2),
        (date(2025, 8, 1), "N1", "Gula", 3),
        (date(2025, 8, 2), "N2", "Beras", 4),
        (date(2025, 8, 2), "N2", "Gula", 5),
    ]


def test_blank_that_is_no_merge_stays_blank(connection):
    outcome = cleaned(connection, merges={3: MERGES[3], 5: {"A": "A4"}})
    assert outcome.rows == [2, 3, 4]
    assert outcome.reasons(5) == [("nota", "missing_value")]


def test_column_that_is_not_filled_stays_blank(connection):
    tab = tab_of(column("tgl", "date"), NOTE, ITEM, QUANTITY)
    assert [row[0] for row in cleaned(connection, tab=tab).clean] == [
        date(2025, 8, 1),
        None,
        date(2025, 8, 2),
        None,
    ]


def test_cells_merged_side_by_side_are_filled(connection):
    tab = tab_of(column("pagi", options=FILLED), column("sore", options=FILLED), column("x"))
    outcome = run_cleaning(
        connection,
        tab,
        [["Ani", None, "a"], ["Budi", "Cici", "b"]],
        said={"_merged": {2: {"B": "A2"}}},
    )
    assert [row[:2] for row in outcome.clean] == [("Ani", "Ani"), ("Budi", "Cici")]


def test_filled_text_makes_no_data_of_a_blank_row_and_hides_no_total(connection):
    rows = [*ROWS[:2], [None] * 4, [None, None, "Total", ("n", "5")]]
    merges = {row: {"A": "A2", "B": "B2"} for row in (3, 4, 5)}
    outcome = cleaned(connection, rows, merges)
    assert outcome.rows == [2, 3]
    assert outcome.dropped == {1: "header", 4: "blank_row", 5: "total_row"}


def test_reason_names_the_cell_that_holds_the_text(connection):
    rows = [[("t", "kapan"), *ROWS[0][1:]], *ROWS[1:]]
    outcome = cleaned(connection, rows)
    assert outcome.rows == [4, 5]
    for row in (2, 3):
        (reason,) = outcome.quarantine[row]
        assert (reason["cell"], reason["value"], reason["reason"]) == ("A2", "kapan", "not_a_date")
        assert reason["message"].startswith("TGL (A2): 'kapan' is not a date")
        assert reason["link"].endswith("A2")


def test_reason_of_a_cell_that_is_not_merged_names_that_cell(connection):
    rows = [*ROWS[:3], [None, None, "Gula", "banyak"]]
    (reason,) = cleaned(connection, rows).quarantine[5]
    assert (reason["cell"], reason["value"]) == ("D5", "banyak")


def test_error_fills_like_any_other_cell(connection):
    rows = [[("e", "#REF!"), *ROWS[0][1:]], *ROWS[1:]]
    outcome = cleaned(connection, rows)
    assert outcome.reasons(2) == outcome.reasons(3) == [("tgl", "error_cell")]


def test_line_that_stands_twice_in_one_note_is_an_exact_duplicate(connection):
    rows = [*ROWS, [None, None, "Gula", ("n", "5")]]
    outcome = cleaned(connection, rows, {**MERGES, 6: {"A": "A4", "B": "B4"}})
    assert outcome.dropped == {1: "header", 6: "exact_duplicate"}
    assert outcome.rows == [2, 3, 4, 5]


def test_copy_beside_a_merge_is_an_exact_duplicate_where_a_format_shows_the_same(connection):
    rows = [
        [D1, ("n", "7"), "Beras"],
        [None, None, "Gula"],
        [D1, ("n", "7"), "Gula"],
        [D1, ("n", "7"), "Gula"],
    ]
    said = {
        "_shown": {
            2: {"A": "Agu 2025", "B": "007"},
            4: {"A": "Agu 2025", "B": "007"},
            5: {"A": "Agu 2025", "B": "7"},
        },
        "_merged": {3: MERGES[3]},
    }
    outcome = run_cleaning(connection, tab_of(DAY, NOTE, ITEM), rows, said=said)
    assert outcome.dropped == {1: "header", 4: "exact_duplicate"}


def test_what_a_format_shows_is_filled_too(connection):
    tab = tab_of(
        column("kode", options=FILLED), column("isi", "integer", options=FILLED), column("x")
    )
    rows = [[("n", "7"), ("n", "24"), "a"], [None, None, "b"], [("n", "800"), ("n", "12"), "c"]]
    said = {
        "_shown": {2: {"A": "007", "B": "24 lusin"}, 4: {"B": "12 pcs"}},
        "_merged": {3: {"A": "A2", "B": "B2"}},
    }
    outcome = run_cleaning(connection, tab, rows, said=said)
    assert [row[:2] for row in outcome.clean] == [("007", 24), ("007", 24)]
    (reason,) = outcome.quarantine[4]
    assert reason["message"].endswith("pcs instead of lusin")


@pytest.mark.parametrize("options", [FILLED, {}])
def test_tab_without_merges_is_cleaned_as_ever(connection, options):
    tab = tab_of(column("x", options=options), column("n", "number"))
    outcome = run_cleaning(connection, tab, [["a", ("n", "1")], [None, ("n", "2")]])
    assert [row[:2] for row in outcome.clean] == [("a", Decimal(1)), (None, Decimal(2))]
