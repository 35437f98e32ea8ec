"""Reads a model's SQL: which tables it takes, what columns it gives, and what it may not do."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import ParseError, SqlglotError

from candid_assets.contracts.deterministic_sql import name_of, unrepeatable
from candid_assets.contracts.duckdb_syntax import query_fault
from candid_assets.contracts.select_outputs import output_name, output_names, selected_columns

READABLE: Final = ("clean", "ready")
_SERIES: Final = frozenset({"range", "generate_series", "unnest"})
"""Table functions that read no file and no other database."""


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
    fault = query_fault(sql)
    if fault:
        problem = QueryProblem(fault[0], f"not valid DuckDB SQL: {fault[1]}", "correct the query")
        return Query(problems=(problem,))
    try:
        parsed = sqlglot.parse(sql, dialect=DuckDB)
    except SqlglotError as error:
        return Query(problems=(_unread(error, sql),))
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
    parts = _parts(query)
    found, wrong = _tables(parts, sql)
    selected = selected_columns(query)
    problems += wrong + _unrepeatable(parts, sql) + _unnamed(selected or ())
    inputs = {(item.layer, item.table): item for item in reversed(found)}
    ordered = tuple(inputs[key] for key in sorted(inputs))
    return Query(ordered, output_names(selected), tuple(problems))


@dataclass(slots=True)
class _Parts:
    """The nodes of a query that tell what it reads, found in one walk."""

    tables: list[exp.Table] = field(default_factory=list)
    calls: list[exp.Func] = field(default_factory=list)
    samples: list[exp.TableSample] = field(default_factory=list)
    own: set[str] = field(default_factory=set)
    """Names of its CTEs."""


def _parts(query: exp.Query) -> _Parts:
    parts = _Parts()
    for node in query.walk():
        if isinstance(node, exp.Table):
            parts.tables.append(node)
        elif isinstance(node, exp.Func):
            parts.calls.append(node)
        elif isinstance(node, exp.TableSample):
            parts.samples.append(node)
        elif isinstance(node, exp.CTE):
            parts.own.add(node.alias_or_name.casefold())
    return parts


def _unread(error: SqlglotError, sql: str) -> QueryProblem:
    """Return the problem of SQL that DuckDB takes but whose inputs cannot be told."""
    first = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
    line = int(first.get("line") or len(sql.splitlines()) or 1)
    text = str(first.get("description") or str(error).splitlines()[0])
    message = f"the tables that the query reads cannot be told: {text}"
    return QueryProblem(line, message, "write this part in plainer SQL")


def _tables(parts: _Parts, sql: str) -> tuple[list[Input], list[QueryProblem]]:
    """Return the tables of the query that are none of its own CTEs."""
    inputs: list[Input] = []
    problems: list[QueryProblem] = []
    for table in parts.tables:
        line = _line(table) or 1
        if not isinstance(table.this, exp.Identifier):
            problems += _function(table.this, line, sql)
        elif table.db.casefold() in READABLE and not table.catalog:
            inputs.append(Input(table.db.casefold(), table.name.casefold(), line))
        elif table.db or table.name.casefold() not in parts.own:
            named = ".".join(part for part in (table.catalog, table.db, table.name) if part)
            message = f"the query reads {named!r}, which is in neither clean nor ready"
            fix = "read clean.<workbook>__<tab> or ready.<table>"
            problems.append(QueryProblem(line, message, fix))
    return inputs, problems


def _function(call: exp.Expr, line: int, sql: str) -> list[QueryProblem]:
    """Return the problem of a table function that reads something outside the warehouse."""
    name = name_of(call)
    if name.casefold() in _SERIES:
        return []
    written = name.casefold() if isinstance(call, exp.Anonymous) else _spelled(name, line, sql)
    message = f"the query calls the table function {written!r}"
    return [QueryProblem(line, message, "read clean.<workbook>__<tab> or ready.<table>")]


def _spelled(name: str, line: int, sql: str) -> str:
    """Return a function's name as it is written in the line, where it is found there."""
    text = sql.splitlines()[line - 1] if line <= len(sql.splitlines()) else ""
    words = re.findall(r"(\w+)\s*\(", text)
    plain = name.replace("_", "").casefold()
    return next((w for w in words if w.replace("_", "").casefold() == plain), name.casefold())


def _unrepeatable(parts: _Parts, sql: str) -> list[QueryProblem]:
    """Return the problems of what answers differently each time."""
    problems = []
    for call in parts.calls:
        name = unrepeatable(call)
        if name:
            line = _line(call) or _search(name, sql)
            message = f"{name} answers differently each time, so that a re-run is not identical"
            fix = "take what it tells (the moment, a number) from a column instead"
            problems.append(QueryProblem(line, message, fix))
    for sample in parts.samples:
        line = _line(sample) or _search("sample", sql)
        message = "a sample answers differently each time, so that a re-run is not identical"
        problems.append(QueryProblem(line, message, "choose the rows by a column instead"))
    return problems


def _search(name: str, sql: str) -> int:
    """Return the first line in which a word stands."""
    lines = sql.casefold().splitlines()
    return next((number for number, text in enumerate(lines, start=1) if name in text), 1)


def _line(node: exp.Expr) -> int | None:
    """Return the line of the first token under a node that remembers one."""
    lines = [int(part.meta["line"]) for part in node.walk() if "line" in part.meta]
    return min(lines, default=None)


def _unnamed(selected: Sequence[exp.Expr]) -> list[QueryProblem]:
    """Return the problems of output columns that have no name of their own."""
    return [
        QueryProblem(
            _line(item) or 1, f"output column {number} has no name", "give it an alias: … AS name"
        )
        for number, item in enumerate(selected, start=1)
        if not output_name(item)
    ]
