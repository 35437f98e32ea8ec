"""The third stage: raw to clean and quarantine, staged, checked and swapped in one transaction."""

import time
from collections import Counter
from collections.abc import Generator, Iterator
from concurrent.futures import Future
from dataclasses import dataclass

from candid_assets.contracts.headers import HeaderProblem, find_header
from candid_assets.contracts.model import HeaderMap, Tab
from candid_assets.layers.cleaning.build import Staged as StagedNames
from candid_assets.layers.cleaning.build import cleaning_sql
from candid_assets.layers.context import Refresh
from candid_assets.layers.events import Built, Checked, Event, Failed, Unchanged
from candid_assets.layers.extracts import CurrentExtract, used_extract
from candid_assets.layers.keys import clean_key
from candid_assets.layers.landing import raw_head
from candid_assets.layers.outside import Outside, outside_cells
from candid_assets.layers.provenance import PROVENANCE
from candid_assets.names import cell_link
from candid_assets.quality import invariants
from candid_assets.quality.fingerprint import table_fingerprint
from candid_assets.quality.result import Cells, CheckResult
from candid_assets.warehouse.database import transaction
from candid_assets.warehouse.quarantine import keep_history
from candid_assets.warehouse.tables import (
    MadeFrom,
    TableState,
    qualified,
    quoted,
    record_state,
    replace_table,
    row_count,
)

KINDS = ("clean", "quarantine", "dropped")
HEADER_ROWS = 60
IDENTITY = "The row whatever its place: its primary key where it can be read, else its content."
REASONS = "Why the row did not pass: column, header, cell, value, reason, message and link."


@dataclass(frozen=True, slots=True)
class Staged:
    """A tab whose staged tables wait for their audit."""

    tab: Tab
    extract: CurrentExtract
    key: str
    clean: TableState
    quarantine: TableState
    ledger: invariants.Ledger
    dropped: Counter[str]
    audit: Future[list[CheckResult]]
    """Results of the contract's suite, evaluated in another process meanwhile."""
    outside: list[Outside]
    seconds: float

    def temp(self, kind: str) -> str:
        """Return the temp table of a kind: `clean`, `quarantine` or `dropped`."""
        return f"temp.{quoted(f'staged_{kind}__{self.tab.table}')}"


def stage_clean(
    refresh: Refresh, tab: Tab, extract: CurrentExtract
) -> Generator[Event, None, Staged | None]:
    """Stage a tab's clean and quarantine tables and hand them to the audit.

    Yields what happened so far and returns what is staged; None where the tables are current or
    cannot be built.
    """
    key = clean_key(tab, extract)
    if refresh.is_current("clean", tab.table, key):
        yield Unchanged("clean", tab.table)
        yield Unchanged("quarantine", tab.table)
        return None
    header = _header(refresh, tab, extract)
    if isinstance(header, HeaderProblem):
        yield Checked(invariants.contract_holds(tab.table, problem=str(header)))
        yield _failed(tab, "missing_column", header.message, header.fix)
        return None
    staged = _stage(refresh, tab, header, extract, key)
    if not staged.clean.rows and not staged.quarantine.rows and not tab.options.allow_empty:
        message = f"tab '{tab.title}' of workbook {tab.workbook} has a header but no rows"
        fix = f"restore its rows (File > Version history) or set allowEmpty in {tab.path}"
        yield Checked(invariants.contract_holds(tab.table, problem=f"{message}; {fix}"))
        yield _failed(tab, "tab_emptied", message, fix)
        _drop(refresh, staged)
        return None
    yield Checked(invariants.contract_holds(tab.table, unclaimed=header.unclaimed))
    return staged


def finish_clean(refresh: Refresh, staged: Staged) -> Iterator[Event]:
    """Wait for the audit and swap the staged tables in, or say why the last good ones stay."""
    tab = staged.tab
    results = _audit(refresh, staged)
    if not any(r.stops for r in results):
        results.append(_swap(refresh, staged))
    _drop(refresh, staged)
    yield from (Checked(result) for result in results)
    broken = [r for r in results if r.stops]
    if broken:
        message = f"{tab.table} was not replaced: {broken[0].message}"
        yield _failed(tab, "check_failed", message, "see the check's samples for the cells to mend")
        return
    yield from _built(refresh, staged)


def _header(refresh: Refresh, tab: Tab, extract: CurrentExtract) -> HeaderMap | HeaderProblem:
    if extract.rows == 0:  # landed only where the contract allows an empty tab
        return HeaderMap(header_row=1, positions={tab.columns[0].name: 1})
    return find_header(tab, raw_head(refresh, tab.table, HEADER_ROWS))


def _failed(tab: Tab, cause: str, message: str, fix: str) -> Failed:
    return Failed("clean", tab.table, cause, message, fix, tab.workbook, tab.name)


def _stage(
    refresh: Refresh, tab: Tab, header: HeaderMap, extract: CurrentExtract, key: str
) -> Staged:
    connection, started = refresh.connection, time.monotonic()
    # A tab is one row group: a second thread only adds its set-up, twice the time measured.
    connection.execute("set threads = 1")
    names = StagedNames(*(f"staged_{kind}__{tab.table}" for kind in KINDS))
    cleaning_sql(
        tab,
        header,
        raw=qualified("raw", tab.table),
        extract=extract.content_hash,
        link_prefix=cell_link(extract.spreadsheet_id, extract.sheet_id, ""),
        staged=names,
    ).run(connection)
    connection.execute("reset threads")
    relations = {kind: f"temp.{quoted(f'staged_{kind}__{tab.table}')}" for kind in KINDS}
    counted = connection.execute(
        f"select rule, count(*) from {relations['dropped']} group by rule order by rule"
    ).fetchall()
    dropped: Counter[str] = Counter(dict(counted))
    clean, quarantine = (
        TableState(
            key, table_fingerprint(connection, relations[k]), row_count(connection, relations[k])
        )
        for k in ("clean", "quarantine")
    )
    ledger = invariants.Ledger(
        rows_read=extract.rows,
        rows_raw=row_count(connection, qualified("raw", tab.table)),
        rows_clean=clean.rows,
        rows_quarantined=quarantine.rows,
        rows_dropped=dropped.total(),
    )
    letters = {c.name: header.letter(c.name) or "" for c in tab.columns}
    cells = Cells(extract.spreadsheet_id, extract.sheet_id, letters)
    audit = refresh.suites.submit(tab, connection, relations["clean"], cells)
    raw_and_clean = (qualified("raw", tab.table), relations["clean"])
    outside = outside_cells(connection, tab, header, raw_and_clean, extract.content_hash)
    seconds = time.monotonic() - started
    return Staged(tab, extract, key, clean, quarantine, ledger, dropped, audit, outside, seconds)


def _drop(refresh: Refresh, staged: Staged) -> None:
    for kind in KINDS:
        refresh.connection.execute(f"drop table if exists {staged.temp(kind)}")


def _audit(refresh: Refresh, staged: Staged) -> list[CheckResult]:
    table = staged.tab.table
    before = refresh.states.get(("clean", table))
    same_inputs = before.fingerprint if before and before.inputs_key == staged.key else None
    return [
        invariants.rows_conserved(table, staged.ledger),
        invariants.rerun_identical("clean", table, same_inputs, staged.clean.fingerprint),
        *staged.audit.result(),
    ]


def _swap(refresh: Refresh, staged: Staged) -> CheckResult:
    """Replace clean, quarantine and their records in one transaction; undone if not identical."""
    connection, tab, extract = refresh.connection, staged.tab, staged.extract
    descriptions = {c.name: c.description for c in tab.columns} | PROVENANCE
    ledger = staged.ledger
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
                {
                    "_row": PROVENANCE["_row"],
                    "_kinds": PROVENANCE["_kinds"],
                    "_extract": PROVENANCE["_extract"],
                    "_id": IDENTITY,
                    "_reasons": REASONS,
                },
                f"Rows of '{tab.title}' that did not pass.",
            )
            connection.execute('delete from meta.dropped_rows where "table" = ?', [tab.table])
            connection.execute(
                "insert into meta.dropped_rows select ?, ?, ?, _row, rule, ?"
                f" from {staged.temp('dropped')} order by _row",
                [tab.workbook, tab.name, tab.table, extract.content_hash],
            )
            connection.execute('delete from meta.outside_cells where "table" = ?', [tab.table])
            if staged.outside:
                connection.executemany(
                    "insert into meta.outside_cells values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    staged.outside,
                )
            connection.execute(
                "insert or replace into meta.ledger values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    tab.table,
                    tab.workbook,
                    tab.name,
                    extract.content_hash,
                    ledger.rows_read,
                    ledger.rows_raw,
                    ledger.rows_clean,
                    ledger.rows_quarantined,
                    ledger.rows_dropped,
                ],
            )
            made = MadeFrom([used_extract(tab, extract)], [("raw", tab.table)])
            origin = refresh.origin.at_once()
            record_state(connection, "clean", tab.table, staged.clean, origin, made)
            record_state(connection, "quarantine", tab.table, staged.quarantine, origin, made)
            keep_history(connection, tab.table, origin)
            found = table_fingerprint(connection, qualified("clean", tab.table))
            result = invariants.swapped_whole("clean", tab.table, staged.clean.fingerprint, found)
            if not result.passed:
                raise invariants.BrokenInvariantError(result)
    except invariants.BrokenInvariantError as broken:
        return broken.result
    refresh.states["clean", tab.table] = staged.clean
    refresh.states["quarantine", tab.table] = staged.quarantine
    return result


def _built(refresh: Refresh, staged: Staged) -> Iterator[Event]:
    tab = staged.tab
    facts: dict[str, str | int | float] = {
        "extract": staged.extract.content_hash[:12],
        "rows read": staged.ledger.rows_read,
        "quarantined": staged.quarantine.rows,
    }
    facts |= {f"dropped: {rule}": count for rule, count in staged.dropped.items()}
    clean, quarantine = staged.clean, staged.quarantine
    yield Built("clean", tab.table, clean.rows, clean.fingerprint, staged.seconds, facts)
    yield Built("quarantine", tab.table, quarantine.rows, quarantine.fingerprint, 0.0)
    yield Checked(
        invariants.nothing_quarantined(
            refresh.connection, tab.table, qualified("quarantine", tab.table), clean.rows
        )
    )
