"""What an .xlsx sheet says before and behind its cells: its merges, and the rows kept in sight.

These stand around the cells, which are passed over without being parsed.
"""

import re
from dataclasses import dataclass
from typing import IO, Final

from openpyxl.utils import range_boundaries

from candid_assets.sources.extract import Merge
from candid_assets.sources.files.xlsx import XlsxBook, XlsxSheet, streamed

_PIECE: Final = 1 << 20
_NAME: Final = b"sheetData"
_END: Final = re.compile(rb"</(?:\w+:)?sheetData\s*>|<(?:\w+:)?sheetData\b[^>]*/>")
_MOST_AROUND: Final = 32_000_000
"""Bytes before or behind the cells, which are held as one."""
_LONGEST: Final = 200
"""Bytes of a tag that may be cut in two by the pieces that are read."""
_MERGE: Final = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\bref\s*=\s*[\"']([A-Z0-9:$]+)[\"']")
_PANE: Final = re.compile(rb"<(?:\w+:)?pane\b[^>]*?\btopLeftCell\s*=\s*[\"'][A-Z$]*(\d+)[\"']")
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class SheetOutline:
    """What a sheet says beside its cells."""

    merges: tuple[Merge, ...]
    """As Sheets gives them: from 0, ends exclusive."""
    frozen_rows: int


def outline_of(book: XlsxBook, sheet: XlsxSheet) -> SheetOutline:
    """Return the outline of a sheet.

    Raises:
        UnreadableFileError: The sheet is damaged.
    """
    with streamed(book.path, sheet.part) as file:
        before, behind = _around_cells(file)
        merges = sorted(_merge(match.decode()) for match in _MERGE.findall(behind))
    pane = _PANE.search(before)
    return SheetOutline(tuple(merges), int(pane[1]) - 1 if pane else 0)


def _merge(area: str) -> Merge:
    left, top, right, bottom = (number or 0 for number in range_boundaries(area))
    return top - 1, bottom, left - 1, right


def _around_cells(file: IO[bytes]) -> tuple[bytes, bytes]:
    """Return the text before the cells of a sheet and the text behind them."""
    before, window, is_behind = b"", b"", False
    while piece := file.read(_PIECE):
        if not before and piece.startswith(_UTF_16):
            raise ValueError("it is written in UTF-16")
        window += piece
        if len(window) > _MOST_AROUND:
            raise ValueError(f"more than {_MOST_AROUND:,} bytes are around its cells")
        if not before and _NAME in window:
            before = window[: window.index(_NAME)]
        if not is_behind and (end := _end_of_cells(window)):
            window, is_behind = window[end:], True
        elif not is_behind and before:
            window = window[-_LONGEST:]
    return before, window if is_behind else b""


def _end_of_cells(window: bytes) -> int:
    """Return where the cells of a sheet end within some of its text, 0 for nowhere."""
    place = window.rfind(_NAME)
    if place < 0:
        return 0
    end = _END.search(window, max(0, place - _LONGEST))
    return end.end() if end else 0
