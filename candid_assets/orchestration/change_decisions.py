"""Decides at a tick which workbooks are to be refreshed, and says why of each one.

What was asked for is remembered with Drive's state of that moment, taken before anything is read:
a change that arrives during a run differs from it and is asked for at the next tick.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import duckdb

from candid_assets.contracts.catalog import Workbook
from candid_assets.settings import Settings
from candid_assets.sources.protocol import SourceState, StateOrError
from candid_assets.sources.source_errors import WHOLE_ACCOUNT, SourceError
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.errors import WarehouseError
from candid_assets.warehouse.refresh_record import recorded_failures, workbook_readings

T = TypeVar("T")

SETTLING: Final = timedelta(minutes=5)
"""Drive collects edits for minutes: a file edited so recently is read once more afterwards."""
VOLATILE_EVERY: Final = timedelta(minutes=15)
"""How often a workbook is read whose edits Drive does not report."""
RETRIES: Final = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
"""When a refresh that failed by a temporary error is requested again."""
PASSING_CAUSES: Final = frozenset(
    {
        *("network", "server_error", "malformed", "quota_exhausted", "token_unavailable"),
        *("changed_while_reading", "loading_cells", "storage_failed"),
        *("connection_lost", "timed_out", "file_locked", "intercepted"),
    }
)


@dataclass(frozen=True, slots=True)
class Memory:
    """What was known of a workbook when its refresh was last requested."""

    state: list[Any]
    """Drive's version and modified time, or the code of the refusal."""
    asked_at: str
    run_key: str = ""
    settled: bool = False
    """Whether it was read once more after its last edit had settled."""
    retries: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a workbook is to be refreshed, why or why not, and what to remember of it."""

    due: bool
    reason: str
    memory: Memory | None
    read: bool = False
    """Whether it is read even where Drive's state says that nothing changed."""


def judge(
    workbook: Workbook,
    look: StateOrError,
    memory: Memory | None,
    now: datetime,
    failed: Callable[[Workbook], bool],
) -> Verdict:
    """Decide on one workbook by its state in Drive now and what was remembered."""
    if isinstance(look, SourceError) and (
        look.code in WHOLE_ACCOUNT or look.code in PASSING_CAUSES
    ):
        return Verdict(False, f"not seen: {look.message}", memory)
    state, description = _state(look)
    key = f"{workbook.name}:{state[0]}:{state[1]}:{memory.asked_at if memory else ''}"
    asked = Memory(state, now.isoformat(), key)
    if memory is None:
        return Verdict(True, f"seen for the first time, {description}", asked)
    if memory.state != state:
        return Verdict(True, description, asked)
    return _judge_unchanged(workbook, look, memory, asked, failed) or Verdict(
        False, f"unchanged, {description}", memory
    )


def _judge_unchanged(
    workbook: Workbook,
    look: StateOrError,
    memory: Memory,
    asked: Memory,
    failed: Callable[[Workbook], bool],
) -> Verdict | None:
    """Return why a workbook is refreshed in spite of an unchanged state, if it is."""
    now = datetime.fromisoformat(asked.asked_at)
    since = now - datetime.fromisoformat(memory.asked_at)
    if since < timedelta():
        # A clock that was ahead gave that time: nobody knows how long ago it was.
        since = RETRIES[-1]
    blind = isinstance(look, SourceState) and not look.is_certain
    if (workbook.volatile or blind) and since >= VOLATILE_EVERY:
        return Verdict(True, f"volatile, last read {_ago(since)} ago", asked, read=True)
    if isinstance(look, SourceState) and _settles(look, memory, now):
        reason = f"read once more, {_ago(now - look.modified_time)} after its last edit"
        return Verdict(True, reason, replace(asked, settled=True), read=True)
    left = memory.retries < len(RETRIES)
    if left and since >= RETRIES[memory.retries] and failed(workbook):
        again = replace(asked, settled=memory.settled, retries=memory.retries + 1)
        return Verdict(True, f"its refresh failed {_ago(since)} ago, tried again", again)
    return None


def _settles(state: SourceState, memory: Memory, now: datetime) -> bool:
    asked = datetime.fromisoformat(memory.asked_at)
    rest = state.modified_time + SETTLING
    # A time in the future, which a clock that was ahead gave, does not say that it had settled.
    return not memory.settled and (asked < rest or asked > now) and now >= rest


def _state(look: StateOrError) -> tuple[list[Any], str]:
    if isinstance(look, SourceError):
        return [look.code, ""], look.message
    modified = look.modified_time.isoformat()
    return [look.version, modified], look.in_words


def _ago(time: timedelta) -> str:
    minutes = int(time.total_seconds() // 60)
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"


def read_memory(cursor: str | None, known: Mapping[str, Memory]) -> dict[str, Memory]:
    """Return the cursor's memories over those of the snapshot; an unreadable cursor has none."""
    try:
        stored = json.loads(cursor or "{}")
        return dict(known) | {name: Memory(**entry) for name, entry in stored.items()}
    except (ValueError, TypeError, AttributeError):
        return dict(known)


def write_memory(memories: Mapping[str, Memory]) -> str:
    """Return the cursor that holds the memories."""
    return json.dumps({name: asdict(memory) for name, memory in memories.items()})


def read_before(settings: Settings) -> dict[str, Memory]:
    """Return what the published snapshot records of the workbooks read so far."""
    return {
        name: Memory([last.version, last.modified_time], last.read_at.astimezone(UTC).isoformat())
        for name, last in (_published(settings, workbook_readings) or {}).items()
    }


def may_pass(settings: Settings, workbook: str) -> bool:
    """Whether a workbook's last failure may be temporary, or could not be recorded."""
    failed = [
        failure.cause
        for failure in _published(settings, recorded_failures) or []
        if failure.workbook in (workbook, None)
    ]
    return not failed or any(cause in PASSING_CAUSES for cause in failed)


def _published(settings: Settings, read: Callable[[duckdb.DuckDBPyConnection], T]) -> T | None:
    try:
        with open_published(settings.published_file) as connection:
            return read(connection)
    except WarehouseError:
        return None
