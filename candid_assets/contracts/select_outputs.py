"""The output columns of a SELECT, as far as its text determines them."""

from collections.abc import Sequence

from sqlglot import exp


def selected_columns(query: exp.Expr) -> tuple[exp.Expr, ...] | None:
    """Return the columns a query gives, following `SELECT * FROM cte`; None where unknown."""
    seen: set[int] = set()
    current: exp.Expr | None = query
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        if isinstance(current, exp.Subquery):
            current = current.this
        elif isinstance(current, exp.SetOperation):
            current = None if current.args.get("by_name") else current.left
        elif not isinstance(current, exp.Select) or any(current.find_all(exp.Columns)):
            return None
        elif not current.is_star:
            return tuple(current.selects)
        else:
            cte = _only_cte(current)
            if cte is not None and cte.args["alias"].columns:
                return tuple(cte.args["alias"].columns)
            current = None if cte is None else cte.this
    return None


def _only_cte(query: exp.Select) -> exp.CTE | None:
    """Return the CTE of a plain `SELECT * FROM cte`."""
    source = query.args.get("from_")
    table = source.this if source is not None else None
    star = query.selects[0] if len(query.selects) == 1 else None
    if not isinstance(star, exp.Star) or any(star.args.values()):
        return None
    if not isinstance(table, exp.Table) or table.db or table.alias_column_names:
        return None
    if query.args.get("joins") or query.args.get("laterals") or table.args.get("pivots"):
        return None
    named = table.name.casefold()
    ctes = (c for c in query.root().find_all(exp.CTE) if c.alias_or_name.casefold() == named)
    return next(ctes, None)


def output_name(item: exp.Expr) -> str:
    """Return the name of an output column, or an empty text where DuckDB generates one."""
    named = isinstance(item, exp.Alias | exp.Column | exp.Dot | exp.Identifier)
    return item.output_name or item.name if named else ""


def output_names(selected: Sequence[exp.Expr] | None) -> tuple[str, ...] | None:
    """Return the names of all output columns, or None where one of them is not known."""
    names = tuple(map(output_name, selected or ()))
    return None if selected is None or "" in names else names
