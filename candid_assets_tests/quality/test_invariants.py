from dataclasses import dataclass, replace

import pytest

from candid_assets.names import INVARIANT_CHECKS
from candid_assets.quality.invariants import (
    Ledger,
    contract_holds,
    nothing_quarantined,
    read_complete,
    rerun_identical,
    rows_conserved,
    sheet_untouched,
    swapped_whole,
)
from candid_assets.sources.sheets.conduct import conduct_of

LEDGER = Ledger(rows_read=10, rows_raw=10, rows_clean=6, rows_quarantined=3, rows_dropped=1)
READONLY = ("https://www.googleapis.com/auth/spreadsheets.readonly",)
VALUES = "/v4/spreadsheets/abc/values"


@dataclass(frozen=True)
class Request:
    method: str
    path: str


def test_every_invariant_is_a_blocking_error() -> None:
    results = [
        rows_conserved("t", LEDGER),
        read_complete("sheets", "t", rows=10),
        swapped_whole("clean", "t", "a", "a"),
        rerun_identical("clean", "t", None, "a"),
        sheet_untouched("sheets", "t", conduct_of([], READONLY)),
    ]
    assert {result.name for result in results} == set(INVARIANT_CHECKS)
    assert all(r.passed and r.blocking and r.severity == "error" for r in results)
    assert not any(result.stops for result in results)


@pytest.mark.parametrize(
    "change",
    [
        {"rows_read": 11},
        {"rows_raw": 9},
        {"rows_clean": 5},
        {"rows_quarantined": 4},
        {"rows_dropped": 0},
        {"rows_clean": 11, "rows_quarantined": -2},
    ],
)
def test_one_row_too_few_or_too_many_at_any_stage_blocks(change) -> None:
    result = rows_conserved("t", replace(LEDGER, **change))
    assert result.stops
    assert result.counts["rows read"] == replace(LEDGER, **change).rows_read


def test_failed_read_blocks_with_its_reason() -> None:
    result = read_complete("sheets", "t", error="503 from Google")
    assert result.stops
    assert result.message == "503 from Google"
    assert result.counts == {}


@pytest.mark.parametrize(("staged", "seen"), [("a", "b"), ("a", ""), ("", ""), ("", "a")])
def test_published_table_that_differs_from_the_checked_one_blocks(staged, seen) -> None:
    assert swapped_whole("clean", "t", staged, seen).stops


def test_the_same_inputs_must_give_the_same_table() -> None:
    assert rerun_identical("ready", "t", "a", "a").passed
    assert rerun_identical("ready", "t", "a", "b").stops
    assert rerun_identical("ready", "t", None, "").stops


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{VALUES}:batchGet"),
        ("get", "/drive/v3/files/abc"),
        ("POST", f"{VALUES}:batchGetByDataFilter"),
        ("POST", "/token"),
    ],
)
def test_read_requests_and_token_exchange_are_not_writes(method, path) -> None:
    assert sheet_untouched("sheets", "t", conduct_of([Request(method, path)], READONLY)).passed


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"{VALUES}:batchUpdate"),
        ("POST", f"{VALUES}:batchUpdate?x=/token"),
        ("POST", f"{VALUES}/token"),
        ("POST", f"{VALUES}/A1:append"),
        ("PUT", f"{VALUES}/token"),
        ("PATCH", "/drive/v3/files/abc"),
        ("DELETE", "/drive/v3/files/abc"),
    ],
)
def test_write_request_blocks_and_is_listed(method, path) -> None:
    requests = [Request("GET", VALUES), Request(method, path)]
    result = sheet_untouched("sheets", "t", conduct_of(requests, READONLY))
    assert result.stops
    assert result.counts["writes"] == 1
    assert result.samples[0].value == f"{method} {path}"


@pytest.mark.parametrize("scopes", [(), ("https://www.googleapis.com/auth/spreadsheets",)])
def test_scopes_beyond_reading_or_unknown_block(scopes) -> None:
    assert sheet_untouched("sheets", "t", conduct_of([Request("GET", VALUES)], scopes)).stops


def test_contract_holds_and_undeclared_headers_are_listed() -> None:
    result = contract_holds("sheets", "t", unclaimed=["Catatan"])
    assert result.passed
    assert "'Catatan'" in result.message


def test_broken_contract_blocks_with_its_reason() -> None:
    result = contract_holds(
        "sheets", "t", problem="orders.yaml:7: unknown key 'requird'; use required"
    )
    assert result.stops
    assert "orders.yaml:7" in result.message


@pytest.fixture
def quarantine(connection) -> str:
    names = ("column", "header", "cell", "value", "reason", "message", "link")
    fields = ", ".join(f'"{name}" VARCHAR' for name in names)
    connection.execute(f"CREATE TABLE held (_row INTEGER, _reasons STRUCT({fields})[], a VARCHAR)")
    return "held"


def _hold(connection, row: int, *reasons: tuple[str, str, str, str]) -> None:
    said = [
        {
            "column": column,
            "header": "H",
            "cell": cell,
            "value": value,
            "reason": reason,
            "message": f"{value} is {reason}",
            "link": f"https://l/{cell}",
        }
        for column, cell, value, reason in reasons
    ]
    connection.execute("INSERT INTO held VALUES (?, ?, 'x')", [row, said])


def test_an_empty_quarantine_passes(connection, quarantine) -> None:
    assert nothing_quarantined(connection, "t", quarantine, 5).passed


@pytest.mark.parametrize(
    ("rows_clean", "rows_before", "passed"),
    [(98, None, False), (99, None, False), (100, None, True), (100, 1, True), (100, 0, False)],
)
def test_a_row_in_quarantine_is_a_warning_by_its_share_and_by_its_being_new(
    connection, quarantine, rows_clean, rows_before, passed
) -> None:
    _hold(connection, 4, ("d", "B4", "31/02/2025", "not_a_date"))
    result = nothing_quarantined(connection, "t", quarantine, rows_clean, rows_before)
    assert result.passed is passed
    assert ("1 more than before" in result.message) is (rows_before == 0)


def test_rows_in_quarantine_warn_and_the_commonest_reason_comes_first(
    connection, quarantine
) -> None:
    _hold(connection, 4, ("d", "B4", "31/02/2025", "not_a_date"))
    for row in range(5, 25):
        _hold(connection, row, ("amount", f"C{row}", "12.50", "not_a_number"))
    _hold(connection, 30, ("d", "B30", "x", "not_a_date"), ("amount", "C30", "y", "not_a_number"))
    result = nothing_quarantined(connection, "t", quarantine, 88)
    assert (result.passed, result.severity, result.stops) == (False, "warning", False)
    assert result.counts["rows quarantined"] == 22
    assert (result.counts["not_a_number"], result.counts["not_a_date"]) == (21, 2)
    assert result.message.endswith("21 not_a_number, 2 not_a_date")
    assert len(result.samples) == 10
    assert [sample.cell for sample in result.samples[:4]] == ["C5", "B4", "C6", "B30"]
    assert result.samples[0].link == "https://l/C5"
    assert result.samples[0].detail == "12.50 is not_a_number"
