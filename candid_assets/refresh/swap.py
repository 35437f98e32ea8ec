"""Replaces the tables of a tab by its staged ones: all in one transaction, or nothing."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from candid_assets.cleaning.undeclared_columns import UndeclaredCells
from candid_assets.contracts.catalog import Tab
from candid_assets.engines.attempts import Attempt
from candid_assets.quality import invariants
from candid_assets.quality.table_fingerprint import table_fingerprint
from candid_assets.refresh.context import Refresh
from candid_assets.sql import qualified, quoted
from candid_assets.warehouse.builds import MadeFrom, TableState, record_states
from candid_assets.warehouse.check_results import Cells, CheckResult
from candid_assets.warehouse.current_extracts import CurrentExtract, used_extracts
from candid_assets.warehouse.database import WRITING, transaction
from candid_assets.warehouse.ledger import (
    Ledger,
    keep_history,
    record_dropped,
    record_ledger,
    record_outside_cells,
)
from candid_assets.warehouse.provenance import FAMILY_COLUMNS, PROVENANCE
from candid_assets.warehouse.refresh_record import forget_checks, record_checks
from candid_assets.warehouse.tab_changes import (
    Layout,
    RecordedChange,
    accept_layouts,
    record_change,
)
from candid_assets.warehouse.tables import replace_table

KINDS = ("clean", "quarantine", "dropped")
IDENTITY = "The row whatever its place: its primary key where it can be read, else its content."
REASONS = "Why the row did not pass: column, header, cell, value, reason, message and link."


@dataclass(frozen=True, slots=True)
class StagedTab:
    """A tab whose staged tables are to be audited."""

    tab: Tab
    extract: CurrentExtract
    key: str
    clean: TableState
    quarantine: TableState
    ledger: Ledger
    dropped: Counter[str]
    cells: Cells
    """How its rows link to the sheet."""
    undeclared: list[UndeclaredCells]
    layouts: dict[str, Layout]
    """How the tab, or each member of the family, is laid out, by name."""
    row_checks: list[CheckResult]
    """What the rows of the staged clean table come to; it stops nothing."""
    seconds: float
    kept: dict[str, CheckResult]
    """Verdicts of a killed run on the step to this very content, by name: they still hold."""
    compared: list[CheckResult]
    """Verdicts on the step from the last table to this one, recorded together with it."""
    attempt: Attempt | None = None
    """Where the rows lie, if a cluster cleaned them."""
    passing: list[RecordedChange] = field(default_factory=list)
    """Changes of the layout that wait for nobody, recorded together with the table."""

    def compare(self, results: Iterable[CheckResult]) -> list[CheckResult]:
        """Return verdicts on the step from the last table, as they will be recorded."""
        verdicts = [self.kept.get(result.name, result) for result in results]
        self.compared.extend(verdicts)
        return verdicts

    def temp(self, kind: str) -> str:
        """Return the temp table of a kind: `clean`, `quarantine` or `dropped`."""
        return f"temp.{quoted(f'staged_{kind}__{self.tab.table}')}"


def swap(refresh: Refresh, staged: StagedTab) -> CheckResult:
    """Replace clean, quarantine and their records in one transaction; undone if not identical."""
    with WRITING:  # no other thread sees the new tables beside what is remembered of the old
        return _swap(refresh, staged)


def _swap(refresh: Refresh, staged: StagedTab) -> CheckResult:
    connection, tab, extract = refresh.connection, staged.tab, staged.extract
    family = FAMILY_COLUMNS if tab.is_family else {}
    descriptions = {c.name: c.description for c in tab.columns} | family | PROVENANCE
    result: CheckResult
    try:
        with transaction(connection):
            replace_table(
                connection,
                "clean",
                tab.table,
                staged.temp("clean"),
                {c: t for c, t in descriptions.items() if c not in ("_kinds", "_loaded_at")},
                tab.description,
            )
            replace_table(
                connection,
                "quarantine",
                tab.table,
                staged.temp("quarantine"),
                family
                | {
                    "_row": PROVENANCE["_row"],
                    "_kinds": PROVENANCE["_kinds"],
                    "_extract": PROVENANCE["_extract"],
                    "_id": IDENTITY,
                    "_reasons": REASONS,
                },
                f"Rows of '{tab.title}' that did not pass.",
            )
            record_dropped(connection, tab, staged.temp("dropped"), extract.sheet_id)
            record_outside_cells(connection, tab.table, staged.undeclared)
            record_ledger(connection, tab, extract.content_hash, staged.ledger)
            accept_layouts(connection, tab.workbook, staged.layouts, refresh.run_id)
            made = MadeFrom(used_extracts(tab, extract), [("raw", tab.table)])
            origin = refresh.origin.at_once()
            forget_checks(connection, "clean", tab.table)
            # No later run can judge this step again: the last table is gone then.
            record_checks(connection, staged.compared, origin.now(), refresh.run_id)
            for change in staged.passing:
                record_change(connection, change, refresh.run_id, is_open=False)
            record_states(
                connection,
                [
                    ("clean", tab.table, staged.clean),
                    ("quarantine", tab.table, staged.quarantine),
                ],
                origin,
                made,
            )
            keep_history(connection, tab.table, origin)
            fingerprint = table_fingerprint(connection, qualified("clean", tab.table))
            result = invariants.swapped_whole(
                "clean", tab.table, staged.clean.fingerprint, fingerprint
            )
            if not result.passed:
                raise invariants.BrokenInvariantError(result)
    except invariants.BrokenInvariantError as broken:
        return broken.result
    refresh.layouts.get(tab.workbook, {}).update(staged.layouts)
    refresh.states["clean", tab.table] = staged.clean
    refresh.states["quarantine", tab.table] = staged.quarantine
    return result
