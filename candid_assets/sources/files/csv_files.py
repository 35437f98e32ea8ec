"""Reads .csv files: their encoding, their delimiter, and the exact text of every cell.

A cell `0812` or `1.250` is neither number nor date to this reader: the contract's column says how
its text is read.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from candid_assets.sources.files.file_errors import EXPORT_AGAIN, UnreadableFileError

_DELIMITERS: Final = (",", ";", "\t", "|")
_SAMPLE_ROWS: Final = 200
_SAMPLE_CHARACTERS: Final = 1_000_000
_CELL_LIMIT: Final = 10_000_000
_PIECE: Final = 1 << 20
_ENCODINGS: Final = ("utf-8-sig", "cp1252", "latin-1")


def decoded(content: bytes, path: Path) -> str:
    """Return a file's text: by its byte order mark, else as UTF-8, else as Windows-1252."""
    encodings = _encodings(content[:4])
    if encodings != ("utf-16",) and b"\0" in content:
        raise _binary(path)
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unknown(path)


def encoding_of(path: Path) -> str:
    """Return the encoding of a file of any size, as `decoded` chooses it."""
    with path.open("rb") as file:
        encodings = _encodings(file.read(4))
    for encoding in encodings:
        decoder = codecs.getincrementaldecoder(encoding)()
        with path.open("rb") as file:
            try:
                while piece := file.read(_PIECE):
                    if encodings != ("utf-16",) and b"\0" in piece:
                        raise _binary(path)
                    decoder.decode(piece)
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
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
        UnreadableFileError: The file is no text, or not in the encoding given.
    """
    csv.field_size_limit(_CELL_LIMIT)
    try:
        chosen = encoding or encoding_of(path)
        with path.open(encoding=chosen, newline="") as file:
            chosen_delimiter = delimiter or delimiter_of(file.read(_SAMPLE_CHARACTERS))
            file.seek(0)
            yield from csv.reader(file, delimiter=chosen_delimiter)
    except (UnicodeError, LookupError) as error:
        raise UnreadableFileError(
            f"{path} is not in the encoding {encoding} that is declared",
            "correct `encoding` in the contract, or leave it out",
        ) from error
    except csv.Error as error:
        raise UnreadableFileError(
            f"{path} is not a readable .csv file ({error})", EXPORT_AGAIN
        ) from error


def _encodings(start: bytes) -> tuple[str, ...]:
    return ("utf-16",) if start.startswith((b"\xff\xfe", b"\xfe\xff")) else _ENCODINGS


def _binary(path: Path) -> UnreadableFileError:
    return UnreadableFileError(
        f"{path} holds binary data, not text", "export it again as .csv (UTF-8)"
    )


def _unknown(path: Path) -> UnreadableFileError:
    return UnreadableFileError(f"{path} is in no known encoding", "export it again as .csv (UTF-8)")
