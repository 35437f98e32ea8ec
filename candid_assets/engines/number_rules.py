"""Rules on numbers: what DuckDB rounds, widens and divides in whole numbers, in Spark's words."""

from collections.abc import Callable
from typing import Final

from sqlglot import exp

from candid_assets.engines.innermost import innermost

WIDEST: Final = "decimal(38, 0)"
"""Spark's widest whole number; DuckDB's is HUGEINT."""
_WHOLE: Final = frozenset(
    {exp.DataType.Type.TINYINT, exp.DataType.Type.SMALLINT, exp.DataType.Type.INT}
    | {exp.DataType.Type.BIGINT}
)


def huge_integers(query: exp.Query) -> exp.Query:
    """HUGEINT is `DECIMAL(38, 0)`."""
    for kind in list(query.find_all(exp.DataType)):
        if kind.this == exp.DataType.Type.INT128:
            kind.replace(exp.DataType.build(WIDEST))
    return query


def whole_divisions(query: exp.Query) -> exp.Query:
    """`a // b` is `(a - a % b) / b` in the widest type: DIV overflows at BIGINT.

    By zero it is NULL, as in DuckDB.
    """
    for node in innermost(query, exp.IntDiv):
        above: exp.Expr = _widest(node.this)
        below: exp.Expr = _widest(node.expression)
        if not _is_number(node.expression):
            below = exp.Nullif(this=below, expression=exp.Literal.number(0))
        rest = exp.Mod(this=above.copy(), expression=below.copy())
        whole = exp.paren(exp.Sub(this=above, expression=rest), copy=False)
        # Both flags keep the generator from casting an operand to DOUBLE.
        node.replace(_widest(exp.Div(this=whole, expression=below, typed=True, safe=False)))
    return query


def signs(query: exp.Query) -> exp.Query:
    """`sign()` is a whole number; Spark's is a DOUBLE."""
    for call in innermost(query, exp.Sign):
        call.replace(exp.cast(call.copy(), "int"))
    return query


def rounded_casts(query: exp.Query) -> exp.Query:
    """A cast to a whole number rounds half away from zero; Spark's cuts the decimals off."""
    for cast in innermost(query, exp.Cast):
        if cast.to.this in _WHOLE and not isinstance(cast.this, exp.Literal):
            cast.this.replace(_widest(cast.this))
    return query


def _widest(operand: exp.Expr) -> exp.Cast:
    return exp.cast(operand.copy(), WIDEST)


def _is_number(operand: exp.Expr) -> bool:
    return isinstance(operand, exp.Literal) and not operand.is_string and operand.name != "0"


NUMBER_RULES: Final[tuple[Callable[[exp.Query], exp.Query], ...]] = (
    huge_integers,
    rounded_casts,
    signs,
    whole_divisions,
)
"""The rules on numbers, in order: `//` brings casts of its own."""
