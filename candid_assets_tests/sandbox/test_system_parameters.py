"""Every API reads the same system parameters, and answers are indented unless told otherwise."""

import json

import pytest
import requests

from candid_assets_tests.sandbox.client import DRIVE, SHEETS
from candid_assets_tests.sandbox.conftest import BOOK

SHEET = f"{SHEETS}/v4/spreadsheets/{BOOK}"
FILE = f"{DRIVE}/drive/v3/files/{BOOK}"


@pytest.mark.parametrize("url", [f"{SHEET}/values/'Jan25'!A1:B2", SHEET, FILE])
def test_an_answer_is_indented_by_two_and_ends_with_a_line_break(google, url):
    """Recorded: so do the answers of both APIs."""
    answer = google.get(url)
    assert answer.text == json.dumps(answer.json(), indent=2, ensure_ascii=False) + "\n"
    assert google.get(url, params={"prettyPrint": "False"}).text == answer.text


@pytest.mark.parametrize("spelling", ["false", "0"])
def test_an_answer_is_compact_when_asked_for(google, spelling):
    answer = google.get(f"{SHEET}/values/'Jan25'!A1", params={"prettyPrint": spelling})
    assert answer.text == '{"range":"\'Jan25\'!A1","majorDimension":"ROWS","values":[["Order"]]}'


def test_an_error_is_indented_whatever_is_asked_for(google):
    answer = google.get(f"{SHEET}/values/'Hilang'", params={"prettyPrint": "false"})
    assert answer.text.startswith('{\n  "error": {\n    "code": 400,\n')


@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ({"alt": "media"}, 400, 'Unsupported alt type "media" for non byte stream request.'),
        ({"alt": "XML"}, 400, "Invalid value \"XML\" for query parameter 'alt'"),
        ({"$.xgafv": "3"}, 400, "Invalid value '3' for system query parameter : $.xgafv"),
        ({"alt": "proto"}, 501, "does not imitate answers as protocol buffers"),
        ({"callback": "f"}, 501, "does not imitate answers as a script"),
    ],
)
def test_a_form_that_is_not_json_is_refused(google, query, code, said):
    answer = google.get(SHEET, params=query)
    assert answer.status_code == code
    assert said in answer.json()["error"]["message"]


def test_a_sheet_cannot_be_downloaded_as_it_is(google):
    error = google.get(FILE, params={"alt": "media"}).json()["error"]
    assert (error["code"], error["errors"][0]["reason"]) == (403, "fileNotDownloadable")


@pytest.mark.parametrize(
    "path",
    [
        f"{SHEET}/developerMetadata/1",
        f"{SHEET}/sheets/0",
        f"{FILE}/permissions",
        f"{FILE}/export",
        f"{FILE}/revisions/1",
        f"{DRIVE}/drive/v3/changes",
        f"{DRIVE}/drive/v3/about",
        f"{DRIVE}/drive/v3/drives",
    ],
)
def test_a_method_that_is_not_imitated_is_refused(google, path):
    assert google.get(path).status_code == 501


@pytest.mark.parametrize(
    "path",
    [
        f"{SHEETS}/v4/spreadsheet",
        f"{SHEETS}/v4/spreadsheets",
        f"{SHEET}/cells",
        f"{DRIVE}/drive/v3/x",
    ],
)
def test_a_path_that_is_no_method_of_googles_is_not_found(google, path):
    assert google.get(path).status_code == 404


def test_sheets_lists_its_error_only_when_asked_to(google):
    """Measured: `$.xgafv=1` adds the list `errors`, which Drive always sends."""
    url = f"{SHEET}/values/'Hilang'!A1"
    message = "Unable to parse range: 'Hilang'!A1"
    assert "errors" not in google.get(url).json()["error"]
    assert google.get(url, params={"$.xgafv": "1"}).json()["error"] == {
        "code": 400,
        "message": message,
        "errors": [{"message": message, "domain": "global", "reason": "badRequest"}],
        "status": "INVALID_ARGUMENT",
    }


@pytest.mark.parametrize("url", [SHEET, FILE])
def test_a_bad_token_is_refused_with_the_long_message(server, url):
    path = url.removeprefix(SHEETS).removeprefix(DRIVE)
    header = {"Authorization": "Bearer tidak-ada"}
    error = requests.get(server.url + path, headers=header, timeout=10).json()["error"]
    assert (error["code"], error["status"]) == (401, "UNAUTHENTICATED")
    assert error["message"].startswith("Request had invalid authentication credentials.")
    if url == FILE:
        assert error["errors"] == [
            {
                "message": "Invalid Credentials",
                "domain": "global",
                "reason": "authError",
                "location": "Authorization",
                "locationType": "header",
            }
        ]


@pytest.mark.parametrize("url", [SHEET, FILE])
def test_no_token_is_an_unregistered_caller(server, url):
    path = url.removeprefix(SHEETS).removeprefix(DRIVE)
    error = requests.get(server.url + path, timeout=10).json()["error"]
    assert (error["code"], error["status"]) == (403, "PERMISSION_DENIED")
    assert error["message"].startswith("Method doesn't allow unregistered callers")
    if url == FILE:
        assert error["errors"][0]["reason"] == "forbidden"


@pytest.mark.parametrize(
    ("query", "same"),
    [
        ({"valueRenderOption": "1"}, {"valueRenderOption": "UNFORMATTED_VALUE"}),
        ({"majorDimension": "2"}, {"majorDimension": "COLUMNS"}),
        ({"majorDimension": "0"}, {"majorDimension": "DIMENSION_UNSPECIFIED"}),
        ({"majorDimension": "DIMENSION_UNSPECIFIED"}, {"majorDimension": "ROWS"}),
    ],
)
def test_a_choice_is_named_or_numbered(google, query, same):
    """Measured: the number of a choice is its place in Google's list."""
    url = f"{SHEET}/values/'Jan25'!A1:D2"
    assert google.get(url, params=query).json() == google.get(url, params=same).json()


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            {"majorDimension": "DIAGONAL"},
            "Invalid value at 'major_dimension' (type.googleapis.com/google.apps.sheets.v4."
            'Dimension), "DIAGONAL"',
        ),
        (
            {"valueRenderOption": ""},
            "Invalid value at 'value_render_option' (type.googleapis.com/google.apps.sheets.v4."
            'ValueRenderOption), ""',
        ),
        (
            {"dateTimeRenderOption": "9"},
            "Invalid value at 'date_time_render_option' (type.googleapis.com/google.apps.sheets."
            'v4.DateTimeRenderOption), "9"',
        ),
    ],
)
def test_another_choice_is_refused_with_the_name_of_its_type(google, query, message):
    answer = google.get(f"{SHEET}/values/'Jan25'!A1", params=query)
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, message)


@pytest.mark.parametrize("spelling", ["true", "True", "1", "t", "YES", "0", "no", "FALSE"])
def test_a_flag_has_several_spellings(google, spelling):
    query = {"includeGridData": spelling, "fields": "spreadsheetId"}
    assert google.get(SHEET, params=query).json() == {"spreadsheetId": BOOK}


@pytest.mark.parametrize("spelling", ["", "on", "2", " true"])
def test_another_spelling_of_a_flag_is_refused(google, spelling):
    answer = google.get(SHEET, params={"includeGridData": spelling})
    message = f"Invalid value at 'include_grid_data' (TYPE_BOOL), \"{spelling}\""
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, message)


@pytest.mark.parametrize("method", [":getByDataFilter", "/values:batchGetByDataFilter"])
def test_a_read_by_post_is_refused(google, method):
    answer = google.post(SHEET + method, json={"dataFilters": []})
    assert answer.status_code == 501
