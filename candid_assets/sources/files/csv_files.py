"""Reads .csv files: their encoding, their delimiter, and the exact text of every cell.

A cell `0812` or `1.250` is neither number nor date to this reader: the contract's column says how
its text is read.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final, TextIO

from candid_assets.sources.files.file_errors import EXPORT_AGAIN, UnreadableFileError, cut_off
from candid_assets.sources.files.open_file import open_file
from candid_assets.sources.table_limits import TableLimits, current_limits

_DELIMITERS: Final = (",", ";", "\t", "|")
_SAMPLE_ROWS: Final = 200
_SAMPLE_CHARACTERS: Final = 1_000_000
_PIECE: Final = 1 << 20
_ALIKE: Final = 3
"""Rows with a last cell from which on one that is blank at the end of the file is no accident."""
_END: Final = "\x00 end of the file \x00"
"""A row that no file of text holds."""
_ENCODINGS: Final = ("utf-8-sig", "cp1252", "latin-1")


def decoded(content: bytes, path: Path) -> str:
    """Return a file's text: by its byte order mark, else as UTF-8, else as Windows-1252."""
    return content.decode(_encoding(lambda: iter([content]), path))


def encoding_of(path: Path) -> str:
    """Return the encoding of a file of any size, as `decoded` chooses it."""

    def pieces() -> Iterator[bytes]:
        with open_file(path) as file:
            while piece := file.read(_PIECE):
                yield piece

    return _encoding(pieces, path)


def _encoding(pieces: Callable[[], Iterator[bytes]], path: Path) -> str:
    start = next(pieces(), b"")[:4]
    is_utf_16 = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_utf_16 else _ENCODINGS:
        decoder = codecs.getincrementaldecoder(encoding)()
        has_others = False
        try:
            for piece in pieces():
                if not is_utf_16 and b"\0" in piece:
                    raise _binary(path)
                text = decoder.decode(piece)
                has_others = has_others or not text.isascii()
        except UnicodeDecodeError:
            continue
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            # Text in this encoding up to the middle of its last character. A single character at
            # the end of plain ASCII may as well be one of Windows-1252.
            if has_others or is_utf_16:
                raise cut_off(path, "in the middle of a character") from error
            continue
        return encoding
    raise _unknown(path)


def delimiter_of(text: str) -> str:
    """Return the delimiter that splits the most rows into the same number of cells, at least 2."""
    best, best_score = ",", (0, 0)
    for delimiter in _DELIMITERS:
        widths: Counter[int] = Counter()
        try:
            read = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            for row in islice(read, _SAMPLE_ROWS):
                widths[len(row)] += 1
        except csv.Error:
            continue
        score = max(((n, width) for width, n in widths.items() if width > 1), default=(0, 0))
        if score > best_score:
            best, best_score = delimiter, score
    return best


def rows_of(
    path: Path, *, delimiter: str | None = None, encoding: str | None = None
) -> Iterator[list[str]]:
    """Yield the rows of a file of any size; delimiter and encoding are detected if not given.

    Raises:
        UnreadableFileError: The file is no text, not in the encoding given, or is cut off.
        TableTooLargeError: A cell or row is larger than one may be.
    """
    limits = current_limits()
    csv.field_size_limit(limits.text)
    try:
        chosen = encoding or encoding_of(path)
        with io.TextIOWrapper(open_file(path), encoding=chosen, newline="") as file:
            chosen_delimiter = delimiter or delimiter_of(file.read(_SAMPLE_CHARACTERS))
            file.seek(0)
            lines = _Lines(_bounded_lines(file, chosen_delimiter, limits))
            yield from _whole_rows(lines, chosen_delimiter, path)
    except (UnicodeError, LookupError) as error:
        raise UnreadableFileError(
            f"{path} is not in the encoding {encoding} that is declared",
            "correct `encoding` in the contract, or leave it out",
        ) from error
    except csv.Error as error:
        if "field limit" in str(error):
            limits.require_text(limits.text + 1)
        raise UnreadableFileError(
            f"{path} is not a readable .csv file ({error})", EXPORT_AGAIN
        ) from error


def _bounded_lines(file: TextIO, delimiter: str, limits: TableLimits) -> Iterator[str]:
    """Yield the lines of a file, of which none is held that is longer than two cells may be."""
    while line := file.readline(2 * limits.text):
        if len(line) == 2 * limits.text:
            limits.require_text(len(line))
        if '"' not in line and line.count(delimiter) >= limits.columns:
            limits.require_size(1, line.count(delimiter) + 1)
        yield line


class _Lines:
    """The lines of a file and a mark behind them, which a quote that never closes takes in."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = lines
        self.ends_with_break = True

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.ends_with_break = line.endswith(("\n", "\r"))
            # Else the mark would be part of the last row.
            yield line if self.ends_with_break else f"{line}\n"
        yield _END


def _whole_rows(lines: _Lines, delimiter: str, path: Path) -> Iterator[list[str]]:
    """Yield the rows; raise for a file that ends within a quoted cell or within a row."""
    widths: Counter[int] = Counter()
    last: list[str] = []
    before: list[str] = []
    ends_blank = False
    for row in csv.reader(lines, delimiter=delimiter):
        if row == [_END]:
            break
        if row and row[-1].endswith(_END):
            raise cut_off(path, "within a quoted cell, or a quote in it is never closed")
        if row:
            widths[len(row)] += 1
            ends_blank = ends_blank or (bool(last) and not last[-1])
            before, last = last, row
        yield row
    usual = widths.most_common(1)[0][0] if widths else 0
    if lines.ends_with_break or len(before) != usual or usual == 1:
        return
    if len(last) < usual:
        raise cut_off(path, f"in its last row, which has {len(last)} of {usual} cells")
    if not last[-1] and not ends_blank and widths[usual] > _ALIKE:
        raise cut_off(path, "in its last row, whose last cell alone is blank")


def _binary(path: Path) -> UnreadableFileError:
    return UnreadableFileError(
        f"{path} holds binary data, not text", "export it again as .csv (UTF-8)"
    )


def _unknown(path: Path) -> UnreadableFileError:
    return UnreadableFileError(f"{path} is in no known encoding", "export it again as .csv (UTF-8)")
