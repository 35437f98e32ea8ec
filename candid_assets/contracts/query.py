"""Reads a model's SQL: which tables it takes, what columns it gives, and what it may not do."""

import re
from dataclasses import dataclass
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError

READABLE: Final = ("clean", "ready")
_SERIES: Final = frozenset({"range", "generate_series", "unnest"})
"""Table functions that read no file and no other database."""
_UNREPEATABLE: Final = frozenset(
    {"now", "random", "uuid", "gen_random_uuid", "today", "current_date", "current_timestamp"}
    | {"current_time", "localtimestamp", "localtime", "rand", "get_current_timestamp", "nextval"}
    | {"current_localtimestamp", "current_localtime", "transaction_timestamp", "uuidv7", "uuidv4"}
)


@dataclass(frozen=True, slots=True)
class QueryProblem:
    """One thing a model's SQL may not do, with its line."""

    line: int
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class Input:
    """One table that a model reads, with the line of its first mention."""

    layer: str
    table: str
    line: int


@dataclass(frozen=True, slots=True)
class Query:
    """What a model's SQL says."""

    inputs: tuple[Input, ...] = ()
    outputs: tuple[str, ...] | None = None
    """Names of the columns it gives, or None where only the database can tell."""
    problems: tuple[QueryProblem, ...] = ()


def read_query(sql: str) -> Query:
    """Return what one SELECT reads and gives, and what it may not do."""
    try:
        parsed = sqlglot.parse(sql, dialect="duckdb")
    except SqlglotError as error:
        return Query(problems=(_syntax(error, sql),))
    statements = [item for item in parsed if item and not isinstance(item, exp.Semicolon)]
    if not statements:
        return Query(problems=(QueryProblem(1, "the file holds no query", "write one SELECT"),))
    query = statements[0]
    problems = []
    if len(statements) > 1:
        line = _line(statements[1]) or len(sql.splitlines())
        message = "a second statement follows the SELECT"
        problems.append(QueryProblem(line, message, "keep one SELECT to a file"))
    if not isinstance(query, exp.Query):
        message = f"the file holds {query.key.upper()}, not a SELECT"
        return Query(problems=(QueryProblem(_line(query) or 1, message, "write one SELECT"),))
    found, wrong = _tables(query, sql)
    problems += wrong + _unrepeatable(query, sql)
    inputs = {(item.layer, item.table): item for item in reversed(found)}
    ordered = tuple(inputs[key] for key in sorted(inputs))
    return Query(ordered, _outputs(query), tuple(problems))


def _syntax(error: SqlglotError, sql: str) -> QueryProblem:
    """Return the problem of SQL that cannot be parsed."""
    first = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
    line = int(first.get("line") or len(sql.splitlines()) or 1)
    text = str(first.get("description") or str(error).splitlines()[0])
    near = first.get("highlight")
    message = f"not valid DuckDB SQL: {text}" + (f" near {near!r}" if near else "")
    return QueryProblem(line, message, "correct the query")


def _tables(query: exp.Query, sql: str) -> tuple[list[Input], list[QueryProblem]]:
    """Return the tables of the query that are none of its own CTEs."""
    own = {cte.alias_or_name.casefold() for cte in query.find_all(exp.CTE)}
    inputs: list[Input] = []
    problems: list[QueryProblem] = []
    for table in query.find_all(exp.Table):
        line = _line(table) or 1
        if not isinstance(table.this, exp.Identifier):
            problems += _function(table.this, line, sql)
        elif table.db in READABLE and not table.catalog:
            inputs.append(Input(table.db, table.name, line))
        elif table.db or table.name.casefold() not in own:
            named = ".".join(part for part in (table.catalog, table.db, table.name) if part)
            message = f"the query reads {named!r}, which is in neither clean nor ready"
            fix = "read clean.<workbook>__<tab> or ready.<table>"
            problems.append(QueryProblem(line, message, fix))
    return inputs, problems


def _function(call: exp.Expr, line: int, sql: str) -> list[QueryProblem]:
    """Return the problem of a table function that reads something outside the warehouse."""
    name = _name(call)
    if name.casefold() in _SERIES:
        return []
    written = name.casefold() if isinstance(call, exp.Anonymous) else _spelled(name, line, sql)
    message = f"the query calls the table function {written!r}"
    return [QueryProblem(line, message, "read clean.<workbook>__<tab> or ready.<table>")]


def _name(call: exp.Expr) -> str:
    """Return a function's name; the parser renames those that it knows."""
    return call.sql_name() if isinstance(call, exp.Func) and call.sql_names() else call.name


def _spelled(name: str, line: int, sql: str) -> str:
    """Return a function's name as it is written in the line, where it is found there."""
    text = sql.splitlines()[line - 1] if line <= len(sql.splitlines()) else ""
    words = re.findall(r"(\w+)\s*\(", text)
    plain = name.replace("_", "").casefold()
    return next((w for w in words if w.replace("_", "").casefold() == plain), name.casefold())


def _unrepeatable(query: exp.Query, sql: str) -> list[QueryProblem]:
    """Return the problems of functions that answer differently each time."""
    problems = []
    for call in query.find_all(exp.Func):
        name = _name(call).casefold()
        if name in _UNREPEATABLE:
            line = _line(call) or _search(name, sql)
            message = f"{name} answers differently each time, so that a re-run is not identical"
            problems.append(QueryProblem(line, message, "take the moment from a column instead"))
    return problems


def _search(name: str, sql: str) -> int:
    """Return the first line in which a word stands."""
    lines = sql.casefold().splitlines()
    return next((number for number, text in enumerate(lines, start=1) if name in text), 1)


def _line(node: exp.Expr) -> int | None:
    """Return the line of the first token under a node that remembers one."""
    lines = [int(part.meta["line"]) for part in node.walk() if "line" in part.meta]
    return min(lines, default=None)


def _outputs(query: exp.Expr) -> tuple[str, ...] | None:
    """Return the names of the columns a query gives, following `SELECT * FROM cte`."""
    query = query.unnest() if isinstance(query, exp.Subquery) else query
    if isinstance(query, exp.SetOperation):
        return None if query.args.get("by_name") else _outputs(query.left)
    if not isinstance(query, exp.Select) or any(query.find_all(exp.Columns)):
        return None
    if query.is_star:
        inner = _only_cte(query)
        return None if inner is None else _outputs(inner)
    return tuple(
        item.output_name if not isinstance(item, exp.Literal) else "" for item in query.selects
    )


def _only_cte(query: exp.Select) -> exp.Expr | None:
    """Return the query of the CTE of a plain `SELECT * FROM cte`."""
    source = query.args.get("from_")
    table = source.this if source is not None else None
    star = query.selects[0] if len(query.selects) == 1 else None
    plain = (
        isinstance(star, exp.Star) and not any(star.args.values()) and not query.args.get("joins")
    )
    if not (plain and isinstance(table, exp.Table) and not table.db):
        return None
    top = query.root()
    for cte in top.find_all(exp.CTE):
        if cte.alias_or_name.casefold() == table.name.casefold():
            return cte.this if cte.this is not query else None
    return None
