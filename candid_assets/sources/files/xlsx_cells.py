"""Streams the cells of an .xlsx sheet: few rows are in memory at a time, whatever its size."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import IO, Any, Final, NamedTuple
from xml.etree.ElementTree import Element, iterparse

import pyarrow as pa
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.datetime import from_excel, from_ISO8601

from candid_assets.sources.cell_kinds import Cell, number_text
from candid_assets.sources.error_texts import kind_of_text
from candid_assets.sources.files.stored_formulas import FormulaResults
from candid_assets.sources.files.xlsx import DOCUMENT_TYPE, XlsxBook, XlsxSheet, streamed
from candid_assets.sources.table_limits import TableLimits, current_limits

_ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")
_TEXTS_AT_ONCE: Final = 50_000
_PIECE: Final = 1 << 20
_LARGEST_ELEMENT: Final = 64_000_000
"""Bytes of the XML of one row or text."""
_MOST_PARTS: Final = 250_000
"""Elements within one row or text."""


class XlsxCell(NamedTuple):
    """A cell that is not blank."""

    place: int
    """Its column, counted from 1."""
    value: Any
    """A text, number, boolean, date, time or duration; the code of an error."""
    is_error: bool
    style: int
    """Position of its number format among the book's."""


@dataclass(frozen=True, slots=True)
class SheetCells:
    """The cells of one sheet."""

    book: XlsxBook
    sheet: XlsxSheet
    texts: pa.LargeStringArray
    """What `shared_texts` returns: the texts that cells name by their number."""
    results: FormulaResults
    """Where the formulas that are read are noted."""

    def rows(self) -> Iterator[list[XlsxCell]]:
        """Yield the rows up to the last that is not blank, each with its cells that are not.

        Raises:
            UnreadableFileError: The sheet is damaged, or its rows are out of order.
            TableTooLargeError: Its last cell lies so far away that there are too many before it.
        """
        limits = current_limits()
        number = blank = widest = 0
        with streamed(self.book.path, self.sheet.part) as file:
            for element in _elements(file, "row", limits):
                before, number = number, _number_of(element, number)
                if number <= before:
                    raise ValueError(f"row {number} comes after row {before}")
                cells = list(self._cells(element, number))
                if cells:
                    widest = max(widest, cells[-1].place)
                    limits.require_size(number, widest)
                blank += number - before - 1
                if not cells:
                    blank += 1
                    continue
                yield from ([] for _ in range(blank))
                yield cells
                blank = 0

    def _cells(self, row: Element, number: int) -> Iterator[XlsxCell]:
        """Yield the cells of a row; raise if two have one place or one is out of order."""
        namespace = row.tag[: -len("row")]
        value, formula, inline = f"{namespace}v", f"{namespace}f", f"{namespace}is"
        place, end = 0, str(number)
        for element in row:
            reference, before = element.get("r"), place
            place = _place_of(reference.removesuffix(end)) if reference else place + 1
            if place <= before:
                raise ValueError(f"{reference or place} comes after column {before} of its row")
            kind = element.get("t", "n")
            text = None
            is_formula = has_result = False
            for child in element:
                if child.tag == value:
                    text, has_result = child.text, True
                elif child.tag == inline:
                    text, has_result = _text_of(child), True
                elif child.tag == formula:
                    is_formula = True
            if is_formula:
                # An empty text is a result where the cell is of type text.
                empty = "" if has_result and kind in ("str", "inlineStr") else None
                self.results.note(f"{get_column_letter(place)}{number}", text or empty)
            cell = self._cell(place, kind, text, int(element.get("s") or 0)) if text else None
            if cell is not None and cell.value != "":
                yield cell

    def _cell(self, place: int, kind: str, text: str, style: int) -> XlsxCell:
        value: Any = text
        is_error = kind == "e"
        if kind == "s":
            value = self.texts[int(text)].as_py()
        elif kind == "n":
            value = float(text) if "." in text or "E" in text or "e" in text else int(text)
            if style in self.book.dates:
                value = self._moment(value, style)
                is_error = value is None
        elif kind == "b":
            value = bool(int(text))
        elif kind == "d":
            value = from_ISO8601(text)  # type: ignore[no-untyped-call]
        elif kind == "str":
            value = _unescaped(text)
        return XlsxCell(place, "#VALUE!" if value is None else value, is_error, style)

    def _moment(self, number: float, style: int) -> Any:
        """Return a number as its format shows it: a moment or duration; None if it is none."""
        try:
            is_duration = style in self.book.durations
            return from_excel(number, self.book.epoch, timedelta=is_duration)
        except (OverflowError, ValueError):
            return None


def shared_texts(book: XlsxBook) -> pa.LargeStringArray:
    """Return the texts of a file that its cells name by their number, without Python objects.

    Raises:
        UnreadableFileError: They are damaged.
    """
    chunks, texts = [], list[str]()
    if book.strings_part is not None:
        with streamed(book.path, book.strings_part) as file:
            limits = current_limits()
            for element in _elements(file, "si", limits):
                texts.append(_text_of(element))
                limits.require_text(len(texts[-1]))
                if len(texts) == _TEXTS_AT_ONCE:
                    chunks.append(pa.array(texts, pa.large_string()))
                    texts = []
    return pa.concat_arrays([*chunks, pa.array(texts, pa.large_string())])


def cell_of(cell: XlsxCell) -> Cell:  # noqa: PLR0911 - one for each kind
    """Return the kind and the text of a cell."""
    value = cell.value
    if cell.is_error:
        return "e", value
    if isinstance(value, str):
        return kind_of_text(value), value
    if isinstance(value, bool):
        return "b", "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return "n", number_text(value)
    if isinstance(value, datetime):
        if value.time() == time():
            return "d", value.date().isoformat()
        return "s", value.isoformat(" ")
    if isinstance(value, date):
        return "d", value.isoformat()
    return "h", value.isoformat() if isinstance(value, time) else _duration(value)


class _BoundedPart:
    """A part that is read without a document type, and in which no element is too large."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._read = self._before = 0

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes; raise where the element that they belong to is too large."""
        piece = self._file.read(size)
        if not self._read and DOCUMENT_TYPE.search(piece):
            raise ValueError("it has a document type, which is refused")
        self._read += len(piece)
        if self._read - self._before > _LARGEST_ELEMENT:
            raise ValueError(f"a row or text of it is larger than {_LARGEST_ELEMENT:,} bytes")
        return piece

    def passed(self) -> None:
        """Note that an element ended, and was forgotten."""
        self._before = self._read


def _elements(file: IO[bytes], name: str, limits: TableLimits) -> Iterator[Element]:
    """Yield the elements of a name, each whole and forgotten afterwards.

    What is behind the element that holds them is read, so that damage shows, and not parsed.
    """
    tag, depth, parts = "", 0, 0
    path: list[Element] = []
    part = _BoundedPart(file)
    for event, element in iterparse(part, ("start", "end")):  # noqa: S314 - no document type
        if event == "start":
            tag = tag or element.tag[: element.tag.rfind("}") + 1] + name
            path.append(element)
            parts += 1
            if parts > _MOST_PARTS or len(path) > limits.depth:
                raise ValueError("a row or text of it has too many parts")
            depth = len(path) if element.tag == tag and not depth else depth
            continue
        path.pop()
        if depth and len(path) < depth - 1:
            break
        if element.tag == tag and len(path) == depth - 1:
            yield element
            path[-1].clear()
            parts = 0
            part.passed()
    while file.read(_PIECE):
        pass


def _number_of(row: Element, before: int) -> int:
    """Return the number of a row; one that names none and whose cells name none is the next."""
    written = row.get("r")
    if written is None:
        reference = row[0].get("r", "") if len(row) else ""
        written = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") or None
    return before + 1 if written is None else int(float(written))


@cache
def _place_of(letters: str) -> int:
    return int(column_index_from_string(letters))


def _text_of(element: Element) -> str:
    """Return a text that may be made of several parts, each with looks of its own."""
    texts: list[str] = []
    for child in element:
        name = child.tag.rpartition("}")[2]
        if name == "t":
            texts.append(child.text or "")
        elif name == "r":
            texts.append(_text_of(child))
    return _unescaped("".join(texts))


def _unescaped(text: str) -> str:
    """Return a text with the characters that XML cannot hold, or programs leave escaped."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), text)


def _duration(value: timedelta) -> str:
    """Return hours beyond 23 as they are, a minus before less than none, and its fraction."""
    total = abs(value)
    minutes, seconds = divmod(total.days * 86_400 + total.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if value < timedelta() else ""
    fraction = f".{total.microseconds:06d}".rstrip("0") if total.microseconds else ""
    return f"{sign}{hours:02d}:{minutes:02d}:{seconds:02d}{fraction}"
