"""spreadsheets.get sends cells, formats and hidden rows under a mask, as Google does.

The shapes beside the tests are those of recorded answers and of published measurements of the
real API, with values of our own.
"""

import pytest

from candid_assets.sandbox.workbook import CellError, Dated, Formatted, SampleTab, SampleWorkbook
from candid_assets_tests.sandbox.client import SHEETS
from candid_assets_tests.sandbox.conftest import BOOK
from candid_assets_tests.sandbox.discovery import validator

GRID = "BOOK-GRID"
SHEET = f"{SHEETS}/v4/spreadsheets/{GRID}"
VALUES = f"{SHEET}/values/A1"
CELLS = "formattedValue,effectiveValue,effectiveFormat.numberFormat"
TABLE = {
    "tableId": "t1",
    "name": "Gudang",
    "range": {"sheetId": 7, "startRowIndex": 0, "endRowIndex": 2},
    "columnProperties": [{"columnIndex": 0, "columnName": "Kode", "columnType": "TEXT"}],
}


def grid_book() -> SampleWorkbook:
    stock = [
        ["Kode", "Jumlah", "Naik", "Nilai", "Tgl", "Jam", "Lembur", "Siap", "Nama"],
        [
            Formatted(7, "00000"),
            Formatted(24, '0 "lusin"'),
            Formatted(0.125, "0.0%"),
            Formatted(1250000, "[$Rp-421]#,##0"),
            Dated(45886, "dd/mm/yyyy"),
            Dated(45886.25, "dd/mm/yyyy hh:mm"),
            Dated(1.5625, "[h]:mm:ss"),
            True,
            "0812",
        ],
        [],
        [None, 12.5, None, CellError("#N/A", "Did not find value 'x' in VLOOKUP evaluation.")],
        [None, 3, None, None, None, None, None, False, None, None],
        [None, None],
    ]
    tabs = [
        SampleTab(
            7,
            "Stok",
            stock,
            hidden_rows=[3],
            filtered_rows=[1],
            hidden_columns=[2],
            checkboxes=[(1, 2, 7, 8), (3, 5, 7, 8)],
            formulas={"B5": "=B2/8"},
            grid_rows=50,
            grid_columns=10,
            parts={"tables": [TABLE]},
        ),
        SampleTab(8, "Kosong", [], grid_rows=3, grid_columns=2),
        SampleTab(9, "Grafik", [], sheet_type="OBJECT", parts={"charts": [{"chartId": 5}]}),
    ]
    return SampleWorkbook(GRID, "Gudang", tabs, named_ranges={"Harga": "'Stok'!D2:D4"})


@pytest.fixture
def get(server, google):
    grid_book().save(server.folder)

    def get(fields, *ranges, **query):
        params = {"fields": fields, "ranges": ranges, **query}
        return google.get(f"{SHEETS}/v4/spreadsheets/{GRID}", params=params)

    return get


def block(answer, sheet=0, number=0):
    assert answer.status_code == 200, answer.text
    content = answer.json()
    assert list(validator("sheets.v4", "Spreadsheet").iter_errors(content)) == []
    return content["sheets"][sheet]["data"][number]


def test_a_cell_has_its_values_and_its_number_format(get):
    answer = get(f"sheets.data.rowData.values({CELLS})", "'Stok'!A2:I2")
    assert block(answer) == {
        "rowData": [
            {
                "values": [
                    number(7, "00007", "NUMBER", "00000"),
                    number(24, "24 lusin", "NUMBER", '0 "lusin"'),
                    number(0.125, "12,5%", "PERCENT", "0.0%"),
                    number(1250000, "Rp1.250.000", "CURRENCY", "[$Rp-421]#,##0"),
                    number(45886, "17/08/2025", "DATE", "dd/mm/yyyy"),
                    number(45886.25, "17/08/2025 06:00", "DATE_TIME", "dd/mm/yyyy hh:mm"),
                    number(1.5625, "37:30:00", "TIME", "[h]:mm:ss"),
                    {"effectiveValue": {"boolValue": True}, "formattedValue": "TRUE"},
                    {"effectiveValue": {"stringValue": "0812"}, "formattedValue": "0812"},
                ]
            }
        ]
    }


def number(value, shown, kind, pattern):
    return {
        "effectiveValue": {"numberValue": value},
        "formattedValue": shown,
        "effectiveFormat": {"numberFormat": {"type": kind, "pattern": pattern}},
    }


def test_rows_and_cells_end_with_the_last_one_that_holds_anything(get):
    """Recorded: blank rows and cells before that are empty objects; none follow."""
    data = block(get("sheets.data(startRow,startColumn,rowData.values.formattedValue)", "'Stok'"))
    rows = data["rowData"]
    assert [len(row.get("values", [])) for row in rows] == [9, 9, 0, 8, 8]
    assert rows[2] == {}
    assert rows[3]["values"][:2] == [{}, {"formattedValue": "12,5"}]
    assert set(data) == {"rowData"}


def test_a_start_that_is_not_zero_is_named(get):
    mask = "sheets.data(startRow,startColumn,rowData.values.formattedValue)"
    assert block(get(mask, "'Stok'!B4:C5")) == {
        "startRow": 3,
        "startColumn": 1,
        "rowData": [
            {"values": [{"formattedValue": "12,5"}]},
            {"values": [{"formattedValue": "3"}]},
        ],
    }


@pytest.mark.parametrize("a1_range", ["'Kosong'", "'Stok'!A20:C30", "'Stok'!I3:I4"])
def test_a_block_without_anything_has_no_rows(get, a1_range):
    """Recorded: `"data": [{}]` for a blank tab."""
    assert block(get("sheets.data.rowData.values.formattedValue", a1_range)) == {}


def test_an_error_has_its_type_and_its_message(get):
    values = "sheets.data.rowData.values(effectiveValue,formattedValue)"
    assert block(get(values, "'Stok'!D4"))["rowData"][0]["values"][0] == {
        "effectiveValue": {
            "errorValue": {
                "type": "N_A",
                "message": "Did not find value 'x' in VLOOKUP evaluation.",
            }
        },
        "formattedValue": "#N/A",
    }


def test_checkboxes_are_booleans_with_a_rule(get):
    mask = "sheets.data.rowData.values(effectiveValue,dataValidation)"
    rule = {"dataValidation": {"condition": {"type": "BOOLEAN"}}}
    assert block(get(mask, "'Stok'!H2:H5"))["rowData"] == [
        {"values": [{"effectiveValue": {"boolValue": True}, **rule}]},
        {},
        {"values": [rule]},
        {"values": [{"effectiveValue": {"boolValue": False}, **rule}]},
    ]


def test_hidden_rows_and_columns_are_marked_and_their_values_are_sent(get):
    mask = (
        "sheets.data(rowData.values.formattedValue,rowMetadata(hiddenByUser,hiddenByFilter),"
        "columnMetadata.hiddenByUser)"
    )
    data = block(get(mask, "'Stok'!A1:D5"))
    assert data["rowMetadata"] == [{}, {"hiddenByFilter": True}, {}, {"hiddenByUser": True}, {}]
    assert data["columnMetadata"] == [{}, {}, {"hiddenByUser": True}, {}]
    assert data["rowData"][3]["values"][1] == {"formattedValue": "12,5"}


def test_metadata_covers_the_range_with_the_default_sizes(get):
    """Measured: 21 pixels a row and 100 a column, one entry for each of the range's."""
    data = block(get("sheets.data(rowMetadata,columnMetadata)", "'Kosong'!A1:B2"))
    assert data == {
        "rowMetadata": [{"pixelSize": 21}] * 2,
        "columnMetadata": [{"pixelSize": 100}] * 2,
    }


def test_each_range_is_a_block_of_its_tab_and_other_tabs_are_left_out(get):
    mask = "sheets(properties.title,data(startRow,rowData.values.formattedValue))"
    answer = get(mask, "'Stok'!B5", "'Stok'!A1").json()
    assert answer["sheets"] == [
        {
            "properties": {"title": "Stok"},
            "data": [
                {"startRow": 4, "rowData": [{"values": [{"formattedValue": "3"}]}]},
                {"rowData": [{"values": [{"formattedValue": "Kode"}]}]},
            ],
        }
    ]


@pytest.mark.parametrize("flag", ["true", "false"])
def test_a_mask_decides_whatever_the_flag_says(get, flag):
    mask = "sheets.data.rowData.values.formattedValue"
    assert block(get(mask, "'Stok'!A1", includeGridData=flag))["rowData"]
    answer = get("sheets.properties.title", "'Stok'!A1", includeGridData=flag)
    assert answer.json() == {"sheets": [{"properties": {"title": "Stok"}}]}
    assert "data" not in get("*", includeGridData=flag).json()["sheets"][0]


def test_a_formula_is_what_was_entered(get):
    mask = "sheets.data.rowData.values(userEnteredValue,effectiveValue)"
    assert block(get(mask, "'Stok'!B5"))["rowData"][0]["values"][0] == {
        "userEnteredValue": {"formulaValue": "=B2/8"},
        "effectiveValue": {"numberValue": 3},
    }


def test_a_chart_tab_has_charts_and_no_grid(get):
    sheet = get("sheets(properties,charts,data.rowData.values.formattedValue)").json()["sheets"][2]
    assert sheet == {
        "properties": {"sheetId": 9, "title": "Grafik", "index": 2, "sheetType": "OBJECT"},
        "charts": [{"chartId": 5}],
    }
    answer = get("sheets.data.rowData.values.formattedValue", "'Grafik'")
    assert answer.json()["error"]["message"] == "Unable to parse range: 'Grafik'"


def test_a_connected_sheet_has_a_grid_and_its_cells_are_refused(server, google):
    """Google's document: a data source sheet has the grid properties it is shown with."""
    tab = SampleTab(1, "Gudang BQ", [], sheet_type="DATA_SOURCE", grid_rows=9, grid_columns=2)
    SampleWorkbook(GRID, "Gudang", [tab]).save(server.folder)
    properties = google.get(SHEET, params={"fields": "sheets.properties"}).json()["sheets"][0]
    assert properties["properties"]["gridProperties"] == {"rowCount": 9, "columnCount": 2}
    assert google.get(f"{SHEET}/values/'Gudang BQ'").status_code == 501


def test_tables_are_described(get):
    answer = get("sheets.tables(name,columnProperties)").json()
    assert answer["sheets"][0]["tables"] == [
        {"name": "Gudang", "columnProperties": TABLE["columnProperties"]}
    ]


@pytest.mark.parametrize(
    ("mask", "path"),
    [
        ("sheets.data.rowData.values.effectiveFormat.type", None),
        ("sheets(properties.title,data.rowdata)", "sheets.data.rowdata"),
        ("sheets.data.rowData.values.effectiveValue.value", None),
    ],
)
def test_a_path_that_names_nothing_is_refused_with_the_mask(get, mask, path):
    """Recorded: the violation's field is the mask as sent, its description names the path."""
    answer = get(mask)
    error = answer.json()["error"]
    assert (answer.status_code, error["message"]) == (400, "Request contains an invalid argument.")
    assert error["status"] == "INVALID_ARGUMENT"
    assert error["details"] == [
        {
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": [
                {
                    "field": mask,
                    "description": "Error expanding 'fields' parameter. Cannot find matching "
                    f"fields for path '{path or mask}'.",
                }
            ],
        }
    ]


@pytest.mark.parametrize(
    "mask",
    [
        "sheets",
        "sheets.data",
        "sheets/*",
        "sheets.data.rowData",
        "sheets.data.rowData.values",
        "sheets.data.rowData.values.note",
        "sheets.data.rowData.values.hyperlink",
        "sheets.data.rowData.values.chipRuns",
        "sheets.data.rowData.values.effectiveFormat",
        "sheets.data.rowData.values.effectiveFormat.textFormat",
        "sheets.data.rowData.values.pivotTable",
        "sheets.data(rowData.values(formattedValue,textFormatRuns),rowMetadata)",
    ],
)
def test_what_is_not_imitated_is_refused_and_never_left_out(get, mask):
    answer = get(mask)
    assert (answer.status_code, answer.json()["error"]["status"]) == (501, "UNIMPLEMENTED")


def test_whole_cells_without_a_mask_are_refused(google):
    url = f"{SHEETS}/v4/spreadsheets/{BOOK}"
    assert google.get(url, params={"includeGridData": "true"}).status_code == 501
    assert "data" not in google.get(url).json()["sheets"][0]


UNKNOWN_FORMATS = [
    Formatted(0.5, "0.00E+00"),
    Formatted(0.5, "# ?/?"),
    Formatted(0.5, "[>100]0;0"),
    Formatted(0.5, '[<=9]0" kecil"'),
    Dated(45886, "[$-421]d mmmm yyyy"),
]
FORMATTED = {"valueRenderOption": "FORMATTED_VALUE"}
DATES_AS_TEXT = {
    "valueRenderOption": "UNFORMATTED_VALUE",
    "dateTimeRenderOption": "FORMATTED_STRING",
}


@pytest.mark.parametrize(
    ("cell", "url", "query"),
    [
        *((cell, VALUES, FORMATTED) for cell in UNKNOWN_FORMATS),
        *(
            (cell, SHEET, {"fields": "sheets.data.rowData.values.formattedValue"})
            for cell in UNKNOWN_FORMATS
        ),
        (UNKNOWN_FORMATS[-1], VALUES, DATES_AS_TEXT),
    ],
)
def test_a_format_that_is_not_imitated_is_refused(server, google, cell, url, query):
    SampleWorkbook(GRID, "Gudang", [SampleTab(1, "Stok", [[cell]])]).save(server.folder)
    answer = google.get(url, params=query)
    assert answer.status_code == 501
    assert cell.pattern in answer.json()["error"]["message"]
