"""The SELECT that shows an extract as a raw table: every row, all text, letters as columns."""

from datetime import datetime
from pathlib import Path

import duckdb

from candid_assets.contracts.catalog import Tab
from candid_assets.names import column_letter
from candid_assets.sql import literal, quoted
from candid_assets.warehouse.current_extracts import CurrentExtract, first_loaded
from candid_assets.warehouse.landing import Landing


def raw_query(
    connection: duckdb.DuckDBPyConnection, landing: Landing, tab: Tab, extract: CurrentExtract
) -> str:
    """Return the rows of a tab, or of a family: one member after the other, narrow ones padded."""
    if not tab.is_family:
        return _tab_query(connection, landing, tab, extract)
    parts = []
    for member in extract.members:
        rows = _tab_query(connection, landing, tab.member(member.tab, member.title), member)
        title = f"{literal(member.title)} as _tab, {member.sheet_id}::bigint as _sheet_id"
        parts.append(f"(select {title}, * from ({rows}))")
    return " union all by name ".join(parts)


def _tab_query(
    connection: duckdb.DuckDBPyConnection, landing: Landing, tab: Tab, extract: CurrentExtract
) -> str:
    path = landing.path(tab.workbook, tab.name, extract.content_hash)
    return _extract_query(connection, path, first_loaded(connection, tab, extract))


def _extract_query(connection: duckdb.DuckDBPyConnection, path: Path, loaded: datetime) -> str:
    source = f"read_parquet({literal(str(path))})"
    found = connection.execute(f"describe select * from {source}").fetchall()
    width = sum(1 for r in found if not r[0].startswith("_") and not r[0].endswith(".shown"))
    letters = [quoted(column_letter(n)) for n in range(1, width + 1)]
    # An empty tab still shows its first column.
    letters = letters or ['null::varchar as "A"']
    columns = ", ".join(
        [
            '"_row"::integer as "_row"',
            '"_kinds"',
            f'{literal(path.stem)} as "_extract"',
            f'{literal(loaded.isoformat())}::timestamptz as "_loaded_at"',
            *letters,
        ]
    )
    return f'select {columns} from {source} order by "_row"'
