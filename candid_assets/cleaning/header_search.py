"""Finds a tab's header among its first rows by the headers that the contract names."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from candid_assets.cleaning.form_cells import with_forms
from candid_assets.cleaning.table_places import chosen_place, table_places, within
from candid_assets.contracts.catalog import Column, Tab
from candid_assets.contracts.header_map import HeaderMap
from candid_assets.contracts.header_text import Row, header_texts, in_message, joined, normalise
from candid_assets.contracts.other_headers import with_own_headers
from candid_assets.contracts.tables_in_tab import is_one_of_several
from candid_assets.names import column_letter
from candid_assets.near_names import nearest

SEARCHED_ROWS: Final = 30
HEAD_ROWS: Final = 60
"""Rows that are read to find a header of several rows, named in the contract or searched for."""
ALL_ROWS: Final = 2**31 - 1
_LIKENESS: Final = 0.6


@dataclass(frozen=True, slots=True)
class HeaderProblem:
    """Why a tab's header could not be mapped, and how to correct it."""

    workbook: str
    tab: str
    title: str
    missing: tuple[str, ...]
    """Headers of the contract that the best row lacks."""
    best_row: int | None
    """Sheet row, counted from 1, that holds most of the contract's headers."""
    message: str
    fix: str

    def __str__(self) -> str:
        """Return the message and the fix in one line."""
        return f"{self.message}; {self.fix}"


def rows_to_search(tab: Tab) -> int:
    """Return how many of a tab's first rows `find_header` needs to find its table."""
    return ALL_ROWS if is_one_of_several(tab) else HEAD_ROWS


def find_header(tab: Tab, rows: Sequence[Row]) -> HeaderMap | HeaderProblem:
    """Return where the contract's columns stand, or why that cannot be known."""
    header = _find(tab, rows)
    if isinstance(header, HeaderProblem):
        return header
    filled = with_forms(tab, rows, header)
    if isinstance(filled, HeaderMap):
        return filled
    fix = f"write it back above the table, or give the column the property optional in {tab.path}"
    message = f"{_place(tab)}: {filled}"
    return HeaderProblem(tab.workbook, tab.name, tab.title, (), None, message, fix)


def _find(tab: Tab, rows: Sequence[Row]) -> HeaderMap | HeaderProblem:
    """Return where the columns stand that have headers."""
    count = tab.options.header_rows
    if not count:
        return _without_header(tab, rows)
    if count > 1:
        read: list[Row] = [joined(rows[n : n + count]) for n in range(len(rows) - count + 1)]
    else:
        read = list(rows)
    read = list(with_own_headers(tab, read))
    wanted = {normalise(c.header): c for c in tab.columns if c.in_sheet}
    required = {header for header, column in wanted.items() if not column.options.may_lack}
    if tab.options.table_in_tab is not None:
        return _one_of_several(tab, rows, read, tab.options.table_in_tab)
    fixed = tab.options.header_row
    for number in _searched(fixed, len(read)):
        cells = {normalise(cell) for cell in header_texts(read[number - 1])}
        if required <= cells and not wanted.keys().isdisjoint(cells):
            return _mapped(tab, number, read[number - 1], wanted, rows[number - 1 :][:count])
    return _missing(tab, read, wanted, required)


def _without_header(tab: Tab, rows: Sequence[Row]) -> HeaderMap | HeaderProblem:
    """Return the columns of a table without a header, which are named by their letters."""
    first, width = tab.options.header_row or 1, max(map(len, rows), default=0)
    wanted = {normalise(c.header): c for c in tab.columns if c.in_sheet}
    letters = {normalise(text): p for p, text in enumerate(header_texts([None] * width), 1)}
    lacking = [c for header, c in wanted.items() if header not in letters]
    lacking = [column for column in lacking if not column.options.may_lack]
    if lacking:
        named = _quoted([column.header for column in lacking])
        message = f"{_place(tab)} has {width} columns, without {named}"
        return _problem(tab, lacking, None, message, f"correct the columns in {tab.path}")
    positions = {c.name: letters[header] for header, c in wanted.items() if header in letters}
    ignored = {normalise(text) for text in tab.options.ignored_headers}
    return HeaderMap(
        first,
        positions,
        ignored=tuple(p for text, p in letters.items() if text in ignored and text not in wanted),
        has_header=False,
    )


def _one_of_several(
    tab: Tab, rows: Sequence[Row], read: Sequence[Row], which: int | str
) -> HeaderMap | HeaderProblem:
    """Return where one of several tables of a tab stands."""
    wanted = {normalise(c.header): c for c in tab.columns if c.in_sheet}
    required = [h for h, column in wanted.items() if not column.options.may_lack]
    ignored = frozenset(normalise(text) for text in tab.options.ignored_headers)
    places = table_places(read, required, ignored)
    place = chosen_place(places, rows, which)
    if place is None and places:
        cells = ", ".join(f"{column_letter(p.first)}{p.row}" for p in places)
        named = f"table {which}" if isinstance(which, int) else f"table under {in_message(which)}"
        message = f"{_place(tab)}: there is no {named}; its headers stand at {cells}"
        fix = f"{tab.words.undo}, or write the title above the table as tableInTab in {tab.path}"
        return HeaderProblem(tab.workbook, tab.name, tab.title, (), None, message, fix)
    if place is None:
        return _missing(tab, read, wanted, set(required))
    lines = [within(row, place) for row in rows[place.row - 1 :][: tab.options.header_rows]]
    row = within(read[place.row - 1], place)
    header = _mapped(tab, place.row, row, wanted, lines)
    if isinstance(header, HeaderProblem):
        return header
    region = range(place.first, place.last + 1)
    beside = {n for n in range(1, len(row) + 1) if n not in region}
    left_out = tuple(sorted(beside.union(header.ignored)))
    return replace(header, ignored=left_out, region=(place.first, place.last))


def _searched(fixed: int | None, count: int) -> range:
    """Return the sheet rows in which the header is looked for."""
    if fixed is None:
        return range(1, min(count, SEARCHED_ROWS) + 1)
    return range(fixed, min(fixed, count) + 1)


def _mapped(
    tab: Tab, number: int, row: Row, wanted: dict[str, Column], lines: Sequence[Row]
) -> HeaderMap | HeaderProblem:
    """Return the map of a row that holds every header, or the problem of a repeated header."""
    texts = header_texts(row)
    cells = [normalise(text) for text in texts]
    known = wanted.keys() | {normalise(text) for text in tab.options.ignored_headers}
    bare = [normalise(cell) for cell in row]
    unknown = Counter(b for b, key in zip(bare, cells, strict=True) if key not in known)
    twice = [column.header for header, column in wanted.items() if unknown[header]]
    if twice:
        headers = _quoted(twice)
        return HeaderProblem(
            workbook=tab.workbook,
            tab=tab.name,
            title=tab.title,
            missing=(),
            best_row=number,
            message=f"{_place(tab)}: header {headers} occurs more than once in row {number}",
            fix=f"rename the other column {tab.words.inside}",
        )
    positions = {
        column.name: cells.index(header) + 1 for header, column in wanted.items() if header in cells
    }
    unclaimed = tuple(
        text
        for text, key, written in zip(texts, cells, bare, strict=True)
        if written and key not in known
    )
    read = tuple(
        {place: text for place, cell in enumerate(line, 1) if (text := normalise(cell))}
        for line in lines
    )
    ignored = tuple(
        place for place, key in enumerate(cells, 1) if key in known and key not in wanted
    )
    return HeaderMap(number, positions, unclaimed, read, ignored)


def _missing(
    tab: Tab, rows: Sequence[Row], wanted: dict[str, Column], required: set[str]
) -> HeaderProblem:
    """Return the problem of a tab in which no row holds every header."""
    searched = _searched(tab.options.header_row, len(rows))
    best = max(searched, key=lambda n: (_score(rows[n - 1], wanted), -n), default=None)
    row = rows[best - 1] if best else ()
    cells = {normalise(text): text for text in header_texts(row)}
    lacking = [c for header, c in wanted.items() if header in required and header not in cells]
    written = {normalise(cell) for cell in row}
    free = {key: cell for key, cell in cells.items() if key in written and key not in wanted}
    if best is None or not any(normalise(cell) for cell in row):
        return _problem(tab, lacking, None, _nowhere(tab, len(rows), lacking), _fix(tab))
    message = f"{_place(tab)}: row {best} lacks the header{'s' * (len(lacking) > 1)} " + ", ".join(
        _with_nearest(column, free, tab.words.inside) for column in lacking
    )
    elsewhere = _complete_row(rows, required) if tab.options.header_row else None
    fix = f"set headerRow to {elsewhere} in {tab.path}" if elsewhere else _fix(tab)
    return _problem(tab, lacking, best, message, fix)


def _score(row: Row, wanted: dict[str, Column]) -> tuple[int, int]:
    """Return how many headers a row holds exactly, and how many nearly."""
    cells = {normalise(cell) for cell in row} - {""}
    rest = [header for header in wanted if header not in cells]
    near = sum(nearest(header, cells, _LIKENESS) is not None for header in rest)
    return len(wanted) - len(rest), near


def _complete_row(rows: Sequence[Row], required: set[str]) -> int | None:
    """Return the first row that holds every required header."""
    for number in _searched(None, len(rows)):
        if required and required <= {normalise(cell) for cell in header_texts(rows[number - 1])}:
            return number
    return None


def _with_nearest(column: Column, free: dict[str, str], inside: str) -> str:
    """Return a missing header with the sheet's own header that is most like it."""
    near = nearest(normalise(column.header), free, _LIKENESS)
    like = (
        f"the nearest {inside} is {in_message(free[near])}" if near else f"none {inside} is like it"
    )
    return f"{in_message(column.header)} of {column.name} ({like})"


def _nowhere(tab: Tab, count: int, lacking: list[Column]) -> str:
    """Return the message for a tab in which no row is like a header."""
    row = tab.options.header_row
    if not count:
        return f"{_place(tab)} is empty, without even a header"
    if row and row > count:
        return f"{_place(tab)}: the header should be in row {row}, but there are {count} rows"
    where = f"row {row}" if row else f"rows 1 to {min(count, SEARCHED_ROWS)}"
    expected = _quoted([column.header for column in lacking])
    return f"{_place(tab)}: there is no header in {where}; expected {expected}"


def _problem(
    tab: Tab, lacking: list[Column], best: int | None, message: str, fix: str
) -> HeaderProblem:
    missing = tuple(column.header for column in lacking)
    return HeaderProblem(tab.workbook, tab.name, tab.title, missing, best, message, fix)


def _fix(tab: Tab) -> str:
    return (
        f"rename the header back {tab.words.inside}, write the new one as physicalName, "
        f"or give the column the custom property optional in {tab.path}"
    )


def _place(tab: Tab) -> str:
    return f"workbook {tab.workbook}, tab '{tab.title}'"


def _quoted(headers: Sequence[str]) -> str:
    return ", ".join(map(in_message, headers))
