"""What the sensor asks for at a tick, judged without Dagster."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from candid_assets.contracts.catalog import Workbook
from candid_assets.orchestration.change_decisions import (
    Memory,
    judge,
    read_memory,
    write_memory,
)
from candid_assets.sources.sheets.drive import SPREADSHEET_TYPE, FileState
from candid_assets.sources.source_errors import SourceError

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
OLD = NOW - timedelta(days=30)
BOOK = Workbook("toko", "Toko", "", "team:shop", "1", "sales", {}, Path("toko"), ())


def state(version=1, modified=OLD):
    return FileState(modified, version, "Toko", SPREADSHEET_TYPE, False)


def tick(look, memory, now=NOW, *, book=BOOK, failed=False):
    return judge(book, look, memory, now, lambda _: failed)


def test_a_workbook_seen_for_the_first_time_is_due_once():
    first = tick(state(), None)
    assert first.due
    second = tick(state(), first.memory, NOW + timedelta(minutes=1))
    assert (second.due, "unchanged" in second.reason) == (False, True)


def test_revert_to_an_earlier_content_has_a_run_key_of_its_own():
    keys, memory = [], None
    for version in (1, 2, 3):
        verdict = tick(state(version), memory, NOW + timedelta(minutes=version))
        assert verdict.due
        memory = verdict.memory
        keys.append(memory.run_key)
    assert len(set(keys)) == 3


def test_same_tick_evaluated_twice_has_the_same_run_key():
    memory = tick(state(), None).memory
    keys = {tick(state(2), memory, NOW + timedelta(seconds=s)).memory.run_key for s in (1, 9)}
    assert len(keys) == 1


def test_recent_edit_is_read_once_more_after_it_has_settled():
    edited = state(2, NOW - timedelta(minutes=1))
    memory = tick(edited, tick(state(), None).memory).memory
    for minutes, due in ((1, False), (3, False), (4, True), (5, False), (600, False)):
        verdict = tick(edited, memory, NOW + timedelta(minutes=minutes))
        assert verdict.due is due, minutes
        assert verdict.read is due
        memory = verdict.memory


def test_a_volatile_workbook_is_read_every_quarter_of_an_hour():
    volatile = replace(BOOK, volatile=True)
    memory = tick(state(), None, book=volatile).memory
    assert not tick(state(), memory, NOW + timedelta(minutes=14), book=volatile).due
    verdict = tick(state(), memory, NOW + timedelta(minutes=15), book=volatile)
    assert verdict.due
    assert verdict.read


def test_deleted_file_is_reported_once_and_due_again_when_restored():
    memory = tick(state(), None).memory
    gone = SourceError("not_found", "workbook toko was not found", "share it")
    first = tick(gone, memory)
    assert (first.due, "not found" in first.reason) == (True, True)
    assert not tick(gone, first.memory, NOW + timedelta(minutes=1)).due
    assert tick(state(), first.memory, NOW + timedelta(minutes=2)).due


def test_temporary_error_of_drive_changes_nothing_and_is_reported():
    memory = tick(state(), None).memory
    for code in ("network", "server_error", "quota_exhausted", "token_unavailable"):
        verdict = tick(SourceError(code, "no connection", "wait"), memory)
        assert (verdict.due, verdict.memory) == (False, memory)
        assert "no connection" in verdict.reason


def test_failed_refresh_is_retried_three_times_at_growing_intervals():
    memory, asked = tick(state(), None).memory, []
    for minute in range(400):
        verdict = tick(state(), memory, NOW + timedelta(minutes=minute), failed=True)
        memory = verdict.memory
        asked += [minute] if verdict.due else []
    assert asked == [5, 20, 80]


def test_cursor_is_read_back_and_an_unreadable_one_is_empty():
    memory = {"toko": Memory([2, "x"], NOW.isoformat(), "key", settled=True, retries=1)}
    assert read_memory(write_memory(memory), {}) == memory
    for strange in ('{"toko": [1, "2026"]}', "[]", "{", '{"toko": {"version": 1}}'):
        assert read_memory(strange, memory) == memory


def test_what_was_asked_for_while_the_clock_was_wrong_is_asked_for_again_in_time():
    volatile = replace(BOOK, volatile=True)
    early = Memory(tick(state(), None).memory.state, (NOW + timedelta(days=1)).isoformat(), "key")
    assert tick(state(), early, book=volatile).due
    assert tick(state(), early, failed=True).due
    # An edit that had not settled when it was read, whatever the clock said then.
    edited = state(2, NOW - timedelta(minutes=6))
    read_early = replace(early, state=tick(edited, None).memory.state)
    again = tick(edited, read_early)
    assert (again.due, again.read) == (True, True)
    assert not tick(edited, again.memory, NOW + timedelta(minutes=1)).due
