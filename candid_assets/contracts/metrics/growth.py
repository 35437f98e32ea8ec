"""How a metric's value grows with the length of its period, from what it is computed from."""

from collections import Counter
from typing import Literal

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from candid_assets.contracts.metrics.declarations import Input, Measure
from candid_assets.contracts.metrics.words import MetricType

Growth = Literal["with_period", "not", "otherwise"]
"""Twice in a period twice as long; not at all; or neither, as different outlets do."""
Degrees = tuple[tuple[str, int], ...]
"""What a value grows with, each with its power; nothing where it does not grow."""
_PERIOD: Degrees = (("period", 1),)
_MIXED: Degrees = (("mixed", 1),)


def growth(
    kind: MetricType, expr: str, inputs: dict[str, Input], window_days: int | None
) -> Growth:
    """Return how a metric's value grows with its period.

    Args:
        kind: The type of the metric.
        expr: Its expression over the names of its inputs.
        inputs: Its inputs.
        window_days: The days that a cumulative metric looks back.
    """
    if kind == "cumulative":
        return "not" if window_days else "otherwise"
    tree = sqlglot.parse_one(f"select {expr}", dialect=DuckDB).expressions[0]
    degrees = _degrees(tree, {name: _of_measure(one.measure) for name, one in inputs.items()})
    if not degrees:
        return "not"
    return "with_period" if degrees == _PERIOD else "otherwise"


def _of_measure(measure: Measure) -> Degrees:
    """Return what a measure grows with: sums and counts with the period; balances, extremes not."""
    if measure.at is not None or measure.aggregation in {"min", "max"}:
        return ()
    if measure.aggregation in {"sum", "count", "sum_boolean"} or measure.each_in_one_period:
        return _PERIOD
    return ((measure.name, 1),)


def _degrees(node: exp.Expr, named: dict[str, Degrees]) -> Degrees:
    if isinstance(node, exp.Paren | exp.Neg):
        return _degrees(node.this, named)
    if isinstance(node, exp.Column):
        return named.get(node.name, ())
    if isinstance(node, exp.Nullif):
        return _degrees(node.this, named)
    if isinstance(node, exp.Mul | exp.Div | exp.Add | exp.Sub):
        one, other = _degrees(node.this, named), _degrees(node.expression, named)
        if isinstance(node, exp.Add | exp.Sub):
            return one if one == other else _MIXED
        sign = -1 if isinstance(node, exp.Div) else 1
        powers = Counter(dict(one))
        for name, power in other:
            powers[name] += sign * power
        return tuple(sorted((name, power) for name, power in powers.items() if power))
    inner = {_degrees(column, named) for column in node.find_all(exp.Column)}
    return () if inner <= {()} else _MIXED
