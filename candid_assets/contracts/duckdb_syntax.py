"""Checks patterns and queries with DuckDB's own parser, without running them on data."""

import re
from functools import cache, lru_cache
from typing import Final

import duckdb

from candid_assets.contracts.wide_decimals import widened
from candid_assets.sql import literal, quoted

_LINE: Final = re.compile(r"^LINE (\d+): ", re.MULTILINE)


@lru_cache(maxsize=4096)
def pattern_fault(pattern: str) -> str | None:
    """Return why a pattern does not compile in both Python and DuckDB (RE2), or None."""
    try:
        re.compile(pattern)
        # A literal and no parameter: binding one makes DuckDB import pandas, which takes a second.
        _engine().cursor().execute(f"SELECT regexp_full_match('', {literal(pattern)})").fetchall()
    except (re.error, OverflowError) as error:
        return f"Python: {error}"
    except duckdb.Error as error:
        return f"DuckDB: {str(error).removeprefix('Invalid Input Error: ')}"
    return None


def query_fault(sql: str) -> tuple[int, str] | None:
    """Return line and reason where DuckDB cannot parse a text, or None where it can."""
    try:
        _engine().cursor().extract_statements(sql)
    except duckdb.Error as error:
        text = str(error)
        match = _LINE.search(text)
        line = int(match[1]) if match else len(sql.splitlines())
        return line, text.splitlines()[0].removeprefix("Parser Error: ")
    return None


@lru_cache(maxsize=4096)
def condition_type(condition: str, columns: tuple[tuple[str, str], ...]) -> tuple[str, str | None]:
    """Return the type of a condition over typed columns, and why DuckDB refuses it, if it does."""
    nulls = ", ".join(f"CAST(NULL AS {kind}) AS {quoted(name)}" for name, kind in columns)
    tried = f"TRY({{'broken': (\n{condition}\n)}}).broken"  # as cleaning evaluates it
    relation = f"(SELECT {widened(columns)} FROM (SELECT {nulls}))"
    query = f"DESCRIBE SELECT {tried} AS condition FROM {relation}"
    try:
        described = _engine().cursor().execute(query).fetchone()
    except duckdb.Error as error:
        text = re.split(r"\n\s*\n|\nLINE ", str(error))[0]
        return "", " ".join(text.split())
    return str(described[1]) if described else "", None


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """Return an empty in-memory DuckDB that only compiles and parses."""
    return duckdb.connect(config={"threads": 1})
