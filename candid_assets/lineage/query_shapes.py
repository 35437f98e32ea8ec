"""What the parts of a query are like: whether they group, what they read."""

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from candid_assets.lineage.qualified_query import aggregates

Table = tuple[str, str]


def tables_of(item: exp.Expr, known: tuple[exp.CTE, ...]) -> Iterator[Table]:
    """Yield the tables under a node, those of the CTEs that it names included."""
    for table in item.find_all(exp.Table):
        if table.db and table.db != "temp":
            yield table.db.casefold(), table.name.casefold()
        for number, cte in enumerate(known):
            if not table.db and cte.alias_or_name == table.name:
                yield from tables_of(cte.this, known[:number])


def names_itself(cte: exp.CTE) -> bool:
    """Whether a CTE is recursive."""
    return any(not t.db and t.name == cte.alias_or_name for t in cte.find_all(exp.Table))


def is_distinct(query: exp.Query) -> bool:
    """Whether a query leaves out repeated rows."""
    distinct = query.args.get("distinct")
    if isinstance(query, exp.SetOperation):
        return bool(distinct)
    return distinct is not None and distinct.args.get("on") is None


def groups(query: exp.Select) -> bool:
    """Whether a SELECT makes one row of many: it has groups or aggregates."""
    if query.args.get("group") is not None:
        return True
    parts = [*query.expressions, query.args.get("having")]
    return any(aggregates(part) for part in parts if part is not None)


def windows(query: exp.Select) -> Iterator[exp.Window]:
    """Yield the window functions of a SELECT, not those of its subqueries."""
    for item in [*query.expressions, query.args.get("qualify")]:
        for window in item.find_all(exp.Window) if item is not None else ():
            if window.find_ancestor(exp.Select) is query:
                yield window


def giving_values(query: exp.Select) -> frozenset[str] | None:
    """Return the sources whose columns a SELECT gives; None where its rows themselves count."""
    if any(
        isinstance(star.parent, exp.Count) for e in query.selects for star in e.find_all(exp.Star)
    ):
        return None
    return frozenset(c.table for e in query.selects for c in e.find_all(exp.Column)) or None


def parsed(sql: str) -> exp.Select:
    """Return a SELECT as sqlglot reads it."""
    query: exp.Expr = exp.maybe_parse(sql, dialect=DuckDB)
    if not isinstance(query, exp.Select):
        raise TypeError(sql)
    return query
