"""Counts in one statement how many values of a staged table break each rule of its suite.

The conditions are those with which cleaning finds a value that breaks a rule; a property test
holds them and Great Expectations to one verdict. No row leaves DuckDB.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from candid_assets.quality.gx_arguments import gx_arguments
from candid_assets.quality.table_rules import TableRule
from candid_assets.sql import quoted


@dataclass(frozen=True, slots=True)
class SuiteCounts:
    """What one statement says of a staged table."""

    rows: int
    broken: tuple[int | None, ...]
    """For each rule how many values break it; None where SQL cannot say."""


def count_broken(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    rules: Sequence[TableRule],
    types: Mapping[str, str],
) -> SuiteCounts:
    """Return the rows of a staged table and how many of its values break each rule.

    Args:
        connection: Where the table stands.
        relation: Its name as SQL.
        rules: The rules of its contract.
        types: DuckDB types of its columns, by name, in order.

    Raises:
        duckdb.Error: The table cannot be read.
    """
    counts = [_count_sql(rule, types) for rule in rules]
    source = _without_nan(relation, rules, types)
    askable = [count for count in counts if count]
    try:
        line = _counted(connection, source, askable)
    except (duckdb.BinderException, duckdb.ConversionException):
        # A column that is not of its contract's type: which rules can be judged is asked singly.
        judged = {count: _can_count(connection, source, count) for count in askable}
        counts = [count if judged.get(count) else "" for count in counts]
        line = _counted(connection, source, [count for count in counts if count])
    rows, *answers = line
    answered = iter(answers)
    return SuiteCounts(
        rows,
        tuple(
            next(answered) if count else _without_values(rule, rows, types)
            for rule, count in zip(rules, counts, strict=True)
        ),
    )


def _counted(
    connection: duckdb.DuckDBPyConnection, source: str, counts: Sequence[str]
) -> tuple[int, ...]:
    columns = ", ".join(["count(*)", *counts])
    line = connection.execute(f"select {columns} from {source}").fetchone()
    return tuple(int(count) for count in line or (0,))


def _can_count(connection: duckdb.DuckDBPyConnection, source: str, count: str) -> bool:
    try:
        _counted(connection, source, [count])
    except (duckdb.BinderException, duckdb.ConversionException):
        return False
    return True


def _count_sql(rule: TableRule, types: Mapping[str, str]) -> str:
    """Return the aggregate that counts what breaks a rule; empty where no aggregate can."""
    if not rule.columns or not set(rule.columns) <= set(types):
        return ""
    try:
        gx_arguments(rule, dict(types))
    except ValueError:
        return ""  # Great Expectations says what cannot be compared.
    names = [quoted(column) for column in rule.columns]
    if rule.check == "values_present":
        return f"count(*) - count({names[0]})"
    if rule.check == "keys_unique":
        present = " and ".join(f"{name} is not null" for name in names)
        key = names[0] if len(names) == 1 else f"row({', '.join(names)})"
        return f"count(*) filter ({present}) - count(distinct {key}) filter ({present})"
    return f"count(*) filter ({names[0]} is not null and ({rule.broken}))" if rule.broken else ""


def _without_values(rule: TableRule, rows: int, types: Mapping[str, str]) -> int | None:
    """Return whether a rule about the table itself is broken; None for any other."""
    if rule.check == "columns_match":
        return int(list(types) != rule.arguments["column_list"])
    if rule.check == "rows_in_range":
        low, high = rule.arguments["min_value"], rule.arguments["max_value"]
        too_few = isinstance(low, int) and rows < low
        return int(too_few or (isinstance(high, int) and rows > high))
    return None


def _without_nan(relation: str, rules: Sequence[TableRule], types: Mapping[str, str]) -> str:
    """Return the relation with NULL for what is no number, which is a blank to pandas, too."""
    judged = {column for rule in rules for column in rule.columns}
    floats = [c for c, kind in types.items() if c in judged and kind in {"DOUBLE", "FLOAT"}]
    if not floats:
        return relation
    replaced = ", ".join(f"nullif({quoted(c)}, 'nan') as {quoted(c)}" for c in floats)
    return f"(select * replace ({replaced}) from {relation})"
