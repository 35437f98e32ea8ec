"""Follows the columns of one SELECT to the columns of the tables it reads, with sqlglot.

`qualify` names the source of every column and expands stars; what is left is to walk the scopes.
Values and rows are kept apart: `values` are the columns an output is computed from, `rows` those
that decide by joins, filters and groups which rows there are. A change of any other column leaves
the output as it is; a test holds that against DuckDB itself.
"""

from collections.abc import Iterable
from typing import cast

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.optimizer.scope import Scope, build_scope

from candid_assets.lineage.errors import UnfollowedError
from candid_assets.lineage.lineage_types import (
    ColumnRef,
    ColumnSources,
    Made,
    TableLineage,
    merged,
)
from candid_assets.lineage.qualified_query import Schema, qualified_query, row_parts


def query_lineage(sql: str, columns: tuple[str, ...], schema: Schema) -> TableLineage:
    """Return where the columns of a SELECT come from.

    Args:
        sql: One SELECT.
        columns: The columns it gives, in their order.
        schema: Columns of the tables it reads, and of no others.
    """
    try:
        root = build_scope(qualified_query(sql, schema))
        if root is None:
            raise UnfollowedError("the query has no scope")
        walk = _Walk(schema, root)
        outputs = walk.outputs(root)
        if len(outputs) != len(columns):
            raise UnfollowedError(f"{len(outputs)} columns instead of {len(columns)}")
    except UnfollowedError:
        return _of_tables(columns, schema)
    sources = dict(zip(columns, outputs.values(), strict=True))
    return TableLineage(sources, walk.rows(root))


def _of_tables(columns: tuple[str, ...], schema: Schema) -> TableLineage:
    """Return that every column may come from every column: never too little."""
    every = frozenset(
        ColumnRef(layer, table, column)
        for (layer, table), names in schema.items()
        for column in names
    )
    return TableLineage(dict.fromkeys(columns, ColumnSources(values=every)), every, exact=False)


class _Walk:
    """One walk over the scopes of a query; each scope is answered once."""

    def __init__(self, schema: Schema, root: Scope) -> None:
        self.schema = schema
        # A recursive part refers to itself by a scope of its own, which knows no sources.
        self._known = {id(scope.expression): scope for scope in root.traverse()}
        self._outputs: dict[int, dict[str, ColumnSources]] = {}
        self._rows: dict[int, frozenset[ColumnRef]] = {}

    def outputs(self, scope: Scope) -> dict[str, ColumnSources]:
        """Return the sources of a scope's columns, in their order."""
        scope = self._known.get(id(scope.expression), scope)
        if id(scope) not in self._outputs:
            # A recursive part meets itself: its first answer is that of the part it starts from.
            self._outputs[id(scope)] = {}
            if scope.set_operation_scopes:
                self._outputs[id(scope)] = self.outputs(scope.set_operation_scopes[0])
            self._outputs[id(scope)] = self._resolved(scope)
        return self._outputs[id(scope)]

    def _resolved(self, scope: Scope) -> dict[str, ColumnSources]:
        query = scope.expression
        if isinstance(query, exp.SetOperation):
            return self._both(scope, query)
        if isinstance(query, exp.Select):
            return {
                item.alias_or_name: self._sources(
                    item.this if isinstance(item, exp.Alias) else item, scope
                )
                for item in query.selects
            }
        if isinstance(query, exp.Subquery) and scope.table_scopes:
            return self.outputs(scope.table_scopes[0])
        raise UnfollowedError(f"{query.key} gives columns that its text does not name")

    def _both(self, scope: Scope, query: exp.SetOperation) -> dict[str, ColumnSources]:
        left, right = (self.outputs(part) for part in scope.set_operation_scopes)
        if query.args.get("by_name"):
            names = list(dict.fromkeys([*left, *right]))
            return {n: merged(part[n] for part in (left, right) if n in part) for n in names}
        if len(left) != len(right):
            raise UnfollowedError("the two sides of a union differ in width")
        pairs = zip(left.items(), right.values(), strict=True)
        return {name: first | second for (name, first), second in pairs}

    def rows(self, scope: Scope) -> frozenset[ColumnRef]:
        """Return the columns that decide which rows a scope has."""
        scope = self._known.get(id(scope.expression), scope)
        if id(scope) not in self._rows:
            self._rows[id(scope)] = frozenset()
            parts = [*scope.set_operation_scopes, *self._inner(scope)]
            refs = frozenset[ColumnRef]().union(*(self.rows(part) for part in parts))
            self._rows[id(scope)] = refs | self._own_rows(scope)
        return self._rows[id(scope)]

    def _inner(self, scope: Scope) -> list[Scope]:
        used = {alias for alias, _ in scope.references}
        return [s for alias, s in scope.sources.items() if isinstance(s, Scope) and alias in used]

    def _own_rows(self, scope: Scope) -> frozenset[ColumnRef]:
        query = scope.expression
        if isinstance(query, exp.SetOperation):
            plain_union = isinstance(query, exp.Union) and not query.args.get("distinct")
            if plain_union:
                return frozenset()
            return merged(self.outputs(scope).values()).values
        if not isinstance(query, exp.Select):
            return frozenset()
        sources = merged(self._sources(part, scope) for part in row_parts(query))
        refs = sources.values | sources.order
        if query.args.get("distinct"):
            refs |= merged(self.outputs(scope).values()).values
        return refs

    def _sources(self, item: exp.Expr, scope: Scope) -> ColumnSources:
        """Return where the value of an expression comes from."""
        sources = self._within(item, scope)
        if sources.values or sources.made or isinstance(item, exp.Null):
            return sources
        return sources | ColumnSources(made=frozenset({_made(item)}))

    def _within(self, item: exp.Expr, scope: Scope) -> ColumnSources:
        if isinstance(item, exp.Column):
            return self._column(item, scope)
        if isinstance(item, exp.Query):
            return self._subquery(item, scope)
        if isinstance(item, exp.Window):
            parts = [*item.args.get("partition_by", ()), item.args.get("order")]
            window = merged(self._within(part, scope) for part in parts if part is not None)
            return self._within(item.this, scope) | ColumnSources(
                order=window.values | window.order
            )
        return merged(self._within(part, scope) for part in item.iter_expressions())

    def _subquery(self, query: exp.Query, scope: Scope) -> ColumnSources:
        """Return the sources of a subquery inside an expression: values and rows alike."""
        bare = query.unnest()
        inner = next((s for s in scope.subquery_scopes if s.expression is bare), None)
        if inner is None:
            raise UnfollowedError("a subquery has no scope")
        sources = merged(self.outputs(inner).values())
        return ColumnSources(sources.values | self.rows(inner), sources.order)

    def _column(self, column: exp.Column, scope: Scope) -> ColumnSources:
        name, alias = column.name.casefold(), column.table
        if not alias:
            return self._unnamed(column, scope)
        holder: Scope | None = scope
        while holder is not None:
            if alias in holder.sources:
                return self._from(holder.sources[alias], name)
            holder = holder.parent
        # A parameter of a lambda with fields looks like a column of a table.
        if column.find_ancestor(exp.Lambda):
            return ColumnSources()
        raise UnfollowedError(f"{alias}.{name} is unknown")

    def _unnamed(self, column: exp.Column, scope: Scope) -> ColumnSources:
        """Return the sources of a column without a table: a lambda's parameter, or an alias."""
        lambdas = _ancestors(column, exp.Lambda)
        if any(column.name in {p.name for p in item.expressions} for item in lambdas):
            return ColumnSources()
        query = scope.expression
        for item in query.selects if isinstance(query, exp.Select) else ():
            if isinstance(item, exp.Alias) and item.alias == column.name:
                if column.find_ancestor(exp.Alias) is item:
                    break
                return self._sources(item.this, scope)
        generated = [s for s in scope.sources.values() if not _gives_columns(s)]
        if generated:
            return merged(self._from(source, column.name) for source in generated)
        raise UnfollowedError(f"{column.name} is unknown")

    def _from(self, source: object, name: str) -> ColumnSources:
        """Return the sources of one column of a table or scope."""
        if isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier):
            layer, table = source.db.casefold(), source.name.casefold()
            if (layer, table) not in self.schema:
                raise UnfollowedError(f"{layer}.{table} is unknown")
            return ColumnSources(values=frozenset({ColumnRef(layer, table, name)}))
        if isinstance(source, Scope) and _gives_columns(source):
            outputs = self.outputs(source)
            if name in outputs:
                return outputs[name]
            folded = {key.casefold(): value for key, value in outputs.items()}
            if name in folded:
                return folded[name]
            raise UnfollowedError(f"the column {name} is unknown")
        return self._generated(source)

    def _generated(self, source: object) -> ColumnSources:
        """Return the sources of rows that a table function or VALUES makes."""
        scope = source if isinstance(source, Scope) else None
        item = scope.expression if scope else cast("exp.Expr", source)
        if scope is None or isinstance(item, exp.Values):
            return ColumnSources(made=frozenset({_made(item)}))
        inner = item.this if isinstance(item, exp.Lateral) else item
        sources = merged(self._within(part, scope) for part in inner.iter_expressions())
        return (
            sources if sources.values else sources | ColumnSources(made=frozenset({_made(inner)}))
        )


def _gives_columns(source: object) -> bool:
    """Return whether a source names its columns, as tables and queries do, not table functions."""
    if isinstance(source, exp.Table):
        return isinstance(source.this, exp.Identifier)
    return isinstance(source, Scope) and isinstance(source.expression, exp.Query)


def _ancestors(item: exp.Expr, kind: type[exp.Expr]) -> Iterable[exp.Expr]:
    ancestor = item.find_ancestor(kind)
    while ancestor is not None:
        yield ancestor
        ancestor = ancestor.find_ancestor(kind)


def _made(item: exp.Expr) -> Made:
    """Return what an expression without columns makes: a constant, or something row by row."""
    if isinstance(item, exp.Values):
        return Made("generated", f"VALUES of {len(item.expressions)} rows")
    calls = [f for f in item.find_all(exp.Func) if not isinstance(f, exp.Cast | exp.Neg)]
    rowwise = calls or item.find(exp.Star, exp.Window)
    sql = item.sql(dialect=DuckDB, copy=False)
    short = sql if len(sql) <= 80 else sql[:77] + "…"
    return Made("generated" if rowwise else "constant", short)
