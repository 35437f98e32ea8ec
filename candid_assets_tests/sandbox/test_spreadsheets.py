"""spreadsheets.get tells a workbook's facts, and its errors are those of the real API."""

import pytest

from candid_assets.sandbox.edits import apply_change
from candid_assets_tests.sandbox.client import SHEETS
from candid_assets_tests.sandbox.conftest import BOOK, sales_book

MASK = (
    "spreadsheetId,properties(title,locale,timeZone),namedRanges,sheets(properties(sheetId,title,"
    "index,sheetType,hidden,gridProperties(rowCount,columnCount,frozenRowCount)),merges)"
)


def get(google, book=BOOK, **query):
    return google.get(f"{SHEETS}/v4/spreadsheets/{book}", params=query)


def test_the_mask_of_the_platform_gives_all_it_needs(google):
    answer = get(google, fields=MASK).json()
    assert answer["properties"] == {
        "title": "Sales_MASTER",
        "locale": "in_ID",
        "timeZone": "Asia/Jakarta",
    }
    assert answer["sheets"][0] == {
        "properties": {
            "sheetId": 0,
            "title": "Jan25",
            "index": 0,
            "sheetType": "GRID",
            "gridProperties": {"rowCount": 1000, "columnCount": 26, "frozenRowCount": 1},
        },
        "merges": [
            {
                "startRowIndex": 0,
                "endRowIndex": 1,
                "startColumnIndex": 0,
                "endColumnIndex": 2,
            }
        ],
    }
    by_title = {sheet["properties"]["title"]: sheet["properties"] for sheet in answer["sheets"]}
    assert by_title["Rahasia"]["hidden"] is True
    assert by_title["Besar"]["gridProperties"]["rowCount"] == 1500
    assert "gridProperties" not in by_title["Grafik"]
    assert answer["namedRanges"][0]["range"]["endRowIndex"] == 2


def test_ranges_narrow_the_sheets_down(google):
    answer = get(google, ranges=["'Besar'!A1:B2"], fields="sheets.properties.title").json()
    assert answer == {"sheets": [{"properties": {"title": "Besar"}}]}


def test_an_unknown_field_is_refused(google):
    answer = get(google, fields="sheets.propertys")
    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["fieldViolations"][0]["field"] == "sheets.propertys"


@pytest.mark.parametrize(
    ("do", "code", "error"),
    [
        ("unshare", 403, ("The caller does not have permission", "PERMISSION_DENIED")),
        (
            "make_office_file",
            400,
            (
                "This operation is not supported for this document. The document must not be an "
                "Office file.",
                "FAILED_PRECONDITION",
            ),
        ),
    ],
)
def test_a_workbook_that_cannot_be_read_says_why(server, google, do, code, error):
    book = sales_book()
    apply_change(book, {"do": do})
    book.save(server.folder)
    for path in (BOOK, f"{BOOK}/values/'Jan25'!A1", f"{BOOK}/values:batchGet?ranges=A1"):
        answer = google.get(f"{SHEETS}/v4/spreadsheets/{path}")
        assert answer.json()["error"] == {"code": code, "message": error[0], "status": error[1]}


@pytest.mark.parametrize("book", ["Hilang", "manifest", "..%2Fsecret", "service-account-1"])
def test_a_workbook_that_is_not_there_is_not_found(google, book):
    answer = get(google, book)
    assert answer.status_code == 404
    assert answer.json()["error"] == {
        "code": 404,
        "message": "Requested entity was not found.",
        "status": "NOT_FOUND",
    }


def test_a_file_that_changes_is_read_again(server, google):
    assert get(google, fields="properties.title").json()["properties"]["title"] == "Sales_MASTER"
    book = sales_book()
    book.title = "Sales_LAMA"
    book.save(server.folder)
    assert get(google, fields="properties.title").json()["properties"]["title"] == "Sales_LAMA"


def test_an_unknown_path_is_googles_page_and_not_json(google):
    answer = google.get(f"{SHEETS}/v5/spreadsheets")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")
