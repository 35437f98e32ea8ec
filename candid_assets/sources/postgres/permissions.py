"""What an account may read of a table: its columns, and its rows under row-level security."""

from collections.abc import Iterator, Sequence

import psycopg
from psycopg import sql

from candid_assets.contracts.catalog import Tab, Workbook
from candid_assets.contracts.header_text import normalise
from candid_assets.sources.postgres.connection import Connection, set_locally
from candid_assets.sources.postgres.postgres_errors import (
    INSUFFICIENT_PRIVILEGE,
    columns_error,
    read_error,
)
from candid_assets.sources.postgres.tables import fields_of, unreadable_columns
from candid_assets.sources.postgres.value_types import PostgresColumn
from candid_assets.sources.source_errors import SourceError
from candid_assets.sources.source_metadata import TabMetadata
from candid_assets.sources.tab_matching import match_tabs


def allow_policies(connection: Connection, tab: Tab) -> None:
    """Let row-level security take rows away only where the contract wants what it shows."""
    setting = "on" if tab.reading.rows_by_policy else "off"
    set_locally(connection, {"row_security": setting})


def selected_fields(connection: Connection, tab: Tab, table: TabMetadata) -> list[PostgresColumn]:
    """Return the columns that are read: all but those that the contract ignores."""
    ignored = {normalise(name) for name in tab.options.ignored_headers}
    return [f for f in fields_of(connection, table) if normalise(f.name) not in ignored]


def table_error(
    connection: Connection, workbook: Workbook, tab: Tab, table: TabMetadata, error: psycopg.Error
) -> SourceError:
    """Return the error of a table that could not be read, with the columns that are refused."""
    name = f"{table.facts['schema']}.{table.facts['name']}"
    user = connection.info.user
    if error.sqlstate == INSUFFICIENT_PRIVILEGE and "row-level security" not in str(error):
        selected = {f.name for f in selected_fields(connection, tab, table)}
        refused = [n for n in unreadable_columns(connection, table) if n in selected]
        if refused and selected - set(refused):
            return columns_error(tab, name, user, refused)
    return read_error(workbook, tab, name, user, error)


def unreadable_tables(
    connection: Connection, workbook: Workbook, tables: Sequence[TabMetadata]
) -> Iterator[SourceError]:
    """Yield why tables that have contracts cannot be read completely, without reading a row."""
    match = match_tabs(tables, workbook, {})
    members = [member for tabs in match.members.values() for member in tabs]
    for tab in [*workbook.living_tabs, *members]:
        if (table := match.tabs.get(tab.name)) is None:
            continue
        try:
            with connection.transaction():
                allow_policies(connection, tab)
                fields = selected_fields(connection, tab, table)
                texts = sql.SQL(", ").join(field.text for field in fields)
                source = sql.Identifier(table.facts["schema"], table.facts["name"])
                connection.execute(sql.SQL("select {} from {} limit 0").format(texts, source))
        except psycopg.Error as error:
            yield table_error(connection, workbook, tab, table, error)
