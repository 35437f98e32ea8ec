"""The record of refreshes: runs, the workbooks they read, their checks and what failed."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, astuple, dataclass, field
from datetime import UTC, datetime
from typing import Any

from duckdb import DuckDBPyConnection as Connection

from candid_assets.names import Layer
from candid_assets.sql import literal
from candid_assets.warehouse.check_results import CheckResult, Sample
from candid_assets.warehouse.versions import numbered


@dataclass(frozen=True, slots=True)
class Run:
    """A refresh that had news: tables, checks or failures."""

    run_id: str
    env: str
    started_at: datetime
    finished_at: datetime
    succeeded: bool
    summary: str
    """The object that `candid run --json` prints, as JSON."""
    number: int = 0
    """Its place in the order of all that happened; 0 before it is recorded."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A table that could not be refreshed; its last good content stays."""

    layer: Layer
    table: str
    cause: str
    """Closed code, such as `tab_missing`, `missing_column`, `check_failed`, `internal_error`."""
    message: str
    """What is wrong, naming workbook, tab, cell or file."""
    fix: str
    workbook: str | None = None
    tab: str | None = None
    failed_at: datetime | None = None
    """None before it is recorded."""


@dataclass(frozen=True, slots=True)
class WorkbookReading:
    """The state in which a workbook was last read whole."""

    workbook: str
    spreadsheet_id: str
    version: int | None
    modified_time: str | None
    contracts_key: str
    """Hash of what decides which of its tabs are read."""
    read_at: datetime = field(compare=False)


def record_run(connection: Connection, run: Run) -> None:
    """Record a refresh that is finished."""
    connection.execute(
        "insert into meta.runs values (?, ?, ?, ?, ?, ?, nextval('meta.numbers'))",
        astuple(run)[:-1],
    )


def recent_runs(connection: Connection, limit: int = 1) -> list[Run]:
    """Return the last refreshes, the newest first."""
    rows = connection.execute(
        "select run_id, env, started_at, finished_at, succeeded, summary, number"
        f" from {numbered(connection, 'runs')} order by number desc limit {limit:d}"
    ).fetchall()
    return [Run(*row) for row in rows]


def record_reading(connection: Connection, reading: WorkbookReading) -> None:
    """Record the state of a workbook whose every tab has landed."""
    connection.execute(
        "insert or replace into meta.workbooks values (?, ?, ?, ?, ?, ?)",
        astuple(reading),
    )


def forget_reading(connection: Connection, workbook: str) -> None:
    """Make the next refresh read a workbook again, whatever state it is in."""
    connection.execute("delete from meta.workbooks where workbook = ?", [workbook])


def workbook_readings(connection: Connection) -> dict[str, WorkbookReading]:
    """Return the state in which each workbook was last read whole, by its name."""
    rows = connection.execute(
        "select workbook, spreadsheet_id, drive_version, modified_time, contracts_key, read_at"
        " from meta.workbooks"
    ).fetchall()
    return {row[0]: WorkbookReading(*row) for row in rows}


def record_checks(
    connection: Connection, checks: Sequence[CheckResult], at: datetime, run_id: str
) -> None:
    """Record the outcome of checks in place of their former one."""
    rows = [
        asdict(check)
        | {
            "counts": json.dumps(dict(check.counts)),
            "samples": json.dumps([asdict(sample) for sample in check.samples], default=str),
            "checked_at": at,
            "run_id": run_id,
        }
        for check in checks
    ]
    if rows:
        # One set from one table in memory: row by row the same insert takes seconds.
        import pyarrow as pa  # half a second, only for a refresh with news

        connection.register("news", pa.Table.from_pylist(rows))
        connection.execute("insert or replace into meta.checks by name from news")
        connection.unregister("news")


def recorded_checks(
    connection: Connection,
    *,
    layer: Layer | None = None,
    table: str | None = None,
    failed: bool = False,
) -> list[CheckResult]:
    """Return the latest outcome of checks by layer, table and name; failed ones with cells.

    Args:
        connection: The warehouse or the published snapshot.
        layer: The only layer whose checks count; None for all.
        table: The only table whose checks count; None for all.
        failed: Whether only checks that did not pass count.
    """
    wanted = [
        *([f"layer = {literal(layer)}"] if layer is not None else []),
        *([f'"table" = {literal(table)}'] if table is not None else []),
        *(["not passed"] if failed else []),
    ]
    rows = connection.execute(
        'select name, layer, "table", passed, message, severity, blocking, counts,'
        " case when passed and layer <> 'quarantine' then '[]' else samples end from meta.checks"
        f' where {" and ".join(wanted) or "true"} order by layer, "table", name'
    ).fetchall()
    return [_check(row) for row in rows]


def unfinished_checks(connection: Connection, table: str) -> list[CheckResult]:
    """Return the checks of a table that a run recorded which did not come to its end."""
    rows = connection.execute(
        'select name, layer, "table", passed, message, severity, blocking, counts, samples'
        ' from meta.checks where "table" = ? and run_id not in (select run_id from meta.runs)',
        [table],
    ).fetchall()
    return [_check(row) for row in rows]


def _check(row: tuple[Any, ...]) -> CheckResult:
    samples = tuple(Sample(**sample) for sample in json.loads(row[8]))
    return CheckResult(*(*row[:7], json.loads(row[7]), samples))


def record_failures(
    connection: Connection, failures: Iterable[Failure], at: datetime, run_id: str
) -> None:
    """Record what could not be refreshed in place of what failed of the same table before."""
    for f in failures:
        connection.execute(
            "insert or replace into meta.failures values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [f.layer, f.table, f.workbook, f.tab, f.cause, f.message, f.fix, at, run_id],
        )


def forget_failures(connection: Connection, tables: Iterable[tuple[Layer, str]]) -> None:
    """Remove the failures of tables that were refreshed since."""
    connection.executemany(
        'delete from meta.failures where layer = ? and "table" = ?',
        [list(key) for key in tables] or [["", ""]],
    )


def forget_repaired(connection: Connection, broken: Sequence[str]) -> bool:
    """Remove the failures of contracts of models, by folder and file, but for the broken ones.

    Returns:
        Whether there was any.
    """
    rows = connection.execute(
        "delete from meta.failures where layer = 'ready' and cause = 'contract_invalid'"
        ' and not list_contains(?::varchar[], "table") returning "table"',
        [list(broken)],
    ).fetchall()
    return bool(rows)


def forget_checks(connection: Connection, layer: Layer, table: str) -> None:
    """Remove the checks of a table that is replaced: those on what replaces it follow."""
    connection.execute('delete from meta.checks where layer = ? and "table" = ?', [layer, table])


def forget_tables(
    connection: Connection, tables: Sequence[str], layers: Sequence[Layer]
) -> list[str]:
    """Remove the failures of tables, and their failed checks in some layers.

    Returns:
        The tables that had any.
    """
    failed = connection.execute(
        'delete from meta.failures where "table" = any(?) returning "table"', [list(tables)]
    ).fetchall()
    checked = connection.execute(
        'delete from meta.checks where "table" = any(?) and layer = any(?) and not passed'
        ' returning "table"',
        [list(tables), list(layers)],
    ).fetchall()
    return sorted({row[0] for row in (*failed, *checked)})


def recorded_failures(connection: Connection) -> list[Failure]:
    """Return what could not be refreshed and was not since, by layer and table."""
    rows = connection.execute(
        'select layer, "table", cause, message, fix, workbook, tab, failed_at from meta.failures'
        ' order by layer, "table"'
    ).fetchall()
    return [Failure(*row) for row in rows]


def record_compaction(connection: Connection, before: int, after: int) -> None:
    """Record that the file was written anew: its bytes before and after."""
    connection.execute(
        "insert into meta.compactions values (?, ?, ?)", [datetime.now(UTC), before, after]
    )


def size_written(connection: Connection) -> tuple[int | None, bool]:
    """Return the file's bytes when it was last written anew, and if anything was published yet."""
    row = connection.execute(
        "select arg_max(bytes_after, rowid), (select count(*) > 0 from meta.publications)"
        " from meta.compactions"
    ).fetchone()
    return row or (None, False)
