"""A model's SELECT, written for DuckDB, in the SQL of Spark: the same result to the cell.

The query is rewritten as a syntax tree, rule by rule, and written once. It is never read back: a
round trip gave NULL without an error. What no rule covers is refused by name (`common_sql.py`).
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.dialects.spark import Spark

from candid_assets.engines.common_sql import require_common
from candid_assets.engines.date_rules import DATE_RULES
from candid_assets.engines.number_rules import NUMBER_RULES
from candid_assets.engines.query_rules import QUERY_RULES

Rule = Callable[[exp.Query], exp.Query]
RULES: Final[tuple[Rule, ...]] = (*QUERY_RULES, *DATE_RULES, *NUMBER_RULES)
"""Every rule, in the order in which they are applied."""
Place = Callable[[str, str], str]
"""Returns the path of the files of an input by its layer and its table."""
StepPlace = Callable[[str], str]
"""Returns the path of the files of a step by its name."""
MOST_READS: Final = 2
"""Scans of files from which a part that is read more than once is a step of its own."""


@dataclass(frozen=True, slots=True)
class QueryStep:
    """A part of a query that is computed once and kept in files, for the steps after it."""

    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class QuerySteps:
    """A query in steps, each of which reads files: those of its inputs and of earlier steps."""

    before: tuple[QueryStep, ...]
    result: str
    """The SELECT of the result."""


def spark_query(sql: str) -> exp.Query:
    """Return a model's SELECT as a tree that says the same to Spark.

    Raises:
        EngineError: The query says what only one engine understands.
    """
    query = sqlglot.parse_one(sql, dialect=DuckDB)
    if not isinstance(query, exp.Query):
        raise TypeError("a model is a SELECT")
    require_common(query)
    for rule in RULES:
        query = rule(query)
    return query


def spark_steps(sql: str, place: Place, step_place: StepPlace) -> QuerySteps:
    """Return a model's SELECT in steps for Spark, which computes a CTE anew where it is read.

    Args:
        sql: The SELECT as DuckDB reads it.
        place: Where the files of the inputs are.
        step_place: Where the files of the steps will be.

    Raises:
        EngineError: The query says what only one engine understands.
    """
    query = _reading_files(spark_query(sql), place)
    clause = query.args.get("with_")
    if clause is None or clause.args.get("recursive"):
        return QuerySteps((), query.sql(dialect=Spark))
    parts: dict[str, exp.Query] = {part.alias: part.this for part in clause.expressions}
    query.set("with_", None)
    return _split(query, parts, step_place)


def _split(query: exp.Query, parts: Mapping[str, exp.Query], step_place: StepPlace) -> QuerySteps:
    """Divide a query where a part is read often and is much to compute."""
    reads = Counter(name for part in (*parts.values(), query) for name in _read(part, parts))
    scans: dict[str, int] = {}
    inlined: dict[str, exp.Query] = {}
    steps: list[QueryStep] = []
    for name, part in parts.items():
        size = _files(part) + sum(scans[read] for read in _read(part, parts))
        if reads[name] > 1 and size >= MOST_READS:
            steps.append(QueryStep(name, _with_parts(part, inlined).sql(dialect=Spark)))
            inlined[name] = exp.select("*").from_(_files_at(step_place(name)))
            size = 1
        else:
            inlined[name] = part
        scans[name] = size
    return QuerySteps(tuple(steps), _with_parts(query, inlined).sql(dialect=Spark))


def _read(part: exp.Query, parts: Mapping[str, exp.Query]) -> list[str]:
    """Return the names of the parts that a part reads, as often as it reads them."""
    tables = part.find_all(exp.Table)
    return [table.name for table in tables if not table.db and table.name in parts]


def _files(part: exp.Query) -> int:
    return sum(bool(table.db) for table in part.find_all(exp.Table))


def _with_parts(query: exp.Query, parts: Mapping[str, exp.Query]) -> exp.Query:
    """Return a query behind the parts that it reads, and those that they read."""
    needed: set[str] = set()
    waiting = _read(query, parts)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += _read(parts[name], parts)
    whole = query.copy()
    for name, part in parts.items():
        if name in needed:
            whole = whole.with_(name, as_=part.copy(), copy=False)
    return whole


def _reading_files(query: exp.Query, place: Place) -> exp.Query:
    """Replace each table of a layer by its files, under the name that columns are read by."""
    for table in list(query.find_all(exp.Table)):
        if not table.db:
            continue
        files = _files_at(place(table.db, table.name))
        alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(table.name))
        files.set("alias", alias)
        table.replace(files)
    return query


def _files_at(path: str) -> exp.Table:
    """Return Parquet files as Spark reads them without a catalog."""
    return exp.Table(this=exp.to_identifier(path, quoted=True), db=exp.to_identifier("parquet"))
