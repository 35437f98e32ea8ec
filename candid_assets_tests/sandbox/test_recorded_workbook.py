"""A workbook recorded as JSON files is served with its formats, errors and merges."""

import json

import pytest

from candid_assets.sandbox.files import find_workbooks, import_folder
from candid_assets.sandbox.workbook import CellError, Dated, Formatted, SampleWorkbook

ROWS = [
    ["Tgl", "Kode", "Nilai", "Jam"],
    [
        {"date": "2025-08-17", "format": "d mmm yyyy"},
        {"value": 7, "formatted": "00007", "format": "00000"},
        {"error": "#N/A", "message": "Did not find value 'x' in VLOOKUP evaluation."},
        {"value": 1.5625, "formatted": "37:30:00", "type": "duration"},
    ],
    [{"datetime": "2025-08-17T12:00:00"}, {"value": 5}, {"value": 3, "formula": "=1+2"}, None],
]


@pytest.fixture
def recorded(tmp_path):
    folder = tmp_path / "rekaman" / "harian"
    folder.mkdir(parents=True)
    tab = {"title": "Isi", "sheetId": 4, "file": "tab000.json", "rowCount": 50, "columnCount": 9}
    merge = {"startRowIndex": 1, "endRowIndex": 3, "startColumnIndex": 0, "endColumnIndex": 1}
    tab["extra"] = {
        "merges": [merge],
        "data": [
            {"startRow": 1, "rowMetadata": [{"hiddenByUser": True}, {}, {"hiddenByFilter": True}]}
        ],
        "columnMetadata": [{}, {"hiddenByUser": True}],
        "tables": [{"name": "Isi"}],
    }
    head = {"title": "Harian", "locale": "in_ID", "timeZone": "Asia/Jakarta", "tabs": [tab]}
    column = {"sheetId": 4, "startColumnIndex": 1, "endColumnIndex": 2, "endRowIndex": 3}
    lost = {"sheetId": 5, "endColumnIndex": 2}
    head["namedRanges"] = [
        {"name": "Kode", "range": column},
        {"name": "Semua", "range": {"sheetId": 4, "endColumnIndex": 9}},
        {"name": "Hilang", "range": lost},
    ]
    (folder / "workbook.json").write_text(json.dumps(head))
    (folder / "tab000.json").write_text(json.dumps(ROWS))
    return tmp_path


def test_it_is_found_at_any_depth_and_named_after_its_folder(recorded):
    names = {name: [p.name for p in paths] for name, paths in find_workbooks(recorded).items()}
    assert names == {"harian": ["workbook.json", "tab000.json"]}


def test_cells_and_properties_are_kept(recorded, tmp_path):
    imported = import_folder(recorded, tmp_path / "books")
    assert imported.problems == []
    book = SampleWorkbook.load(tmp_path / "books" / "harian.json")
    (tab,) = book.tabs
    assert (book.title, tab.sheet_id, tab.merges) == ("Harian", 4, [(1, 3, 0, 1)])
    assert (tab.grid_rows, tab.grid_columns) == (50, 9)
    assert tab.rows[1] == [
        Dated(45886, "d mmm yyyy"),
        Formatted(7, "00000", "00007"),
        CellError("#N/A", "Did not find value 'x' in VLOOKUP evaluation."),
        Dated(1.5625, "[h]:mm:ss"),
    ]
    assert (tab.hidden_rows, tab.filtered_rows, tab.hidden_columns) == ([1], [3], [1])
    assert tab.formulas == {"C3": "=1+2"}
    assert tab.parts == {"tables": [{"name": "Isi"}]}
    assert book.named_ranges == {"Kode": "'Isi'!B1:B3", "Semua": "'Isi'!A1:I"}
    assert tab.rows[2] == [Dated(45886.5, "dd/mm/yyyy hh:mm:ss"), 5, 3, None]


def test_a_record_that_is_none_is_named(recorded, tmp_path):
    (recorded / "rekaman" / "harian" / "workbook.json").write_text('{"title": "Harian"}')
    imported = import_folder(recorded, tmp_path / "books")
    assert imported.workbooks == []
    assert "workbook.json is no recorded workbook: 'tabs'" in imported.problems[0]
