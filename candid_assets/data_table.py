"""Draws rows for a terminal: numbers whole and right-aligned, columns that do not fit left out.

As DuckDB's shell does, texts are cut before columns are left out, and columns are left out from the
middle; the line below the table says so. `vertical_lines` shows every value whole instead.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import Any, Final

from rich.cells import cell_len, set_cell_size
from rich.console import Console

from candid_assets.terminal_text import visible

ELLIPSIS: Final = "…"
_GAP: Final = 2
_TEXT_WIDTH: Final = 8
"""Cells below which a text is not cut while a column can be left out instead."""
_HEADER_WIDTH: Final = 12
"""Cells of a header that always stand."""
_WHOLE: Final = (int, float, Decimal, date, time)
"""Kinds of values that are never cut: a part of a number or a date reads as another one."""
_LARGEST_FLOAT: Final = 1e15


@dataclass(slots=True)
class _Column:
    name: str
    cells: list[str]
    is_number: bool
    uncut: int
    """Cells of the longest value that is never cut."""
    width: int = 0

    @property
    def natural(self) -> int:
        return max(map(cell_len, (self.name, *self.cells)))

    @property
    def least(self) -> int:
        cells = max(map(cell_len, self.cells), default=0)
        header = min(cell_len(self.name), _HEADER_WIDTH)
        return max(self.uncut, min(cells, _TEXT_WIDTH), header, 1)


def width_of(console: Console) -> int | None:
    """Return the cells that a line may have; None where the output is no terminal.

    A file or another program gets whole lines, unless COLUMNS says how long they may be.
    """
    return console.width if console.is_terminal or os.environ.get("COLUMNS") else None


def table_lines(
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    width: int | None,
    *,
    grouped: bool = False,
) -> list[str]:
    """Return a table as lines that are no longer than a width.

    Args:
        columns: The header.
        rows: Values of any kind, one for each column.
        width: Cells of a line; None lets it be as long as it gets. A table of one number that is
            longer is longer.
        grouped: Whether thousands are separated by commas; a query shows numbers as they are.
    """
    drawn = [
        _column(name, [row[at] for row in rows], grouped=grouped) for at, name in enumerate(columns)
    ]
    first, last = _fitting(drawn, width)
    chosen = [*drawn[:first], *drawn[len(drawn) - last :]]
    left_out = len(drawn) - len(chosen)
    _share_out(chosen, width, left_out)
    if left_out:
        elided = _Column(ELLIPSIS, [ELLIPSIS] * len(rows), is_number=False, uncut=1, width=1)
        chosen.insert(first, elided)
    lines = [
        _line(chosen, [column.name for column in chosen]),
        (" " * _GAP).join("─" * column.width for column in chosen),
        *(_line(chosen, [column.cells[at] for column in chosen]) for at in range(len(rows))),
    ]
    if left_out:
        shown = len(drawn) - left_out
        lines.append(f"{len(drawn)} columns, {shown} shown; --vertical shows all of them whole")
    elif any(column.width < column.natural for column in chosen):
        lines.append(f"{ELLIPSIS} marks what is cut; --vertical shows it whole")
    return lines


def vertical_lines(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], *, grouped: bool = False
) -> Iterator[str]:
    """Yield each row as a block of lines, one `column  value` each, with every value whole."""
    names = [visible(name) for name in columns]
    widest = max(map(cell_len, names), default=0)
    shown = [
        _column(name, [row[at] for row in rows], grouped=grouped).cells
        for at, name in enumerate(columns)
    ]
    for at in range(len(rows)):
        yield f"─── row {at + 1} ───"
        for name, cells in zip(names, shown, strict=True):
            yield f"{set_cell_size(name, widest)}  {cells[at]}".rstrip()


def number_text(value: float | Decimal, *, places: int | None = None, grouped: bool = False) -> str:
    """Return a number to its last digit, never in powers of ten where it can be written out."""
    if isinstance(value, float):
        if not isfinite(value) or abs(value) >= _LARGEST_FLOAT or 0 < abs(value) < 1e-12:
            return str(value)
        value = Decimal(repr(value))
    comma = "," if grouped else ""
    if isinstance(value, int) or not value.is_finite():
        return f"{value:{comma}}"
    return f"{value:{comma}.{places}f}" if places is not None else f"{value:{comma}f}"


def _column(name: str, values: Sequence[Any], *, grouped: bool) -> _Column:
    present = [value for value in values if value is not None]
    numbers = [value for value in present if _is_number(value)]
    is_number = 0 < len(numbers) == len(present)
    places = _places(numbers, exact=not grouped) if is_number else None
    cells = ["" if v is None else _text(v, places, grouped=grouped) for v in values]
    whole = (cell for cell, v in zip(cells, values, strict=True) if isinstance(v, _WHOLE))
    return _Column(visible(name), cells, is_number, max(map(cell_len, whole), default=0))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _places(numbers: Sequence[float | Decimal], *, exact: bool) -> int | None:
    """Return the decimals that all numbers of a column are written with; None for their own.

    Args:
        numbers: The column's.
        exact: Whether zeros at the end count, as those of a DECIMAL do.
    """
    written = [Decimal(repr(n)) if isinstance(n, float) else Decimal(n) for n in numbers]
    if not all(number.is_finite() for number in written):
        return None
    kept = written if exact else [number.normalize() for number in written]
    exponents = [number.as_tuple().exponent for number in kept]
    return max((-e for e in exponents if isinstance(e, int) and e < 0), default=0)


def _text(value: Any, places: int | None, *, grouped: bool) -> str:
    if _is_number(value):
        return number_text(value, places=places, grouped=grouped)
    if isinstance(value, datetime):
        precision = "auto" if value.microsecond else "seconds" if value.second else "minutes"
        return value.isoformat(sep=" ", timespec=precision)
    return visible(str(value)).replace("\n", "\\n").replace("\t", "\\t")


def _fitting(columns: Sequence[_Column], width: int | None) -> tuple[int, int]:
    """Return how many columns stand at the beginning, and how many at the end."""
    count = len(columns)
    least = [column.least for column in columns]
    for shown in range(count, 0, -1):
        first = (shown + 1) // 2
        last = shown - first
        elided = 0 if shown == count else 1 + _GAP
        needed = sum(least[:first]) + sum(least[count - last :]) + _GAP * (shown - 1) + elided
        if width is None or needed <= width:
            return first, last
    return min(count, 1), 0


def _share_out(columns: Sequence[_Column], width: int | None, left_out: int) -> None:
    """Give each column its width: its own, or less where the line is too long for all."""
    for column in columns:
        column.width = column.natural
    if width is None:
        return
    room = width - _GAP * (len(columns) - 1) - (1 + _GAP if left_out else 0)
    for column in columns:
        column.width = min(column.width, max(room, column.least))
    while sum(column.width for column in columns) > room:
        widest = max(columns, key=lambda column: column.width - column.least, default=None)
        if widest is None or widest.width <= widest.least:
            break
        widest.width -= 1
    if len(columns) == 1:
        columns[0].width = max(columns[0].uncut, min(columns[0].width, room), 1)


def _line(columns: Sequence[_Column], cells: Sequence[str]) -> str:
    fitted = (
        _fit(text, c.width, right=c.is_number) for c, text in zip(columns, cells, strict=True)
    )
    return (" " * _GAP).join(fitted).rstrip()


def _fit(text: str, width: int, *, right: bool) -> str:
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + ELLIPSIS if width > 1 else ELLIPSIS
    return " " * (width - length) + text if right else text + " " * (width - length)
