"""Numbers with another unit, currency or percent sign than their column; codes as shown."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candid_assets_tests.cleaning.kit import column, run_cleaning, tab_of

ID = column("id", primary_key_position=1)


def cleaned(connection, field, cells):
    """Clean a column of cells: a text, a number, or a number with what it is shown as."""
    rows, shown = [], {}
    for number, cell in enumerate(cells, start=2):
        value, text = cell if isinstance(cell, tuple) else (cell, None)
        rows.append([f"K{number}", value if isinstance(value, str) else ("n", f"{value}")])
        if text:
            shown[number] = {"B": text}
    return run_cleaning(connection, tab_of(ID, field), rows, said={"_shown": shown})


def reported(outcome):
    return {row: [r["reason"] for r in reasons] for row, reasons in outcome.quarantine.items()}


@pytest.mark.parametrize(
    ("cells", "rows"),
    [
        ([(24, "24 pcs"), (24, "24 pcs"), (24, "24 lusin")], [4]),
        ([(24, "24 pcs"), (24, "24 PCS "), (24, "24pcs"), 24, (0, "0 lusin")], [6]),
        ([(1250, "Rp1.250"), (12, "$12"), (1250, "Rp 1.250,00"), 5], [3]),
        ([(1250, "Rp1.250"), (-1250, "(Rp1.250)"), (0, "Rp -"), (-5, "-Rp5")], []),
        ([(0.1, "10%"), 10, (0.2, "20%")], [3]),
        ([(0.1, "10%"), 10], [3]),
        ([(0.1, "10%"), 10, 20, 30], [2]),
        ([(0.1, "10%"), 0, (0, "0%"), "5%"], []),
        ([(0.1, "10%"), (0.1, "10%"), "5"], [4]),
        ([5, (0, "0%"), 7], []),
        ([(1300000, "1,3 jt"), (250000, "250 rb"), 7], []),
        ([(24, "24 pcs"), (24, "24 pcs"), (24, "24 rb")], [4]),
        ([(24, "24 naik"), (24, "24 naik"), (-5, "5 turun")], []),
        ([(24, "24 pcs"), (24, "24 pcs"), (-24, "-24 lusin")], [4]),
        ([(5, "nihil"), (24, "24 pcs")], []),
        ([(7, "007"), (8, "008")], []),
    ],
)
def test_number_with_another_mark_than_its_column_is_reported(connection, cells, rows):
    outcome = cleaned(connection, column("n", "number"), cells)
    assert reported(outcome) == {row: ["other_unit"] for row in rows}


def test_message_names_cell_both_units_and_what_is_shown(connection):
    field = column("isi", "integer", header="Isi")
    outcome = cleaned(connection, field, [(24, "24 pcs"), (24, "24 pcs"), (24, "24 lusin")])
    (reason,) = outcome.quarantine[4]
    assert reason["message"] == (
        "Isi (B4): '24 lusin' is shown with another unit than its column: lusin instead of pcs"
    )
    assert reason["value"] == "24 lusin"


@pytest.mark.parametrize(
    ("declared", "cells", "rows"),
    [
        ("pcs", [(24, "24 lusin"), (24, "24 lusin"), (24, "24 Pcs"), 24], [2, 3]),
        ("%", [10, (0.1, "10%"), 20], [2, 4]),
        ("", [10, (0.1, "10%"), (5, "5 pcs")], [3, 4]),
        ("IDR", [(12, "$12"), (12, "Rp12"), 12], [2]),
        ("Rp", [(12, "$12"), (12, "Rp12"), 12], [2]),
        ("%", [10, 20], [2, 3]),
    ],
)
def test_declared_mark_counts_whatever_is_commoner(connection, declared, cells, rows):
    field = column("n", "number", options={"shown_as": declared})
    assert sorted(reported(cleaned(connection, field, cells))) == rows


def test_declared_currency_is_the_mark_of_its_column(connection):
    field = column("n", "number", options={"currency": "USD"})
    outcome = cleaned(connection, field, [(12, "Rp12"), (12, "Rp12"), (5, "US$ 5"), "$7"])
    assert sorted(reported(outcome)) == [2, 3]
    assert [row[1] for row in outcome.clean] == [Decimal(5), Decimal(7)]


def test_dropped_rows_have_no_say_in_what_is_usual(connection):
    rows = [["K2", ("n", "24")], ["Total", ("n", "1")], ["Total", ("n", "2")], [None, ("n", "2")]]
    said = {"_shown": {2: {"B": "24 pcs"}, 3: {"B": "1 kg"}, 4: {"B": "2 kg"}}}
    outcome = run_cleaning(connection, tab_of(ID, column("n", "number")), rows, said=said)
    assert outcome.rows == [2]
    assert outcome.dropped[3] == "total_row"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ((7, "00007"), "00007"),
        (7, "7"),
        ("0007", "0007"),
        ((12, "12 pcs"), "12 pcs"),
        ((81234567890, "0812-3456-7890"), "0812-3456-7890"),
    ],
)
def test_text_column_takes_what_is_shown(connection, cell, value):
    outcome = cleaned(connection, column("x"), [cell])
    assert outcome.values(2)[1] == value


@pytest.mark.parametrize(
    ("cells", "rows"),
    [
        ([(7, "00007"), 15, 40116, "15"], [3]),
        ([(7, "00007"), (15, "0015"), 16], []),
        ([(7, "7 pcs"), 15], []),
        ([7, 15], []),
    ],
)
def test_number_without_the_zeros_of_its_columns_codes_is_reported(connection, cells, rows):
    outcome = cleaned(connection, column("x"), cells)
    assert reported(outcome) == {row: ["unpadded_code"] for row in rows}


@pytest.mark.parametrize(
    ("texts", "rows"),
    [(["10%", "10", "20%"], [3]), (["10", "10", "20%"], [4]), (["10%", "0"], []), (["1", "2"], [])],
)
def test_percentages_beside_plain_numbers_in_a_source_of_text_are_reported(connection, texts, rows):
    tab = tab_of(column("id"), column("n", "number"))
    outcome = run_cleaning(connection, tab, [["K", text] for text in texts])
    assert reported(outcome) == {row: ["other_unit"] for row in rows}


def test_percentage_typed_as_text_beside_number_cells_is_read(connection):
    tab = tab_of(column("id"), column("n", "number"))
    outcome = run_cleaning(connection, tab, [["K", "10%"], ["L", ("n", "0.25")]])
    assert [row[1] for row in outcome.clean] == [Decimal("0.10"), Decimal("0.25")]


def test_phone_shown_with_its_zero_is_read(connection):
    field = column("x", options={"phone": True})
    outcome = cleaned(connection, field, [(81234567890, "0812-3456-7890"), 81234567891])
    assert [row[1] for row in outcome.clean] == ["+6281234567890", "+6281234567891"]


def test_keys_that_are_shown_alike_are_the_same_key_whether_text_or_number(connection):
    tab = tab_of(column("kode", primary_key_position=1), column("n", "number"))
    rows = [[("n", "7"), ("n", "1")], ["0007", ("n", "2")], [("n", "7000"), ("n", "3")]]
    said = {"_shown": {2: {"A": "0007"}}}
    outcome = run_cleaning(connection, tab, rows, said=said)
    assert sorted(outcome.quarantine) == [2, 3]
    assert outcome.values(4) == ("7000", Decimal(3))


def test_rows_that_are_shown_differently_are_no_exact_duplicates(connection):
    rows = [["K", ("n", "24")], ["K", ("n", "24")], ["L", ("n", "24")], ["L", ("n", "24")]]
    said = {"_shown": {2: {"B": "24 pcs"}, 3: {"B": "24 lusin"}}}
    outcome = run_cleaning(connection, tab_of(ID, column("n", "number")), rows, said=said)
    assert outcome.dropped.get(3) is None
    assert outcome.dropped[5] == "exact_duplicate"


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from(["pcs", "lusin", "Rp", "$", "%", ""]), min_size=1, max_size=12),
)
def test_numbers_that_pass_have_the_usual_mark_or_none(connection, marks):
    cells = [(24, f"24 {mark}") if mark else 24 for mark in marks]
    outcome = cleaned(connection, column("n", "number"), cells)
    passing = {marks[row[-2] - 2] for row in outcome.clean}
    assert len(passing - {""}) <= 1
    assert not {"%", ""} <= passing


DATES = [
    (["1/2", "3/4"], ['1"', '2"', '1 1/2"'], [2, 3]),
    (["1/2", "3/4", "5/6"], ['1"'], [2, 3, 4]),
    ([None, None], ["a", "b"], [2, 3]),
    ([None, None], ["a"], []),
    (["Jan 2025", "Feb 2025"], [], []),
    (["Mar-5"], [], [2]),
]


@pytest.mark.parametrize(("dates", "texts", "rows"), DATES)
def test_dates_that_sheets_made_of_text_are_reported(connection, dates, texts, rows):
    cells = [["K", ("d", "2025-02-01")] for _ in dates] + [["L", text] for text in texts]
    said = {"_shown": {n: {"B": text} for n, text in enumerate(dates, 2) if text}}
    tab = tab_of(column("id"), column("ukuran"))
    outcome = run_cleaning(connection, tab, cells, said=said)
    assert reported(outcome) == {row: ["date_in_text"] for row in rows}


def test_dates_are_the_text_that_is_shown_where_that_is_declared(connection):
    tab = tab_of(column("id"), column("ukuran", options={"dates_as_shown": True}))
    rows = [["K", ("d", "2025-02-01")], ["L", '1"'], ["M", ("d", "2025-08-17")]]
    outcome = run_cleaning(connection, tab, rows, said={"_shown": {2: {"B": "1/2"}}})
    assert [row[1] for row in outcome.clean] == ["1/2", '1"']
    assert reported(outcome) == {4: ["date_in_text"]}


@pytest.mark.parametrize(
    ("cells", "rows"),
    [
        (["12,5%", "7 %", "10"], [4]),
        (["12,5%", "7 %", "-", "0"], []),
        ([12, "7"], []),
    ],
)
def test_percent_signs_of_texts_are_compared_where_no_format_says_anything(connection, cells, rows):
    outcome = cleaned(connection, column("n", "number", "DECIMAL(18,3)"), cells)
    assert reported(outcome) == {row: ["other_unit"] for row in rows}


def test_blank_words_are_no_other_unit_in_a_column_of_percentages(connection):
    outcome = cleaned(connection, column("n", "number"), [(0.1, "10%"), (0.2, "20%"), "-"])
    assert not outcome.quarantine
