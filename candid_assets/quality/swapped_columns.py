"""Values that stand under each other's header: rows in which two columns look exchanged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import duckdb

from candid_assets.contracts.catalog import Column, Tab
from candid_assets.quality.frame import column_types, row_number
from candid_assets.quality.outcome import placed, planned_result, written
from candid_assets.quality.suite import swapped_check
from candid_assets.quality.table_rules import exchangeable_columns
from candid_assets.sql import quoted
from candid_assets.warehouse.check_results import MAX_SAMPLES, Cells, CheckResult, Sample

FEWEST: Final = 3
"""Rows below which two columns are not taken for exchanged."""
_MOST: Final = 0.8
"""Share of the rows from which the whole columns are exchanged."""
_SHAPE: Final = (
    "regexp_replace(regexp_replace(lower({0}), '[0-9]+', '9', 'g'), '[a-z ]+', 'a', 'g')"
)
"""A text with its runs of figures and of letters brought to one each: what codes look like."""


@dataclass(frozen=True, slots=True)
class _Tables:
    """The staged table and the last good one, as named behind FROM."""

    connection: duckdb.DuckDBPyConnection
    new: str
    old: str


def check_swapped(
    connection: duckdb.DuckDBPyConnection,
    tab: Tab,
    relations: tuple[str, str | None],
    cells: Cells | None,
) -> list[CheckResult]:
    """Return the check `columns_in_place` of a clean table, or nothing if no two are alike.

    Args:
        connection: Where the tables stand; nothing is written.
        tab: The contract.
        relations: The staged table, and the last good one; None where there is none to compare.
        cells: Leads from rows to the sheet; None where there is no sheet.
    """
    plan = swapped_check(tab)
    if plan is None:
        return []
    new, old = relations
    messages: list[str] = []
    samples: list[Sample] = []
    if old is not None and _alike(connection, new, old):
        tables = _Tables(connection, new, old)
        tests = list(_tests(tables, tab))
        for (pair, test), count in zip(tests, _counts(tables, tab, tests), strict=True):
            if count >= FEWEST:
                messages.append(_message(tables, pair, count))
                samples += _samples(pair, _rows(tables, tab, pair, test), cells)
    return [planned_result(plan, tab, "; ".join(messages), {"pairs": len(messages)}, samples)]


def _tests(tables: _Tables, tab: Tab) -> Iterator[tuple[tuple[Column, Column], str]]:
    """Yield each pair of columns that may be exchanged, with the condition on rows `n` and `o`."""
    for columns in exchangeable_columns(tab):
        keys = set(tab.primary_key)
        by_fit = _fits(tables, columns)
        for one, two in combinations(columns, 2):
            a, b = quoted(one.name), quoted(two.name)
            tests = by_fit.get((one.name, two.name), [])
            if keys and not keys & {one.name, two.name}:
                tests = [*tests, f"(n.{a} = o.{b} AND n.{b} = o.{a} AND o.{a} <> o.{b})"]
            if tests:
                yield (one, two), f"coalesce({' OR '.join(tests)}, FALSE)"


def _fits(tables: _Tables, columns: Sequence[Column]) -> dict[tuple[str, str], list[str]]:
    """Return, by pair, conditions under which values fit the other column's past, not their own."""
    if columns[0].logical_type in {"number", "integer"}:
        return _ranges(tables, columns)
    tests: dict[tuple[str, str], list[str]] = {}
    for form in ("{0}", _SHAPE) if columns[0].logical_type == "string" else ():
        strangers = [c for c in columns if _unseen(tables, c, form) >= FEWEST]
        for one, two in combinations(strangers, 2):
            test = " AND ".join(
                f"{form.format(f'n.{quoted(c.name)}')} {known} "
                f"(SELECT {form.format(quoted(past.name))} FROM {tables.old}"
                f" WHERE {quoted(past.name)} IS NOT NULL)"
                for c, past, known in (
                    *((one, one, "NOT IN"), (one, two, "IN")),
                    *((two, two, "NOT IN"), (two, one, "IN")),
                )
            )
            tests.setdefault((one.name, two.name), []).append(f"({test})")
    return tests


def _unseen(tables: _Tables, column: Column, form: str) -> int:
    """Return how many rows hold a text, or a shape of text, that the column never held."""
    value = form.format(quoted(column.name))
    line = tables.connection.execute(
        f"SELECT count(*) FROM {tables.new} WHERE {value} NOT IN"
        f" (SELECT {value} FROM {tables.old} WHERE {quoted(column.name)} IS NOT NULL)"
    ).fetchone()
    return int(line[0]) if line else 0


def _ranges(tables: _Tables, columns: Sequence[Column]) -> dict[tuple[str, str], list[str]]:
    """Return conditions for pairs of numbers whose usual ranges lie apart."""
    quantiles = ", ".join(f"quantile_disc({quoted(c.name)}::DOUBLE, [0.01, 0.99])" for c in columns)
    line = tables.connection.execute(f"SELECT {quantiles} FROM {tables.old}").fetchone() or ()
    # A usual range reaches to half of its least and twice its greatest value, as it may grow.
    usual = {
        c.name: (min(pair[0] / 2, pair[0] * 2), max(pair[1] / 2, pair[1] * 2))
        for c, pair in zip(columns, line, strict=True)
        if pair
    }
    tests = {}
    for one, two in combinations([c for c in columns if c.name in usual], 2):
        (low, high), (least, most) = usual[one.name], usual[two.name]
        if high < least or most < low:
            a, b = (f"n.{quoted(c.name)}::DOUBLE" for c in (one, two))
            test = f"({a} BETWEEN {least!r} AND {most!r} AND {b} BETWEEN {low!r} AND {high!r})"
            tests[one.name, two.name] = [test]
    return tests


def _alike(connection: duckdb.DuckDBPyConnection, new: str, old: str) -> bool:
    """Return whether the last good table is there and has the columns of the staged one."""
    try:
        before = column_types(connection, old)
    except duckdb.CatalogException:
        return False
    return dict(before) == dict(column_types(connection, new))


def _counts(
    tables: _Tables, tab: Tab, tests: Sequence[tuple[tuple[Column, Column], str]]
) -> Sequence[int]:
    """Return how many rows pass each test."""
    if not tests:
        return ()
    counts = ", ".join(f"coalesce(count_if({test}), 0)" for _, test in tests)
    line = tables.connection.execute(f"SELECT {counts} FROM {_joined(tables, tab)}").fetchone()
    return tuple(int(count) for count in line or ())


def _joined(tables: _Tables, tab: Tab) -> str:
    """Return the staged rows, with those of the last good table that have their keys."""
    keys = ", ".join(map(quoted, tab.primary_key))
    joined = f" LEFT JOIN {tables.old} AS o USING ({keys})" if keys else ""
    return f"{tables.new} AS n{joined}"


def _rows(
    tables: _Tables, tab: Tab, pair: tuple[Column, Column], test: str
) -> list[tuple[object, ...]]:
    """Return the first rows that pass a test: their numbers and their values of two columns."""
    place = row_number(dict(column_types(tables.connection, tables.new)), "n.")
    names = ", ".join(f"n.{quoted(column.name)}" for column in pair)
    return tables.connection.execute(
        f"SELECT {place}, {names} FROM {_joined(tables, tab)}"
        f" WHERE {test} ORDER BY 1 LIMIT {MAX_SAMPLES}"
    ).fetchall()


def _message(tables: _Tables, pair: tuple[Column, Column], count: int) -> str:
    one, two = pair
    line = tables.connection.execute(f"SELECT count(*) FROM {tables.new}").fetchone()
    rows = int(line[0]) if line else 0
    whole = "the whole columns" if count >= _MOST * rows else f"{count:,} of {rows:,} rows"
    return f"'{one.header}' and '{two.header}' look exchanged in {whole}"


def _samples(
    pair: tuple[Column, Column], rows: Sequence[tuple[object, ...]], cells: Cells | None
) -> Iterator[Sample]:
    for place, *values in rows:
        number = int(str(place))
        for column, other, value in zip(pair, reversed(pair), values, strict=True):
            detail = f"fits the column '{other.header}' better than its own"
            yield placed(cells, column.name, written(value), number, detail)
