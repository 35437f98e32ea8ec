"""Selects the new rows of a growing table, by the cursor that its contract names."""

from collections.abc import Sequence
from pathlib import Path

from psycopg import sql

from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.header_text import normalise
from candid_assets.settings import TIME_ZONE
from candid_assets.sources.growing_tables import (
    LandedRows,
    cursor_error,
    header_of,
    highest,
    holds_kinds,
)
from candid_assets.sources.postgres.connection import Connection
from candid_assets.sources.postgres.value_types import CURSORS, PostgresColumn
from candid_assets.sources.protocol import LastExtract


def growing(
    connection: Connection,
    tab: Tab,
    fields: Sequence[PostgresColumn],
    last: LastExtract | None,
) -> tuple[LandedRows, sql.Composable] | None:
    """Return the landed rows to keep and the condition for the rest; None to read all rows.

    Raises:
        SourceError: The contract's cursor cannot be used.
    """
    if tab.reading.cursor is None:
        return None
    names = [normalise(field.name) for field in fields]
    wanted = normalise(tab.reading.cursor)
    if wanted not in names:
        raise cursor_error(tab, f"it has no column {tab.reading.cursor!r}")
    at = names.index(wanted)
    field = fields[at]
    if field.type not in CURSORS or field.is_array:
        raise cursor_error(tab, f"column {field.name!r} of type {field.declared} does not grow")
    headers = {c.name: normalise(c.header) for c in tab.columns}
    keys = [headers[name] for name in tab.primary_key]
    if not keys or not set(keys) <= set(names):
        raise cursor_error(tab, "without a primary key new and changed rows look alike")
    if last is None or header_of(Path(last.path)) != [f.name for f in fields]:
        return None
    if holds_kinds(Path(last.path), ["tn" if f.kind == "m" else "t" for f in fields]):
        return None
    top = highest(Path(last.path), at, "m" if field.kind == "m" else "ds")
    if top is None:
        return None
    since = _since(connection, tab, field, top)
    name = sql.Identifier(field.name)
    typed = sql.SQL("{}::" + field.type).format(sql.Literal(since + _zone(field)))
    where = sql.SQL("({0} >= {1} or {0} is null)").format(name, typed)
    positions = tuple(names.index(key) for key in keys)
    numeric = field.kind == "m"
    return LandedRows(Path(last.path), field.name, since, at, positions, numeric), where


def _since(connection: Connection, tab: Tab, field: PostgresColumn, top: str) -> str:
    """Return the highest value landed less the overlap, written as it is landed."""
    overlap = tab.reading.overlap
    if overlap is None:
        return top
    amount = "{}::numeric" if field.kind == "m" else "{}::interval"
    result = "({} - " + amount + ")" + ("::date" if field.type == "date" else "")
    literal = sql.SQL("{}::" + field.type).format(sql.Literal(top + _zone(field)))
    value = sql.SQL(result).format(literal, sql.Literal(str(overlap)))
    if field.type == "timestamptz":
        value = sql.SQL("({} at time zone {})").format(value, sql.Literal(TIME_ZONE))
    row = connection.execute(sql.SQL("select {}::text").format(value)).fetchone()
    return str(row[0]) if row else top


def _zone(field: PostgresColumn) -> str:
    return f" {TIME_ZONE}" if field.type == "timestamptz" else ""
