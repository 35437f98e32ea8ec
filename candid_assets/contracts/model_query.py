"""Analyses a model's SQL: its input tables, its output columns, and its faults."""

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
from candid_assets.contracts.exact_division import inexact_divisions
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
class InputTable:
    """One table that a model reads, with the line of its first mention."""

    layer: str
    table: str
    line: int


@dataclass(frozen=True, slots=True)
class ModelQuery:
    """The inputs, outputs and problems of a model's SQL."""

    inputs: tuple[InputTable, ...] = ()
    outputs: tuple[str, ...] | None = None
    """Names of the output columns, or None where only the database can resolve them."""
    problems: tuple[QueryProblem, ...] = ()


def read_query(sql: str, *, may_divide: bool = False) -> ModelQuery:
    """Return the inputs, outputs and problems of one SELECT.

    Args:
        sql: The text.
        may_divide: Whether `/` is allowed: a metric's is rewritten as one exact fraction.
    """
    fault = query_fault(sql)
    if fault:
        problem = QueryProblem(fault[0], f"not valid DuckDB SQL: {fault[1]}", "correct the query")
        return ModelQuery(problems=(problem,))
    try:
        parsed = sqlglot.parse(sql, dialect=DuckDB)
    except SqlglotError as error:
        return ModelQuery(problems=(_unread(error, sql),))
    statements = [item for item in parsed if item and not isinstance(item, exp.Semicolon)]
    if not statements:
        return ModelQuery(
            problems=(QueryProblem(1, "the file holds no query", "write one SELECT"),)
        )
    query = statements[0]
    problems = []
    if len(statements) > 1:
        line = line_of(statements[1]) or len(sql.splitlines())
        message = "a second statement follows the SELECT"
        problems.append(QueryProblem(line, message, "keep one SELECT to a file"))
    if not isinstance(query, exp.Query):
        message = f"the file holds {query.key.upper()}, not a SELECT"
        return ModelQuery(
            problems=(QueryProblem(line_of(query) or 1, message, "write one SELECT"),)
        )
    parts = _parts(query)
    tables, table_problems = _tables(parts, sql)
    selected = selected_columns(query)
    problems += table_problems + _unrepeatable(parts, sql) + _unnamed(selected or ())
    problems += [
        QueryProblem(line_of(node) or 1, message, fix)
        for node, message, fix in (() if may_divide else inexact_divisions(query))
    ]
    inputs = {(item.layer, item.table): item for item in reversed(tables)}
    ordered = tuple(inputs[key] for key in sorted(inputs))
    return ModelQuery(ordered, output_names(selected), tuple(problems))


@dataclass(slots=True)
class _Parts:
    """The nodes of a query that decide what it reads, collected in one walk."""

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
    """Return the problem of SQL that DuckDB parses but whose inputs cannot be determined."""
    first = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
    line = int(first.get("line") or len(sql.splitlines()) or 1)
    text = str(first.get("description") or str(error).splitlines()[0])
    message = f"the tables that the query reads cannot be determined: {text}"
    return QueryProblem(line, message, "write this part in plainer SQL")


def _tables(parts: _Parts, sql: str) -> tuple[list[InputTable], list[QueryProblem]]:
    """Return the tables of the query other than its own CTEs, and the problems of them."""
    inputs: list[InputTable] = []
    problems: list[QueryProblem] = []
    for table in parts.tables:
        line = line_of(table) or 1
        if not isinstance(table.this, exp.Identifier):
            problems += _function(table.this, line, sql)
        elif table.db.casefold() in READABLE and not table.catalog:
            inputs.append(InputTable(table.db.casefold(), table.name.casefold(), line))
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
    """Return a function's name as spelled in the line, else in small letters."""
    text = sql.splitlines()[line - 1] if line <= len(sql.splitlines()) else ""
    words = re.findall(r"(\w+)\s*\(", text)
    plain = name.replace("_", "").casefold()
    return next((w for w in words if w.replace("_", "").casefold() == plain), name.casefold())


def _unrepeatable(parts: _Parts, sql: str) -> list[QueryProblem]:
    """Return the problems of calls and samples whose result differs from run to run."""
    problems = []
    for call in parts.calls:
        name = unrepeatable(call)
        if name:
            line = line_of(call) or _first_line_with(name, sql)
            message = f"{name} answers differently each time, so that a re-run is not identical"
            fix = "take its value (the moment, a number) from a column instead"
            problems.append(QueryProblem(line, message, fix))
    for sample in parts.samples:
        line = line_of(sample) or _first_line_with("sample", sql)
        message = "a sample answers differently each time, so that a re-run is not identical"
        problems.append(QueryProblem(line, message, "choose the rows by a column instead"))
    return problems


def _first_line_with(name: str, sql: str) -> int:
    """Return the number of the first line that contains a word, else 1."""
    lines = sql.casefold().splitlines()
    return next((number for number, text in enumerate(lines, start=1) if name in text), 1)


def line_of(node: exp.Expr) -> int | None:
    """Return the line of the first token under a node, or None if no token has one."""
    lines = [int(part.meta["line"]) for part in node.walk() if "line" in part.meta]
    return min(lines, default=None)


def _unnamed(selected: Sequence[exp.Expr]) -> list[QueryProblem]:
    """Return the problems of output columns that have no name of their own."""
    return [
        QueryProblem(
            line_of(item) or 1, f"output column {number} has no name", "give it an alias: … AS name"
        )
        for number, item in enumerate(selected, start=1)
        if not output_name(item)
    ]
