"""Foreign keys to tables of other workbooks and sources, whose published values are compared."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import duckdb

from candid_assets.contracts.catalog import Catalog, Column, Tab
from candid_assets.discovery.office_words import CODE_WORDS, words_of
from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.discovery.type_guess import TypeGuess
from candid_assets.sql import literal, qualified, quoted

log = logging.getLogger(__name__)
_MET: Final = 0.95
"""The part of a column's cells that must be keys of the other table."""
_FEWEST: Final = 3
_GENERAL: Final = frozenset({"no", "nomor", "id", "kode", "code", "number"})
_KEYS: Final = frozenset({"string", "integer"})


@dataclass(frozen=True, slots=True)
class OtherTables:
    """The tables of other workbooks that have a key of one column, and where they are published."""

    keys: Sequence[tuple[Tab, Column]] = ()
    published: Path = field(default_factory=Path)


def other_tables(catalog: Catalog, workbook: str, published: Path) -> OtherTables:
    """Return the tables of all workbooks but one."""
    keys = [
        (tab, column)
        for tab in catalog.tabs
        for column in tab.columns
        if tab.workbook != workbook and tab.primary_key == (column.name,)
    ]
    return OtherTables([k for k in keys if k[1].logical_type in _KEYS], published)


def add_outer_references(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[int, TableProposal], others: OtherTables
) -> None:
    """Propose a foreign key to another workbook where nearly all values are published there.

    A column of whole numbers becomes text where the key is text, so that both ends have one type.
    Without a publication there is no evidence, and nothing is proposed.
    """
    wanted = [
        (number, column, target)
        for number, table in tables.items()
        for column in table.columns
        for target in others.keys
        if table.rows and _may_refer(column, table, target[1])
    ]
    if not wanted or not others.published.is_file():
        return
    try:
        connection.execute(f"ATTACH {literal(str(others.published))} AS published (READ_ONLY)")
    except duckdb.Error as error:
        log.warning("no foreign keys to other workbooks: the publication cannot be read: %s", error)
        return
    try:
        there = _published(connection)
        for number, column, (tab, key) in wanted:
            if column.reference is None and tab.table in there:
                _refer(connection, number, column, (tab, key))
    finally:
        connection.execute("DETACH published")


def _published(connection: duckdb.DuckDBPyConnection) -> set[str]:
    rows = connection.execute(
        "SELECT table_name FROM duckdb_tables()"
        " WHERE database_name = 'published' AND schema_name = 'clean'"
    )
    return {name for (name,) in rows.fetchall()}


def _may_refer(column: ColumnProposal, table: TableProposal, key: Column) -> bool:
    """Whether names and types let a column refer to a key of another workbook."""
    if column.logical not in _KEYS or column.guess.options.get("phone") or column.blocked:
        return False
    if column.reference is not None or table.primary_key == (column.name,):
        return False
    if column.logical == "string" and key.logical_type == "integer":
        return False
    ours, theirs = words_of(column.header), words_of(key.header)
    coded = bool((ours | theirs | words_of(key.name.replace("_", " "))) & CODE_WORDS)
    if column.name == key.name or ours == theirs:
        return coded or key.logical_type == "string"
    return coded and bool(ours & theirs - _GENERAL)


def _refer(
    connection: duckdb.DuckDBPyConnection,
    number: int,
    column: ColumnProposal,
    target: tuple[Tab, Column],
) -> None:
    tab, key = target
    name, table = quoted(column.name), f"published.{qualified('clean', tab.table)}"
    values = f"SELECT {quoted(key.name)}::VARCHAR FROM {table}"
    counts = connection.execute(
        f"SELECT count(*), coalesce(count_if({name}::VARCHAR IN ({values})), 0),"
        f" count(DISTINCT {name}), (SELECT count(DISTINCT {quoted(key.name)}) FROM {table})"
        f" FROM temp.rehearsed_{number} WHERE {name} IS NOT NULL"
    ).fetchone() or (0, 0, 0, 0)
    cells, met, distinct, keys = counts
    if distinct < _FEWEST or met < _MET * cells:
        return
    if column.logical != key.logical_type:
        column.guess = TypeGuess("string", fitting=column.facts.cells, cells=column.facts.cells)
        column.minimum = None
        column.notes.append(f"string, as {tab.table}.{key.name} is")
    column.reference = f"{tab.table}.{key.name}"
    column.notes.append(
        f"{met:,} of {cells:,} found in {tab.table}: {distinct:,} values, of {keys:,} there"
    )


def workbooks_of(references: Iterable[str | None]) -> set[str]:
    """Return the workbooks of the tables that references name."""
    return {reference.partition("__")[0] for reference in references if reference}
