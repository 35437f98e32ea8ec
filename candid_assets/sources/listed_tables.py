"""Reads the tables that a source lists, one by one: what readers of typed tables share."""

import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from candid_assets.contracts.catalog import Tab, Workbook
from candid_assets.settings import TIME_ZONE
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.protocol import ExtractEvent, Request, SourceExtract, SourceState
from candid_assets.sources.source_errors import WHOLE_WORKBOOK, SourceError
from candid_assets.sources.spool import Spool
from candid_assets.sources.tab_matching import match_tabs

_STALE_SECONDS: Final = 86_400
_PREFIX: Final = ".spool-"
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Listed:
    """A table that a source has."""

    title: str
    sheet_id: int
    """Made of the title, for sources that number nothing."""
    sheet_type: str = "GRID"
    hidden: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """What the reader needs to read it."""


def listed(title: str, *, hidden: bool = False, **facts: Any) -> Listed:
    """Return a table of a source that numbers nothing."""
    return Listed(title, number_of(title), hidden=hidden, facts=facts)


def number_of(text: str) -> int:
    """Return a number below 2**31 that stands for a text, always the same."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") >> 1


def version_of(parts: Sequence[object]) -> int:
    """Return a number below 2**63 that changes when any part does."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def read_listed(
    workbook: Workbook,
    request: Request,
    tables: Sequence[Listed],
    state: SourceState,
    read: Callable[[Tab, Listed], TabExtract],
) -> SourceExtract:
    """Read each table that a contract claims; one that fails does so alone."""
    wanted = [t for t in workbook.living_tabs if request.only is None or t.name in request.only]
    match = match_tabs(tables, workbook, request.known_sheet_ids, request.known_members)
    members = {t.name: match.members[t.name] for t in wanted if t.is_family}
    contracts: list[Tab] = []
    for tab in wanted:
        contracts += members[tab.name] if tab.is_family and members[tab.name] else [tab]
    found: dict[str, TabExtract | SourceError] = {}
    stopped: SourceError | None = None
    request.on_event(ExtractEvent(workbook.name, "started", total=len(contracts)))
    for tab in contracts:
        if tab.name in match.errors:
            found[tab.name] = match.errors[tab.name]
        elif tab.name not in match.found:  # every member of a family is archived
            continue
        elif stopped is not None:
            found[tab.name] = stopped.for_tab(tab.name)
        else:
            try:
                found[tab.name] = read(tab, match.found[tab.name])
            except SourceError as error:
                found[tab.name] = error.for_tab(tab.name)
                stopped = error if error.code in WHOLE_WORKBOOK else None
        kind = "tab_failed" if isinstance(found[tab.name], SourceError) else "tab_read"
        request.on_event(
            ExtractEvent(
                workbook.name,
                "tab_failed" if kind == "tab_failed" else "tab_read",
                tab.name,
                len(found),
                len(contracts),
            )
        )
    request.on_event(ExtractEvent(workbook.name, "finished", total=len(contracts)))
    return SourceExtract(
        state,
        found,
        tuple(table.title for table in match.unknown),
        members,
        tuple(tab.name for tab in wanted),
    )


def extract_of(
    spool: Spool, location: str, table: Listed, state: SourceState, assurance: str
) -> TabExtract:
    """Return what a spool holds as the extract of a table."""
    return TabExtract(
        spreadsheet_id=location,
        sheet_id=table.sheet_id,
        title=table.title,
        hidden=table.hidden,
        rows=spool.rows,
        columns=spool.columns,
        table=pa.table({}),
        content_hash=spool.content_hash,
        fetched_at=datetime.now(UTC),
        modified_time=state.modified_time,
        locale="",
        time_zone=TIME_ZONE,
        merges=(),
        assurance=assurance,
        spooled=spool,
    )


@contextmanager
def spool_folder(landing: Path) -> Iterator[Path]:
    """Yield a folder beside what is landed, which goes with all that nobody kept."""
    landing.mkdir(parents=True, exist_ok=True)
    for old in landing.glob(f"{_PREFIX}*"):
        if time.time() - old.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(old, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=landing))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def spooling(folder: Path, columns: int) -> Iterator[Spool]:
    """Yield a spool that is discarded where the block fails."""
    spool = Spool(folder, columns)
    try:
        yield spool
    except BaseException:
        spool.discard()
        raise
