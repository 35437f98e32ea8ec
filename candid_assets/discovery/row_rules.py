"""Row rules that nearly all rows keep: days in order, parts within wholes, products and sums."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import Final

import duckdb

from candid_assets.contracts.duckdb_syntax import condition_type
from candid_assets.contracts.wide_decimals import widened
from candid_assets.discovery.office_words import (
    EARLIER_WORDS,
    LATER_WORDS,
    PART_WORDS,
    WHOLE_WORDS,
    words_of,
)
from candid_assets.discovery.proposal import ColumnProposal, RowRuleProposal, TableProposal
from candid_assets.sql import quoted

KEPT: Final = 0.99
"""The share of rows that must keep a rule for it to be proposed."""
_ROWS: Final = 20
"""Rows with values in all columns of a rule, below which nothing is concluded."""
_SAMPLED: Final = 2_000
_DAYS: Final = 6
_NUMBERS: Final = 9
"""The most columns of days, and of numbers, that are compared with one another."""
_BY_CHANCE: Final = 0.9
"""A rule that more than this share of rows keeps with values of other rows says nothing."""
_EQUAL: Final = 0.1
"""Share of rows with equal values that makes a part and its whole without words for it."""
_PROPOSED: Final = 8
"""The most rules that are proposed for a table."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A rule that may hold: what must be true, how it is named, and what makes it likely."""

    name: str
    text: str
    holds: str
    columns: tuple[str, ...]
    rank: int
    """Rules of a lower rank are proposed first."""


def add_row_rules(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[int, TableProposal]
) -> None:
    """Propose the row rules that the rehearsed rows of each table keep, with their evidence."""
    for number, table in tables.items():
        if table.rows:
            _add(connection, table, number)


def _add(connection: duckdb.DuckDBPyConnection, table: TableProposal, number: int) -> None:
    types = tuple(connection.execute(f"DESCRIBE temp.rehearsed_{number}").fetchall())
    kinds = tuple((line[0], line[1]) for line in types if line[0][0] != "_")
    rows = f"(SELECT {widened(kinds)} FROM temp.rehearsed_{number})"
    sample = "temp.sampled_rows"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE sampled_rows AS"
        f" FROM {rows} USING SAMPLE reservoir({_SAMPLED} ROWS) REPEATABLE (7)"
    )
    candidates = [
        *_days(connection, table, sample),
        *_parts(connection, table, sample),
        *_formulas(connection, table, sample),
    ]
    explained: set[frozenset[str]] = set()
    names: set[str] = set()
    for one in sorted(candidates, key=lambda candidate: candidate.rank):
        known = frozenset(one.columns) in explained or one.name in names
        if known or len(table.row_rules) >= _PROPOSED:
            continue
        if condition_type(f"not ({one.holds})", kinds) != ("BOOLEAN", None):
            continue
        filled, kept = _counted(connection, rows, one)
        if filled >= _ROWS and kept >= KEPT * filled:
            explained.add(frozenset(one.columns))
            names.add(one.name)
            evidence = f"{kept:,} of {filled:,} rows keep it"
            rule = RowRuleProposal(one.name, one.text, f"not ({one.holds})", evidence)
            table.row_rules.append(rule)


def _counted(connection: duckdb.DuckDBPyConnection, rows: str, one: _Candidate) -> tuple[int, int]:
    """Return the rows with values in all columns of a rule, and those of them that keep it."""
    filled = " AND ".join(f"{quoted(name)} IS NOT NULL" for name in one.columns)
    counted = connection.execute(
        f"SELECT count(*), coalesce(count_if(TRY({one.holds})), 0) FROM {rows} WHERE {filled}"
    ).fetchone()
    return (int(counted[0]), int(counted[1])) if counted else (0, 0)


def _days(
    connection: duckdb.DuckDBPyConnection, table: TableProposal, sample: str
) -> Iterator[_Candidate]:
    """Yield the pairs of days that stand in order, by their headers or by their values."""
    columns = [c for c in table.columns if c.logical in {"date", "timestamp"}][:_DAYS]
    for first, last in permutations(columns, 2):
        mixed = first.logical != last.logical
        a, b = (_day(c, mixed=mixed) for c in (first, last))
        likely = _words(first) & EARLIER_WORDS and _words(last) & LATER_WORDS
        backwards = _words(first) & LATER_WORDS and _words(last) & EARLIER_WORDS
        if backwards or not (likely or _is_ordered(connection, sample, (a, b))):
            continue
        name = f"{last.name}_after_{first.name}"
        text = f"'{last.header}' is the day of '{first.header}' or later."
        yield _Candidate(name, text, f"{a} <= {b}", (first.name, last.name), 0 if likely else 3)


def _parts(
    connection: duckdb.DuckDBPyConnection, table: TableProposal, sample: str
) -> Iterator[_Candidate]:
    """Yield the pairs of numbers of which one is never more than the other."""
    for part, whole in permutations(_measures(table), 2):
        likely = _words(part) & PART_WORDS and _words(whole) & WHOLE_WORDS
        a, b = quoted(part.name), quoted(whole.name)
        if likely:
            bound = _by_chance(connection, sample, (a, b)) <= KEPT
        else:
            equal = _share(connection, sample, f"{a} = {b} AND {a} <> 0", (a, b)) >= _EQUAL
            bound = equal and _is_ordered(connection, sample, (a, b))
        if not bound:
            continue
        name = f"{part.name}_within_{whole.name}"
        text = f"'{part.header}' is at most '{whole.header}'."
        columns = (part.name, whole.name)
        yield _Candidate(
            name, text, f"{_name(part)} <= {_name(whole)}", columns, 1 if likely else 4
        )


def _formulas(
    connection: duckdb.DuckDBPyConnection, table: TableProposal, sample: str
) -> Iterator[_Candidate]:
    """Yield the columns that others make: by product, with a discount, by sum or by difference."""
    measures = _measures(table)
    for result in measures:
        others = [c for c in measures if c is not result]
        near = _tolerance(connection, sample, result)
        trials = [*_products(result, others, near), *_sums(result, others)]
        if not trials:
            continue
        for one, kept, filled in _tried(connection, sample, trials):
            if filled >= _ROWS and kept >= KEPT * filled and _is_varied(connection, sample, one):
                yield one


def _tried(
    connection: duckdb.DuckDBPyConnection, sample: str, trials: Sequence[_Candidate]
) -> Iterator[tuple[_Candidate, int, int]]:
    """Yield each trial with the rows that keep it and those with values in all its columns.

    A trial that DuckDB refuses, such as a product with more decimals than it has, is left out.
    """
    checks = ", ".join(
        f"coalesce(count_if(TRY({one.holds})), 0), coalesce(count_if({_filled(one)}), 0)"
        for one in trials
    )
    try:
        counts = connection.execute(f"SELECT {checks} FROM {sample}").fetchone() or ()
    except duckdb.Error:
        middle = len(trials) // 2
        for part in (trials[:middle], trials[middle:]) if middle else ():
            yield from _tried(connection, sample, part)
        return
    for n, one in enumerate(trials):
        yield one, *counts[2 * n : 2 * n + 2]


def _products(
    result: ColumnProposal, others: Sequence[ColumnProposal], near: str
) -> Iterator[_Candidate]:
    a = _name(result)
    for one, two in combinations(others, 2):
        b, c = _name(one), _name(two)
        name, columns = f"{result.name}_is_product", (result.name, one.name, two.name)
        text = f"'{result.header}' is '{one.header}' times '{two.header}', rounded."
        yield _Candidate(name, text, f"abs({a} - {b} * {c}) <= {near}", columns, 1)
        for less in (c for c in others if c not in (one, two)):
            d, named = _name(less), f"'{one.header}' times '{two.header}' less '{less.header}'"
            every = (*columns, less.name)
            text = f"'{result.header}' is {named}, rounded."
            for rest in (f"(1 - {d})", f"(100 - {d}) * 0.01"):
                holds = f"abs({a} - {b} * {c} * {rest}) <= {near}"
                yield _Candidate(f"{result.name}_less_{less.name}", text, holds, every, 2)
            holds = f"abs({a} - ({b} * {c} - {d})) <= {near}"
            yield _Candidate(f"{result.name}_less_{less.name}", text, holds, every, 2)


def _sums(result: ColumnProposal, others: Sequence[ColumnProposal]) -> Iterator[_Candidate]:
    a = _name(result)
    for one, two in combinations(others, 2):
        b, c = _name(one), _name(two)
        text = f"'{result.header}' is '{one.header}' with '{two.header}'."
        columns = (result.name, one.name, two.name)
        yield _Candidate(f"{result.name}_is_sum", text, f"{a} = {b} + {c}", columns, 1)
        for less in (c for c in others if c not in (one, two)):
            text = f"'{result.header}' is '{one.header}' with '{two.header}' less '{less.header}'."
            holds = f"{a} = {b} + {c} - {_name(less)}"
            every = (*columns, less.name)
            yield _Candidate(f"{result.name}_is_balance", text, holds, every, 2)


def _tolerance(connection: duckdb.DuckDBPyConnection, sample: str, result: ColumnProposal) -> str:
    """Return how far a product may be off: one Rupiah of large amounts, a hundredth of others."""
    line = connection.execute(
        f"SELECT median(abs({quoted(result.name)}::DOUBLE)) >= 1000 FROM {sample}"
    ).fetchone()
    return "1" if line and line[0] else "0.01"


def _measures(table: TableProposal) -> list[ColumnProposal]:
    """Return the columns of numbers that measure something."""
    numbers = [c for c in table.columns if c.logical in {"number", "integer"}]
    return [c for c in numbers if c.key_position is None and c.reference is None][:_NUMBERS]


def _is_ordered(connection: duckdb.DuckDBPyConnection, sample: str, pair: tuple[str, str]) -> bool:
    """Return whether rows keep an order of two values that values of other rows do not keep."""
    a, b = pair
    if _share(connection, sample, f"{a} <= {b}", pair) < KEPT:
        return False
    if _share(connection, sample, f"{a} = {b}", pair) >= KEPT:
        return False
    return _by_chance(connection, sample, pair) <= _BY_CHANCE


def _by_chance(connection: duckdb.DuckDBPyConnection, sample: str, pair: tuple[str, str]) -> float:
    """Return the share of rows whose first value is at most the second one of any row."""
    a, b = pair
    line = connection.execute(
        f"WITH few AS (SELECT {a} AS a, {b} AS b FROM {sample}"
        f" WHERE {a} IS NOT NULL AND {b} IS NOT NULL LIMIT 200)"
        " SELECT avg(TRY((one.a <= two.b)::INTEGER)) FROM few AS one CROSS JOIN few AS two"
    ).fetchone()
    return 1.0 if line is None or line[0] is None else float(line[0])


def _share(
    connection: duckdb.DuckDBPyConnection, sample: str, test: str, names: Sequence[str]
) -> float:
    """Return the share of rows that pass a test, of those with values; 0 for few rows."""
    filled = " AND ".join(f"{name} IS NOT NULL" for name in names)
    line = connection.execute(
        f"SELECT count(*), coalesce(count_if(TRY({test})), 0) FROM {sample} WHERE {filled}"
    ).fetchone()
    return line[1] / line[0] if line and line[0] >= _ROWS else 0.0


def _is_varied(connection: duckdb.DuckDBPyConnection, sample: str, one: _Candidate) -> bool:
    """Return whether the columns of a formula vary, and not only where nothing is computed."""
    tests = " AND ".join(f"{quoted(name)} NOT IN (0, 1)" for name in one.columns[:3])
    counts = ", ".join(f"count(DISTINCT {quoted(name)})" for name in one.columns)
    line = connection.execute(
        f"SELECT coalesce(count_if({tests}), 0), count(*), {counts} FROM {sample}"
    ).fetchone() or (0, 0)
    computed, rows, *distinct = line
    return computed >= 0.2 * rows and min(distinct, default=0) >= 2 and distinct[0] >= 5


def _filled(one: _Candidate) -> str:
    return " AND ".join(f"{quoted(name)} IS NOT NULL" for name in one.columns)


def _words(column: ColumnProposal) -> frozenset[str]:
    # `s/d` is how offices write until.
    return frozenset(words_of(column.header.replace("s/d", "sampai")))


def _name(column: ColumnProposal) -> str:
    return quoted(column.name)


def _day(column: ColumnProposal, *, mixed: bool) -> str:
    """Return a column of days as it is compared: with one of moments, by its day."""
    return f"cast({_name(column)} as date)" if mixed else _name(column)
