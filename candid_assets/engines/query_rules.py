"""Rules on the form of a query: rows that a window decides on, and the last value of an order."""

from collections.abc import Callable
from typing import Final

from sqlglot import exp

from candid_assets.engines.innermost import innermost

_KEPT: Final = "is_kept"


def qualified_rows(query: exp.Query) -> exp.Query:
    """`QUALIFY` is an outer SELECT with a WHERE, whatever names the inner one gives."""
    for select in innermost(query, exp.Select):
        qualify = select.args.get("qualify")
        if qualify is None:
            continue
        inner = select.copy()
        inner.set("qualify", None)
        clause = inner.args.get("with_")
        inner.set("with_", None)
        inner.append("expressions", exp.alias_(qualify.this.copy(), _KEPT))
        star = exp.Star(except_=[exp.to_identifier(_KEPT)])
        outer = exp.select(star, copy=False).from_(inner.subquery("judged", copy=False), copy=False)
        outer = outer.where(exp.column(_KEPT), copy=False)
        outer.set("with_", clause)
        if select is query:
            query = outer
        else:
            select.replace(outer)
    return query


def last_in_order(query: exp.Query) -> exp.Query:
    """`last(x order by y)` is `max_by(x, y)`, and `first(…)` is `min_by(x, y)`."""
    for call in innermost(query, exp.Last, exp.First):
        order = call.this
        if not isinstance(order, exp.Order):
            continue
        by = order.expressions[0]
        is_last = isinstance(call, exp.Last) != bool(by.args.get("desc"))
        extreme = exp.ArgMax if is_last else exp.ArgMin
        call.replace(extreme(this=order.this.copy(), expression=by.this.copy()))
    return query


def extremes_of_one(query: exp.Query) -> exp.Query:
    """`greatest(x)` and `least(x)` of one argument are the argument."""
    for call in innermost(query, exp.Greatest, exp.Least):
        if not call.expressions:
            call.replace(call.this)
    return query


QUERY_RULES: Final[tuple[Callable[[exp.Query], exp.Query], ...]] = (
    qualified_rows,
    last_in_order,
    extremes_of_one,
)
"""The rules on the form of a query."""
