"""The SELECT that shows an extract as a raw table: every row, all text, letters as columns."""

from collections.abc import Sequence
from typing import Final

import duckdb

from candid_assets.contracts.catalog import Tab
from candid_assets.sql import literal, quoted
from candid_assets.warehouse.current_extracts import CurrentExtract
from candid_assets.warehouse.extracts import first_loaded
from candid_assets.warehouse.landing import Landing
from candid_assets.warehouse.provenance import MERGED, SHOWN

_TEXT: Final = ".text"
"""Behind a column's letter: what formats show beyond its numbers, in an extract."""


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


def extract_relation(landing: Landing, tab: Tab, content_hash: str) -> str:
    """Return an extract of a tab as it is named behind FROM.

    Raises:
        LandingError: The extract is missing or damaged.
    """
    path = landing.whole_file(tab.workbook, tab.name, content_hash)
    return f"read_parquet({literal(str(path))})"


def extract_rows(
    connection: duckdb.DuckDBPyConnection, extract: str, first: int, last: int
) -> list[tuple[str | None, ...]]:
    """Return the texts of some rows of an extract, which is named as behind FROM.

    Args:
        connection: Where to read.
        extract: What `extract_relation` returns.
        first: The first row, counted from 1.
        last: The last row.
    """
    columns = ", ".join(_letters(_names(connection, extract)))
    if not columns:
        return []
    query = f"select {columns} from {extract} where _row between {first} and {last} order by _row"
    return connection.execute(query).fetchall()


def _names(connection: duckdb.DuckDBPyConnection, extract: str) -> list[str]:
    return [r[0] for r in connection.execute(f"describe select * from {extract}").fetchall()]


def _letters(names: Sequence[str]) -> list[str]:
    return [quoted(name) for name in names if name[0] != "_" and "." not in name]


def format_columns(names: Sequence[str]) -> list[str]:
    """Return the expressions for what formats and merges say of an extract's cells.

    Args:
        names: The extract's columns.
    """
    texts = {name.removesuffix(_TEXT): quoted(name) for name in names if name.endswith(_TEXT)}
    expressions = []
    if texts:
        pairs = ", ".join(f"{literal(letter)}: {text}" for letter, text in texts.items())
        present = " or ".join(f"{text} is not null" for text in texts.values())
        shown = f"json_merge_patch('{{}}', {{{pairs}}}::json)::varchar"
        expressions.append(f"case when {present} then {shown} end as {SHOWN}")
    if MERGED in names:
        expressions.append(MERGED)
    return expressions


def _tab_query(
    connection: duckdb.DuckDBPyConnection, landing: Landing, tab: Tab, extract: CurrentExtract
) -> str:
    source = extract_relation(landing, tab, extract.content_hash)
    loaded = first_loaded(connection, tab, extract)
    names = _names(connection, source)
    columns = ", ".join(
        [
            '"_row"::integer as "_row"',
            '"_kinds"',
            f'{literal(extract.content_hash)} as "_extract"',
            f'{literal(loaded.isoformat())}::timestamptz as "_loaded_at"',
            *format_columns(names),
            # An empty tab still shows its first column.
            *(_letters(names) or ['null::varchar as "A"']),
        ]
    )
    # An extract's rows stand in their order, which DuckDB keeps.
    return f"select {columns} from {source}"
