"""What changed in a table between two moments or extracts: rows and cells, found in SQL."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import duckdb

from candid_assets.cleaning.macros import install_macros
from candid_assets.contracts.catalog import Model, Tab
from candid_assets.history.earlier_versions import versions_before
from candid_assets.history.errors import HistoryError
from candid_assets.history.moments import find_publication, iso, named
from candid_assets.history.replay import Replay
from candid_assets.names import Layer, tab_table
from candid_assets.settings import Settings
from candid_assets.sql import literal, qualified, quoted
from candid_assets.warehouse.builds import (
    Build,
    UsedExtract,
    builds_needed,
    recorded_builds,
)
from candid_assets.warehouse.database import bootstrap, open_published
from candid_assets.warehouse.errors import duckdb_errors
from candid_assets.warehouse.extracts import copy_extracts, recorded_extracts
from candid_assets.warehouse.memory import open_scratch
from candid_assets.warehouse.publications import builds_shown, publications

LAYERS = frozenset({"clean", "ready", "quarantine"})
_LAST = 2**62


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two states that are compared."""

    written: str
    build: Build
    needed: tuple[Build, ...]
    """The builds that lead to it, itself the last."""
    moment: datetime
    """When it was published, or when the extract was loaded."""

    @property
    def extract(self) -> str | None:
        """Hash of the extract it was built from; None for a ready table."""
        return self.build.extracts[0].content_hash if self.build.extracts else None

    def facts(self) -> dict[str, str | None]:
        """Return what `candid diff --json` shows of it."""
        when = {"written": self.written, "moment": iso(self.moment)}
        return when | {"extract": self.extract, "run_id": self.build.run_id}


@dataclass(slots=True)
class TableDifference:
    """Rows added and removed, and the cells of the rows that stand in both; values as text."""

    layer: Layer
    table: str
    before: Side
    after: Side
    key: tuple[str, ...] = ()
    """Columns by which rows are known; empty where whole rows are compared."""
    columns: tuple[str, ...] = ()
    columns_added: tuple[str, ...] = ()
    columns_removed: tuple[str, ...] = ()
    added: list[dict[str, str | None]] = field(default_factory=list)
    removed: list[dict[str, str | None]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    """`key`, `row` in the sheet, and `cells`: column, before, after."""

    def facts(self, env: str) -> dict[str, Any]:
        """Return the object of `candid diff --json`."""
        return {
            "env": env,
            "table": f"{self.layer}.{self.table}",
            "from": self.before.facts(),
            "to": self.after.facts(),
            "key": self.key,
            "columns_added": self.columns_added,
            "columns_removed": self.columns_removed,
            "rows_added": len(self.added),
            "rows_removed": len(self.removed),
            "rows_changed": len(self.changed),
            "cells_changed": self.cells_changed,
            "added": self.added,
            "removed": self.removed,
            "changed": self.changed,
        }

    @property
    def cells_changed(self) -> int:
        """How many cells differ in the rows that both have."""
        return sum(len(row["cells"]) for row in self.changed)


@duckdb_errors()
def difference(
    settings: Settings, table: str, before: str, after: str, now: datetime
) -> TableDifference:
    """Compare a tab's clean table, or any `clean.`, `quarantine.` or `ready.` table.

    Raises:
        HistoryError: No such table, or not at that time, or no such moment, run or extract.
    """
    with open_scratch(settings.data_dir) as connection:
        bootstrap(connection, settings.env)
        with open_published(settings.published_file) as published:
            layer, name = _table(published, table)
            sides = [_side(published, layer, name, written, now) for written in (before, after)]
            copy_extracts(published, connection)
        result = TableDifference(layer, name, sides[0], sides[1])
        install_macros(connection)
        for side, relation in zip(sides, ("before", "after"), strict=True):
            result.key = _load(settings, connection, side, relation)
        _compare(connection, result)
    return result


def _table(connection: duckdb.DuckDBPyConnection, written: str) -> tuple[Layer, str]:
    layer, _, name = written.rpartition(".")
    built = {build.layer for build in recorded_builds(connection, [name])}
    layers = sorted(built & ({layer} if layer else LAYERS) & LAYERS)
    if not layers:
        message = f"no tab or table {written!r} was ever built"
        raise HistoryError(message, "see `candid status`", exit_code=2)
    return layers[0], name


def _side(
    connection: duckdb.DuckDBPyConnection, layer: Layer, table: str, written: str, now: datetime
) -> Side:
    published = publications(connection)
    extract = _extract_named(connection, table, written) if layer != "ready" else None
    if extract is not None:
        used, loaded = extract
        return Side(written, *_of_extract(connection, layer, table, used), loaded)
    publication = find_publication(published, written, now)
    number = builds_shown(connection, publication.publication).get((layer, table), 0)
    needed = builds_needed(connection, [number]) if number else []
    if not needed:
        when = f"{publication.published_at:%Y-%m-%d %H:%M:%S}"
        message = f"{layer}.{table} was not there in the publication of {when}"
        raise HistoryError(message, exit_code=2)
    return Side(written, needed[-1], tuple(needed), publication.published_at)


def _extract_named(
    connection: duckdb.DuckDBPyConnection, table: str, written: str
) -> tuple[UsedExtract, datetime] | None:
    if not re.fullmatch(r"[0-9a-fA-F]+", written.strip()):
        return None
    contents = [
        content
        for content in reversed(recorded_extracts(connection, table))
        if tab_table(content.extract.workbook, content.extract.tab) == table
    ]
    matches = named(contents, written, lambda content: content.extract.content_hash)
    return (matches[-1].extract, matches[-1].first_seen) if matches else None


def _of_extract(
    connection: duckdb.DuckDBPyConnection, layer: Layer, table: str, used: UsedExtract
) -> tuple[Build, tuple[Build, ...]]:
    """Return the last build from an extract; one that was never built is built as of now."""
    builds = [
        build.build
        for build in recorded_builds(connection, [table])
        if build.layer == layer
        and used.content_hash in [e.content_hash for e in build.extracts[:1]]
    ]
    if builds:
        needed = builds_needed(connection, builds[-1:])
        return needed[-1], tuple(needed)
    last = publications(connection)[-1]
    about = (last.published_at, last.run_id, last.catalog, last.code, (used,))
    raw = Build(_LAST, "raw", table, "", "", used.rows, *about, (), _LAST)
    made = Build(_LAST + 1, layer, table, "", "", 0, *about, (_LAST,), _LAST)
    return made, (raw, made)


def _load(
    settings: Settings, connection: duckdb.DuckDBPyConnection, side: Side, relation: str
) -> tuple[str, ...]:
    """Put a side's table into a temp relation and return the key its contract gives it."""
    with Replay(settings, connection, versions_before) as replay:
        for build in replay.run(side.needed):
            if build.build in replay.problems:
                problem = replay.problems[build.build]
                message = f"{build.relation} cannot be built as of {side.written}: {problem}"
                raise HistoryError(message, exit_code=2)
        described = replay.described(side.build)
    table = qualified(side.build.layer, side.build.table)
    connection.execute(f"create or replace temp table {relation} as from {table}")
    return _key(described, side.build.layer)


def _key(described: Tab | Model, layer: Layer) -> tuple[str, ...]:
    return ("_id",) if layer == "quarantine" else described.primary_key


def _compare(connection: duckdb.DuckDBPyConnection, result: TableDifference) -> None:
    before, after = (_types(connection, f"temp.{name}") for name in ("before", "after"))
    result.columns = tuple(c for c in after if c in before)
    result.columns_added = tuple(c for c in after if c not in before)
    result.columns_removed = tuple(c for c in before if c not in after)
    if not (
        result.key and set(result.key) <= set(result.columns) and _unique(connection, result.key)
    ):
        result.key = ()
        result.added = list(_rows(connection, _more("after", "before", result.columns), after))
        result.removed = list(_rows(connection, _more("before", "after", result.columns), before))
        return
    same = " and ".join(f"{_as_text('x', k)} = {_as_text('y', k)}" for k in result.key)
    lone = "select x.* from temp.{} as x anti join temp.{} as y on {}"
    result.added = list(_rows(connection, lone.format("after", "before", same), after))
    result.removed = list(_rows(connection, lone.format("before", "after", same), before))
    result.changed = list(_changed(connection, result, before, after))


def _changed(
    connection: duckdb.DuckDBPyConnection,
    result: TableDifference,
    before: dict[str, str],
    after: dict[str, str],
) -> Iterator[dict[str, Any]]:
    cells = []
    for column in result.columns:
        if column in result.key:
            continue
        pair = [f"{side}.{quoted(column)}" for side in ("x", "y")]
        if before[column] != after[column]:
            pair = [_as_text(side, column) for side in ("x", "y")]
        values = f"'column': {literal(column)}, 'before': {_as_text('x', column)}"
        values += f", 'after': {_as_text('y', column)}"
        cells.append(f"case when {' is distinct from '.join(pair)} then {{{values}}} end")
    if not cells:
        return
    keys = ", ".join(f"{_as_text('y', k)} as {quoted(k)}" for k in result.key)
    same = " and ".join(f"{_as_text('x', k)} = {_as_text('y', k)}" for k in result.key)
    row = "null" if result.layer == "ready" else "y._row"
    rows = connection.execute(
        f"select * from (select {keys}, {row} as sheet_row,"
        f" list_filter([{', '.join(cells)}], lambda cell: cell is not null) as cells"
        f" from temp.before as x inner join temp.after as y on {same})"
        f" where len(cells) > 0 order by sheet_row, {', '.join(map(quoted, result.key))}"
    ).fetchall()
    for *key, at, changed in rows:
        yield {"key": dict(zip(result.key, key, strict=True)), "row": at, "cells": changed}


def _types(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """Return the columns that are data, with their types."""
    rows = connection.execute(f"describe {relation}").fetchall()
    return {r[0]: r[1] for r in rows if r[0] == "_id" or not r[0].startswith("_")}


def _unique(connection: duckdb.DuckDBPyConnection, key: Sequence[str]) -> bool:
    """Whether the key, as text, identifies every row of both sides."""
    names = ", ".join(f"{quoted(k)}::varchar" for k in key)
    blank = " or ".join(f"{quoted(k)} is null" for k in key)
    for side in ("before", "after"):
        row = connection.execute(
            f"select count(*) - count(distinct ({names})) + count(*) filter ({blank})"
            f" from temp.{side}"
        ).fetchone()
        if row and row[0]:
            return False
    return True


def _more(side: str, other: str, columns: Sequence[str]) -> str:
    names = ", ".join(f"{quoted(c)}::varchar as {quoted(c)}" for c in columns) or "1"
    return f"select {names} from temp.{side} except all select {names} from temp.{other}"


def _rows(
    connection: duckdb.DuckDBPyConnection, query: str, columns: dict[str, str]
) -> Iterator[dict[str, str | None]]:
    cursor = connection.execute(f"select columns(*)::varchar from ({query}) order by all")
    names = [d[0] for d in cursor.description or []]
    for row in cursor.fetchall():
        yield {n: v for n, v in zip(names, row, strict=True) if n in columns}


def _as_text(side: str, column: str) -> str:
    return f"{side}.{quoted(column)}::varchar"
