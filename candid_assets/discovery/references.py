"""Foreign keys between a workbook's tables, where nearly all values are found."""

from typing import Final

import duckdb

from candid_assets.discovery.chance_keys import is_code
from candid_assets.discovery.keys import is_counter
from candid_assets.discovery.office_words import words_of
from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.names import tab_table
from candid_assets.sql import quoted

_MATCHED_SHARE: Final = 0.95
"""The part of a column's cells that must be values of the key it may refer to."""


def add_references(
    connection: duckdb.DuckDBPyConnection, workbook: str, tables: dict[int, TableProposal]
) -> None:
    """Propose foreign keys between a workbook's tables where nearly all values are found."""
    keys = {number: table.primary_key for number, table in tables.items()}
    targets = [
        (number, table, column)
        for number, table in tables.items()
        for column in table.columns
        if keys[number] == (column.name,) and not is_counter(column)
    ]
    for number, table in tables.items():
        for column in table.columns:
            if column.logical not in {"string", "integer"} or keys[number] == (column.name,):
                continue
            for other, target, key in targets:
                ours = table.line_columns and target.title == table.title
                if other != number and not ours and _refers(column, key):
                    _refer(connection, workbook, (number, column), (other, target, key))


def _refers(column: ColumnProposal, key: ColumnProposal) -> bool:
    """Whether names and types let a column refer to a key."""
    if column.logical != key.logical or column.guess.options.get("phone") or column.blocked:
        return False
    if column.name == key.name:
        return is_code(key) or key.logical == "string"
    shared = words_of(column.header) & words_of(key.header)
    return is_code(key) and bool(shared - {"no", "nomor", "id", "kode", "code", "number"})


def _refer(
    connection: duckdb.DuckDBPyConnection,
    workbook: str,
    here: tuple[int, ColumnProposal],
    there: tuple[int, TableProposal, ColumnProposal],
) -> None:
    number, column = here
    other, target, key = there
    name, key_name = quoted(column.name), quoted(key.name)
    counts = connection.execute(
        f"SELECT count(*), count(*) FILTER ({name} IN (SELECT {key_name} FROM "
        f"temp.rehearsed_{other})), count(DISTINCT {name}), "
        f"(SELECT count(DISTINCT {key_name}) FROM temp.rehearsed_{other}) "
        f"FROM temp.rehearsed_{number} WHERE {name} IS NOT NULL"
    ).fetchone() or (0, 0, 0, 0)
    cells, met, distinct, keys = counts
    if column.reference is None and distinct >= 3 and met >= _MATCHED_SHARE * cells:
        column.reference = f"{tab_table(workbook, target.name)}.{key.name}"
        column.notes.append(
            f"{met:,} of {cells:,} found in {target.name}: {distinct:,} values, of {keys:,} there"
        )
