"""The sample company's tabs look as people's tabs do, and all of it can be served."""

from collections import Counter

import pytest

from candid_assets.sandbox.company.plan import WORKBOOKS
from candid_assets.sandbox.error_texts import error_text
from candid_assets.sandbox.number_types import number_type
from candid_assets.sandbox.render import shown_text
from candid_assets.sandbox.workbook import CellError, Dated, Formatted, SampleTab
from candid_assets_tests.sandbox import company_reader

pytestmark = pytest.mark.slow

PLANS = [(book, tab) for book in WORKBOOKS for tab in book.tabs]


@pytest.fixture(scope="module")
def tabs() -> dict[tuple[str, str], SampleTab]:
    return company_reader.sample().tabs


def test_units_percents_and_currencies_are_number_formats(tabs):
    cells = [cell for tab in tabs.values() for row in tab.rows for cell in row]
    patterns = {cell.pattern for cell in cells if isinstance(cell, Formatted)}
    assert {number_type(pattern) for pattern in patterns} == {"NUMBER", "PERCENT", "CURRENCY"}
    assert '0 "pcs"' in patterns


def test_every_cell_can_be_shown(tabs):
    texts = Counter(
        shown_text(cell, "in_ID") == ""
        for tab in tabs.values()
        for row in tab.rows
        for cell in row
        if cell is not None
    )
    assert set(texts) == {False}


def test_error_cells_say_what_went_wrong(tabs):
    errors = {
        error_text(cell)
        for tab in tabs.values()
        for row in tab.rows
        for cell in row
        if isinstance(cell, CellError)
    }
    assert len(errors) > 10
    assert all(text.endswith(".)") for text in errors)


def test_errors_are_in_text_columns_too(tabs):
    kinds = Counter(
        column.kind
        for book, plan in PLANS
        for row in tabs[book.name, plan.title].rows[plan.header_row :]
        for column, cell in zip(plan.fields, row, strict=True)
        if isinstance(cell, CellError)
    )
    assert kinds["string"] > 3


def test_checkboxes_are_true_or_false_in_every_cell(tabs):
    boxes = [
        tab.rows[row][column]
        for tab in tabs.values()
        for top, bottom, left, right in tab.checkboxes
        for row in range(top, bottom)
        for column in range(left, right)
    ]
    assert len(boxes) > 1000
    assert set(map(type, boxes)) == {bool}


def test_hidden_and_filtered_rows_hold_data(tabs):
    machines, reorder = (
        tabs["Production_Master", "Mesin"],
        tabs["Inventory_Master", "ROP & Safety Stock"],
    )
    assert machines.hidden_rows
    assert reorder.filtered_rows
    assert reorder.parts["basicFilter"]["range"]["sheetId"] == reorder.sheet_id
    for tab, rows in ((machines, machines.hidden_rows), (reorder, reorder.filtered_rows)):
        assert all(any(cell is not None for cell in tab.rows[row]) for row in rows)


def test_merged_cells_hold_their_value_once(tabs):
    merges = [
        (tab, merge)
        for (book, title), tab in tabs.items()
        for merge in tab.merges
        if title in ("BOM / Resep", "Service Level") and merge[1] - merge[0] > 1
    ]
    assert len(merges) > 100
    for tab, (top, bottom, left, right) in merges:
        cells = [tab.rows[row][left:right] for row in range(top, bottom)]
        assert cells[0][0] is not None
        assert cells[1:] == [[None]] * (bottom - top - 1)


def test_durations_go_beyond_a_day(tabs):
    tab = tabs["CandidLabs_Control_Centre", "Metode Uji"]
    spans = [row[4] for row in tab.rows[1:] if isinstance(row[4], Dated)]
    assert {span.pattern for span in spans} == {"[h]:mm"}
    assert max(span.serial for span in spans) > 1


def test_codes_are_padded_by_their_format(tabs):
    tab = tabs["CandidLabs_Control_Centre", "Alat Lab"]
    codes = [row[3] for row in tab.rows[2:] if isinstance(row[3], Formatted)]
    assert {shown_text(code, "in_ID")[0] for code in codes} == {"0"}
    assert len(codes) > 30


def test_prepared_rows_hold_what_was_filled_down(tabs):
    tab = tabs["Production_Master", "Jadwal Shift"]
    assert len(tab.rows) == 1180
    assert tab.rows[-1] == [None, None, None, None, None, 0, False]


def test_a_table_has_the_columns_of_its_tab(tabs):
    table = tabs["CandidLabs_Control_Centre", "Metode Uji"].parts["tables"][0]
    assert table["name"] == "MetodeUji"
    assert [column["columnName"] for column in table["columnProperties"]][:2] == [
        "Kode Metode",
        "Nama Metode",
    ]
