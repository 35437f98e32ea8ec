"""Evaluates the registry's expressions row by row in Python, with SQL's three-valued logic."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import sqlglot
from sqlglot import exp

Row = Mapping[str, Any]
Function = Callable[[Row], Any]


def evaluator(text: str) -> Function:
    """Return a function from a row to the value of an expression."""
    return _build(sqlglot.parse_one(f"select {text}", read="duckdb").selects[0])


def _build(node: exp.Expression) -> Function:  # noqa: C901, PLR0911, PLR0912
    if isinstance(node, exp.Paren):
        return _build(node.this)
    if isinstance(node, exp.Column):
        name = node.name
        return lambda row: row[name]
    if isinstance(node, exp.Literal):
        constant = node.this if node.is_string else Fraction(node.this)
        return lambda row: constant
    if isinstance(node, exp.Boolean):
        truth = node.this
        return lambda row: truth
    if isinstance(node, exp.Null):
        return lambda row: None
    if isinstance(node, exp.Not):
        inner = _build(node.this)
        return lambda row: None if (v := inner(row)) is None else not v
    if isinstance(node, exp.Neg):
        inner = _build(node.this)
        return lambda row: None if (v := inner(row)) is None else -v
    if isinstance(node, exp.Abs):
        inner = _build(node.this)
        return lambda row: None if (v := inner(row)) is None else abs(v)
    if isinstance(node, exp.Cast):
        assert node.to.this == exp.DataType.Type.INT
        return _build(node.this)
    if isinstance(node, exp.Is):
        inner, wanted = _build(node.this), node.expression
        assert isinstance(wanted, exp.Null)
        return lambda row: inner(row) is None
    if isinstance(node, exp.And | exp.Or):
        left, right, both = _build(node.this), _build(node.expression), isinstance(node, exp.And)
        return lambda row: _logic(left(row), right(row), both)
    if isinstance(node, exp.In):
        inner = _build(node.this)
        choices = [item.this for item in node.expressions]
        return lambda row: None if (v := inner(row)) is None else v in choices
    if isinstance(node, exp.Coalesce):
        parts = [_build(p) for p in [node.this, *node.expressions]]
        return lambda row: next((v for p in parts if (v := p(row)) is not None), None)
    if isinstance(node, exp.Nullif):
        inner, other = _build(node.this), _build(node.expression)
        return lambda row: None if (v := inner(row)) == other(row) else v
    if isinstance(node, exp.Concat):
        parts = [_build(p) for p in node.expressions]
        return lambda row: "".join(str(v) for p in parts if (v := p(row)) is not None)
    if isinstance(node, exp.Case):
        return _case(node)
    if isinstance(node, exp.DateDiff) or node.key == "datediff":
        return _date_diff(node)
    if isinstance(node, exp.Binary):
        return _binary(node)
    raise NotImplementedError(repr(node))


def _logic(left: Any, right: Any, both: bool) -> Any:
    if both:
        if left is False or right is False:
            return False
        return None if left is None or right is None else True
    if left is True or right is True:
        return True
    return None if left is None or right is None else False


def _case(node: exp.Case) -> Function:
    whens = [(_build(w.this), _build(w.args["true"])) for w in node.args["ifs"]]
    default = _build(node.args["default"]) if node.args.get("default") else (lambda row: None)

    def choose(row: Row) -> Any:
        return next((then(row) for when, then in whens if when(row) is True), default(row))

    return choose


def _date_diff(node: exp.Expression) -> Function:
    end, start, unit = _build(node.this), _build(node.expression), str(node.args["unit"]).lower()

    def minutes(moment: Any) -> int:
        if isinstance(moment, time):
            return moment.hour * 60 + moment.minute
        return int(moment.replace(second=0, microsecond=0).timestamp()) // 60

    def difference(row: Row) -> Any:
        last, first = end(row), start(row)
        if last is None or first is None:
            return None
        if "minute" in unit:
            return Fraction(minutes(last) - minutes(first))
        assert "day" in unit
        return Fraction((_day(last) - _day(first)).days)

    return difference


def _day(moment: Any) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    exp.EQ: lambda a, b: a == b,
    exp.NEQ: lambda a, b: a != b,
    exp.LT: lambda a, b: a < b,
    exp.LTE: lambda a, b: a <= b,
    exp.GT: lambda a, b: a > b,
    exp.GTE: lambda a, b: a >= b,
    exp.Add: lambda a, b: a + (timedelta(days=int(b)) if isinstance(a, date) else b),
    exp.Sub: lambda a, b: a - b,
    exp.Mul: lambda a, b: a * b,
    exp.Div: lambda a, b: None if b == 0 else a / b,
}


def _binary(node: exp.Binary) -> Function:
    operate = OPERATORS[type(node)]
    left, right = _build(node.this), _build(node.expression)

    def run(row: Row) -> Any:
        a, b = _exact(left(row)), _exact(right(row))
        return None if a is None or b is None else operate(a, b)

    return run


def _exact(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return value
    return Fraction(value)
