"""Quality over time: how many rows of each tab were in quarantine after each of the last runs."""

from dataclasses import dataclass
from typing import Final

import duckdb

from candid_assets.contracts.catalog import Catalog
from candid_assets.warehouse.ledger import rows_after
from candid_assets.warehouse.refresh_record import Run, recent_runs

RUNS: Final = 24
"""Runs that are looked back on; a run without news is none."""
STEPS: Final = (0.0, 0.0025, 0.005, 0.02)
"""Shares of a tab's rows above which a cell of the heat map is one step darker."""


@dataclass(frozen=True, slots=True)
class Point:
    """The rows of a tab after one run."""

    clean: int
    quarantined: int

    @property
    def share(self) -> float:
        """The share of its rows in quarantine."""
        rows = self.clean + self.quarantined
        return self.quarantined / rows if rows else 0.0

    @property
    def step(self) -> int:
        """How dark its cell is, from 0 (nothing in quarantine)."""
        return sum(self.share > limit for limit in STEPS)


@dataclass(frozen=True, slots=True)
class TabHistory:
    """A tab after each run; None where it was not built yet."""

    workbook: str
    tab: str
    table: str
    points: tuple[Point | None, ...]

    @property
    def last(self) -> Point | None:
        """The tab after the last run."""
        return self.points[-1] if self.points else None

    @property
    def is_spotless(self) -> bool:
        """Whether no row was in quarantine after any run that is shown."""
        return not any(p and p.quarantined for p in self.points)


@dataclass(frozen=True, slots=True)
class History:
    """The last runs, and every tab after each of them."""

    runs: tuple[Run, ...]
    tabs: tuple[TabHistory, ...]

    @property
    def quarantined(self) -> tuple[int | None, ...]:
        """Rows of all tabs in quarantine after each run; None where no tab was built yet."""
        sums = []
        for index in range(len(self.runs)):
            known = [p.quarantined for t in self.tabs if (p := t.points[index]) is not None]
            sums.append(sum(known) if known else None)
        return tuple(sums)


def read_history(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> History:
    """Return the rows of the catalog's tabs after each of the last runs, the oldest first.

    It is read from the numbered builds: after a run a table stands as its last build left it.
    """
    runs = recent_runs(connection, RUNS)[::-1]
    tables = [tab.table for tab in catalog.tabs]
    kept = rows_after(connection, [run.number for run in runs], tables)
    points = {at: Point(rows.clean, rows.quarantined) for at, rows in kept.items()}
    tabs = [
        TabHistory(
            workbook.title,
            tab.title,
            tab.table,
            tuple(points.get((tab.table, run.number)) for run in runs),
        )
        for workbook in catalog.workbooks
        for tab in workbook.tabs
    ]
    return History(tuple(runs), tuple(tabs))
