"""Divides a tab into its tables: beside one another, and below one another."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from candid_assets.cleaning.table_places import TablePlace, chosen_place, table_places
from candid_assets.contracts.custom_properties import CELL_MARK
from candid_assets.contracts.header_text import Row, joined, normalise
from candid_assets.discovery.forms_above import is_form
from candid_assets.discovery.grid import Grid, cut, runs
from candid_assets.discovery.header_breaks import header_breaks, title_above
from candid_assets.discovery.headerless_tables import headerless_layout
from candid_assets.discovery.neighbour_tables import (
    are_alike,
    differ_in_length,
    stand_apart,
    starts_of_titled,
)
from candid_assets.discovery.table_layout import NotATable, TableLayout, find_layout

_MOST_TABLES: Final = 40
_FEWEST_BESIDE: Final = 3
"""Rows that a table beside others has at least, where its headers are its own."""


@dataclass(frozen=True, slots=True)
class TabTable:
    """One table of a tab."""

    grid: Grid
    """The tab with nothing but the table's cells and those above it."""
    layout: TableLayout
    which: int | str | None = None
    """What a contract calls it by, where the tab holds several tables."""
    title: str = ""
    """What stands above it, where the tab holds several tables."""
    beside: tuple[str, ...] = ()
    """Headers right beside its own, of other tables of the tab."""


def tables_of(grid: Grid) -> list[TabTable] | NotATable:
    """Return the tables of a tab in the order of their places, or why it has none."""
    tables = _divided(grid)
    if len(tables) > 1 and all(map(_is_figure, tables)):
        return NotATable(
            "dashboard", "a dashboard: figures below their labels, none of them a table"
        )
    if 1 < len(tables) <= _MOST_TABLES:
        named = [_named(grid, table) for table in _ended(grid, tables)]
        if all(table.which is not None for table in named):
            return named
    layout = find_layout(grid)
    if isinstance(layout, NotATable):
        unnamed = layout.code == "no_header"
    else:
        # A signature below the data is the header of nothing but itself.
        unnamed = len(layout.places) == 1 and grid.width > 1
    if unnamed:
        layout = headerless_layout(grid) or layout
    return layout if isinstance(layout, NotATable) else [TabTable(grid, layout)]


def _is_figure(table: TabTable) -> bool:
    """Whether a part of a tab has one row below its labels."""
    layout = table.layout
    inside = set(layout.places)
    rows = range(layout.first_row, layout.last_row + 1)
    return sum(bool(inside & set(table.grid.filled(row))) for row in rows) < 2


def _divided(grid: Grid) -> list[TabTable]:
    for parts in (_side_by_side(grid), _one_below_another(grid)):
        if len(parts) > 1:
            return [table for part in parts for table in _divided(part)]
    table = _table(grid)
    return [table] if table else []


def _table(grid: Grid, fewest: int = 1) -> TabTable | None:
    """Return a part of a tab as a table of its own, or None where it is none without doubt."""
    layout = find_layout(grid)
    if isinstance(layout, NotATable) or not layout.header_rows:
        return None
    named = [p for p in layout.places if p not in layout.blank]
    inside = set(layout.places)
    rows = range(layout.first_row + layout.column_numbers, layout.last_row + 1)
    filled = sum(bool(inside & set(grid.filled(row))) for row in rows)
    return TabTable(grid, layout) if len(named) > 1 and filled >= fewest else None


def _side_by_side(grid: Grid) -> list[Grid]:
    """Return the parts of a tab in which tables stand beside one another; one for a single table.

    Columns that are no table of their own belong to the one on their left.
    """
    counts: Counter[int] = Counter()
    for row in range(1, grid.rows + 1):
        if len(grid.filled(row)) > 1:
            counts.update(grid.filled(row))
    starts: list[int] = []
    before: TabTable | None = None
    for block in runs(sorted(counts)):
        part = _cut_columns(grid, block[0], block[-1])
        table = _table(part, 0)
        if table is None or _is_slight(table, before):
            continue
        within = _starts_within(table)
        if before is None or stand_apart(grid, before.layout, table.layout) or len(within) > 1:
            starts += within
            before = table
    if len(starts) < 2:
        return [grid]
    starts[0] = 1
    lasts = [start - 1 for start in starts[1:]] + [grid.width]
    return [
        _cut_columns(grid, *first_and_last) for first_and_last in zip(starts, lasts, strict=True)
    ]


def _is_slight(table: TabTable, before: TabTable | None) -> bool:
    """Whether a block is rather a legend: it has few rows, and headers of its own."""
    layout = table.layout
    rows = layout.last_row - layout.first_row + 1
    return rows < _FEWEST_BESIDE and not (before and are_alike(before.layout, layout))


def _cut_columns(grid: Grid, first: int, last: int) -> Grid:
    return cut(grid, (1, grid.rows), (first, last))


def _starts_within(table: TabTable) -> list[int]:
    """Return the first column of each of several tables without a blank column between them.

    Their headers are equal, or they differ in length and begin with the same header, or each has a
    title over its first column or all of them.
    """
    layout, grid = table.layout, table.grid
    first, last = layout.places[0], layout.places[-1]
    rows = range(layout.header_row, layout.header_row + layout.header_rows)
    lines = [[grid.text(r, p) for p in range(first, last + 1)] for r in rows]
    texts = [normalise(text) for text in joined(lines)]
    for size in range(2, len(texts) // 2 + 1):
        equal = all(text == texts[n % size] for n, text in enumerate(texts))
        if equal and len(texts) % size == 0 and len(set(texts[:size])) == size:
            return list(range(first, last + 1, size))
    grouped = _starts_of_groups(table) or starts_of_titled(grid, layout)
    if grouped:
        return grouped
    titled = grid.filled(layout.header_row - 1) if layout.header_row > 1 else ()
    again = tuple(first + n for n, text in enumerate(texts) if text and text == texts[0])
    for starts in (titled, again) if layout.header_rows == 1 else ():
        if len(starts) > 1 and starts[0] == first and _are_apart(grid, starts, last):
            return list(starts)
    return [first]


def _are_apart(grid: Grid, starts: Sequence[int], last: int) -> bool:
    """Whether tables begin in these columns, and each ends before or behind the next one."""
    lasts = [start - 1 for start in starts[1:]] + [last]
    parts = [
        _table(_cut_columns(grid, *first_and_last))
        for first_and_last in zip(starts, lasts, strict=True)
    ]
    tables = [part for part in parts if part]
    apart = all(differ_in_length(grid, a.layout, b.layout, 1) for a, b in pairwise(tables))
    return len(tables) == len(starts) and apart


def _starts_of_groups(table: TabTable) -> list[int]:
    """Return the first columns of groups with equal headers below different titles, if all are.

    Each is a table of its own where it begins with names or codes: what stands in one row of them
    has nothing in common then, as the stocks of two warehouses.
    """
    layout, grid = table.layout, table.grid
    first, last = layout.places[0], layout.places[-1]
    starts = [p for p in grid.filled(layout.header_row) if first <= p <= last]
    if layout.header_rows != 2 or len(starts) < 2 or starts[0] != first:
        return []
    limits = [*starts[1:], last + 1]
    under = [
        [normalise(grid.text(layout.header_row + 1, p)) for p in range(start, end)]
        for start, end in zip(starts, limits, strict=True)
    ]
    if len(under[0]) < 2 or "" in under[0] or any(texts != under[0] for texts in under):
        return []
    rows = range(layout.first_row, layout.last_row + 1)
    shapes = [{grid.shape(row, start) for row in rows} - {"-"} for start in starts]
    return starts if all(each and each <= set("wc") for each in shapes) else []


def _one_below_another(grid: Grid) -> list[Grid]:
    """Return the parts of a tab in which tables stand below one another; one for a single table."""
    starts: list[int] = []
    for start in [1, *header_breaks(grid)]:
        part = cut(grid, (start, grid.rows), (1, grid.width))
        if _table(part):
            starts.append(start)
    while len(starts) > 1:
        first = _table(cut(grid, (1, starts[1] - 1), (1, grid.width)))
        if first is None or not is_form(first.grid, first.layout):
            break
        starts.pop(0)
    if len(starts) == 1:
        starts += _below_the_end(grid)
    if len(starts) < 2:
        return [grid]
    starts[0] = 1
    lasts = [start - 1 for start in starts[1:]] + [grid.rows]
    parts = [cut(grid, rows, (1, grid.width)) for rows in zip(starts, lasts, strict=True)]
    return parts if all(map(_table, parts)) else [grid]


def _below_the_end(grid: Grid) -> list[int]:
    """Return the row at which a second table without numbers begins, below the end of the first."""
    layout = find_layout(grid)
    if isinstance(layout, NotATable) or not layout.ends_at:
        return []
    start = layout.last_row + 1
    below = _table(cut(grid, (start, grid.rows), (1, grid.width)))
    return [start] if below and len(below.layout.places) > 1 and _is_whole(below) else []


def _is_whole(table: TabTable) -> bool:
    """Whether every row of a table without numbers has all of its cells."""
    layout = table.layout
    rows = range(layout.first_row, layout.last_row + 1)
    whole = all(set(layout.places) <= set(table.grid.filled(row)) for row in rows)
    return len(rows) > 2 and not layout.ends_at and whole


def _ended(grid: Grid, tables: Sequence[TabTable]) -> list[TabTable]:
    """Return tables with the words of the row below each with which another table begins."""
    return [_ended_by(grid, table, tables) for table in tables]


def _ended_by(grid: Grid, table: TabTable, tables: Sequence[TabTable]) -> TabTable:
    layout = table.layout
    first, last = layout.places[0], layout.places[-1]
    below = [
        other.layout.header_row
        for other in tables
        if other.layout.header_row > layout.last_row
        and other.layout.places[0] <= last
        and other.layout.places[-1] >= first
    ]
    if not below:
        return table
    row = min(below)
    cells = [text for p in range(first, last + 1) if (text := grid.text(row, p))]
    words = [CELL_MARK.join(cells)] if len(cells) > 1 else cells
    start = row
    while start - 1 > layout.last_row and len(grid.filled(start - 1)) == 1:
        start -= 1
    if layout.last_row < start < row and grid.filled(start - 1):
        # Titles without a blank row above them are told from data by their words alone.
        words = [grid.first_text(start, last), *words]
    return replace(table, layout=replace(layout, ends_at=(*layout.ends_at, *words)))


def _named(grid: Grid, table: TabTable) -> TabTable:
    """Return a table with what a contract calls it by; none where no contract would find it."""
    layout = table.layout
    rows: list[Row] = [
        [grid.text(r, p) or None for p in range(1, grid.width + 1)] for r in range(1, grid.rows + 1)
    ]
    count = layout.header_rows
    read = [joined(rows[n : n + count]) if count > 1 else rows[n] for n in range(len(rows))]
    required = [normalise(layout.headers[p - 1]) for p in layout.places]
    texts = [text or "" for text in read[layout.header_row - 1]]
    neighbours = (layout.places[0] - 1, layout.places[-1] + 1)
    beside = [text for p in neighbours if 0 < p <= grid.width and (text := texts[p - 1])]
    beside = [text for text in beside if normalise(text) not in required]
    places = table_places(read, required, frozenset(map(normalise, beside)))
    own = [n for n, place in enumerate(places, 1) if _is_at(place, layout)]
    if not own:
        return table
    title = title_above(table.grid, layout.header_row)
    for which in (title, own[0]):
        chosen = chosen_place(places, rows, which) if which else None
        if chosen is not None and _is_at(chosen, layout):
            return replace(table, which=which, title=title, beside=tuple(beside))
    return table


def _is_at(place: TablePlace, layout: TableLayout) -> bool:
    first, last = layout.places[0], layout.places[-1]
    return place.row == layout.header_row and place.first <= first and place.last >= last
