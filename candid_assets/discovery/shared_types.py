"""Columns of two tables that hold the same codes get one type, so that their rows meet."""

from typing import Final

import duckdb

from candid_assets.discovery.chance_keys import is_code
from candid_assets.discovery.keys import is_counter
from candid_assets.discovery.office_words import words_of
from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.discovery.type_guess import TypeGuess

_MET: Final = 0.8
"""The part of a column's values, without leading noughts, that the other column must hold."""
_FEWEST: Final = 3
_GENERAL: Final = frozenset({"no", "nomor", "id", "kode", "code", "number"})
_MET_SQL: Final = """\
WITH ours AS (
  SELECT DISTINCT coalesce(nullif(ltrim(text, '0'), ''), '0') AS value
  FROM temp.found_values
  WHERE tab = ? AND place = ?
),
theirs AS (
  SELECT DISTINCT coalesce(nullif(ltrim(text, '0'), ''), '0') AS value
  FROM temp.found_values
  WHERE tab = ? AND place = ?
)
SELECT
  (SELECT count(*) FROM ours),
  (SELECT count(*) FROM theirs),
  (SELECT count(*) FROM ours SEMI JOIN theirs USING (value))"""


def share_types(connection: duckdb.DuckDBPyConnection, tables: dict[int, TableProposal]) -> None:
    """Make text of each column of whole numbers whose values are text in another table's column.

    Reads `temp.found_values`, which `column_facts` leaves.
    """
    columns = [
        (number, place, column)
        for number, table in tables.items()
        for place, column in enumerate(table.columns)
        if column.logical in {"string", "integer"} and not is_counter(column)
    ]
    texts = [item for item in columns if item[2].logical == "string"]
    for number, place, column in columns:
        for other, other_place, text in texts if column.logical == "integer" else ():
            if other == number or not _may_meet(column, text):
                continue
            if _meet(connection, (number, place), (other, other_place)):
                cells = column.facts.cells
                column.guess = TypeGuess("string", fitting=cells, cells=cells)
                name = f"{tables[other].name}.{text.name}"
                column.notes = [f"string: {name} holds the same values as text"]
                break


def _may_meet(column: ColumnProposal, text: ColumnProposal) -> bool:
    """Whether the names of two columns let one refer to the other."""
    if text.guess.options.get("phone") or column.blocked or text.blocked:
        return False
    ours, theirs = words_of(column.header), words_of(text.header)
    if ours == theirs:
        return True
    return (is_code(column) or is_code(text)) and bool(ours & theirs - _GENERAL)


def _meet(
    connection: duckdb.DuckDBPyConnection, here: tuple[int, int], there: tuple[int, int]
) -> bool:
    """Whether nearly all values of one column are in the other, their leading noughts left off."""
    ours, theirs, met = connection.execute(_MET_SQL, [*here, *there]).fetchone() or (0, 0, 0)
    fewest = min(ours, theirs)
    return bool(fewest >= _FEWEST and met >= _MET * fewest)
