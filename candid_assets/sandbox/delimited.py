"""Reads a .csv or .tsv file into a tab: every cell is text, exactly as in the file.

Google's own import would turn `0812` into 812 and `1.250` into a date or a number, by the
workbook's locale. Text loses nothing, and the contract's column says how to read it.
"""

import csv
import io
from pathlib import Path

from candid_assets.sandbox.workbook import Cell
from candid_assets.sources.files.csv_files import decoded, delimiter_of
from candid_assets.sources.files.file_errors import UnreadableFileError

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
