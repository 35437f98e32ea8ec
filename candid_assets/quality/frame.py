"""The staged table as Great Expectations sees it: a pandas frame that compares exactly.

DuckDB hands DECIMAL to pandas as floats. Ranges may be judged on those, since rounding to a
float never changes the order of two values and `arguments.py` refuses bounds that a float cannot
tell from their neighbours. Equality may not: columns compared for equality are handed over as
text, under a name of their own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from candid_assets.quality.table_rules import TableRule
from candid_assets.sql import quoted
from candid_assets.warehouse.check_results import ROW_BITS

if TYPE_CHECKING:
    import pandas as pd

ROW = "_row"
"""The column of clean tables that holds the sheet's row."""


SHEET = "_sheet_id"
"""The column of a family's clean table that holds the id of the row's tab."""


def row_number(types: Mapping[str, str], alias: str = "") -> str:
    """Return the row's number as SQL: the sheet's row, of a family with the tab's id before it."""
    if SHEET not in types:
        return f"{alias}{ROW}"
    return f"(({alias}{SHEET}::BIGINT << {ROW_BITS}) + {alias}{ROW})"


@dataclass(frozen=True, slots=True)
class Frame:
    """A staged table in pandas."""

    data: "pd.DataFrame"
    """All columns of the table in their order; those without rules are there but empty."""
    types: tuple[tuple[str, str], ...]
    """Names and DuckDB types of the table's columns."""
    extra: tuple[str, ...]
    """Labels behind the table's own columns: exact copies."""


def column_types(
    connection: duckdb.DuckDBPyConnection, relation: str
) -> tuple[tuple[str, str], ...]:
    """Return names and types of a relation's columns.

    Args:
        connection: Where the relation stands.
        relation: Its name as SQL, quoted by the caller where needed.
    """
    rows = connection.execute(f"DESCRIBE {relation}").fetchall()
    return tuple((str(row[0]), str(row[1])) for row in rows)


def label(rule: TableRule, column: str, types: dict[str, str]) -> str:
    """Return the frame's label of a column as a rule needs it."""
    inexact = types.get(column, "").startswith(("DECIMAL", "TIME")) and types[column] != "TIMESTAMP"
    return f"{column} (exact)" if rule.exact and inexact else column


def read_frame(
    connection: duckdb.DuckDBPyConnection,
    staged: str,
    rules: Iterable[TableRule],
    beside: Iterable[str] = (),
) -> Frame | str:
    """Return the columns of a staged table that have rules, or why they cannot be read.

    Args:
        connection: Where the staged table is.
        staged: Its name as SQL.
        rules: The rules that will be judged.
        beside: More columns to read, as far as the table has them.
    """
    try:
        return _read(connection, staged, tuple(rules), beside)
    except (duckdb.Error, ValueError) as error:
        return str(error)


def _read(
    connection: duckdb.DuckDBPyConnection,
    staged: str,
    rules: Sequence[TableRule],
    beside: Iterable[str],
) -> Frame:
    # pandas costs half a second to import; a table that keeps its contract needs none.
    import pandas as pd

    columns = column_types(connection, staged)
    types = dict(columns)
    wanted = {
        label(rule, name, types): name for rule in rules for name in rule.columns if name in types
    }
    wanted |= {name: name for name in (*beside, ROW) if name in types}
    extra = tuple(sorted(set(wanted) - set(types)))
    selected = [_expression(key, wanted[key], types) for key in (*types, *extra) if key in wanted]
    read = connection.sql(f"SELECT {', '.join(selected) or '1'} FROM {staged}").df()
    data = pd.DataFrame(
        {key: _sharing(read[key]) if key in wanted else None for key in (*types, *extra)},
        index=read.index,
    )
    for rule in rules:
        if "min_value" in rule.arguments or "max_value" in rule.arguments:
            _use_nanoseconds(data, rule.columns)
    return Frame(data=data, types=columns, extra=extra)


def _sharing(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return a column whose equal texts are one object, so that the frame travels small."""
    if column.dtype != object:
        return column
    seen: dict[object, object] = {}
    return column.map(lambda value: seen.setdefault(value, value))


def _expression(key: str, column: str, types: dict[str, str]) -> str:
    if key == ROW:
        return f"{row_number(types)} AS {quoted(ROW)}"
    if key != column:
        return f"CAST({quoted(column)} AS VARCHAR) AS {quoted(key)}"
    if types[column].startswith("DECIMAL"):
        return f"CAST({quoted(column)} AS DOUBLE) AS {quoted(key)}"
    return quoted(column)


def _use_nanoseconds(data: "pd.DataFrame", columns: tuple[str, ...]) -> None:
    """Bring dates to the one unit that Great Expectations compares as a whole column.

    Dates outside 1677-2262 do not fit it; such a column is compared value by value instead.
    """
    import pandas as pd

    for column in columns:
        if column in data and pd.api.types.is_datetime64_dtype(data[column]):
            try:
                data[column] = data[column].dt.as_unit("ns")
            except pd.errors.OutOfBoundsDatetime:
                continue
