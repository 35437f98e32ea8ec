"""The SQL that every engine understands alike: what is outside it is refused by name.

A list of what is known to give the same result, not of what is known to differ: what nobody
compared is not let through.
"""

from collections.abc import Iterator
from typing import Final

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from candid_assets.engines.errors import EngineError

_FORM: Final = (
    *(exp.Alias, exp.Between, exp.Boolean, exp.CTE, exp.Case, exp.Column, exp.DataType),
    *(exp.DataTypeParam, exp.Distinct, exp.Except, exp.Filter, exp.From, exp.Group),
    *(exp.GroupingSets, exp.Cube, exp.Rollup, exp.Having, exp.Identifier, exp.If, exp.In),
    *(exp.Intersect, exp.Interval, exp.Is, exp.Join, exp.Like, exp.Limit, exp.Literal, exp.Not),
    *(exp.Null, exp.Order, exp.Ordered, exp.Paren, exp.Qualify, exp.Select, exp.Star),
    *(exp.Subquery, exp.Table, exp.TableAlias, exp.Tuple, exp.Union, exp.Values, exp.Var),
    *(exp.Where, exp.Window, exp.WindowSpec, exp.With, exp.Exists),
)
_OPERATORS: Final = (
    *(exp.Add, exp.And, exp.EQ, exp.GT, exp.GTE, exp.IntDiv, exp.LT, exp.LTE, exp.Mul, exp.NEQ),
    *(exp.Neg, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Or, exp.Sub, exp.DPipe),
)
_FUNCTIONS: Final = (
    *(exp.Abs, exp.ArgMax, exp.ArgMin, exp.Cast, exp.Coalesce, exp.Concat, exp.Count),
    *(exp.DateDiff, exp.DateTrunc, exp.DenseRank, exp.Explode, exp.Extract, exp.First),
    *(exp.GenerateSeries, exp.Greatest, exp.Grouping, exp.Lag, exp.Last, exp.Lead, exp.Least),
    *(exp.Length, exp.LogicalAnd, exp.LogicalOr, exp.Lower, exp.MD5, exp.Max, exp.Min),
    *(exp.Nullif, exp.Rank, exp.Round, exp.RowNumber, exp.Sign, exp.Sum, exp.TimestampTrunc),
    *(exp.Trim, exp.Upper),
)
_COMMON: Final = frozenset((*_FORM, *_OPERATORS, *_FUNCTIONS))
_TYPES: Final = frozenset(
    exp.DataType.Type[name]
    for name in (
        *("BIGINT", "BOOLEAN", "DATE", "DECIMAL", "INT", "INT128", "SMALLINT", "TEXT"),
        *("TIMESTAMP", "TIMESTAMPNTZ", "TINYINT", "VARCHAR", "INTERVAL"),
    )
)
_PARTS: Final = frozenset(
    {"year", "quarter", "month", "week", "day", "isoyear", "isodow", "hour", "minute"}
)
_UNITS: Final = frozenset({"year", "quarter", "month", "week", "day"})
_INSTEAD: Final[dict[type[exp.Expr], str]] = {
    exp.Div: "exact_ratio(above, below, decimals)",
    exp.Avg: "exact_ratio(sum(x), count(x), decimals)",
    exp.DayOfWeek: "extract('isodow' from day)",
    exp.GroupConcat: "one row a value",
    exp.Median: "a row number over the order, and the row in the middle",
    exp.TryCast: "cast(x as type)",
    exp.TimeToStr: "the parts by extract(), joined by concat()",
}
"""What is written instead of what engines understand differently."""


def require_common(query: exp.Query) -> None:
    """Let a query through that every engine understands alike.

    Raises:
        EngineError: It has a part that some engine does not know, or understands otherwise.
    """
    for part, instead in uncommon(query):
        raise refusal(part, instead)


def refusal(part: exp.Expr, instead: str) -> EngineError:
    """Return the error of a part that engines understand differently, given what to write."""
    written = part.sql(dialect=DuckDB, comments=False)
    text = written if len(written) <= 60 else f"{written[:57]}…"
    fix = f"write {instead} instead" if instead else "write it with what other models use"
    return EngineError(
        f"`{text}` is not the same to every engine",
        f"{fix}, or let the embedded engine build the table",
    )


def uncommon(query: exp.Expr) -> Iterator[tuple[exp.Expr, str]]:
    """Yield the parts of a query that engines do not understand alike, and what to write."""
    for node in query.walk():
        if type(node) not in _COMMON:
            yield node, _INSTEAD.get(type(node), "")
        elif isinstance(node, exp.DataType) and node.this not in _TYPES:
            yield node, "decimal(p, s), bigint, date, timestamp, varchar or boolean"
        elif isinstance(node, exp.Extract) and node.this.name.lower() not in _PARTS:
            yield node, f"extract of {', '.join(sorted(_PARTS))}"
        elif isinstance(node, exp.Interval) and not _is_plain(node):
            yield node, "interval 1 day, of whole days, weeks, months, quarters or years"
        elif isinstance(node, exp.Last | exp.First) and not _has_one_order(node):
            yield node, "last(x order by y), by one column"
        elif isinstance(node, exp.Union) and node.args.get("by_name"):
            yield node, "the columns of both in the same order, and union all"
        elif isinstance(node, exp.Explode) and not _is_at_the_top(node):
            yield node, "select unnest(generate_series(…)) as name, or a cast to date of it"


def _is_plain(interval: exp.Interval) -> bool:
    unit = interval.args.get("unit")
    name = unit.name.lower().removesuffix("s") if unit is not None else ""
    return isinstance(interval.this, exp.Literal) and name in _UNITS


def _has_one_order(call: exp.Expr) -> bool:
    return isinstance(call.this, exp.Order) and len(call.this.expressions) == 1


def _is_at_the_top(generator: exp.Explode) -> bool:
    """Whether a generator is a column of its SELECT, alone or within a cast to days."""
    parent = generator.parent
    if isinstance(parent, exp.Cast) and parent.to.this == exp.DataType.Type.DATE:
        parent = parent.parent
    of_series = isinstance(generator.this, exp.GenerateSeries)
    return of_series and isinstance(parent, exp.Alias | exp.Select)
