"""Whatever goes wrong on the way to Google: rows are whole or the cause is named."""

import dataclasses
import time

import pytest

from candid_assets.sandbox.workbook import Dated, SampleTab, SampleWorkbook
from candid_assets.settings import Settings
from candid_assets.sources.sheets.conduct import conduct_of
from candid_assets.sources.sheets.credentials import SCOPES
from candid_assets.sources.sheets.drive import FileState, file_states
from candid_assets.sources.sheets.session import SheetsSession
from candid_assets.sources.source_errors import SourceError
from candid_assets_tests.sources.sheets.conftest import BRISK, good, grid, read

PASSING = [
    {"do": "error", "error": "rate_limited"},
    {"do": "error", "error": "internal"},
    {"do": "error", "error": "unavailable"},
    {"do": "error", "error": "deadline"},
    {"do": "error", "error": "aborted"},
    {"do": "error", "error": "html_502"},
    {"do": "error", "error": "html_503"},
    {"do": "error", "error": "html_login"},
    {"do": "error", "error": "unauthenticated"},
    {"do": "answer", "status": 500, "body": {"error": "words"}},
    {"do": "answer", "status": 503, "body": []},
    "reset",
    "truncate",
    "malformed",
    "stall",
    "drip",
    "empty_json",
    "drop_range",
    "swap_ranges",
    "drop_values",
    "drop_rows",
    "short_rows",
    "expire_tokens",
    {"do": "loading", "cells": ["B1"]},
]


@pytest.fixture
def sample(book):
    return book(Satu=[["a", 1], ["b", Dated(45886, "dd/mm/yyyy")]], Dua=[["c", "d"], ["e"]])


@pytest.mark.parametrize("fault", PASSING, ids=str)
@pytest.mark.parametrize("skip", [0, 1, 2], ids=["metadata", "serials", "shown"])
def test_temporary_fault_loses_no_row(session, google, sample, fault, skip):
    google.fault(fault, api="sheets_reads", skip=skip)
    extract = read(session, sample)
    assert grid(good(extract)) == [["a", "1"], ["b", "2025-08-17"]]
    assert grid(good(extract, "t1")) == [["c", "d"], ["e", None]]
    counted = google.counters()
    assert session.sheets_reads == counted["sheets_reads"]
    assert session.drive_reads == counted["drive_reads"]
    assert conduct_of(session.requests_sent, SCOPES).writes == ()
    assert counted["writes"] == 0


@pytest.mark.parametrize("fault", ["reset", "truncate", "stall", "malformed", "empty_json"])
@pytest.mark.parametrize("api", ["tokens", "drive_reads"])
def test_temporary_fault_of_the_token_or_drive_request_is_retried(
    session, google, sample, fault, api
):
    google.fault(fault, api=api)
    assert good(read(session, sample)).rows == 2


def test_rate_limit_error_of_drive_is_retried(session, google, sample):
    google.fault({"do": "error", "error": "user_rate_limit"}, api="drive_reads")
    assert good(read(session, sample)).rows == 2


@pytest.mark.parametrize("name", ["internal", "html_502", "rate_limited"])
def test_token_request_is_retried_after_one_failure(session, google, sample, name):
    google.fault({"do": "error", "error": name}, api="tokens")
    assert good(read(session, sample)).rows == 2


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"do": "error", "error": "rate_limited"}, "quota_exhausted"),
        ({"do": "error", "error": "internal"}, "server_error"),
        ({"do": "error", "error": "html_502"}, "server_error"),
        ({"do": "error", "error": "html_login"}, "intercepted"),
        ({"do": "error", "error": "scope"}, "scope_insufficient"),
        ({"do": "error", "error": "api_disabled"}, "api_disabled"),
        ({"do": "error", "error": "unauthenticated"}, "bad_credentials"),
        ({"do": "error", "error": "not_shared"}, "not_shared"),
        ({"do": "error", "error": "not_found"}, "not_found"),
        ({"do": "error", "error": "office_file"}, "office_file"),
        ("reset", "network"),
        ("truncate", "network"),
        ("malformed", "malformed"),
    ],
    ids=str,
)
def test_permanent_fault_is_reported_after_bounded_attempts(session, google, sample, fault, code):
    google.fault(fault, api="sheets_reads", count=None)
    with pytest.raises(SourceError) as caught:
        read(session, sample)
    assert caught.value.code == code
    assert caught.value.workbook == "shop"
    assert session.sheets_reads <= BRISK.attempts
    assert session.sheets_reads == google.counters()["sheets_reads"]


def test_call_after_a_permanent_failure_is_tried_at_most_twice(session, google, sample):
    google.fault({"do": "error", "error": "internal"}, api="sheets_reads", count=None)
    for _ in range(2):
        with pytest.raises(SourceError):
            read(session, sample)
    assert session.sheets_reads == BRISK.attempts + 2


def test_stalled_response_is_stopped_by_the_read_timeout(session, google, sample):
    google.fault("stall", api="sheets_reads", count=None)
    started = time.monotonic()
    with pytest.raises(SourceError) as caught:
        read(session, sample)
    assert caught.value.code == "network"
    assert time.monotonic() - started < BRISK.attempts * (BRISK.read_timeout + 1)


def test_slow_response_is_stopped_by_the_response_timeout(google, sample, settings):
    google.fault({"do": "drip", "seconds": 30}, api="sheets_reads", count=None)
    policy = dataclasses.replace(BRISK, attempts=1, answer_timeout=0.5)
    with SheetsSession.from_settings(settings, policy=policy) as session:
        started = time.monotonic()
        with pytest.raises(SourceError) as caught:
            read(session, sample)
    assert caught.value.code == "network"
    assert time.monotonic() - started < 5


def test_retry_after_is_honoured(session, google, sample):
    google.fault({"do": "error", "error": "rate_limited", "retry_after": 1}, api="sheets_reads")
    started = time.monotonic()
    assert good(read(session, sample)).rows == 2
    assert time.monotonic() - started >= 1


def test_wait_longer_than_the_deadline_is_refused(session, google, sample):
    google.fault({"do": "error", "error": "rate_limited", "retry_after": 600}, api="sheets_reads")
    started = time.monotonic()
    with pytest.raises(SourceError, match="quota"):
        read(session, sample)
    assert time.monotonic() - started < 5


def test_unshared_workbook_is_reported_with_the_account_to_share_it_with(session, google, sample):
    google.change("book", "unshare")
    with pytest.raises(SourceError) as caught:
        read(session, sample)
    assert caught.value.code == "not_found"
    assert f"share it with {session.account} as Viewer" in str(caught.value)
    assert "@" in session.account


@pytest.mark.parametrize(
    ("do", "code"), [("trash", "not_found"), ("make_office_file", "office_file")]
)
def test_file_that_is_no_live_google_sheet_is_reported_before_it_is_read(
    session, google, sample, do, code
):
    google.change("book", do)
    with pytest.raises(SourceError) as caught:
        read(session, sample)
    assert caught.value.code == code
    assert session.sheets_reads == 0


def test_state_of_each_file_is_its_own(session, google, book):
    book("book1", Satu=[["a"]])
    book("book2", Satu=[["a"]])
    google.change("book2", "unshare")
    states = file_states(session, ["book1", "book2", "no-such-book", "book1"])
    assert isinstance(states["book1"], FileState)
    assert [s.code for s in states.values() if isinstance(s, SourceError)] == ["not_found"] * 2
    # Each refusal is asked for once more.
    assert session.drive_reads == 5


def test_states_stop_at_an_error_that_every_file_shares(session, google, book):
    google.fault({"do": "error", "error": "api_disabled"}, api="drive_reads", count=None)
    states = file_states(session, ["book1", "book2", "book3"])
    assert [s.code for s in states.values()] == ["api_disabled"] * 3
    assert session.drive_reads == 1


def test_file_on_a_shared_drive_has_a_state(session, google):
    sample = SampleWorkbook("book", "Book", [SampleTab(1, "Satu", [["a"]])], drive_id="drive-1")
    sample.save(google.folder)
    assert good(read(session, sample)).rows == 1


@pytest.mark.parametrize("error", ["bad_range", "internal"])
def test_a_bad_tab_fails_alone(session, google, book, error):
    sample = book(Satu=[["a"]], Rusak=[["b"]], Tiga=[["c"]])
    fault = {"do": "error", "error": error}
    google.fault(fault, api="sheets_reads", tab="Rusak", count=None)
    extract = read(session, sample)
    assert grid(good(extract, "t0")) == [["a"]]
    assert grid(good(extract, "t2")) == [["c"]]
    failed = extract.tabs["t1"]
    assert isinstance(failed, SourceError)
    assert failed.code == {"bad_range": "bad_range", "internal": "server_error"}[error]
    assert "'Rusak'" in failed.message
    assert failed.tab == "t1"


def test_workbook_that_fails_in_the_middle_has_no_partial_tab(session, google, sample):
    google.fault("reset", api="sheets_reads", skip=2, count=None)
    extract = read(session, sample)
    assert [t.code for t in extract.tabs.values()] == ["network", "network"]


@pytest.mark.parametrize("drop", ["drop_values", "drop_rows", "short_rows"])
def test_response_that_stays_short_is_never_a_table(session, google, sample, drop):
    google.fault(drop, query="SERIAL_NUMBER", count=None)
    extract = read(session, sample)
    assert {t.code for t in extract.tabs.values()} == {"changed_while_reading"}


def test_an_edit_between_the_renders_is_read_again(session, google, sample):
    change = {"do": "edit", "tab": "Satu", "cells": {"A1": "baru"}, "workbook": "book"}
    google.fault(change, query="FORMATTED_STRING")
    extract = read(session, sample)
    assert grid(good(extract)) == [["baru", "1"], ["b", "2025-08-17"]]
    assert session.sheets_reads == 8


def test_unedited_tab_is_accepted_while_another_is_edited_continuously(session, google, sample):
    change = {"do": "edit", "tab": "Dua", "workbook": "book"}
    for i in range(9):
        google.fault(
            change | {"cells": {"A1": f"v{i}"}}, api="sheets_reads", query="valueRender", skip=i
        )
    extract = read(session, sample)
    assert good(extract).rows == 2
    error = extract.tabs["t1"]
    assert isinstance(error, SourceError)
    assert error.code == "changed_while_reading"


def test_cells_that_calculate_are_waited_for_and_then_named(session, google, sample):
    google.fault({"do": "loading", "cells": ["B2"]}, tab="Satu", count=None)
    extract = read(session, sample)
    error = extract.tabs["t0"]
    assert isinstance(error, SourceError)
    assert error.code == "loading_cells"
    assert "B2" in error.message
    assert good(extract, "t1").rows == 2


def test_a_tab_deleted_during_the_read_is_missing_and_the_others_are_read(session, google, sample):
    google.fault({"do": "delete_tab", "tab": "Dua", "workbook": "book"}, query="SERIAL_NUMBER")
    extract = read(session, sample)
    error = extract.tabs["t1"]
    assert isinstance(error, SourceError)
    assert error.code == "tab_missing"
    assert good(extract).rows == 2


def test_tab_renamed_during_the_read_is_followed_by_its_id(session, google, sample):
    rename = {"do": "rename_tab", "tab": "Dua", "title": "Dua (baru)", "workbook": "book"}
    google.fault(rename, query="SERIAL_NUMBER")
    extract = read(session, sample)
    assert good(extract, "t1").title == "Dua (baru)"


def test_expired_token_is_renewed_during_a_read(session, google, sample):
    google.fault("expire_tokens", api="sheets_reads", skip=1)
    assert good(read(session, sample)).rows == 2
    assert google.counters()["tokens"] == 2


def test_token_is_requested_with_two_read_only_scopes(session, google, sample):
    read(session, sample)
    asked = [call for call in google.calls() if call["kind"] == "tokens"]
    assert [sorted(call["scopes"]) for call in asked] == [sorted(SCOPES)]
    assert all(scope.endswith(".readonly") for scope in SCOPES)


def test_only_get_requests_and_the_token_request_are_sent(session, google, sample):
    read(session, sample)
    assert {(s.method, s.kind) for s in session.requests_sent} == {
        ("POST", "token"),
        ("GET", "drive"),
        ("GET", "sheets"),
    }
    assert [s.path for s in session.requests_sent][1:3] == [
        "/drive/v3/files/book",
        "/v4/spreadsheets/book",
    ]
    assert conduct_of(session.requests_sent, SCOPES).writes == ()


def test_wrong_clock_is_reported_as_refused_credentials(session, google, sample):
    google.control("POST", "/settings", {"clock_offset": 7200})
    with pytest.raises(SourceError) as caught:
        read(session, sample)
    assert caught.value.code == "bad_credentials"
    assert "clock" in caught.value.fix


@pytest.mark.parametrize("content", [None, "", "{}", "[]", '{"type": "service_account"}', "{"])
def test_invalid_credentials_file_is_reported(tmp_path, content):
    file = tmp_path / "key.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SourceError) as caught:
        SheetsSession.from_settings(Settings(GOOGLE_APPLICATION_CREDENTIALS=file))
    assert caught.value.code == "bad_credentials"
    assert str(file) in caught.value.message


def test_unreachable_server_is_a_network_error(google, sample, settings):
    address = settings.model_copy(update={"google_api_url": "http://127.0.0.1:9"})
    with SheetsSession.from_settings(address, policy=BRISK) as session:
        with pytest.raises(SourceError) as caught:
            read(session, sample)
        assert caught.value.code == "network"
        assert session.drive_reads == BRISK.attempts


def test_proxy_is_not_used_for_this_computer(google, sample, settings, monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with SheetsSession.from_settings(settings, policy=BRISK) as session:
        assert good(read(session, sample)).rows == 2


def test_tabs_settled_before_a_later_round_fails_are_kept(session, google, sample):
    google.fault({"do": "loading", "cells": ["B2"]}, tab="Satu", count=None)
    google.fault("reset", api="sheets_reads", skip=4, count=None)
    extract = read(session, sample)
    error = extract.tabs["t0"]
    assert isinstance(error, SourceError)
    assert error.code == "network"
    assert good(extract, "t1").rows == 2


def test_a_number_edited_between_the_renders_is_the_new_number(session, google, sample):
    change = {"do": "edit", "tab": "Satu", "cells": {"B1": 99}, "workbook": "book", "silent": True}
    google.fault(change, query="FORMATTED_STRING")
    assert grid(good(read(session, sample)))[0] == ["a", "99"]


def test_a_number_that_differs_at_every_read_is_taken_from_one_of_them(session, google, sample):
    for i in range(8):
        change = {"do": "edit", "tab": "Satu", "cells": {"B1": i / 7}, "workbook": "book"}
        google.fault(change | {"silent": True}, query="valueRender", skip=i)
    extract = read(session, sample)
    assert grid(good(extract))[0][1] in {str(i / 7) for i in range(8)}
    assert session.sheets_reads == 8
