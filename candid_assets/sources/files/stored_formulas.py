"""Formulas of .xlsx files whose results are not in the file: they would be read as blanks.

A spreadsheet program stores the result of each formula beside it; libraries that write files often
store none, or 0 with the request to calculate everything when the file is opened.
"""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from openpyxl.reader.excel import ExcelReader
from openpyxl.xml.functions import iterparse

from candid_assets.sources.files.file_errors import UnreadableFileError

_NAMED: Final = 5
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[\s/>]")
_CALCULATE: Final = re.compile(rb"fullCalcOnLoad\s*=\s*[\"'](?:1|true)[\"']")


def require_stored_results(reader: ExcelReader, path: Path, title: str) -> None:
    """Refuse a sheet with formulas whose results are not stored.

    Raises:
        UnreadableFileError: There are such formulas; their number and the first cells are named.
    """
    cells = unstored_cells(reader, path, title)
    if cells:
        first = ", ".join(cells[:_NAMED]) + (" …" if len(cells) > _NAMED else "")
        count = f"{len(cells):,} formulas have" if len(cells) > 1 else "a formula has"
        raise UnreadableFileError(
            f"{count} no stored result, {'the first in ' if len(cells) > 1 else 'in '}{first}",
            f"open {path.name} in Excel or LibreOffice and save it, then run again",
        )


def unstored_cells(reader: ExcelReader, path: Path, title: str) -> list[str]:
    """Return the cells of a sheet, such as `G2`, whose formulas have no stored result."""
    book: Any = reader
    parts = {str(sheet.name): str(rel.target) for sheet, rel in book.parser.find_sheets()}
    with zipfile.ZipFile(path) as archive:
        if _FORMULA.search(archive.read(parts[title])) is None:
            return []
        results = _formulas(archive, parts[title])
        cells = [cell for cell, result in results if result is None]
        if not cells and _CALCULATE.search(archive.read(book.parser.workbook_part_name)):
            # Every result is the 0 that a library puts where it cannot calculate.
            cells = [cell for cell, _ in results] if {r for _, r in results} == {"0"} else []
    return cells


def _formulas(archive: zipfile.ZipFile, part: str) -> list[tuple[str, str | None]]:
    """Return the cell of each formula of a sheet with its stored result, None where it has none."""
    with archive.open(part) as file:
        return list(_results(iterparse(file, events=("end",))))


def _results(elements: Any) -> Iterator[tuple[str, str | None]]:
    for _, element in elements:
        tag = element.tag.rpartition("}")[2]
        if tag == "c":
            inner = {child.tag.rpartition("}")[2]: child for child in element}
            if "f" in inner:
                yield element.get("r", "?"), _result(element.get("t"), inner)
        if tag == "row":
            element.clear()


def _result(kind: str | None, inner: dict[str, Any]) -> str | None:
    """Return a formula's stored result; an empty text is one where the cell is of type text."""
    if "is" in inner:
        return ""
    stored = inner["v"].text if "v" in inner else None
    return stored or ("" if kind == "str" and "v" in inner else None)
