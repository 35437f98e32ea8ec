"""Rules on days and intervals: parts, grains that are columns, series of days, steps of time."""

from collections.abc import Callable, Iterator
from typing import Final

from sqlglot import exp

from candid_assets.engines.innermost import innermost

_PARTS: Final = {"isoyear": "YEAROFWEEK", "isodow": "DAYOFWEEK_ISO"}
GRAINS: Final = ("day", "week", "month", "quarter", "year")
"""Periods that a column may name as the first argument of `date_trunc`."""
_IN_SMALLER: Final = {"quarter": (3, "month"), "week": (7, "day")}
"""Units that an interval of standard SQL has not, in those that it has."""


def iso_parts(query: exp.Query) -> exp.Query:
    """`isoyear` and `isodow` have other names."""
    for part in query.find_all(exp.Extract):
        name = part.this.name.lower()
        if name in _PARTS:
            part.set("this", exp.var(_PARTS[name]))
    return query


def grains_of_columns(query: exp.Query) -> exp.Query:
    """`date_trunc` by a column is a CASE with a branch for each grain.

    As Spark reads it, the column's own name is the unit, and the result is NULL without an error.
    """
    for call in innermost(query, exp.TimestampTrunc, exp.DateTrunc):
        unit = call.args["unit"]
        if isinstance(unit, exp.Column):
            call.replace(_by_grain(unit, call.this))
    return query


def _by_grain(unit: exp.Column, moment: exp.Expr) -> exp.Case:
    branches = [
        exp.If(this=exp.Literal.string(grain), true=_truncated(grain, moment)) for grain in GRAINS
    ]
    return exp.Case(this=unit.copy(), ifs=branches)


def _truncated(grain: str, moment: exp.Expr) -> exp.Expr:
    return exp.TimestampTrunc(this=moment.copy(), unit=exp.var(grain.upper()))


def smaller_units(query: exp.Query) -> exp.Query:
    """An interval of quarters is one of months, and one of weeks one of days."""
    for interval in query.find_all(exp.Interval):
        unit = interval.args.get("unit")
        name = unit.name.lower().removesuffix("s") if unit is not None else ""
        if name in _IN_SMALLER:
            times, smaller = _IN_SMALLER[name]
            count = int(interval.this.name) * times
            interval.set("this", exp.Literal.string(str(count)))
            interval.set("unit", exp.var(smaller.upper()))
    return query


def steps_in_columns(query: exp.Query) -> exp.Query:
    """A column of VALUES that holds intervals holds text, cast to INTERVAL where it is used.

    Spark has two families of intervals, months and days, and a column is of one of them.
    """
    names = {name for values in query.find_all(exp.Values) for name in _intervals_of(values)}
    for column in list(query.find_all(exp.Column)):
        added = isinstance(column.parent, exp.Add | exp.Sub | exp.GenerateSeries)
        if column.name in names and added:
            column.replace(exp.cast(column.copy(), "interval"))
    return query


def _intervals_of(values: exp.Values) -> Iterator[str]:
    """Turn columns of intervals into text; yield their names."""
    alias = values.args.get("alias")
    columns = alias.columns if alias is not None else []
    for place, column in enumerate(columns):
        cells = [row.expressions[place] for row in values.expressions]
        if any(isinstance(cell, exp.Interval) for cell in cells):
            yield column.name
            for cell in cells:
                if isinstance(cell, exp.Interval):
                    text = f"{cell.this.name} {cell.args['unit'].name.lower()}"
                    cell.replace(exp.Literal.string(text))


def series_of_days(query: exp.Query) -> exp.Query:
    """A series that is cast to days is one of days, and one that ends before it begins is none.

    Spark wants the generator at the top of its SELECT, and refuses bounds in the wrong order.
    """
    for series in innermost(query, exp.GenerateSeries):
        outer = series.parent.parent if isinstance(series.parent, exp.Explode) else None
        start, end = series.args["start"], series.args["end"]
        if isinstance(outer, exp.Cast) and outer.to.this == exp.DataType.Type.DATE:
            start, end = (exp.cast(bound.copy(), "date") for bound in (start, end))
            outer.replace(outer.this)
        rows = exp.GenerateSeries(start=start, end=end, step=series.args.get("step"))
        ordered = exp.LTE(this=start.copy(), expression=end.copy())
        series.replace(exp.If(this=ordered, true=rows, false=exp.null()))
    return query


DATE_RULES: Final[tuple[Callable[[exp.Query], exp.Query], ...]] = (
    iso_parts,
    smaller_units,
    steps_in_columns,
    grains_of_columns,
    series_of_days,
)
"""The rules on days, in order: series hold grains and steps."""
