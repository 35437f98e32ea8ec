"""Every kind of fault at every stage of a run: no row lost, the cause named, the next run heals."""

import pytest

from candid_assets_tests.end_to_end.faults.kit import assert_only_whole, without_layouts

pytestmark = pytest.mark.slow

HTML = {"Content-Type": "text/html"}


def answer(status, body="", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"do": "answer", "status": status, "body": body, "headers": named}


def refusal(reason, legacy):
    """Return a 403 as Sheets and as Drive give its reason."""
    return {
        "error": {
            "code": 403,
            "message": "words that nobody reads",
            "errors": [{"reason": legacy, "domain": "usageLimits"}],
            "details": [{"@type": "google.rpc.ErrorInfo", "reason": reason}],
        }
    }


def error(name, **more):
    return {"do": "error", "error": name, **more}


PASSING = {
    "408": answer(408),
    "409 aborted": error("aborted"),
    "429": error("rate_limited"),
    "429 Retry-After seconds": error("rate_limited", retry_after=0.02),
    "429 Retry-After date": error("rate_limited", retry_after="Wed, 01 Jan 2025 00:00:00 GMT"),
    "429 HTML": answer(429, "<html>Sorry…", **HTML),
    "500 JSON": error("internal"),
    "500 HTML": answer(500, "<html>", **HTML),
    "500 wrong shape": answer(500, {"error": "words"}),
    "502 HTML": error("html_502"),
    "503 JSON": error("unavailable"),
    "503 HTML": error("html_503"),
    "503 Retry-After": answer(503, "", Retry_After="0.01"),
    "504 JSON": error("deadline"),
    "504 HTML": answer(504, "<html>", **HTML),
    "200 HTML": error("html_login"),
    "204 nothing": answer(204),
    "redirect 302": answer(302, "", Location="https://accounts.google.com/signin"),
    "redirect 307 to itself": answer(307, "", Location="/"),
    "200 empty body": "empty_body",
    "200 empty object": answer(200, {}),
    "200 list": answer(200, []),
    "200 null": answer(200, "null"),
    "200 error object": answer(200, {"error": {"code": 500, "message": "late"}}),
    "malformed JSON": "malformed",
    "truncated body": "truncate",
    "length too long": "long_length",
    "length too short": "short_length",
    "reset before the answer": "reset",
    "reset in the headers": "reset_in_headers",
    "reset in the body": "reset_in_body",
    "broken gzip": "bad_gzip",
    "invalid UTF-8": "bad_utf8",
    "hang": {"do": "slow", "seconds": 9},
    "stalled body": {"do": "stall", "seconds": 9},
    "slow drip": {"do": "drip", "seconds": 9},
}
"""Faults that may pass: one of them costs a second attempt and nothing else."""

AT_APIS = {
    "401 once": error("unauthenticated"),
    "token runs out": "expire_tokens",
    "403 once": error("not_shared"),
    "403 HTML once": error("html_403"),
    "404 once": error("not_found"),
    "404 HTML once": error("html_404"),
    "410 once": error("gone"),
    "410 HTML once": error("html_410"),
    "403 too many calls": answer(403, refusal("RATE_LIMIT_EXCEEDED", "rateLimitExceeded")),
}
AT_VALUES = {
    "range missing": "drop_range",
    "ranges in another order": "swap_ranges",
    "range twice": "double_range",
    "another tab echoed": "other_range",
    "values gone": "drop_values",
    "rows gone": {"do": "drop_rows", "rows": 3},
    "cells gone": "short_rows",
    "cells still loading": {"do": "loading", "cells": ["B2", "C3"]},
    "wrong shape": answer(200, {"valueRanges": "words"}),
    "rows that are no lists": answer(200, {"valueRanges": [{"range": "'Jan25'", "values": [7]}]}),
}
STAGES = {
    "token": {"api": "tokens"},
    "drive look": {"api": "drive_reads"},
    "spreadsheets.get": {"path": "/v4/spreadsheets/", "query": "fields="},
    "first render": {"query": "FORMATTED_STRING"},
    "second render": {"query": "SERIAL_NUMBER"},
    "middle chunk": {"query": "'Jan25'!A3"},
    "last look": {"path": "/drive/v3/files/Toko", "skip": 1},
}
VALUE_STAGES = ("first render", "second render", "middle chunk")
STAGES_OF = (
    (PASSING, tuple(STAGES)),
    (AT_APIS, tuple(stage for stage in STAGES if stage != "token")),
    (AT_VALUES, VALUE_STAGES),
)
ONCE = [(kind, do, stages) for kinds, stages in STAGES_OF for kind, do in kinds.items()]


def test_the_matrix_has_more_than_forty_kinds_of_faults_at_seven_stages():
    assert len(PASSING | AT_APIS | AT_VALUES) + len(LASTING) > 60
    assert len(STAGES) == 7


@pytest.mark.parametrize(("kind", "fault", "stages"), ONCE, ids=[kind for kind, *_ in ONCE])
def test_a_fault_that_passes_costs_nothing(shop, google, undisturbed, kind, fault, stages):
    for stage in stages:
        google.fault(fault, **STAGES[stage])
    record = shop.refresh()
    assert record.succeeded, record.distinct_failures()
    assert google.control("GET", "/faults") == [], "a fault was never met"
    assert shop.published() == undisturbed
    counted = google.counters()
    assert record.sheets_reads == counted["sheets_reads"]
    assert counted["writes"] == 0


STAYING = {
    "408": "drive look",
    "429": "token",
    "429 HTML": "first render",
    "500 JSON": "middle chunk",
    "502 HTML": "spreadsheets.get",
    "504 JSON": "second render",
    "200 HTML": "token",
    "204 nothing": "drive look",
    "redirect 302": "first render",
    "200 empty body": "middle chunk",
    "200 empty object": "spreadsheets.get",
    "malformed JSON": "second render",
    "truncated body": "middle chunk",
    "length too long": "token",
    "length too short": "drive look",
    "reset before the answer": "first render",
    "reset in the body": "middle chunk",
    "broken gzip": "spreadsheets.get",
    "invalid UTF-8": "second render",
    "hang": "first render",
    "slow drip": "spreadsheets.get",
    "401 once": "middle chunk",
    "403 too many calls": "first render",
    "range missing": "first render",
    "range twice": "second render",
    "another tab echoed": "middle chunk",
    "values gone": "first render",
    "rows gone": "second render",
    "cells gone": "first render",
    "rows that are no lists": "middle chunk",
}
"""The stage at which a fault of the kind stays for a whole run, one for each way it is met."""
LASTING = {
    "400 bad range": (error("bad_range"), "first render", "bad_range"),
    "400 precondition": (error("precondition"), "spreadsheets.get", "office_file"),
    "401 every time": (error("unauthenticated"), "drive look", "bad_credentials"),
    "403 not shared": (error("not_shared"), "spreadsheets.get", "not_shared"),
    "403 API disabled": (error("api_disabled"), "spreadsheets.get", "api_disabled"),
    "403 Drive API disabled": (error("api_disabled"), "drive look", "api_disabled"),
    "403 scope": (error("scope"), "first render", "scope_insufficient"),
    "403 daily limit": (
        answer(403, refusal("dailyLimitExceeded", "dailyLimitExceeded")),
        "drive look",
        "quota_exhausted",
    ),
    "403 with a page of a proxy": (error("html_403"), "spreadsheets.get", "intercepted"),
    "404 with a page of a proxy": (error("html_404"), "drive look", "intercepted"),
    "404 not found": (error("not_found"), "spreadsheets.get", "not_found"),
    "404 in Drive": (error("not_found"), "drive look", "not_found"),
    "410 gone": (answer(410), "drive look", "not_found"),
    "418": (answer(418), "first render", "malformed"),
    "501": (answer(501), "first render", "server_error"),
    "token: key deleted": (
        answer(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}),
        "token",
        "bad_credentials",
    ),
    "token: account disabled": (answer(401, {"error": "disabled"}), "token", "bad_credentials"),
    "Office file": (error("office_file"), "first render", "office_file"),
}


def assert_named_once(record, codes):
    failures = record.distinct_failures()
    assert not record.succeeded
    assert len(failures) == len({cause.message for cause in failures}) == 1, failures
    assert failures[0].cause in codes
    assert "toko" in failures[0].message or "no workbook can be read" in failures[0].message
    assert len(failures[0].fix) > 20
    assert record.summary.succeeded is False
    assert len(record.summary.failures) == 1


def assert_heals(shop, google, undisturbed):
    google.control("DELETE", "/faults")
    record = shop.refresh()
    assert record.succeeded, record.distinct_failures()
    assert without_layouts(shop.published()) == without_layouts(undisturbed)


@pytest.mark.parametrize(("kind", "stage"), STAYING.items(), ids=list(STAYING))
def test_a_fault_that_stays_is_named_once_and_the_next_run_heals(
    shop, google, untouched, undisturbed, kind, stage
):
    fault = (PASSING | AT_APIS | AT_VALUES)[kind]
    workbook = {} if stage == "token" else {"workbook": "Toko"}
    google.fault(fault, **STAGES[stage] | workbook, count=None)
    record = shop.refresh()
    codes = ("network", "server_error", "malformed", "quota_exhausted", "bad_credentials")
    codes += ("token_unavailable", "intercepted")
    assert_named_once(record, (*codes, "changed_while_reading", "loading_cells"))
    assert_last_good(shop.published(), untouched, undisturbed, gudang=stage != "token")
    assert_heals(shop, google, undisturbed)


@pytest.mark.parametrize("kind", LASTING)
def test_denied_workbook_is_reported_once_and_the_others_are_refreshed(
    shop, google, untouched, undisturbed, kind
):
    fault, stage, code = LASTING[kind]
    workbook = {} if stage == "token" else {"workbook": "Toko"}
    google.fault(fault, **STAGES[stage] | workbook, count=None)
    record = shop.refresh()
    assert_named_once(record, (code,))
    alone = code not in ("api_disabled", "scope_insufficient", "bad_credentials", "quota_exhausted")
    assert_last_good(shop.published(), untouched, undisturbed, gudang=alone or None)
    assert_heals(shop, google, undisturbed)


def assert_last_good(now, before, after, *, gudang):
    """What failed of Toko is as it was; Gudang, where it could be read, is new; all is whole."""
    assert_only_whole(now, before, after)
    failed = {table for _, table, _ in now.failures}
    assert failed
    for name, rows in now.tables.items():
        if name.partition(".")[2] in failed and ".toko__" in name:
            assert rows == before.tables[name], name
        if ".gudang__" in name and gudang is not None:
            assert rows == (after if gudang else before).tables[name], name
