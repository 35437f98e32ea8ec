"""Rewrites a model so that each output row lists the input rows it was made of.

Each row of an input carries its own number; a filter passes it on, a join puts the numbers of both
sides together, a group collects those of its members. A number is `source << 40 | rowid`. A part
that collects (group, distinct, union without `all`) is kept as a temporary table under a source
number of its own and passes on one number for each of its rows, so that no row ever carries more
numbers than it has joined tables; the lists are opened afterwards, only for the rows asked about.

Some inputs cannot be traced row by row and are listed as a whole: tables in subqueries of a filter,
the right side of semi and anti joins, and the other rows that a window function reads.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from candid_assets.lineage.errors import UnfollowedError
from candid_assets.lineage.qualified_query import Schema, qualified_query
from candid_assets.lineage.query_shapes import (
    giving_values,
    groups,
    is_distinct,
    names_itself,
    parsed,
    tables_of,
    windows,
)
from candid_assets.sql import quoted

SHIFT: Final = 1 << 40
WHY: Final = "_why"
Table = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the query that combines many rows into one, kept as a temporary table."""

    number: int
    name: str
    statement: str


@dataclass(frozen=True, slots=True)
class CarriedQuery:
    """A model whose rows list the input rows they were made of."""

    select: str
    """The model's columns and `_why`, a list of numbers."""
    inputs: Mapping[int, Table]
    """Tables by their source number."""
    parts: tuple[Part, ...]
    """Temporary tables to make first, in their order; each has `_id` and `_why`."""
    loose: tuple[tuple[Table, str], ...]
    """Tables that can only be named as a whole, each with the reason."""


def carried_query(
    sql: str, schema: Schema, prefix: str, *, only_values: bool = False
) -> CarriedQuery:
    """Return the query rewritten to carry the rows behind each of its rows.

    Args:
        sql: One SELECT.
        schema: Columns of the tables it reads.
        prefix: What the names of its temporary tables begin with.
        only_values: Carry the rows that a value came from, and not those that only decided that
            another row counts, as the days from which to which rows are taken.

    Raises:
        UnfollowedError: Its rows cannot be followed at all.
    """
    query = qualified_query(sql, schema)
    rewriting = _Rewriting(prefix, only_values)
    carried = rewriting.carried(query, ())
    if rewriting.collects(query):
        carried = rewriting.kept(carried, ())
    return CarriedQuery(
        carried.sql(dialect=DuckDB),
        {number: table for table, number in rewriting.inputs.items()},
        tuple(rewriting.parts),
        tuple(dict.fromkeys(rewriting.loose)),
    )


@dataclass(slots=True)
class _Rewriting:
    prefix: str
    only_values: bool
    inputs: dict[Table, int] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    loose: list[tuple[Table, str]] = field(default_factory=list)
    numbers: int = 0

    def carried(self, query: exp.Expr, known: tuple[exp.CTE, ...]) -> exp.Query:
        """Return a query with `_why` as its last column; `known` are the CTEs it may name."""
        query = query.unnest() if isinstance(query, exp.Subquery) else query
        if not isinstance(query, exp.Query):
            raise UnfollowedError(f"{query.key} is no query")
        ctes = self._ctes(query, known)
        query.set("with_", exp.With(expressions=list(ctes)) if ctes else None)
        if isinstance(query, exp.SetOperation):
            return self._set_operation(query, (*known, *ctes))
        if isinstance(query, exp.Select):
            return self._select(query, (*known, *ctes))
        raise UnfollowedError(f"{query.key} is no SELECT")

    def _ctes(self, query: exp.Query, known: tuple[exp.CTE, ...]) -> tuple[exp.CTE, ...]:
        with_ = query.args.get("with_")
        if with_ is None:
            return ()
        if with_.args.get("recursive") and any(names_itself(c) for c in with_.expressions):
            raise UnfollowedError("a part of the query is recursive")
        carried: list[exp.CTE] = []
        for cte in with_.expressions:
            before = (*known, *carried)
            inner = self.carried(cte.this, before)
            if self.collects(cte.this):
                inner = self.kept(inner, before)
            alias = cte.args["alias"]
            if alias.columns:
                alias.append("columns", exp.to_identifier(WHY))
            carried.append(exp.CTE(this=inner, alias=alias))
        return tuple(carried)

    def collects(self, query: exp.Expr) -> bool:
        """Whether one row of a query is made of many."""
        query = query.unnest() if isinstance(query, exp.Subquery) else query
        if isinstance(query, exp.SetOperation):
            return is_distinct(query)
        return isinstance(query, exp.Select) and (groups(query) or is_distinct(query))

    def kept(self, query: exp.Query, known: tuple[exp.CTE, ...]) -> exp.Select:
        """Keep a carried query as a temporary table; return a SELECT with one number a row."""
        self.numbers += 1
        number, name = self.numbers, f"{self.prefix}_{self.numbers}"
        with_ = f"with {', '.join(c.sql(dialect=DuckDB) for c in known)} " if known else ""
        statement = (
            f"create temp table if not exists {name} as {with_}"
            f"select row_number() over () as _id, * from ({query.sql(dialect=DuckDB)})"
        )
        self.parts.append(Part(number, name, statement))
        return parsed(
            f"select * exclude (_id, {WHY}), [{number * SHIFT} + _id] as {WHY} from temp.{name}"
        )

    def _set_operation(self, query: exp.SetOperation, known: tuple[exp.CTE, ...]) -> exp.Query:
        by_name = bool(query.args.get("by_name"))
        if isinstance(query, exp.Except | exp.Intersect):
            self._loosen(query.expression, f"by {query.key}", known)
            raise UnfollowedError(f"the rows of {query.key} are not followed")
        sides = [cast("exp.Query", side.unnest()) for side in (query.left, query.right)]
        names = list(dict.fromkeys(name for side in sides for name in side.named_selects))
        names = names if by_name else sides[0].named_selects
        left, right = self.carried(query.left, known), self.carried(query.right, known)
        union = exp.Union(this=left, expression=right, distinct=False, by_name=by_name)
        ctes = query.args.get("with_")
        if not by_name and not is_distinct(query):
            union.set("with_", ctes)
            return union
        columns = ", ".join(quoted(name) for name in names)
        # A union by name puts what only its second side has behind `_why`.
        outer = (
            f"select {columns}, flatten(list({WHY})) as {WHY} from _both group by {columns}"
            if is_distinct(query)
            else f"select {columns}, {WHY} from _both"
        )
        united = parsed(outer)
        both = exp.CTE(this=union, alias=exp.TableAlias(this=exp.to_identifier("_both")))
        earlier = list(ctes.expressions) if ctes is not None else []
        united.set("with_", exp.With(expressions=[*earlier, both]))
        return united

    def _select(self, query: exp.Select, known: tuple[exp.CTE, ...]) -> exp.Select:
        if query.args.get("laterals"):
            raise UnfollowedError("a table function looks at the rows beside it")
        self._subqueries(query, known)
        giving = giving_values(query) if self.only_values else None
        carriers = [a for a in self._sources(query, known) if giving is None or a in giving]
        if any(True for _ in windows(query)):
            for table in tables_of(query, known):
                self.loose.append((table, "a window function looks at other rows"))
        lists = ", ".join(f"coalesce({quoted(alias)}.{WHY}, [])" for alias in carriers)
        why = f"list_concat({lists})" if len(carriers) > 1 else lists or "[]::bigint[]"
        if groups(query):
            why = f"flatten(list({why}))"
        distinct = query.args.get("distinct")
        if distinct is not None and distinct.args.get("on") is None:
            return self._distinct(query, why)
        query.append("expressions", parsed(f"select {why} as {WHY}").selects[0])
        return query

    def _distinct(self, query: exp.Select, why: str) -> exp.Select:
        """Return SELECT DISTINCT as a group of all its columns."""
        if query.args.get("limit"):
            raise UnfollowedError("a SELECT DISTINCT is cut short by a limit")
        columns = ", ".join(quoted(name) for name in query.named_selects)
        ctes = query.args.get("with_")
        query.set("with_", None)
        query.set("distinct", None)
        query.set("order", None)
        query.append("expressions", parsed(f"select {why} as {WHY}").selects[0])
        collected = parsed(
            f"select {columns}, flatten(list({WHY})) as {WHY}"
            f" from ({query.sql(dialect=DuckDB)}) group by {columns}"
        )
        collected.set("with_", ctes)
        return collected

    def _sources(self, query: exp.Select, known: tuple[exp.CTE, ...]) -> Iterator[str]:
        """Rewrite what a SELECT reads; yield the aliases that carry numbers."""
        from_ = query.args.get("from_")
        items = [from_.this] if from_ is not None else []
        for join in query.args.get("joins") or ():
            if str(join.args.get("kind") or "").upper() in {"SEMI", "ANTI"}:
                self._loosen(join.this, f"by a {join.args['kind'].lower()} join", known)
            else:
                items.append(join.this)
        for item in items:
            if item.args.get("joins"):
                raise UnfollowedError("joins are in brackets")
            yield from self._source(item, known)

    def _source(self, item: exp.Expr, known: tuple[exp.CTE, ...]) -> Iterator[str]:
        if isinstance(item, exp.Table) and isinstance(item.this, exp.Identifier):
            if item.db:
                self._number(item)
            elif not any(c.alias_or_name == item.name for c in known):
                raise UnfollowedError(f"{item.name} is unknown")
            yield item.alias_or_name
        elif isinstance(item, exp.Subquery):
            inner = self.carried(item.this, known)
            if self.collects(item.this):
                inner = self.kept(inner, known)
            item.set("this", inner)
            alias = item.args.get("alias")
            if alias is not None and alias.columns:
                alias.append("columns", exp.to_identifier(WHY))
            yield item.alias_or_name

    def _number(self, table: exp.Table) -> None:
        """Put a SELECT that numbers a table's rows in the table's place."""
        key = (table.db.casefold(), table.name.casefold())
        if key not in self.inputs:
            self.numbers += 1
            self.inputs[key] = self.numbers
        bare = table.copy()
        bare.set("alias", None)
        name = bare.sql(dialect=DuckDB)
        numbered = parsed(f"select *, [{self.inputs[key] * SHIFT} + rowid] as {WHY} from {name}")
        table.replace(exp.Subquery(this=numbered, alias=table.args.get("alias")))

    def _subqueries(self, query: exp.Select, known: tuple[exp.CTE, ...]) -> None:
        """Say of tables in subqueries of expressions that they are reached as a whole."""
        places = ("expressions", "where", "having", "qualify", "group", "order")
        for place in places:
            part = query.args.get(place)
            for item in part if isinstance(part, list) else [part] if part is not None else []:
                for inner in item.find_all(exp.Query):
                    self._loosen(inner, "by a subquery", known)
        for join in query.args.get("joins") or ():
            if join.args.get("on") is not None:
                for inner in join.args["on"].find_all(exp.Query):
                    self._loosen(inner, "by a subquery", known)

    def _loosen(self, item: exp.Expr, how: str, known: tuple[exp.CTE, ...]) -> None:
        for table in tables_of(item, known):
            self.loose.append((table, f"it is read {how}"))
