"""Values that are well-formed and far from what their column holds: dates, quantities, amounts."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain
from typing import Any, Final

import duckdb

from candid_assets.contracts.catalog import Column, Tab
from candid_assets.quality.frame import column_types, row_number
from candid_assets.quality.outcome import placed, planned_result, written
from candid_assets.quality.plausible_ranges import (
    EARLIEST,
    is_day,
    judged_columns,
    outside_sql,
    range_sql,
)
from candid_assets.quality.suite import plausible_check
from candid_assets.sql import literal, quoted
from candid_assets.warehouse.check_results import MAX_SAMPLES, Cells, CheckResult, Sample

_AT_ONCE: Final = 50
"""Columns that one statement looks through; planning takes long where there are many."""
_NAMED: Final = 3
"""Cells of a column that the message names."""


def check_plausible(
    connection: duckdb.DuckDBPyConnection,
    tab: Tab,
    relation: str,
    cells: Cells | None,
    read_day: date,
) -> list[CheckResult]:
    """Return the check `values_plausible` of a clean table, or nothing if no column is judged.

    Args:
        connection: Where the table is, with the macros of plausible ranges.
        tab: The contract.
        relation: The table's name as SQL, staged or published.
        cells: Leads from rows to the sheet; None where there is no sheet.
        read_day: The day on which the table was read.
    """
    plan = plausible_check(tab)
    if plan is None:
        return []
    messages: list[str] = []
    samples: list[list[Sample]] = []
    values = 0
    for column, low, high in _ranges(connection, tab, relation, read_day):
        count, named = _outliers(connection, column, relation, (low, high), cells)
        values += count
        places = ", ".join(f"{s.cell or 'a row'} '{s.value}'" for s in named[:_NAMED])
        more = f" and {count - _NAMED:,} more" if count > _NAMED else ""
        messages.append(f"{column.name}: {places}{more} {_phrase(column, low, high)}")
        samples.append(named)
    each = max(MAX_SAMPLES // max(len(samples), 1), 1)
    counts: dict[str, int | float] = {
        "columns": len(judged_columns(tab)),
        "unexpected_count": values,
    }
    shown = [sample for named in samples for sample in named[:each]]
    return [planned_result(plan, tab, "; ".join(messages), counts, shown)]


def _ranges(
    connection: duckdb.DuckDBPyConnection, tab: Tab, relation: str, read_day: date
) -> Iterator[tuple[Column, Any, Any]]:
    """Yield the columns that hold a value outside their plausible range, with the range."""
    columns = judged_columns(tab)
    slices = [columns[n : n + _AT_ONCE] for n in range(0, len(columns), _AT_ONCE)]
    suspects = (_suspects(connection, part, relation, read_day) for part in slices)
    for column in chain.from_iterable(suspects):
        limits = connection.execute(range_sql(column, relation, literal(read_day))).fetchone()
        low, high = limits or (None, None)
        test = outside_sql(column, _limit(low), _limit(high))
        if connection.execute(f"SELECT 1 FROM {relation} WHERE {test} LIMIT 1").fetchone():
            yield column, low, high


def _suspects(
    connection: duckdb.DuckDBPyConnection,
    columns: Sequence[Column],
    relation: str,
    read_day: date,
) -> Iterator[Column]:
    """Yield the columns that may hold such a value, as far as totals show; this is far cheaper.

    Days within a year of one another are none, nor are numbers whose average, without the
    hundredth of the largest ones, is more than a hundredth of the largest.
    """
    end = literal(date(read_day.year + 1, 12, 31))
    tests = []
    for column in columns:
        name = quoted(column.name)
        if is_day(column):
            first, last = f"min({name}::DATE)", f"max({name}::DATE)"
            tests.append(f"{first} < {EARLIEST} OR {last} > {end} OR {last} - {first} > 365")
        else:
            most, size = f"max(abs({name}::DOUBLE))", f"abs({name}::DOUBLE)"
            few = f"greatest(1, ceil(count_if({name} <> 0) * 0.01))"
            tests.append(f"100 * (sum({size}) - {few} * {most}) <= {most} * count_if({name} <> 0)")
    suspects = connection.execute(f"SELECT {', '.join(tests)} FROM {relation}").fetchone()
    yield from (column for column, test in zip(columns, suspects or (), strict=True) if test)


def _outliers(
    connection: duckdb.DuckDBPyConnection,
    column: Column,
    relation: str,
    limits: tuple[Any, Any],
    cells: Cells | None,
) -> tuple[int, list[Sample]]:
    """Return how many values lie outside the range, and the first ones with their cells."""
    low, high = (_limit(value) for value in limits)
    place = row_number(dict(column_types(connection, relation)))
    lines = connection.execute(
        f"SELECT {place}, {quoted(column.name)}, count(*) OVER () FROM {relation}"
        f" WHERE {outside_sql(column, low, high)} ORDER BY 1 LIMIT {MAX_SAMPLES}"
    ).fetchall()
    detail = _phrase(column, *limits)
    samples = [placed(cells, column.name, written(value), row, detail) for row, value, _ in lines]
    return (int(lines[0][2]) if lines else 0), samples


def _limit(value: Any) -> str:
    if value is None:
        return "NULL"
    return literal(value) if isinstance(value, date) else repr(float(value)) + "::DOUBLE"


def _phrase(column: Column, low: Any, high: Any) -> str:
    """Return what is wrong with values outside a range, in words behind the value."""
    if not is_day(column):
        usual = written(high / 100)
        return f"is at least 100 times what is usual there (99% of the values are at most {usual})"
    if low is None:
        return f"lies after {high}, far from the column's other days"
    if high is None:
        return f"lies before {low}, far from the column's other days"
    return f"lies outside {low} to {high}, far from the column's other days"
