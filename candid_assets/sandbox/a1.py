"""Ranges as the Sheets API reads them: which tab and which cells a range names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from candid_assets.names import column_letter
from candid_assets.sandbox.cell_references import Bounds, parse_cells
from candid_assets.sandbox.errors import GoogleError, invalid_argument

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_QUOTED = re.compile(r"'((?:[^']|'')*)'", re.DOTALL)
_LAST_COLUMN = 18278  # ZZZ, the widest a Google sheet can be


@dataclass(frozen=True, slots=True)
class AddressedTab:
    """What the parser must know of a tab: its title and its grid, hidden or not."""

    title: str
    rows: int
    columns: int
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class CellRange:
    """Cells of one tab: 0-based, ends exclusive, within the grid."""

    tab: int
    start_row: int
    end_row: int
    start_column: int
    end_column: int

    def written(self, title: str) -> str:
        """Return the range as the API echoes it: `Stok!A1:J10`, `'Jan25'!A1`."""
        first = f"{column_letter(self.start_column + 1)}{self.start_row + 1}"
        last = f"{column_letter(self.end_column)}{self.end_row}"
        return f"{quoted(title)}!{first}" + ("" if first == last else f":{last}")


def quoted(title: str) -> str:
    """Return the tab's title, in quotes unless it is a plain name that is no reference itself."""
    if _PLAIN_NAME.fullmatch(title) and parse_cells(title) is None:
        return title
    return "'" + title.replace("'", "''") + "'"


def parse_range(
    text: str, grids: Sequence[AddressedTab], named: Mapping[str, str] | None = None
) -> CellRange:
    """Return the cells that a range names, or raise the API's own 400.

    As at Google, a range without `!` is first a reference into the first visible tab, so `Jan25`
    is the cell in column JAN, row 25; then a named range, then a title, whose case does not
    matter. With `!`, what precedes the last one is a title, in quotes or not, never a named range.
    """
    tab, cells = _split(text, grids, named or {})
    if cells is None:
        return CellRange(tab, 0, grids[tab].rows, 0, grids[tab].columns)
    return _within(cells, tab, grids[tab])


def _unparsable(text: str) -> GoogleError:
    return invalid_argument(f"Unable to parse range: {text}")


def _split(
    text: str, grids: Sequence[AddressedTab], named: Mapping[str, str]
) -> tuple[int, Bounds | None]:
    before, bang, after = text.rpartition("!")
    if not bang:
        return _without_title(text, grids, named)
    cells = parse_cells(after)
    if cells is not None:
        if before in ("", "''"):
            return _first_visible(grids), cells
        tab = _find(before, grids)
        if tab is not None:
            return tab, cells
    whole = _find(text, grids)
    if whole is None:
        raise _unparsable(text)
    return whole, None


def _without_title(
    text: str, grids: Sequence[AddressedTab], named: Mapping[str, str]
) -> tuple[int, Bounds | None]:
    cells = parse_cells(text)
    if cells is not None and grids:
        return _first_visible(grids), cells
    for name, place in named.items():
        if name.casefold() == text.casefold():
            return _split(place, grids, {})
    tab = _find(text, grids)
    if tab is None:
        raise _unparsable(text)
    return tab, None


def _find(title: str, grids: Sequence[AddressedTab]) -> int | None:
    """Return the tab that a title names, quoted or as it is, or None."""
    match = _QUOTED.fullmatch(title)
    if match:
        title = match[1].replace("''", "'")
    elif "'" in title:
        return None
    folded = title.casefold()
    matching = (number for number, grid in enumerate(grids) if grid.title.casefold() == folded)
    return next(matching, None)


def _first_visible(grids: Sequence[AddressedTab]) -> int:
    return next((number for number, grid in enumerate(grids) if not grid.hidden), 0)


def _within(cells: Bounds, tab: int, grid: AddressedTab) -> CellRange:
    if cells.top >= grid.rows or cells.left >= grid.columns:
        raise invalid_argument(
            f"Range ({_beyond(cells, grid)}) exceeds grid limits. "
            f"Max rows: {grid.rows}, max columns: {grid.columns}"
        )
    return CellRange(
        tab,
        cells.top,
        min(cells.bottom or grid.rows, grid.rows),
        cells.left,
        min(cells.right or grid.columns, grid.columns),
    )


def _beyond(cells: Bounds, grid: AddressedTab) -> str:
    """Return a range past the grid as the API names it: whole columns by their letters alone."""
    right = min(cells.right or grid.columns, _LAST_COLUMN)
    letters = column_letter(cells.left + 1), column_letter(right)
    if cells.bottom is None and cells.top == 0:
        first, last = letters
    elif cells.right is None and cells.left == 0:
        first, last = str(cells.top + 1), str(cells.bottom or grid.rows)
    else:
        first = f"{letters[0]}{cells.top + 1}"
        last = f"{letters[1]}{cells.bottom or grid.rows}"
    return f"{quoted(grid.title)}!{first}" + ("" if first == last else f":{last}")
