"""The cell part of a range as the Sheets API reads it: A1 notation first, then R1C1 notation."""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

_A1_END: Final = re.compile(r"(?:\$?(?P<column>[A-Za-z]{1,3}))?(?:\$?(?P<row>[0-9]{1,8}))?")
_R1C1_END: Final = re.compile(
    r"(?P<r>R(?:(?P<row>[0-9]{1,8})|\[(?P<row_offset>[0-9]{1,8})\])?)?"
    r"(?P<c>C(?:(?P<column>[0-9]{1,8})|\[(?P<column_offset>[0-9]{1,8})\])?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The cells that a reference names: 0-based, ends exclusive, None where nothing bounds them."""

    top: int
    bottom: int | None
    left: int
    right: int | None


class _End(NamedTuple):
    """One side of a range: 0-based row and column, None where it names none."""

    row: int | None
    column: int | None
    written: tuple[tuple[str, int] | None, tuple[str, int] | None] = (None, None)
    """How R1C1 writes the row and the column: absolute or as an offset, and the number."""


def column_number(letters: str) -> int:
    """Return a column's number from 1 for its letters: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def parse_cells(text: str) -> Bounds | None:
    """Return what a reference bounds, or None when the text is no reference.

    Both halves of a range are read in one notation. A lone token must be a whole cell in A1
    notation (`B2`; `B` and `2` are none); in R1C1 notation `R`, `C` and `RC` are the cell A1.
    """
    halves = text.split(":")
    if len(halves) > 2:
        return None
    a1 = [end for end in map(_a1_end, halves) if end]
    if len(a1) == len(halves) and (len(a1) == 2 or None not in a1[0][:2]):
        return _between(a1)
    r1c1 = [end for end in map(_r1c1_end, halves) if end]
    if len(r1c1) == len(halves) and not _empty_backwards(r1c1):
        return _between(r1c1)
    return None


def _a1_end(text: str) -> _End | None:
    match = _A1_END.fullmatch(text)
    if not match or not text or int(match["row"] or 1) == 0:
        return None
    column, row = match["column"], match["row"]
    return _End(int(row) - 1 if row else None, column_number(column) - 1 if column else None)


def _r1c1_end(text: str) -> _End | None:
    match = _R1C1_END.fullmatch(text)
    if not match or not text:
        return None
    row, column = _number(match, "row"), _number(match, "column")
    if ("absolute", 0) in (row, column):
        return None
    return _End(
        _index(row, present=bool(match["r"]), other=column),
        _index(column, present=bool(match["c"]), other=row),
        (row, column),
    )


def _number(match: re.Match[str], axis: str) -> tuple[str, int] | None:
    if match[axis]:
        return "absolute", int(match[axis])
    offset = match[f"{axis}_offset"]
    return ("offset", int(offset)) if offset else None


def _index(
    own: tuple[str, int] | None, *, present: bool, other: tuple[str, int] | None
) -> int | None:
    """Return an axis' index: a letter without a number is the first, no letter is unbounded."""
    if own:
        return own[1] - 1 if own[0] == "absolute" else own[1]
    return 0 if present or other is None else None


def _empty_backwards(corners: list[_End]) -> bool:
    """Return whether an R1C1 range runs backwards by one, which Google takes for an empty one."""
    if len(corners) < 2:
        return False
    for first, last in zip(corners[0].written, corners[1].written, strict=True):
        if first and last and first[0] == last[0] and first[1] == last[1] + 1:
            return True
    return False


def _between(corners: list[_End]) -> Bounds:
    first, last = corners[0], corners[-1]
    top, bottom = _ordered(first.row, last.row)
    left, right = _ordered(first.column, last.column)
    return Bounds(top, bottom, left, right)


def _ordered(first: int | None, last: int | None) -> tuple[int, int | None]:
    start, end = first or 0, None if last is None else last + 1
    return (last or 0, start + 1) if end is not None and end <= start else (start, end)
