"""A1 notation as the Sheets API reads it: which tab and which cells a range names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from candid_assets.names import column_letter
from candid_assets.sandbox.errors import GoogleError, invalid_argument

_CELLS = re.compile(
    r"\$?(?P<c1>[A-Za-z]{1,3})?\$?(?P<r1>[0-9]{1,8})?(?::\$?(?P<c2>[A-Za-z]{1,3})?\$?(?P<r2>[0-9]{1,8})?)?"
)
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LOOKS_LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]*|[Rr][0-9]*[Cc][0-9]*")
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
    """Return the tab's title, in quotes when A1 notation needs them."""
    if _PLAIN_NAME.fullmatch(title) and not _LOOKS_LIKE_A_CELL.fullmatch(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def column_number(letters: str) -> int:
    """Return a column's number from 1 for its letters: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def parse_range(
    text: str, grids: Sequence[AddressedTab], named: Mapping[str, str] | None = None
) -> CellRange:
    """Return the cells that a range names, or raise the API's own 400.

    As at Google, `Jan25` without quotes is the cell in column JAN, row 25 of the first visible
    tab, a lone `b` is no range at all, and a named range goes before a tab of the same name.
    """
    tab, cells = _split(text, grids, named or {})
    if cells is None:
        return CellRange(tab, 0, grids[tab].rows, 0, grids[tab].columns)
    return _within(_bounds(cells, text), tab, grids[tab])


def _unparsable(text: str) -> GoogleError:
    return invalid_argument(f"Unable to parse range: {text}")


def _split(
    text: str, grids: Sequence[AddressedTab], named: Mapping[str, str]
) -> tuple[int, str | None]:
    if not text:
        raise _unparsable(text)
    if text.startswith("'"):
        title, rest = _unquote(text)
        if rest and not rest.startswith("!"):
            raise _unparsable(text)
        cells = rest[1:] if rest else None
        if cells == "":
            raise _unparsable(text)
        return _find(title, grids, text), cells
    if "!" in text:
        title, cells = text.rsplit("!", 1)
        if not _PLAIN_NAME.fullmatch(title) or not cells:
            raise _unparsable(text)
        return _find(title, grids, text), cells
    if _CELLS.fullmatch(text) and not text.isalpha():
        return _first_visible(grids), text
    if text in named:
        return _split(named[text], grids, {})
    if text.isalpha() and text.isascii() and len(text) <= 3:
        raise _unparsable(text)
    return _find(text, grids, text), None


def _unquote(text: str) -> tuple[str, str]:
    match = re.match(r"'((?:[^']|'')*)'", text, re.DOTALL)
    if not match:
        raise _unparsable(text)
    return match[1].replace("''", "'"), text[match.end() :]


def _find(title: str, grids: Sequence[AddressedTab], text: str) -> int:
    folded = title.casefold()
    for number, grid in enumerate(grids):
        if grid.title.casefold() == folded:
            return number
    raise _unparsable(text)


def _first_visible(grids: Sequence[AddressedTab]) -> int:
    return next((number for number, grid in enumerate(grids) if not grid.hidden), 0)


def _bounds(cells: str, text: str) -> tuple[int, int | None, int, int | None]:
    match = _CELLS.fullmatch(cells)
    if not match or not any(match.groups()):
        raise _unparsable(text)
    c1, r1, c2, r2 = match.groups()
    if ":" not in cells:
        if not (c1 and r1):
            raise _unparsable(text)
        c2, r2 = c1, r1
    elif not ((c1 or r1) and (c2 or r2)) or bool(c1) != bool(c2):
        raise _unparsable(text)
    rows = [int(r) for r in (r1, r2) if r]
    if 0 in rows:
        raise _unparsable(text)
    top, bottom = int(r1 or 1), int(r2) if r2 else None
    left, right = column_number(c1) if c1 else 1, column_number(c2) if c2 else None
    if bottom is not None and bottom < top:
        top, bottom = bottom, top
    if right is not None and right < left:
        left, right = right, left
    return top - 1, bottom, left - 1, right


def _within(
    bounds: tuple[int, int | None, int, int | None], tab: int, grid: AddressedTab
) -> CellRange:
    top, bottom, left, right = bounds
    if top >= grid.rows or left >= grid.columns:
        asked = CellRange(tab, top, bottom or top + 1, left, min(right or left + 1, _LAST_COLUMN))
        raise invalid_argument(
            f"Range ({asked.written(grid.title)}) exceeds grid limits. "
            f"Max rows: {grid.rows}, max columns: {grid.columns}"
        )
    return CellRange(
        tab,
        top,
        min(bottom or grid.rows, grid.rows),
        left,
        min(right or grid.columns, grid.columns),
    )
