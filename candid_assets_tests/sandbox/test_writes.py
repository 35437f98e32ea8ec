"""The server's one writing call: with a scope that writes, raw values, one tab or none."""

import pytest

from candid_assets_tests.sandbox.client import AUTH, SHEETS, google_session
from candid_assets_tests.sandbox.conftest import BOOK

URL = f"{SHEETS}/v4/spreadsheets/{BOOK}/values:batchUpdate"


def _body(**parts):
    data = [{"range": a1, "values": values} for a1, values in parts.get("data", {}).items()]
    return {"valueInputOption": parts.get("option", "RAW"), "data": data}


def _read(google, a1):
    answer = google.get(f"{SHEETS}/v4/spreadsheets/{BOOK}/values/{a1}")
    return answer.json().get("values", [])


def test_a_write_with_the_scope_for_it_is_done_and_logged(server, google):
    body = _body(data={"'Jan25'!A1:B2": [["=x", None], [7, True]]})
    before = _read(google, "'Jan25'!A1:B2")
    with google_session(server, [f"{AUTH}spreadsheets"]) as session:
        answer = session.post(URL, json=body)
    assert answer.status_code == 200
    assert answer.json()["totalUpdatedCells"] == 3
    assert _read(google, "'Jan25'!A1:B2") == [["=x", before[0][1]], ["7", "TRUE"]]
    assert server.counters()["writes"] == 1


def test_an_empty_text_clears_a_cell(server, google):
    with google_session(server, [f"{AUTH}spreadsheets"]) as session:
        assert session.post(URL, json=_body(data={"'Jan25'!A1": [[""]]})).status_code == 200
    assert _read(google, "'Jan25'!A1") == []


def test_a_write_with_scopes_for_reading_is_refused(server, google):
    assert google.post(URL, json=_body(data={"'Jan25'!A1": [["x"]]})).status_code == 403
    assert _read(google, "'Jan25'!A1") != [["x"]]


@pytest.mark.parametrize(
    "body",
    [
        {},
        _body(option="USER_ENTERED"),
        _body(data={"'No such tab'!A1": [["x"]]}),
        _body(data={"'Jan25'!A1": [["x", "y"]]}),
        _body(data={"'Jan25'!A1": [[{"a": 1}]]}),
        {"valueInputOption": "RAW", "data": [], "other": 1},
    ],
)
def test_what_the_api_would_not_take_is_refused_whole(server, google, body):
    before = _read(google, "'Jan25'!A1:C9")
    with google_session(server, [f"{AUTH}spreadsheets"]) as session:
        assert session.post(URL, json=body).status_code == 400
    assert _read(google, "'Jan25'!A1:C9") == before
