"""Watches the catalog and rebuilds from what is landed, without sources or Dagster."""

import time
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event as ThreadEvent
from typing import Final, cast

from candid_assets.contracts.catalog import ContractProblem
from candid_assets.contracts.load import load_catalog
from candid_assets.history.earlier_versions import versions_before
from candid_assets.orchestration.open_warehouse import open_warehouse
from candid_assets.refresh.context import Refresh, Selection
from candid_assets.refresh.events import Built, Checked, Event, Failed
from candid_assets.refresh.record import Record
from candid_assets.refresh.stages import run_refresh
from candid_assets.refresh.staleness import stale_by_catalog
from candid_assets.settings import Settings
from candid_assets.sources.open_sources import Sources
from candid_assets.warehouse.landing import Landing

_NO_SOURCES: Final = cast("AbstractContextManager[Sources]", nullcontext())
"""What a refresh of built tables alone never opens."""
_QUIET_MS: Final = 100
"""How long a file must be left alone before it counts as saved: editors write in several steps."""

_DECLARING: Final = frozenset({".yaml", ".sql"})
"""Endings of the files that declare something; editors write others beside them."""


@dataclass(slots=True)
class BuiltChange:
    """What became of one saved change."""

    problems: tuple[ContractProblem, ...] = ()
    """What is wrong in the catalog; with any, nothing is built."""
    events: list[Event] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def built(self) -> list[Built]:
        """The tables with new content."""
        return [event for event in self.events if isinstance(event, Built)]

    @property
    def failed(self) -> bool:
        """Whether the catalog has a problem, a table could not be built or a check is broken."""
        broken = (isinstance(event, Checked) and not event.result.passed for event in self.events)
        return bool(self.problems) or any(isinstance(e, Failed) for e in self.events) or any(broken)

    def lines(self) -> list[str]:
        """Return a line for each table that was built and for each thing that is wrong."""
        lines = [f"built {b.layer}.{b.table}, {b.rows:,} rows" for b in self.built]
        for event in self.events:
            if isinstance(event, Failed):
                lines.append(f"failed {event.layer}.{event.table}: {event}")
            elif isinstance(event, Checked) and not event.result.passed:
                check = event.result
                lines.append(f"{check.severity} {check.layer}.{check.table}: {check.message}")
        return lines

    def outcome(self) -> str:
        """Return in few words how it ended."""
        if self.problems:
            return f"{len(self.problems)} to correct, nothing built"
        return f"{len(self.built)} tables built" if self.built else "nothing to build"


def saved_changes(folder: Path, stop: ThreadEvent) -> Iterator[tuple[str, ...]]:
    """Yield the files below a folder that were saved or removed together, until it is stopped."""
    from watchfiles import watch

    files = watch(
        folder, debounce=4 * _QUIET_MS, step=_QUIET_MS, stop_event=stop, raise_interrupt=False
    )
    for changes in files:
        paths = {Path(path).relative_to(folder.resolve()) for _, path in changes}
        seen = sorted(
            path.as_posix()
            for path in paths
            if path.suffix in _DECLARING and not any(part[0] in "._" for part in path.parts)
        )
        if seen:
            yield tuple(seen)


def read_ahead(settings: Settings) -> None:
    """Read every file of the catalog once, so that a save reads the saved ones alone."""
    from candid_assets.contracts.read_catalog import read_catalog

    read_catalog(settings.catalog_dir, {})


def rebuild(settings: Settings) -> BuiltChange:
    """Validate the catalog and, where it is good, build what it makes stale, and publish.

    Raises:
        WarehouseError: Nothing was read yet, or a refresh is at work.
    """
    started = time.monotonic()
    catalog = load_catalog(settings.catalog_dir)
    if catalog.problems:
        return BuiltChange(catalog.problems, seconds=time.monotonic() - started)
    result, record = BuiltChange(), Record()
    with open_warehouse(settings) as connection:
        stale = stale_by_catalog(catalog, connection)
        if stale:
            refresh = Refresh(
                settings=settings,
                catalog=catalog,
                connection=connection,
                landing=Landing(settings.landing_dir),
                run_id=str(uuid.uuid4()),
                earlier_versions=versions_before,
                selection=Selection(stale),
            )
            result.events += run_refresh(refresh, _NO_SOURCES, record, _write_no_report)
    result.seconds = time.monotonic() - started
    return result


def _write_no_report(_refresh: Refresh, _record: Record) -> None:
    """Write no report: the terminal says what a saved change did."""
