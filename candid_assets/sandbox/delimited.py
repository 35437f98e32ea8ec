"""Reads a .csv or .tsv file into a tab: every cell is text, exactly as it stands in the file.

Google's own import would turn `0812` into 812 and `1.250` into a date or a number, by the
workbook's locale. Text loses nothing, and the contract's column says how to read it.
"""

import csv
import io
from collections import Counter
from pathlib import Path
from typing import Final

from candid_assets.sandbox.workbook import Cell, UnreadableFileError

_DELIMITERS: Final = (",", ";", "\t", "|")
_SAMPLE_ROWS = 200
_CELL_LIMIT = 10_000_000


def read_delimited(path: Path) -> list[list[Cell]]:
    """Return the rows of a delimited file; its encoding and delimiter are found out."""
    text = decoded(path.read_bytes(), path)
    csv.field_size_limit(_CELL_LIMIT)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text)))
    except csv.Error as error:
        raise UnreadableFileError(f"{path} is not a readable .csv file: {error}") from error
    return [[cell or None for cell in row] for row in rows]


def decoded(content: bytes, path: Path) -> str:
    """Return a file's text: by its mark, else UTF-8, else Windows' western alphabet."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252", "latin-1"]
    if encodings != ["utf-16"] and b"\0" in content:
        raise UnreadableFileError(
            f"{path} holds binary data, not text: export it again as .csv (UTF-8)"
        )
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFileError(f"{path} is in no known encoding: export it again as .csv (UTF-8)")


def delimiter_of(text: str) -> str:
    """Return the sign that cuts the most rows into the same number of cells, at least two."""
    best, best_score = ",", (0, 0)
    for delimiter in _DELIMITERS:
        widths: Counter[int] = Counter()
        try:
            for row, _ in zip(
                csv.reader(io.StringIO(text, newline=""), delimiter=delimiter),
                range(_SAMPLE_ROWS),
                strict=False,
            ):
                widths[len(row)] += 1
        except csv.Error:
            continue
        score = max(((n, width) for width, n in widths.items() if width > 1), default=(0, 0))
        if score > best_score:
            best, best_score = delimiter, score
    return best
