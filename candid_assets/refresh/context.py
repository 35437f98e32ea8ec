"""What every stage of a refresh needs: settings, catalog, warehouse, selection and progress."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import duckdb

from candid_assets.contracts.catalog import Catalog, Model
from candid_assets.engines.routing import Engines
from candid_assets.names import Layer
from candid_assets.quality.audit import SuiteAudit
from candid_assets.refresh.observations import Observations
from candid_assets.refresh.stage_times import StageTimes
from candid_assets.settings import Settings
from candid_assets.sources.protocol import StateOrError
from candid_assets.warehouse.builds import Origin, TableState
from candid_assets.warehouse.database import WRITING, transaction
from candid_assets.warehouse.landing import Landing
from candid_assets.warehouse.refresh_record import WorkbookReading, forget_reading
from candid_assets.warehouse.tab_changes import Layout, accepted_layouts


class Progress(Protocol):
    """Where a refresh reports its progress."""

    def stage(self, name: str, total: int) -> None:
        """Begin a stage of `total` steps; repeated calls raise its total."""

    def step(self, name: str, note: str = "") -> None:
        """Count one step of a stage as done."""


class Quiet:
    """Progress that is shown nowhere."""

    def stage(self, name: str, total: int) -> None:
        """Do nothing."""

    def step(self, name: str, note: str = "") -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which tables a refresh may touch; None means every table of the catalog."""

    tables: frozenset[tuple[Layer, str]] | None = None

    def has(self, layer: Layer, table: str) -> bool:
        """Whether the table is to be refreshed."""
        return self.tables is None or (layer, table) in self.tables


class EarlierVersions(Protocol):
    """Finds the versions that a history continues from."""

    def __call__(self, refresh: "Refresh", model: Model) -> tuple[str, list[int], bool]:
        """Return their relation, the builds repeated for them, and if they are the table's own."""


@dataclass(slots=True)
class Refresh:
    """The state of one running refresh."""

    settings: Settings
    catalog: Catalog
    connection: duckdb.DuckDBPyConnection
    landing: Landing
    run_id: str
    earlier_versions: EarlierVersions
    engines: Engines = field(default_factory=Engines)
    """What computes ready tables."""
    selection: Selection = field(default_factory=Selection)
    force: bool = False
    """Whether tables are read and built again although nothing changed."""
    read_all: bool = False
    """Whether every workbook is read, whatever its state; tables are built where it changed."""
    accept_loss: bool = False
    """Whether a tab that lost most of its rows is taken as it is now."""
    progress: Progress = field(default_factory=Quiet)
    looks: dict[str, StateOrError] = field(default_factory=dict)
    """State of workbooks, by location, where it is known already."""
    audit: SuiteAudit = field(default_factory=SuiteAudit)
    states: dict[tuple[str, str], TableState] = field(default_factory=dict)
    """State of every table, kept up to date by the stages."""
    observations: Observations = field(default_factory=Observations)
    """How tabs are laid out, as far as this refresh looked at them."""
    times: StageTimes = field(default_factory=StageTimes)
    """How long each stage took so far."""
    readings: list[WorkbookReading] = field(default_factory=list)
    """Workbooks that were read whole; remembered together with the verdicts on what was read."""
    failed: set[str] = field(default_factory=set)
    """Tables that failed in this refresh, by name."""
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    layouts: dict[str, dict[str, Layout]] = field(default_factory=dict)
    """Accepted layouts of workbooks that were looked up, by workbook and tab; kept up to date."""
    origin: Origin = field(default_factory=lambda: Origin(""))
    """Who builds, as each build records it; set when the refresh begins."""

    def forget(self, workbook: str) -> None:
        """Make the next refresh read a workbook again, even if it is unchanged."""
        with transaction(self.connection):
            # In place: threads that build tables share the list.
            self.readings[:] = [kept for kept in self.readings if kept.workbook != workbook]
            forget_reading(self.connection, workbook)

    def accepted_layouts(self, workbook: str, names: Iterable[str]) -> dict[str, Layout]:
        """Return the layouts that clean tables were last made from, by the name of the tab."""
        with WRITING:  # what is being swapped in is in the table and here, or in neither
            if workbook not in self.layouts:
                self.layouts[workbook] = accepted_layouts(self.connection, workbook)
            accepted = self.layouts[workbook]
        return {name: accepted[name] for name in names if name in accepted}

    @property
    def is_replay(self) -> bool:
        """Whether an earlier build is repeated, whose layout was judged at the time."""
        return self.origin.moment is not None

    def is_current(self, layer: Layer, table: str, inputs_key: str) -> bool:
        """Whether a table was already built from exactly these inputs."""
        state = self.states.get((layer, table))
        return not self.force and state is not None and state.inputs_key == inputs_key


def file_of(path: Path) -> str:
    """Return the name under which a contract that cannot be read fails."""
    return f"{path.parent.name}/{path.name}"


def inputs_key(parts: Iterable[str]) -> str:
    """Return one hash over everything a table depends on."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
