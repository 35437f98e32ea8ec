"""Rewrites an expression as one fraction, so that it is divided once and rounded once.

DuckDB divides decimals as floating-point numbers. A metric's expression over exact sums becomes
`above / below`, both exact; the compiled SQL divides them as whole numbers.
"""

from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from candid_assets.errors import CandidError


@dataclass(frozen=True, slots=True)
class Fraction:
    """The SQL of a numerator and a denominator."""

    above: str
    below: str = "1"


class FractionError(CandidError):
    """An expression divides inside something other than + - * / and nullif(…, 0)."""


def fraction(expr: str) -> Fraction:
    """Return an expression as one fraction.

    Raises:
        FractionError: It divides inside a function, which no fraction can express.
    """
    query = sqlglot.parse_one(f"select {expr}", dialect=DuckDB)
    return _fraction(query.expressions[0])


def _fraction(node: exp.Expr) -> Fraction:
    if isinstance(node, exp.Paren):
        return _fraction(node.this)
    if isinstance(node, exp.Neg):
        inner = _fraction(node.this)
        return Fraction(f"-{_grouped(inner.above)}", inner.below)
    if isinstance(node, exp.Div | exp.Mul | exp.Add | exp.Sub):
        return _combined(node, _fraction(node.this), _fraction(node.expression))
    if isinstance(node, exp.Nullif) and node.expression.sql() == "0":
        inner = _fraction(node.this)
        return Fraction(_unless_zero(inner.above), _unless_zero(inner.below))
    if node.find(exp.Div):
        raise FractionError(f"{node.sql(dialect=DuckDB)} divides inside a function")
    return Fraction(node.sql(dialect=DuckDB, normalize_functions="lower"))


def _combined(node: exp.Expr, one: Fraction, other: Fraction) -> Fraction:
    """Return two fractions divided, multiplied, added or subtracted."""
    if isinstance(node, exp.Div):
        return Fraction(_product(one.above, other.below), _product(one.below, other.above))
    if isinstance(node, exp.Mul):
        return Fraction(_product(one.above, other.above), _product(one.below, other.below))
    left, right = _product(one.above, other.below), _product(other.above, one.below)
    below = _product(one.below, other.below)
    if isinstance(node, exp.Add):
        return Fraction(f"{left} + {right}", below)
    return Fraction(f"{left} - {_grouped(right)}", below)


def _unless_zero(sql: str) -> str:
    """Return SQL that is null where it would be 0."""
    return sql if sql == "1" or _is_call(sql) else f"nullif({sql}, 0)"


def _is_call(sql: str) -> bool:
    return sql.startswith("nullif(") and sql.count("(") == 1


def _product(one: str, other: str) -> str:
    if "1" in {one, other}:
        return other if one == "1" else one
    return f"{_grouped(one)} * {_grouped(other)}"


def _grouped(sql: str) -> str:
    """Return SQL in parentheses unless it needs none as a factor."""
    plain = sql.replace("_", "").isalnum() or _is_call(sql)
    return sql if plain else f"({sql})"
