"""A SELECT as sqlglot reads it: every column named with its source, every star expanded."""

from collections.abc import Iterator, Mapping
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify

from candid_assets.lineage.errors import UnfollowedError

Schema = Mapping[tuple[str, str], tuple[str, ...]]
"""Columns of every table that a query may read, by layer and table."""
_ROW_CLAUSES: Final = ("where", "having", "qualify", "group", "limit", "offset")


def qualified_query(sql: str, schema: Schema) -> exp.Query:
    """Return the query with every column named with its source and every star expanded.

    Raises:
        UnfollowedError: sqlglot cannot follow the query.
    """
    nested: dict[str, object] = {}
    for layer in {layer for layer, _ in schema}:
        tables = {table: names for (at, table), names in schema.items() if at == layer}
        nested[layer] = {table: dict.fromkeys(names, "unknown") for table, names in tables.items()}
    try:
        parsed = sqlglot.parse_one(sql, dialect=DuckDB).transform(_with_outer_limit, copy=False)
        qualified = qualify(
            parsed,
            dialect=DuckDB,
            schema=nested,
            quote_identifiers=False,
            validate_qualify_columns=False,
        )
    except (SqlglotError, RecursionError) as error:
        raise UnfollowedError(str(error).splitlines()[0]) from error
    if not isinstance(qualified, exp.Query) or qualified.find(exp.Pivot, exp.Columns):
        raise UnfollowedError("the query pivots its rows or takes columns by a pattern")
    return qualified


def _with_outer_limit(item: exp.Expr) -> exp.Expr:
    """Return a UNION that is ordered and cut short as a SELECT that does this to its rows."""
    clauses = ("order", "limit", "offset")
    if not isinstance(item, exp.SetOperation) or not any(
        item.args.get(clause) for clause in clauses
    ):
        return item
    taken = {clause: item.args.get(clause) for clause in clauses}
    for clause in clauses:
        item.set(clause, None)
    outer = exp.select("*").from_(exp.Subquery(this=item, alias=exp.TableAlias(this="united")))
    for clause, part in taken.items():
        outer.set(clause, part)
    return outer


def row_parts(query: exp.Select) -> Iterator[exp.Expr]:
    """Yield the parts of a SELECT that decide which rows it has."""
    for clause in _ROW_CLAUSES:
        part = query.args.get(clause)
        if part is not None:
            yield part
    group = query.args.get("group")
    if group is not None and group.args.get("all"):
        yield from (item for item in query.expressions if not aggregates(item))
    if query.args.get("limit") is not None:
        yield from _order_parts(query)
    for join in query.args.get("joins") or ():
        if join.args.get("on") is not None:
            yield join.args["on"]
    distinct = query.args.get("distinct")
    if distinct is not None and distinct.args.get("on") is not None:
        yield distinct.args["on"]
        yield from _order_parts(query)


def _order_parts(query: exp.Select) -> Iterator[exp.Expr]:
    """Yield what a SELECT is ordered by; `order by all` names every column it gives."""
    order = query.args.get("order")
    if order is not None:
        yield order
        if any(isinstance(item.this, exp.Var) for item in order.expressions):
            yield from query.expressions


def aggregates(item: exp.Expr) -> bool:
    """Whether an expression makes one value of many rows."""
    if isinstance(item, exp.Query):
        return False
    if isinstance(item, exp.Window):
        inside = [*item.this.iter_expressions(), *item.args.get("partition_by", ())]
        return any(aggregates(part) for part in inside)
    return isinstance(item, exp.AggFunc) or any(aggregates(p) for p in item.iter_expressions())
