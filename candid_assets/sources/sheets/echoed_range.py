"""Whether a range that Google echoes is the one that was asked for."""

import re
from typing import Final, Protocol

from candid_assets.names import column_letter

_ECHO: Final = re.compile(
    r"(?:'(?P<quoted>(?:[^']|'')*)'|(?P<plain>[^!]*))"
    r"!(?P<column>[A-Z]+)(?P<row>\d+)(?::(?P<end_column>[A-Z]+)(?P<end_row>\d+))?",
    re.S,
)


class AskedRange(Protocol):
    """A range as it was asked for."""

    @property
    def title(self) -> str:
        """The tab's title."""

    @property
    def first(self) -> int:
        """Its first row, counted from 1."""

    @property
    def left(self) -> int:
        """Its first column, counted from 1."""

    @property
    def limits(self) -> tuple[int | None, int | None]:
        """Most rows and columns that it can have; None where it is open."""


def is_about(echo: str, asked: AskedRange) -> bool:
    """Whether an echo is of the same tab, begins at the same cell, and does not end behind it.

    Google writes the echo with the whole of an open range, and cuts an end behind the grid.
    """
    match = _ECHO.fullmatch(echo)
    if not match:
        return False
    quoted = match["quoted"]
    title = match["plain"] if quoted is None else quoted.replace("''", "'")
    if title.casefold() != asked.title.casefold():
        return False
    if (match["column"], int(match["row"])) != (column_letter(asked.left), asked.first):
        return False
    rows, columns = asked.limits
    end_row, end_column = match["end_row"] or match["row"], match["end_column"] or match["column"]
    if rows is not None and int(end_row) >= asked.first + rows:
        return False
    return columns is None or _order(end_column) <= _order(column_letter(asked.left + columns - 1))


def _order(column: str) -> tuple[int, str]:
    """Return what puts columns in the order of the sheet: Z before AA."""
    return len(column), column
