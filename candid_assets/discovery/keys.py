"""Keys, required columns, enumerations, ranges and foreign keys, where the rows support them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import duckdb

from candid_assets.discovery.office_words import CODE_WORDS, MONEY_WORDS, words_of
from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.sql import quoted

_ENUM_VALUES: Final = 10
_ENUM_ROWS: Final = 30
_NEARLY: Final = 0.98
_NEARLY_ROWS: Final = 20
"""A key of codes may be spoilt in this part of the rows; those go to quarantine."""
_COMPOSITE_ROWS: Final = 10
_COMPOSITE_COLUMNS: Final = 7
_COUNTED_AT_ONCE: Final = 32
_COUNTERS: Final = frozenset({"no", "nomor", "num", "number", "nr", "urut", "urutan"})


@dataclass(frozen=True, slots=True)
class _Stats:
    filled: int
    distinct: int
    least: Any
    longest: int


def add_rules(connection: duckdb.DuckDBPyConnection, table: TableProposal, number: int) -> None:
    """Propose required columns, the key, enumerations and ranges from the rehearsed rows."""
    relation = f"temp.distinct_{number}"
    names = ", ".join(quoted(column.name) for column in table.columns)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE distinct_{number} AS "
        f"SELECT DISTINCT _member, {names} FROM temp.rehearsed_{number}"
    )
    stats = _stats(connection, relation, table.columns)
    rows = _count(connection, f"SELECT count(*) FROM {relation}")
    for column in table.columns:
        _required(column, table.rows)
        _minimum(column, stats[column.name], rows)
        _enumeration(connection, relation, column, stats[column.name], rows)
    _key(connection, relation, table, stats, rows)


def _stats(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[ColumnProposal],
    scope: tuple[str, ...] = (),
) -> dict[str, _Stats]:
    """Return what the columns hold; with a scope, values are distinct within it.

    Each count of distinct values has a hash table of its own, so that only some columns are counted
    at once.
    """
    stats: dict[str, _Stats] = {}
    for start in range(0, len(columns), _COUNTED_AT_ONCE):
        stats |= _counted(connection, relation, columns[start : start + _COUNTED_AT_ONCE], scope)
    return stats


def _counted(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[ColumnProposal],
    scope: tuple[str, ...],
) -> dict[str, _Stats]:
    lines = []
    for column in columns:
        name = quoted(column.name)
        least = f"min({name})" if column.logical in {"number", "integer"} else "NULL"
        longest = f"max(length({name}))" if column.logical == "string" else "0"
        own = f"count(DISTINCT ({', '.join([*scope, name])})) FILTER ({name} IS NOT NULL)"
        lines.append(f"{{a: count({name}), b: {own}, c: {least}, d: {longest}}}")
    counts = connection.execute(f"SELECT {', '.join(lines)} FROM {relation}").fetchone() or ()
    return {
        column.name: _Stats(f["a"], f["b"], f["c"], f["d"] or 0)
        for column, f in zip(columns, counts, strict=True)
    }


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def blank_cells(column: ColumnProposal, rows: int) -> int:
    """Return how many rows of data have nothing in a column, words that mean it included."""
    facts = column.facts
    words = facts.dashes if column.logical == "string" else facts.blank_words
    return rows - (facts.cells - words) - column.filled_cells


def _required(column: ColumnProposal, rows: int) -> None:
    if rows >= 3 and blank_cells(column, rows) == 0 and not column.optional:
        column.required = True
        column.notes.append("never blank")


def _minimum(column: ColumnProposal, stats: _Stats, rows: int) -> None:
    if column.logical in {"number", "integer"} and stats.filled >= 20 and stats.least >= 0:
        column.minimum = 0
        column.notes.append(f"least {stats.least:,} of {stats.filled:,}")


def _enumeration(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    column: ColumnProposal,
    stats: _Stats,
    rows: int,
) -> None:
    if column.logical != "string" or rows < _ENUM_ROWS or set(column.guess.options) - {"guarded"}:
        return
    if not 2 <= stats.distinct <= 2 * _ENUM_VALUES or stats.longest > 40:
        return
    name = quoted(column.name)
    counted = connection.execute(
        f"SELECT {name}, count(*) AS n FROM {relation} WHERE {name} IS NOT NULL "
        "GROUP BY ALL ORDER BY n DESC, 1"
    ).fetchall()
    spelled: dict[str, str] = {}
    counts: dict[str, int] = {}
    exact = column.facts.exact_text
    if exact and any(value != value.strip() or not value for value, _ in counted):
        return
    for value, count in counted:
        kept = value if exact else spelled.setdefault(value.lower(), value)
        counts[kept] = counts.get(kept, 0) + count
    if not 2 <= len(counts) <= _ENUM_VALUES or min(counts.values()) < 3:
        return
    if stats.filled < 5 * len(counts):
        return
    column.enum = tuple(sorted(counts))
    variants = {v.lower(): spelled[v.lower()] for v, _ in counted if v not in counts}
    if variants:
        column.guess.options["synonyms"] = variants
    column.notes.append(f"{len(counts)} values in {stats.filled:,} cells")


def _key(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    table: TableProposal,
    stats: dict[str, _Stats],
    rows: int,
) -> None:
    """Mark the key: a column of codes, else any column of names or days, else two or three.

    Where the tabs of a family repeat one another's, the tab's title is part of the key.
    """
    if rows < 2:
        return
    whole = [c for c in table.columns if not c.blocked and not c.optional]
    scopes: list[tuple[tuple[str, ...], dict[str, _Stats]]] = [((), stats)]
    if len(table.titles) > 1:
        inside = ("_member",)
        scopes.append((inside, _stats(connection, relation, table.columns, inside)))
    alone = {scope: _best(table, whole, stats_of, rows) for scope, stats_of in scopes}
    for scope, best in alone.items():
        if best is not None and _rank(best) < 3:
            _mark(table, [best], dict(scopes)[scope][best.name].distinct, rows, scope)
            return
    nearly = [c for c in whole if _nearly(c, table)]
    for scope, _ in scopes:
        several = _composite(connection, relation, nearly, stats, rows, scope)
        if several:
            _mark(table, *several, rows, scope)
            return
    for scope, best in alone.items():
        if best is not None:
            _mark(table, [best], dict(scopes)[scope][best.name].distinct, rows, scope)
            return


def _best(
    table: TableProposal, columns: Sequence[ColumnProposal], stats: dict[str, _Stats], rows: int
) -> ColumnProposal | None:
    """Return the column that suits best as the key by itself."""
    single = [c for c in columns if _alone(c, stats[c.name], rows, table)]
    return min(single, key=lambda c: (_rank(c), c.place), default=None)


def _mark(
    table: TableProposal,
    columns: Sequence[ColumnProposal],
    own: int,
    rows: int,
    scope: tuple[str, ...],
) -> None:
    table.title_in_key = bool(scope)
    for position, column in enumerate(columns, start=1):
        column.key_position = position
        what = "key" if len(columns) == 1 and not scope else "composite key"
        column.notes.append(f"{what}: {own:,} of {rows:,} rows have their own")
        column.enum = ()
        column.guess.options.pop("synonyms", None)


def is_code(column: ColumnProposal) -> bool:
    """Whether a column's header is that of codes."""
    return bool(words_of(column.header) & CODE_WORDS)


def is_counter(column: ColumnProposal) -> bool:
    """Whether a column only counts the rows of its tab."""
    words = words_of(column.header)
    return words <= _COUNTERS and column.logical == "integer"


def _rank(column: ColumnProposal) -> int:
    """Return how well a column suits as the key, best first; 3 is only for want of another."""
    if is_counter(column):
        return 3
    if is_code(column):
        return 0
    return 2 if column.logical == "date" else 1


def _alone(column: ColumnProposal, stats: _Stats, rows: int, table: TableProposal) -> bool:
    """Whether a column identifies the rows by itself, and not by chance."""
    if column.logical not in {"string", "integer", "date"}:
        return False
    codes = is_code(column)
    early = column in table.columns[:3]
    if (codes or (column.logical == "date" and early)) and _nearly(column, table):
        return stats.distinct >= _least(stats.filled)
    if stats.distinct != rows or blank_cells(column, table.rows):
        return False
    if codes or is_counter(column):
        return True
    named = column.logical == "date" or (column.logical == "string" and stats.longest <= 80)
    return rows >= 5 and early and named


def _composite(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[ColumnProposal],
    stats: dict[str, _Stats],
    rows: int,
    scope: tuple[str, ...],
) -> tuple[list[ColumnProposal], int] | None:
    """Return the fewest columns that together identify the rows, and how many rows they do."""
    if rows < _COMPOSITE_ROWS:
        return None
    fit = [c for c in columns if _may_join(c, stats[c.name])]
    fit = sorted(fit, key=lambda c: (not (is_code(c) or c.logical == "date"), c.place))
    fit = fit[:_COMPOSITE_COLUMNS]
    for size in (2, 3):
        sets = list(combinations(fit, size))
        sets = [s for s in sets if scope or _product(s, stats) >= rows]
        if not sets:
            continue
        counts = ", ".join(
            f"count(DISTINCT ({', '.join([*scope, *(quoted(c.name) for c in chosen)])}))"
            for chosen in sets
        )
        totals = connection.execute(f"SELECT {counts} FROM {relation}").fetchone() or ()
        counted = list(zip(sets, totals, strict=True))
        # Two columns that nearly do are a spoilt key rather than three that do by chance.
        for least in (rows, _least(rows)):
            for chosen, count in counted:
                named = sum(is_code(c) or c.logical == "date" for c in chosen)
                if count >= least and (count == rows or named >= 1):
                    return sorted(chosen, key=lambda c: c.place), count
    return None


def _nearly(column: ColumnProposal, table: TableProposal) -> bool:
    """Whether nearly no row lacks the column."""
    blank = blank_cells(column, table.rows)
    return blank == 0 or (table.rows >= _NEARLY_ROWS and blank <= table.rows - _least(table.rows))


def _least(rows: int) -> int:
    """Return how many rows a key must identify: all of a few, nearly all of many."""
    return rows if rows < _NEARLY_ROWS else min(rows - 1, int(_NEARLY * rows))


def _may_join(column: ColumnProposal, stats: _Stats) -> bool:
    if column.logical == "integer":
        return is_code(column) and not is_counter(column)
    if column.logical == "string":
        return stats.longest <= 60 and not words_of(column.header) & MONEY_WORDS
    return column.logical in {"date", "timestamp", "time"}


def _product(columns: Sequence[ColumnProposal], stats: dict[str, _Stats]) -> int:
    product = 1
    for column in columns:
        product *= max(stats[column.name].distinct, 1)
    return product
