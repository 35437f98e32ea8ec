"""The third stage: raw to clean and quarantine, staged, checked and swapped in one transaction."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from candid_assets.contracts.headers import HeaderProblem, find_header
from candid_assets.contracts.model import HeaderMap, Tab
from candid_assets.layers.cleaning.build import cleaning_sql
from candid_assets.layers.context import Refresh
from candid_assets.layers.events import Built, Checked, Event, Failed, Unchanged
from candid_assets.layers.extracts import CurrentExtract
from candid_assets.layers.keys import clean_key
from candid_assets.layers.landing import PROVENANCE, raw_head
from candid_assets.names import cell_link
from candid_assets.quality import invariants
from candid_assets.quality.expectations import run_suite
from candid_assets.quality.fingerprint import table_fingerprint
from candid_assets.quality.result import CheckResult
from candid_assets.warehouse.database import transaction
from candid_assets.warehouse.tables import (
    TableState,
    qualified,
    record_state,
    replace_table,
    row_count,
)

STAGED_CLEAN = "staged_clean"
STAGED_QUARANTINE = "staged_quarantine"
STAGED_DROPPED = "staged_dropped"
HEADER_ROWS = 60
REASONS = "Why the row did not pass: column, header, cell, value, reason, message and link."


@dataclass(frozen=True, slots=True)
class _Staged:
    """The staged tables of one tab, counted."""

    clean: TableState
    quarantine: TableState
    ledger: invariants.Ledger
    dropped: Counter[str]


def build_clean(refresh: Refresh, tab: Tab, extract: CurrentExtract) -> Iterator[Event]:
    """Build a tab's clean and quarantine tables, or say why the last good ones stay."""
    key = clean_key(tab, extract)
    if refresh.is_current("clean", tab.table, key):
        yield Unchanged("clean", tab.table)
        yield Unchanged("quarantine", tab.table)
        return
    started = time.monotonic()
    header = find_header(tab, raw_head(refresh, tab.table, HEADER_ROWS))
    if isinstance(header, HeaderProblem):
        yield Checked(invariants.contract_holds(tab.table, problem=str(header)))
        yield _failed(tab, "missing_column", header.message, header.fix)
        return
    yield Checked(invariants.contract_holds(tab.table, unclaimed=header.unclaimed))
    staged = _stage(refresh, tab, header, extract, key)
    if staged.clean.rows == 0 and staged.quarantine.rows == 0 and not tab.options.allow_empty:
        message = f"tab '{tab.title}' of workbook {tab.workbook} has a header but no rows"
        fix = f"restore its rows in the sheet (File > Version history), or set allowEmpty in {tab.path}"
        yield Checked(invariants.contract_holds(tab.table, problem=f"{message}; {fix}"))
        yield _failed(tab, "tab_emptied", message, fix)
        return
    results = _audit(refresh, tab, extract, staged, key)
    if not any(r.blocking and not r.passed for r in results):
        results.append(_swap(refresh, tab, extract, staged))
    yield from (Checked(result) for result in results)
    broken = [r for r in results if r.blocking and not r.passed]
    if broken:
        message = f"{tab.table} was not replaced: {broken[0].message}"
        yield _failed(tab, "check_failed", message, "see the check's samples for the cells to mend")
        return
    yield from _built(refresh, tab, extract, staged, time.monotonic() - started)


def _failed(tab: Tab, cause: str, message: str, fix: str) -> Failed:
    return Failed("clean", tab.table, cause, message, fix, tab.workbook, tab.name)


def _stage(
    refresh: Refresh, tab: Tab, header: HeaderMap, extract: CurrentExtract, key: str
) -> _Staged:
    connection = refresh.connection
    statements = cleaning_sql(
        tab,
        header,
        raw=qualified("raw", tab.table),
        extract=extract.content_hash,
        link_prefix=cell_link(extract.spreadsheet_id, extract.sheet_id, ""),
        width=len(raw_head(refresh, tab.table, 1)[0]),
    )
    statements.execute(connection, STAGED_CLEAN, STAGED_QUARANTINE, STAGED_DROPPED)
    dropped: Counter[str] = Counter(
        dict(
            connection.execute(
                f"select rule, count(*) from temp.{STAGED_DROPPED} group by rule order by rule"
            ).fetchall()
        )
    )
    states = {
        name: TableState(
            key,
            table_fingerprint(connection, f"temp.{name}"),
            row_count(connection, f"temp.{name}"),
        )
        for name in (STAGED_CLEAN, STAGED_QUARANTINE)
    }
    ledger = invariants.Ledger(
        rows_read=extract.rows,
        rows_raw=row_count(connection, qualified("raw", tab.table)),
        rows_clean=states[STAGED_CLEAN].rows,
        rows_quarantined=states[STAGED_QUARANTINE].rows,
        rows_dropped=dropped.total(),
    )
    return _Staged(states[STAGED_CLEAN], states[STAGED_QUARANTINE], ledger, dropped)


def _audit(
    refresh: Refresh, tab: Tab, extract: CurrentExtract, staged: _Staged, key: str
) -> list[CheckResult]:
    before = refresh.states.get(("clean", tab.table))
    same_inputs = before.fingerprint if before and before.inputs_key == key else None
    return [
        invariants.rows_conserved(tab.table, staged.ledger),
        invariants.rerun_identical("clean", tab.table, same_inputs, staged.clean.fingerprint),
        *run_suite(
            refresh.suites, tab, refresh.connection, f"temp.{STAGED_CLEAN}", extract.cells()
        ),
    ]


def _swap(refresh: Refresh, tab: Tab, extract: CurrentExtract, staged: _Staged) -> CheckResult:
    """Replace clean, quarantine and their records in one transaction; undone if not identical."""
    connection = refresh.connection
    descriptions = {c.name: c.description for c in tab.columns} | PROVENANCE
    ledger = staged.ledger
    result: CheckResult
    try:
        with transaction(connection):
            replace_table(
                connection,
                "clean",
                tab.table,
                f"temp.{STAGED_CLEAN}",
                {c: t for c, t in descriptions.items() if c not in ("_kinds", "_loaded_at")},
                tab.description,
            )
            replace_table(
                connection,
                "quarantine",
                tab.table,
                f"temp.{STAGED_QUARANTINE}",
                {"_row": PROVENANCE["_row"], "_kinds": PROVENANCE["_kinds"], "_reasons": REASONS},
                f"Rows of '{tab.title}' that did not pass.",
            )
            connection.execute('delete from meta.dropped_rows where "table" = ?', [tab.table])
            connection.execute(
                "insert into meta.dropped_rows select ?, ?, ?, _row, rule, ?"
                f" from temp.{STAGED_DROPPED} order by _row",
                [tab.workbook, tab.name, tab.table, extract.content_hash],
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
            record_state(connection, "clean", tab.table, staged.clean, refresh.run_id)
            record_state(connection, "quarantine", tab.table, staged.quarantine, refresh.run_id)
            found = table_fingerprint(connection, qualified("clean", tab.table))
            result = invariants.swapped_whole("clean", tab.table, staged.clean.fingerprint, found)
            if not result.passed:
                raise invariants.BrokenInvariantError(result)
    except invariants.BrokenInvariantError as broken:
        return broken.result
    refresh.states["clean", tab.table] = staged.clean
    refresh.states["quarantine", tab.table] = staged.quarantine
    return result


def _built(
    refresh: Refresh, tab: Tab, extract: CurrentExtract, staged: _Staged, seconds: float
) -> Iterator[Event]:
    facts = {"extract": extract.content_hash[:12], "rows read": staged.ledger.rows_read}
    yield Built(
        "clean",
        tab.table,
        staged.clean.rows,
        staged.clean.fingerprint,
        seconds,
        facts
        | {"quarantined": staged.quarantine.rows}
        | {f"dropped: {rule}": count for rule, count in staged.dropped.items()},
    )
    yield Built("quarantine", tab.table, staged.quarantine.rows, staged.quarantine.fingerprint, 0.0)
    yield Checked(
        invariants.nothing_quarantined(
            refresh.connection, tab.table, qualified("quarantine", tab.table), staged.clean.rows
        )
    )
