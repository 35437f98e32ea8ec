"""Each fault is seen by the client as the real trouble would be."""

import time

import pytest
import requests

from candid_assets.sandbox.faults import ACTIONS
from candid_assets.sandbox.named_errors import ERROR_NAMES
from candid_assets_tests.sandbox.client import SHEETS, values
from candid_assets_tests.sandbox.conftest import BOOK

READ = f"{SHEETS}/v4/spreadsheets/{BOOK}/values:batchGet"
RANGES = ["'Jan25'!A1:F6", "'Besar'!A1:A10"]


def read(google, timeout=10):
    return google.get(READ, params={"ranges": RANGES}, timeout=timeout)


def good(google):
    return values(google, BOOK, RANGES)


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [
        ("internal", 500, "INTERNAL"),
        ("unavailable", 503, "UNAVAILABLE"),
        ("deadline", 504, "DEADLINE_EXCEEDED"),
        ("not_found", 404, "NOT_FOUND"),
        ("not_shared", 403, "PERMISSION_DENIED"),
        ("office_file", 400, "FAILED_PRECONDITION"),
        ("precondition", 400, "FAILED_PRECONDITION"),
        ("bad_range", 400, "INVALID_ARGUMENT"),
        ("aborted", 409, "ABORTED"),
        ("user_rate_limit", 403, "PERMISSION_DENIED"),
        ("rate_limited", 429, "RESOURCE_EXHAUSTED"),
        ("scope", 403, "PERMISSION_DENIED"),
        ("api_disabled", 403, "PERMISSION_DENIED"),
    ],
)
def test_a_named_error_is_answered_once(server, google, name, status, reason):
    server.fault({"do": "error", "error": name, "retry_after": 7}, api="sheets_reads")
    answer = read(google)
    assert (answer.status_code, answer.json()["error"]["status"]) == (status, reason)
    assert answer.headers["Retry-After"] == "7"
    assert read(google).status_code == 200


def test_every_named_error_can_be_asked_for_on_both_apis(server, google):
    for name in ERROR_NAMES:
        for api, url in (
            ("sheets_reads", READ),
            ("drive_reads", "https://www.googleapis.com/drive/v3/files"),
        ):
            server.fault({"do": "error", "error": name}, api=api, count=None)
            answer = google.get(url, params={"ranges": RANGES} if api == "sheets_reads" else {})
            assert answer.status_code >= 400 or name in ("html_login", "html_portal")
            server.control("DELETE", "/faults")


def test_an_html_page_stands_where_json_should(server, google):
    for name, status in (("html_502", 502), ("html_503", 503), ("html_login", 200)):
        server.fault({"do": "error", "error": name}, api="sheets_reads")
        answer = read(google)
        assert (answer.status_code, answer.text[:15]) == (status, "<!DOCTYPE html>")
        assert answer.headers["Content-Type"].startswith("text/html")


def test_any_answer_can_be_given(server, google):
    tea = {"do": "answer", "status": 418, "body": {"x": 1}, "headers": {"X-Why": "tea"}}
    server.fault(tea, api="sheets_reads")
    answer = read(google)
    assert (answer.status_code, answer.json(), answer.headers["X-Why"]) == (418, {"x": 1}, "tea")


def test_a_connection_is_reset(server, google):
    google.get(READ, params={"ranges": RANGES})
    server.fault("reset", api="sheets_reads")
    with pytest.raises(requests.ConnectionError, match="reset"):
        read(google)
    assert read(google).status_code == 200
    assert server.calls()[-2]["status"] == 0


def test_a_body_is_cut_short(server, google):
    server.fault("truncate", api="sheets_reads")
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        read(google)


def test_a_body_is_no_json(server, google):
    server.fault("malformed", api="sheets_reads")
    answer = read(google)
    assert answer.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


@pytest.mark.parametrize(
    ("do", "error"),
    [
        ("reset_in_headers", requests.ConnectionError),
        ("reset_in_body", requests.RequestException),
        ("long_length", requests.exceptions.ChunkedEncodingError),
        ("short_length", requests.JSONDecodeError),
        ("empty_body", requests.JSONDecodeError),
        ("bad_gzip", requests.exceptions.ContentDecodingError),
        ("bad_utf8", UnicodeDecodeError),
    ],
)
def test_an_answer_breaks_in_the_way_asked_for(server, google, do, error):
    server.fault(do, api="sheets_reads")
    with pytest.raises(error):
        read(google).content.decode() if do == "bad_utf8" else read(google).json()
    google.close()  # the broken connection: what is left on it belongs to no answer
    assert read(google).status_code == 200


def test_a_range_is_answered_twice_or_with_another_one(server, google):
    server.fault("double_range", api="sheets_reads")
    assert len(good(google)["valueRanges"]) == len(RANGES) + 1
    server.fault("other_range", api="sheets_reads")
    assert "Tab lain" in good(google)["valueRanges"][0]["range"]


def test_an_answer_is_slow(server, google):
    server.fault({"do": "slow", "seconds": 0.4}, api="sheets_reads")
    start = time.monotonic()
    assert read(google).status_code == 200
    assert time.monotonic() - start >= 0.4


@pytest.mark.parametrize("do", ["slow", "stall"])
def test_a_stalled_answer_meets_the_clients_timeout(server, google, do):
    server.fault({"do": do, "seconds": 30}, api="sheets_reads")
    with pytest.raises((requests.ConnectionError, requests.Timeout), match="timed out"):
        read(google, timeout=0.3)
    assert read(google).status_code == 200


@pytest.mark.parametrize("do", ["stall", "drip"])
def test_an_answer_that_goes_on_is_whole(server, google, do):
    server.fault({"do": do, "seconds": 0.2}, api="sheets_reads")
    assert read(google).json() == good(google)


def test_a_cell_is_still_loading(server, google):
    server.fault({"do": "loading", "cells": ["B2", "D4"]}, tab="Jan25", count=2)
    for _ in range(2):
        rows = good(google)["valueRanges"][0]["values"]
        assert (rows[1][1], rows[3][3]) == ("Loading...", "Loading...")
    assert "Loading..." not in str(good(google))


def test_rows_cells_and_ranges_go_missing(server, google):
    whole = good(google)["valueRanges"]
    server.fault({"do": "drop_rows", "rows": 3}, tab="Besar")
    first, second = good(google)["valueRanges"]
    assert first == whole[0]
    assert second["values"] == whole[1]["values"][:-3]
    server.fault("short_rows", tab="Jan25")
    assert good(google)["valueRanges"][0]["values"][0] == whole[0]["values"][0][:-1]
    server.fault("drop_values", tab="Besar")
    assert "values" not in good(google)["valueRanges"][1]
    server.fault("drop_range")
    assert good(google)["valueRanges"] == whole[:1]
    server.fault("swap_ranges")
    assert good(google)["valueRanges"] == whole[::-1]
    server.fault("empty_json")
    assert good(google) == {}
    assert good(google)["valueRanges"] == whole


def test_the_workbook_is_edited_between_two_reads(server, google):
    server.fault(
        {"do": "edit", "tab": "Jan25", "cells": {"A2": "SO-9"}}, path="values:batchGet", skip=1
    )
    assert good(google)["valueRanges"][0]["values"][1][0] == "SO-1"
    assert good(google)["valueRanges"][0]["values"][1][0] == "SO-9"


def test_a_fault_waits_for_the_call_it_is_about(server, google):
    server.fault({"do": "error", "error": "internal"}, query="FORMATTED_STRING", tab="Besar")
    assert read(google).status_code == 200
    how = {"dateTimeRenderOption": "FORMATTED_STRING"}
    other = google.get(READ, params={"ranges": ["'Jan25'!A1"], **how})
    assert other.status_code == 200
    met = google.get(READ, params={"ranges": ["'Besar'!A1"], **how})
    assert met.status_code == 500
    assert server.control("GET", "/faults") == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"do": "explode"}, "no fault 'explode'"),
        ({"do": "reset", "times": 3}, "'times'"),
        ({"do": {"do": "error", "error": "teapot"}}, "no error 'teapot'"),
        ({}, "no fault None"),
    ],
)
def test_a_fault_that_does_not_exist_is_refused_with_the_right_words(server, fault, said):
    with pytest.raises(ValueError, match=said):
        server.control("POST", "/faults", fault)


def test_the_token_endpoint_can_fail_too(server, google):
    server.fault({"do": "error", "error": "unavailable"}, api="tokens")
    assert read(google).status_code == 200
    assert [call["status"] for call in server.calls()] == [503, 200, 200]


def test_there_are_more_than_forty_kinds_of_faults():
    assert len(ACTIONS - {"error", "answer"}) + len(ERROR_NAMES) >= 40


def test_only_this_machine_reaches_the_controls(server):
    url = f"{server.url}/_sandbox/log"
    assert requests.get(url, headers={"Host": "evil.example"}, timeout=5).status_code == 403
    assert requests.get(url, headers={"Origin": "http://x"}, timeout=5).status_code == 403
    assert requests.get(url, timeout=5).status_code == 200
