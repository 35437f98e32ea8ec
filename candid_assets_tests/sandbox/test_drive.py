"""Drive tells of files as the real API does, and of those that are not shared nothing."""

import pytest

from candid_assets.sandbox.drive_search import matches, parse_search
from candid_assets.sandbox.errors import GoogleError
from candid_assets.sandbox.workbook import SampleWorkbook
from candid_assets_tests.sandbox.client import DRIVE
from candid_assets_tests.sandbox.conftest import BOOK, sales_book

FILES = f"{DRIVE}/drive/v3/files"
SHEET = "application/vnd.google-apps.spreadsheet"


@pytest.fixture
def shelf(server):
    """Three more workbooks: one unshared, one in a shared drive, one plain."""
    SampleWorkbook("BOOK-2", "Rahasia", [], shared=False).save(server.folder)
    SampleWorkbook("BOOK-3", "Gudang", [], drive_id="DRIVE-1").save(server.folder)
    SampleWorkbook("BOOK-4", "Keuangan 2025", [], modified_time="2026-02-01T00:00:00.000Z").save(
        server.folder
    )


def test_a_file_has_four_fields_unless_more_are_asked_for(google):
    assert google.get(f"{FILES}/{BOOK}").json() == {
        "kind": "drive#file",
        "id": BOOK,
        "name": "Sales_MASTER",
        "mimeType": SHEET,
    }
    fields = "modifiedTime,version,trashed"
    assert google.get(f"{FILES}/{BOOK}", params={"fields": fields}).json() == {
        "version": "1",
        "modifiedTime": "2026-01-05T02:00:00.000Z",
        "trashed": False,
    }


def test_an_unknown_field_is_refused(google):
    answer = google.get(f"{FILES}/{BOOK}", params={"fields": "id,modified"})
    error = answer.json()["error"]
    assert (answer.status_code, error["message"]) == (400, "Invalid field selection modified")
    assert error["errors"][0]["reason"] == "invalidParameter"


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("file_id", ["Hilang", "BOOK-2", "BOOK-3"])
def test_a_file_out_of_reach_is_not_found(google, file_id):
    answer = google.get(f"{FILES}/{file_id}")
    assert answer.status_code == 404
    assert answer.json() == {
        "error": {
            "code": 404,
            "message": f"File not found: {file_id}.",
            "errors": [
                {
                    "message": f"File not found: {file_id}.",
                    "domain": "global",
                    "reason": "notFound",
                    "location": "fileId",
                    "locationType": "parameter",
                }
            ],
        }
    }


@pytest.mark.usefixtures("shelf")
def test_a_file_of_a_shared_drive_needs_the_parameter(google):
    answer = google.get(f"{FILES}/BOOK-3", params={"supportsAllDrives": True, "fields": "driveId"})
    assert answer.json() == {"driveId": "DRIVE-1"}


@pytest.mark.usefixtures("shelf")
def test_the_list_holds_what_is_shared(google):
    plain = google.get(FILES).json()
    assert [file["name"] for file in plain["files"]] == ["Keuangan 2025", "Sales_MASTER"]
    both = {"supportsAllDrives": "true", "includeItemsFromAllDrives": "true"}
    everywhere = google.get(FILES, params=both).json()
    assert "Gudang" in [file["name"] for file in everywhere["files"]]


@pytest.mark.usefixtures("shelf")
def test_the_list_comes_in_pages(google):
    first = google.get(FILES, params={"pageSize": 1}).json()
    last = google.get(FILES, params={"pageSize": 1, "pageToken": first["nextPageToken"]}).json()
    assert [file["id"] for file in first["files"] + last["files"]] == ["BOOK-4", BOOK]
    assert "nextPageToken" not in last


@pytest.mark.usefixtures("shelf")
def test_the_list_is_searched_and_ordered(google):
    query = {"q": "modifiedTime > '2026-01-31T00:00:00'", "fields": "files/id"}
    assert google.get(FILES, params=query).json() == {"files": [{"id": "BOOK-4"}]}
    query = {"orderBy": "modifiedTime desc,name", "fields": "files/id"}
    assert google.get(FILES, params=query).json()["files"][0] == {"id": "BOOK-4"}


@pytest.mark.parametrize(
    "query", [{"q": "nama = 'x'"}, {"pageSize": "0"}, {"pageSize": "x"}, {"pageToken": "x"}]
)
def test_a_wrong_parameter_is_refused(google, query):
    answer = google.get(FILES, params=query)
    assert answer.status_code == 400
    assert answer.json()["error"]["errors"][0]["location"] == next(iter(query))


FILE = {"name": "Sales_MASTER 2025", "mimeType": SHEET, "trashed": False, "modifiedTime": "2026"}


@pytest.mark.parametrize(
    ("search", "matched"),
    [
        ("", True),
        ("name = 'Sales_MASTER 2025'", True),
        ('name = "Sales_MASTER 2025" and trashed = false', True),
        ("name contains 'sales'", True),
        ("name contains 'ales'", False),
        ("name contains '2025'", True),
        ("name != 'x' and (trashed = true or mimeType != 'text/plain')", True),
        ("not trashed = false", False),
        ("trashed=true or name='y'", False),
        ("sharedWithMe and modifiedTime > '2025-01-01T00:00:00Z'", True),
        ("name = 'Jum\\'at'", False),
    ],
)
def test_a_search_is_understood(search, matched):
    assert matches(parse_search(search), FILE) is matched


@pytest.mark.parametrize(
    "search", ["name", "name = x", "(name = 'x'", "name = 'x' trashed = true", "name = 'x", "and"]
)
def test_a_broken_search_is_refused(search):
    with pytest.raises(GoogleError):
        parse_search(search)


def test_a_trashed_workbook_says_so(server, google):
    book = sales_book()
    book.trashed = True
    book.save(server.folder)
    answer = google.get(f"{FILES}/{BOOK}", params={"fields": "trashed"})
    assert answer.json() == {"trashed": True}
    listed = google.get(FILES, params={"q": "trashed = false", "fields": "files/id"})
    assert listed.json() == {"files": []}
