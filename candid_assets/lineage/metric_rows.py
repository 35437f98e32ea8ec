"""The rows of a metric's source that one of its values is computed from, by the compiler's SQL."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from candid_assets.contracts.metrics.cubes import Cube
from candid_assets.contracts.metrics.declarations import TOTAL, Input, Metric, Registry
from candid_assets.contracts.metrics.reach import STEPS
from candid_assets.contracts.metrics.words import Grain
from candid_assets.lineage.errors import LineageError
from candid_assets.sql import literal

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class MetricPlace:
    """Which value of a metric: its period and member."""

    grain: Grain
    start: date
    """First day of the period."""
    dimension: str = TOTAL
    member: str = TOTAL


@dataclass(frozen=True, slots=True)
class _Days:
    """The grain that rows are taken by, and the first days of its first and last period."""

    grain: Grain
    first: date
    last: date


def take_rows(
    connection: duckdb.DuckDBPyConnection,
    registry: Registry,
    metric: Metric,
    place: MetricPlace,
    one: Input,
    table: str,
) -> None:
    """Make a temporary table of the source's rows that count in one input of a metric's value.

    It has `n` from 1, `row` (the source's rowid), and `amount`: what the row adds, 1 where rows
    are counted, or the thing that is counted once.
    """
    measure = one.measure
    numbered = "rowid as source_row"
    cube = Cube("taken", measure.source, measure.time, measure.at, registry, numbered=numbered)
    cube.grains.add("day" if metric.type == "cumulative" else place.grain)
    if place.dimension != TOTAL:
        cube.dimensions.append(place.dimension)
    cube.add(metric.name, "value", one)
    steps = dict(cube.steps())
    steps.pop("taken_totals")
    ctes = ",\n".join(f"{name} as (\n{sql}\n)" for name, sql in steps.items())
    days = _days(connection, metric, place, one, ctes)
    conditions = [
        f"grain = '{days.grain}'",
        f"period_start between {literal(days.first)} and {literal(days.last)}",
    ]
    conditions.append(measure.name if measure.aggregation == "sum_boolean" else "true")
    conditions.append(f"{measure.name} is not null")
    conditions += [f"({one.filter})"] if one.filter else []
    if place.dimension != TOTAL:
        conditions.append(f"cast({place.dimension} as varchar) = {literal(place.member)}")
    amount = {"count": "1", "sum_boolean": "1"}.get(measure.aggregation, measure.name)
    picked = ""
    if measure.aggregation in {"min", "max"}:
        picked = f" qualify {measure.name} = {measure.aggregation}({measure.name}) over ()"
    connection.execute(
        f"create or replace temp table {table} as with {ctes}"
        f" select row_number() over (order by source_row) as n, source_row as row,"
        f" {amount} as amount from taken_by_period where {' and '.join(conditions)}{picked}"
    )


def amount_of(connection: duckdb.DuckDBPyConnection, one: Input, table: str) -> Decimal | None:
    """Return what the rows of an input come to; None for an extreme of no row."""
    how = {
        "count_distinct": "count(distinct amount)",
        "min": "min(amount)",
        "max": "max(amount)",
    }.get(one.measure.aggregation, "coalesce(sum(amount), 0)")
    row = connection.execute(f"select cast({how} as decimal(38, 6)) from temp.{table}").fetchone()
    return row[0] if row else None


def _days(
    connection: duckdb.DuckDBPyConnection,
    metric: Metric,
    place: MetricPlace,
    one: Input,
    ctes: str,
) -> _Days:
    """Return the periods that an input's rows lie in; a running total ends where its rows do."""
    start = place.start
    if one.offset:
        count, unit = one.offset
        start = _of_day(connection, f"{literal(start)} - interval {count} {unit}")
    if metric.type != "cumulative":
        return _Days(place.grain, start, start)
    last = _of_day(connection, f"{literal(start)} + interval {STEPS[place.grain]} - interval 1 day")
    newest = connection.execute(
        f"with {ctes} select max(period_start) from taken_by_period where grain = 'day'"
    ).fetchone()
    last = min(last, newest[0]) if newest and newest[0] else last
    if metric.window_days:
        return _Days("day", last - timedelta(days=metric.window_days - 1), last)
    if metric.to_date:
        first = _of_day(connection, f"date_trunc('{metric.to_date}', {literal(last)})")
        return _Days("day", first, last)
    return _Days("day", date(1, 1, 1), last)


def _of_day(connection: duckdb.DuckDBPyConnection, expression: str) -> date:
    """Return the day that an expression over a day comes to."""
    day: date = connection.execute(f"select cast({expression} as date)").fetchall()[0][0]
    return day


def computed(expr: str, amounts: dict[str, Decimal | None]) -> Decimal | None:
    """Return an expression over amounts, exact and rounded once as the compiler does.

    Raises:
        LineageError: It is made of more than + - * / and nullif(…, 0).
    """
    tree = sqlglot.parse_one(f"select {expr}", dialect=DuckDB).expressions[0]
    exact = _exact(tree, {k: None if v is None else Fraction(v) for k, v in amounts.items()})
    if exact is None:
        return None
    doubled = abs(exact) * MILLION * 2
    whole = (doubled.numerator + doubled.denominator) // (2 * doubled.denominator)
    return Decimal(whole if exact >= 0 else -whole) / MILLION


_OPERATIONS: Final[Mapping[type[exp.Expr], Callable[[Fraction, Fraction], Fraction | None]]] = {
    exp.Add: operator.add,
    exp.Sub: operator.sub,
    exp.Mul: operator.mul,
    exp.Div: lambda one, other: one / other if other else None,
}


def _exact(node: exp.Expr, amounts: Mapping[str, Fraction | None]) -> Fraction | None:
    operation = _OPERATIONS.get(type(node))
    if operation is not None:
        one, other = _exact(node.this, amounts), _exact(node.expression, amounts)
        return None if one is None or other is None else operation(one, other)
    if isinstance(node, exp.Column):
        return amounts[node.name]
    if isinstance(node, exp.Literal) and not node.is_string:
        return Fraction(node.this)
    if isinstance(node, exp.Paren | exp.Neg | exp.Nullif):
        inner = _exact(node.this, amounts)
        if isinstance(node, exp.Nullif):
            return inner or None
        return -inner if inner is not None and isinstance(node, exp.Neg) else inner
    raise LineageError(f"{node.sql(dialect=DuckDB)} cannot be computed anew")
