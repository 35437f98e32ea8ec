"""Which new header a missing one was renamed to, by place, by name and by equal values."""

from difflib import SequenceMatcher
from typing import Final

import duckdb

from candid_assets.cleaning.header_search import HeaderProblem
from candid_assets.contracts.catalog import Column, Tab
from candid_assets.contracts.header_text import in_message, normalise
from candid_assets.names import column_letter
from candid_assets.refresh.missing_header_row import header_gone, headers_gone
from candid_assets.sql import quoted
from candid_assets.warehouse.raw_query import extract_rows
from candid_assets.warehouse.tab_changes import Change, Layout

ENOUGH: Final = 0.5
"""Score from which a new header is taken for the old one under another name."""


def missing_headers(
    connection: duckdb.DuckDBPyConnection,
    tab: Tab,
    problem: HeaderProblem,
    before: Layout | None,
    sources: tuple[str, str],
) -> list[Change]:
    """Return a breaking change for each header that a tab lacks, as a rename where it looks so.

    Where the whole header row is gone, that is the one change.

    Args:
        connection: Where the sources are read.
        tab: The contract.
        problem: What is missing, and from which row.
        before: The layout that the clean table was last made from.
        sources: Relations of the extract as it is and as it was then, with the sheet's letters.
    """
    if gone := header_gone(connection, tab, problem, before, sources):
        return [gone]
    row = problem.best_row
    now = _cells(connection, sources[0], row) if row else []
    old = [normalise(h) for h in before.headers] if before else []
    claimed = {normalise(c.header) for c in tab.columns}
    free = [
        place
        for place, text in enumerate(now, start=1)
        if text and normalise(text) not in claimed and normalise(text) not in old
    ]
    below = (
        f"(from {sources[0]} where _row > {row or 0})",
        f"(from {sources[1]} where _row > {before.header_row if before else 0})",
    )
    changes = []
    for header in problem.missing:
        column = next(c for c in tab.columns if c.header == header)
        key = normalise(header)
        was = old.index(key) + 1 if key in old else None
        scores = {
            place: _score(connection, below, (was, place), (header, now[place - 1]))
            for place in free
        }
        best = max(scores, key=scores.__getitem__, default=None)
        if best is not None and scores[best][0] >= ENOUGH:
            free.remove(best)
            changes.append(_renamed(tab, column, best, now[best - 1], scores[best][1]))
        else:
            changes.append(_gone(tab, column))
    none_left = not claimed.intersection(map(normalise, now))
    if none_left and len(changes) > 1 and all(c.kind == "column_removed" for c in changes):
        return [headers_gone(tab, before)]
    return changes


def _renamed(tab: Tab, column: Column, place: int, header: str, shared: float) -> Change:
    why = f"{shared:.0%} of the values are the same" if shared else "it is in the same place"
    return Change(
        "column_renamed",
        f"header {in_message(column.header)} of {column.name} looks renamed to"
        f" {in_message(header)}"
        f" (column {column_letter(place)}, {why})",
        column.header,
        breaking=True,
        fix=_fix(tab, f"rename it back {tab.words.inside}", "accept it"),
        column=column.name,
        to=header,
    )


def _gone(tab: Tab, column: Column) -> Change:
    return Change(
        "column_removed",
        f"column {in_message(column.header)} of {column.name} is gone",
        column.header,
        breaking=True,
        fix=_fix(tab, tab.words.undo, "retire it"),
        column=column.name,
    )


def _fix(tab: Tab, correct: str, accept: str) -> str:
    if tab.family:
        return f"{correct}, as the other tabs of the family {tab.family} have it"
    return f"{correct}, or {accept}: candid contracts diff {tab.table} --write"


def _score(
    connection: duckdb.DuckDBPyConnection,
    sources: tuple[str, str],
    places: tuple[int | None, int],
    headers: tuple[str, str],
) -> tuple[float, float]:
    """Return the likeness of a new column to the old one, and the share of equal values."""
    was, place = places
    shared = _shared(connection, sources, was, place) if was else 0.0
    alike = SequenceMatcher(None, normalise(headers[0]), normalise(headers[1])).ratio()
    same_place = ENOUGH if was == place else 0.0
    return same_place + shared + 0.1 * alike, shared


def _shared(
    connection: duckdb.DuckDBPyConnection, sources: tuple[str, str], was: int, place: int
) -> float:
    """Return the share of the old column's values, by row count, that the new one has, too."""
    new, old = quoted(column_letter(place)), quoted(column_letter(was))
    row = connection.execute(
        f"with new as (select {new} as v, count(*) as n from {sources[0]} where {new} is not null"
        f" group by 1), old as (select {old} as v, count(*) as n from {sources[1]}"
        f" where {old} is not null group by 1)"
        " select coalesce(sum(least(new.n, old.n)), 0) / greatest((select sum(n) from old),"
        " (select sum(n) from new), 1) from old join new using (v)"
    ).fetchone()
    return float(row[0]) if row and row[0] is not None else 0.0


def _cells(connection: duckdb.DuckDBPyConnection, source: str, row: int) -> list[str]:
    """Return the texts of one row, a blank one as empty text."""
    cells = (cell for cells in extract_rows(connection, source, row, row) for cell in cells)
    return [" ".join((cell or "").split()) for cell in cells]
