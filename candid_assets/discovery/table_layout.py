"""Finds the table of a tab: header, columns, end, and the regions that are not part of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from candid_assets.contracts.header_text import header_texts
from candid_assets.discovery.grid import Grid, runs
from candid_assets.discovery.header_candidates import Candidate, HeaderSearch
from candid_assets.discovery.header_units import unit_of
from candid_assets.discovery.missing_header import is_data, proposed_names
from candid_assets.discovery.office_words import HEADER_WORDS, words_of
from candid_assets.discovery.running_text import is_running_text
from candid_assets.discovery.table_ends import TableEnd, column_numbers, find_end
from candid_assets.names import column_letter

_SAMPLE: Final = 200
_MOST_PAIRS: Final = 40
_NOTE_SHARE: Final = 0.2
"""A column without a header at the table's edge is a side note where fewer rows have it."""
_FEWEST: Final = 3
"""It is one too where fewer rows than this have it, unless the table has no more itself."""


@dataclass(frozen=True, slots=True)
class Region:
    """Cells that are no part of the table, named."""

    cells: str
    """Range, such as `K3:M9`."""
    rule: Literal["above_header", "below_table", "side_note", "side_table"]


@dataclass(frozen=True, slots=True)
class TableLayout:
    """The position of a tab's table."""

    header_row: int
    """The first row of the header, or of the data where there is no header."""
    header_rows: int
    headers: tuple[str, ...]
    """The name of every column of the sheet by which a contract takes it."""
    places: tuple[int, ...]
    """The table's columns, counted from 1."""
    ignored: tuple[int, ...]
    """Columns with cells that are no part of the table."""
    blank: frozenset[int]
    """Columns of the table whose header is blank."""
    column_numbers: bool
    last_row: int
    """The table's last row as it now stands; above `header_row` plus rows where it has none."""
    ends_at: tuple[str, ...] = ()
    described: Mapping[int, str] = field(default_factory=dict)
    """Column to what the line below the header says of it; blank where there is no such line."""
    units: Mapping[int, str] = field(default_factory=dict)
    """Column to its unit, where a row of the header or below it gives one."""
    regions: tuple[Region, ...] = ()
    names: Mapping[int, str] = field(default_factory=dict)
    """Names that are proposed for the columns of a table without a header."""

    @property
    def first_row(self) -> int:
        """The first row below the header and the line that describes it."""
        return self.header_row + self.header_rows + bool(self.described)


@dataclass(frozen=True, slots=True)
class NotATable:
    """Why a tab is no table; it is listed, never guessed into one."""

    code: str
    reason: str
    facts: dict[str, str] = field(default_factory=dict)


def find_layout(grid: Grid) -> TableLayout | NotATable:
    """Return the position of the tab's table, or why it has none; it is searched for once."""
    known = grid.remembered.get("layout")
    if not isinstance(known, TableLayout | NotATable):
        known = grid.remembered["layout"] = _searched(grid)
    return known


def _searched(grid: Grid) -> TableLayout | NotATable:
    search = HeaderSearch(grid)
    turned = _turned(grid)
    if turned:
        return turned
    best = search.best
    if best is None:
        return NotATable("empty", "the tab is empty")
    if not search.rows_below(best.last_row, 1):
        alone = _header_only(grid, best)
        if isinstance(alone, NotATable):
            return alone
    if best.textual < 0.55 or max(best.coverage, _coverage_beside(search, best)) < 0.45:
        reason = f"no row looks like a header; the likeliest is row {best.row}"
        return NotATable("no_header", f"{reason}: write one above the data")
    if is_data(grid, best, search.rows_below(best.last_row, _SAMPLE)):
        names = ", ".join(proposed_names(grid, best))
        reason = f"no header: row {best.row} holds data as the rows below it do"
        return NotATable("no_header", f"{reason}; write one above it, such as {names}")
    places, ignored = _columns(grid, best)
    described = search.stacks.is_described(best.row, best.last_row + 1) and best.rows == 1
    end = find_end(grid, best.last_row + described, places)
    layout = _layout(grid, best, places, ignored, end, described=described)
    return _doubts(grid, layout) or layout


def _header_only(grid: Grid, best: Candidate) -> NotATable | None:
    named = [text for text in best.texts if text]
    if len(named) < 2 or best.textual < 0.6:
        reason = "the tab holds only a note" if len(named) < 2 else "no row looks like a header"
        return NotATable("note" if len(named) < 2 else "no_header", reason)
    return None


def _coverage_beside(search: HeaderSearch, best: Candidate) -> float:
    """Return the share of columns that are named where tables beside them are left aside."""
    named = {p for p, text in enumerate(best.texts, 1) if text}
    used = named.union(*map(search.grid.filled, search.rows_below(best.last_row, _SAMPLE)))
    ours = [block for block in runs(sorted(used)) if named.intersection(block)]
    return len(named) / max(sum(map(len, ours)), 1)


def _columns(grid: Grid, best: Candidate) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the columns of the table, and those with cells that stand beside it."""
    below = [r for r in range(best.last_row + 1, grid.rows + 1) if grid.filled(r)]
    counts: Counter[int] = Counter()
    for row in below:
        counts.update(grid.filled(row))
    named = {p for p, text in enumerate(best.texts, 1) if text}
    used = sorted(named | counts.keys())
    blocks = runs(used)
    main = max(blocks, key=lambda b: (_weight(b, named, counts), -b[0]))
    most = max((counts[p] for p in main), default=0)
    places: list[int] = []
    ignored: list[int] = []
    for block in blocks:
        with_header = [p for p in block if p in named]
        fullest = max((counts[p] for p in block), default=0)
        belongs = block is main or (
            with_header
            and (fullest >= 0.6 * most or (len(with_header) == len(block) and not below))
        )
        (places if belongs else ignored).extend(block)
    edge = [p for p in places if p not in named and p > max(named & set(places))]
    edge += [p for p in places if p not in named and p < min(named & set(places))]
    for place in edge:
        if counts[place] < max(_NOTE_SHARE * most, min(_FEWEST, most)):
            places.remove(place)
            ignored.append(place)
    return tuple(places), tuple(sorted(ignored))


def _weight(block: Sequence[int], named: set[int], counts: Counter[int]) -> float:
    with_header = sum(p in named for p in block)
    return with_header * (1 + sum(counts[p] for p in block if p in named))


def _layout(
    grid: Grid,
    best: Candidate,
    places: tuple[int, ...],
    ignored: tuple[int, ...],
    end: TableEnd,
    *,
    described: bool,
) -> TableLayout:
    regions = []
    lowest = best.last_row + described
    below = {p: text for p in places if (text := grid.text(lowest, p))} if lowest > best.row else {}
    if best.row > 1:
        used = [p for r in range(1, best.row) for p in grid.filled(r)]
        if used:
            first = next(r for r in range(1, best.row) if grid.filled(r))
            cells = grid.range_of((first, best.row - 1), (min(used), max(used)))
            regions.append(Region(cells, "above_header"))
    if end.below:
        used = [p for r in range(end.below, grid.rows + 1) for p in grid.filled(r)]
        cells = grid.range_of((end.below, grid.rows), (min(used), max(used)))
        regions.append(Region(cells, "below_table"))
    for block in runs(ignored):
        rows = [r for r in range(1, grid.rows + 1) if set(grid.filled(r)) & set(block)]
        if rows:
            cells = grid.range_of((rows[0], rows[-1]), (block[0], block[-1]))
            named = any(best.texts[p - 1] for p in block)
            regions.append(Region(cells, "side_table" if named else "side_note"))
    return TableLayout(
        header_row=best.row,
        header_rows=best.rows,
        headers=tuple(header_texts(best.texts)),
        places=places,
        ignored=ignored,
        blank=frozenset(p for p in places if not best.texts[p - 1]),
        column_numbers=column_numbers(grid, best.last_row, places),
        last_row=end.last_row,
        ends_at=end.words,
        described=below if described else {},
        units={p: unit for p, text in below.items() if (unit := unit_of(text))},
        regions=tuple(regions),
    )


def _doubts(grid: Grid, layout: TableLayout) -> NotATable | None:
    """Return why the candidate is not a table, or None if it is one."""
    first = layout.first_row + layout.column_numbers
    rows = [
        r for r in range(first, layout.last_row + 1) if set(grid.filled(r)) & set(layout.places)
    ]
    if not rows:
        return None
    step = max(len(rows) // _SAMPLE, 1)
    rows = rows[::step]
    shapes = [[grid.shape(r, p) for p in layout.places] for r in rows]
    cells = sum(s != "-" for line in shapes for s in line)
    fill = cells / (len(rows) * len(layout.places))
    down = _purity([list(column) for column in zip(*shapes, strict=True)])
    if _is_prose(grid, layout, rows):
        return NotATable("note", "the tab holds notes, no table")
    if len(layout.places) == 2 and len(rows) > 2 and _pairs(grid, layout, rows, shapes):
        return NotATable("pairs", "pairs of a label and a value, one below the other")
    below = sum(bool(grid.filled(r)) for r in range(layout.last_row + 1, grid.rows + 1))
    if layout.ends_at and len(rows) < 3 and below >= 2 * len(rows) + 2 and len(layout.places) > 1:
        return NotATable("dashboard", "a dashboard: several small blocks, none of them a table")
    nameless = len(layout.blank) / len(layout.places)
    sparse = (fill < 0.2 and len(layout.places) > 3) or (fill < 0.5 and nameless > 1 / 3)
    if sparse or (down < 0.6 and len(rows) > 3):
        reason = f"a dashboard: {fill:.0%} of its block is filled, its columns are of one kind to"
        return NotATable("dashboard", f"{reason} {down:.0%}")
    return None


def _is_prose(grid: Grid, layout: TableLayout, rows: Sequence[int]) -> bool:
    """Whether the cells are notes: running text in one column, or a few rows apart from another."""
    if len(layout.places) > 1:
        named = any(words_of(layout.headers[p - 1]) & HEADER_WORDS for p in layout.places)
        spread = rows[-1] - layout.first_row >= len(rows)
        return len(rows) <= _FEWEST and spread and not named
    place = layout.places[0]
    if rows and rows[0] > layout.first_row:
        return True
    # What signs a table begins as a letter does: it is no note while a table stands above it.
    alone = all(len(grid.filled(r)) < 2 for r in range(1, layout.header_row))
    texts = [grid.text(r, place) for r in rows]
    return is_running_text(layout.headers[place - 1], texts, alone=alone)


def _pairs(
    grid: Grid, layout: TableLayout, rows: Sequence[int], shapes: Sequence[Sequence[str]]
) -> bool:
    """Whether two columns are labels of their own beside values of every kind."""
    leads = {grid.text(r, layout.places[0]) for r in rows}
    if len(rows) > _MOST_PAIRS or len(leads) < len(rows) or any(line[0] != "w" for line in shapes):
        return False
    named = words_of(layout.headers[layout.places[1] - 1]) & HEADER_WORDS
    return not named and len({line[1] for line in shapes} - {"-", "e"}) >= 3


def _turned(grid: Grid) -> NotATable | None:
    """Return that a table lies on its side: each row, not each column, is of one kind."""
    rows = [r for r in range(1, min(grid.rows, _SAMPLE) + 1) if len(grid.filled(r)) > 2]
    if not 3 <= len(rows) < _SAMPLE / 4:
        return None
    first = min(min(grid.filled(r)) for r in rows)
    places = range(first + 1, max(max(grid.filled(r)) for r in rows) + 1)
    leads = [grid.text(r, first) for r in rows]
    named = all(grid.shape(r, first) in "wc" for r in rows)
    if len(places) < 2 or not named or len(set(leads)) < len(leads):
        return None
    shapes = [[grid.shape(r, p) for p in places] for r in rows]
    down = _purity([list(column) for column in zip(*shapes[1:], strict=True)])
    kinds = len({tuple(Counter(_kin(s) for s in line).most_common(1)) for line in shapes})
    if _purity(shapes) < 0.95 or down > 0.75 or kinds < 2:
        return None
    reason = f"the table lies on its side: its fields are in column {column_letter(first)}"
    return NotATable("transposed", f"{reason}; turn it (paste special, transposed)")


def _kin(shape: str) -> str:
    return "w" if shape in "wclyb" else shape


def _purity(lines: Sequence[Sequence[str]]) -> float:
    """Return how far the cells of each line are of one shape, weighted by their number."""
    alike = total = 0
    for line in lines:
        # Codes, words and sentences stand in one column of text.
        shapes = Counter(_kin(s) for s in line if s not in "-e")
        if shapes:
            alike += shapes.most_common(1)[0][1]
            total += sum(shapes.values())
    return alike / total if total else 1.0
