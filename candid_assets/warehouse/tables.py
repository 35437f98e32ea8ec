"""Reads and records what each table was built from, and replaces tables.

Every function works inside the caller's transaction; none opens one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from candid_assets.names import Layer
from candid_assets.sql import literal, qualified, quoted
from candid_assets.warehouse.builds import Origin, UsedExtract, record_build


@dataclass(frozen=True, slots=True)
class TableState:
    """What a table was last built from."""

    inputs_key: str
    """Hash of everything the table depends on: inputs' content, contract or SQL, rules."""
    fingerprint: str
    """Exact, order-insensitive hash of the table's content."""
    rows: int


def table_states(
    connection: duckdb.DuckDBPyConnection,
) -> dict[tuple[str, str], TableState]:
    """Return the state of every table, by layer and table.

    A table has no inputs key, and so is built and checked again, where its last build was not
    seen to its end: the run was killed before it recorded its checks, or an attempt after it
    failed and left the checks of another content. A family is judged member by member at every
    refresh, and is built in spite of a member that failed.
    """
    rows = connection.execute(
        'select layer, "table",'
        " case when run_id in (select run_id from meta.runs) and not exists"
        ' (from meta.failures as f where f.layer = t.layer and f."table" = t."table"'
        " and (coalesce(f.workbook, ''), coalesce(f.tab, '')) not in"
        " (select (workbook, family) from meta.extracts where family is not null))"
        " then inputs_key else '' end, fingerprint, row_count from meta.tables as t"
    ).fetchall()
    return {(r[0], r[1]): TableState(r[2], r[3], r[4]) for r in rows}


@dataclass(frozen=True, slots=True)
class MadeFrom:
    """What a build read, and the fingerprint of its content where the state has another one."""

    extracts: Sequence[UsedExtract] = ()
    inputs: Sequence[tuple[str, str]] = ()
    builds: Sequence[int] = ()
    """Builds that it read besides the tables that stand now."""
    content: str | None = None


def record_state(
    connection: duckdb.DuckDBPyConnection,
    layer: Layer,
    table: str,
    state: TableState,
    origin: Origin,
    made: MadeFrom,
) -> None:
    """Record what a table was just built from, as its state and as a build."""
    facts = (state.inputs_key, made.content or state.fingerprint, state.rows)
    read = (made.inputs, made.builds)
    build = record_build(connection, (layer, table), facts, origin, made.extracts, read)
    connection.execute(
        "insert or replace into meta.tables"
        ' (layer, "table", inputs_key, fingerprint, row_count, built_at, run_id, build)'
        ' select layer, "table", inputs_key, ?, row_count, built_at, run_id, build'
        " from meta.builds where build = ?",
        [state.fingerprint, build],
    )


def row_count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    """Return the number of rows of a quoted relation."""
    found = connection.execute(f"select count(*) from {relation}").fetchone()
    return int(found[0]) if found else 0


def replace_table(
    connection: duckdb.DuckDBPyConnection,
    layer: Layer,
    table: str,
    staged: str,
    comments: Mapping[str, str],
    description: str,
) -> None:
    """Replace a layer's table by a staged relation, with its description and column comments."""
    target = qualified(layer, table)
    statements = [
        f"create or replace table {target} as from {staged}",
        f"comment on table {target} is {literal(description)}",
        *(
            f"comment on column {target}.{quoted(column)} is {literal(text)}"
            for column, text in comments.items()
            if text
        ),
    ]
    connection.execute(";\n".join(statements))
