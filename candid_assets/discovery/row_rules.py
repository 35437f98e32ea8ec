"""Row rules that nearly all rows keep: days in order, parts within wholes, products and sums."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from typing import Final

import duckdb

from candid_assets.contracts.duckdb_syntax import condition_type
from candid_assets.contracts.wide_decimals import widened
from candid_assets.discovery.formula_rules import formulas
from candid_assets.discovery.office_words import (
    EARLIER_WORDS,
    LATER_WORDS,
    PART_WORDS,
    WHOLE_WORDS,
    words_of,
)
from candid_assets.discovery.proposal import ColumnProposal, RowRuleProposal, TableProposal
from candid_assets.discovery.rule_candidates import (
    FEWEST_ROWS,
    KEPT,
    RuleCandidate,
    is_kept,
    measures,
    quoted_name,
)
from candid_assets.sql import quoted

_SAMPLED: Final = 2_000
_DAYS: Final = 6
"""The most columns of days that are compared with one another."""
_BY_CHANCE: Final = 0.9
"""A rule that more than this share of rows keeps with values of other rows says nothing."""
_EQUAL: Final = 0.1
"""Share of rows with equal values that makes a part and its whole without words for it."""
_PROPOSED: Final = 8
"""The most rules that are proposed for a table."""


def add_row_rules(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[int, TableProposal]
) -> None:
    """Propose the row rules that the rehearsed rows of each table keep, with their evidence."""
    for number, table in tables.items():
        if table.rows:
            _add(connection, table, number)


def _add(connection: duckdb.DuckDBPyConnection, table: TableProposal, number: int) -> None:
    compared = [c.name for c in (*_day_columns(table), *measures(table))]
    if not compared:
        return
    described = connection.execute(f"DESCRIBE temp.rehearsed_{number}").fetchall()
    types = {line[0]: line[1] for line in described}
    sample = "temp.sampled_rows"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE sampled_rows AS FROM {_rows(number, compared, types)}"
        f" USING SAMPLE reservoir({_SAMPLED} ROWS) REPEATABLE (7)"
    )
    candidates = [
        *_days(connection, table, sample),
        *_parts(connection, table, sample),
        *formulas(connection, table, sample),
    ]
    explained: set[frozenset[str]] = set()
    names: set[str] = set()
    for one in sorted(candidates, key=lambda candidate: candidate.rank):
        known = frozenset(one.columns) in explained or one.name in names
        if known or len(table.row_rules) >= _PROPOSED:
            continue
        kinds = tuple((name, types[name]) for name in one.columns)
        if condition_type(f"not ({one.holds})", kinds) != ("BOOLEAN", None):
            continue
        filled, kept = _counted(connection, _rows(number, one.columns, types), one)
        if is_kept(kept, filled):
            explained.add(frozenset(one.columns))
            names.add(one.name)
            evidence = f"{kept:,} of {filled:,} rows keep it"
            rule = RowRuleProposal(one.name, one.text, f"not ({one.holds})", evidence)
            table.row_rules.append(rule)
    connection.execute(f"DROP TABLE {sample}")


def _rows(number: int, names: Sequence[str], types: Mapping[str, str]) -> str:
    """Return the rehearsed rows with some columns, for a wide table takes long to plan."""
    chosen = ", ".join(map(quoted, names))
    of_rows = widened((name, types[name]) for name in names)
    return f"(SELECT {of_rows} FROM (SELECT {chosen} FROM temp.rehearsed_{number}))"


def _day_columns(table: TableProposal) -> list[ColumnProposal]:
    return [c for c in table.columns if c.logical in {"date", "timestamp"}][:_DAYS]


def _counted(
    connection: duckdb.DuckDBPyConnection, rows: str, one: RuleCandidate
) -> tuple[int, int]:
    """Return the rows with values in all columns of a rule, and those of them that keep it."""
    counted = connection.execute(
        f"SELECT count(*), coalesce(count_if(TRY({one.holds})), 0) FROM {rows} WHERE {one.filled}"
    ).fetchone()
    return (int(counted[0]), int(counted[1])) if counted else (0, 0)


def _days(
    connection: duckdb.DuckDBPyConnection, table: TableProposal, sample: str
) -> Iterator[RuleCandidate]:
    """Yield the pairs of days that stand in order, by their headers or by their values."""
    for first, last in permutations(_day_columns(table), 2):
        mixed = first.logical != last.logical
        a, b = (_day(c, mixed=mixed) for c in (first, last))
        likely = _words(first) & EARLIER_WORDS and _words(last) & LATER_WORDS
        backwards = _words(first) & LATER_WORDS and _words(last) & EARLIER_WORDS
        if backwards or not (likely or _is_ordered(connection, sample, (a, b))):
            continue
        name = f"{last.name}_after_{first.name}"
        text = f"'{last.header}' is the day of '{first.header}' or later."
        yield RuleCandidate(name, text, f"{a} <= {b}", (first.name, last.name), 0 if likely else 3)


def _parts(
    connection: duckdb.DuckDBPyConnection, table: TableProposal, sample: str
) -> Iterator[RuleCandidate]:
    """Yield the pairs of numbers of which one is never more than the other."""
    for part, whole in permutations(measures(table), 2):
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
        yield RuleCandidate(
            name, text, f"{quoted_name(part)} <= {quoted_name(whole)}", columns, 1 if likely else 4
        )


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
    return line[1] / line[0] if line and line[0] >= FEWEST_ROWS else 0.0


def _words(column: ColumnProposal) -> frozenset[str]:
    # `s/d` is how offices write until.
    return frozenset(words_of(column.header.replace("s/d", "sampai")))


def _day(column: ColumnProposal, *, mixed: bool) -> str:
    """Return a column of days as it is compared: with one of moments, by its day."""
    return f"cast({quoted_name(column)} as date)" if mixed else quoted_name(column)
