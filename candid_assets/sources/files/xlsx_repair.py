"""Rewrites .xlsx files that openpyxl refuses for what is no cell: looks, properties, validations.

Exporters in wide use write styles with an empty fill, dates of creation that are none, filters and
validations that the standard does not know. A spreadsheet program shrugs at them. What is kept is
what decides how cells are read: their content, their number formats, merges and the sheets.
"""

import io
import re
import zipfile
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, ParseError, fromstring, tostring

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STYLES: Final = "xl/styles.xml"
_LOOKS: Final = f"""\
<styleSheet xmlns="{_MAIN}">{{formats}}
<fonts count="1"><font/></fonts>
<fills count="1"><fill><patternFill patternType="none"/></fill></fills>
<borders count="1"><border/></borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs>{{cells}}</cellXfs>
</styleSheet>"""
_ENTITY: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml")
_CELLS: Final = re.compile(
    rb"<(?P<prefix>\w+:)?sheetData\b(?:[^>]*/>|.*</(?P=prefix)?sheetData\s*>)", re.DOTALL
)
_MERGES: Final = re.compile(rb"<((?:\w+:)?mergeCells)\b.*?</\1\s*>", re.DOTALL)
_ROOT: Final = re.compile(rb"<((?:\w+:)?worksheet)\b[^>]*>")
_PROPERTIES: Final = re.compile(rb"<(?:\w+:)?(?:Override|Relationship)\b[^>]*docProps/[^>]*/>")
_NAMES: Final = re.compile(rb"<((?:\w+:)?definedNames)\b.*?</\1\s*>", re.DOTALL)


def without_looks(path: Path) -> io.BytesIO:
    """Return a file in memory with the same sheets and cells, and nothing but what reads them.

    Raises:
        zipfile.BadZipFile: The file is no archive, or is cut off or damaged.
        ParseError: Its styles are no XML.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy:
        for name in source.namelist():
            if name.startswith(("docProps/", "xl/drawings/", "xl/charts/", "xl/media/")):
                continue
            copy.writestr(name, _part(name, source.read(name)))
    target.seek(0)
    return target


def _part(name: str, content: bytes) -> bytes:
    if name == _STYLES:
        return _styles(content)
    if _SHEET.fullmatch(name):
        return _sheet(content)
    if name.endswith(".rels") and "/worksheets/" in name:
        return (
            b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
        )
    if name in ("[Content_Types].xml", "_rels/.rels"):
        return _PROPERTIES.sub(b"", content)
    return _NAMES.sub(b"", content) if name == "xl/workbook.xml" else content


def _styles(content: bytes) -> bytes:
    """Return styles that hold the number formats and nothing else."""
    if _ENTITY.search(content):
        raise ParseError("styles with a document type are refused")
    root = fromstring(content)  # noqa: S314 - entities are refused above
    if root.tag != f"{{{_MAIN}}}styleSheet":
        raise ParseError(f"styles of another kind: {root.tag}")
    formats = root.find(f"{{{_MAIN}}}numFmts")
    cells = root.find(f"{{{_MAIN}}}cellXfs")
    kept = [_cell_style(style) for style in cells] if cells is not None else []
    written = "" if formats is None else tostring(formats, encoding="unicode")
    return _LOOKS.format(formats=written, cells="".join(kept) or "<xf/>").encode()


def _cell_style(style: Element) -> str:
    number = style.get("numFmtId") or "0"
    return f'<xf numFmtId="{int(number)}" applyNumberFormat="1"/>'


def _sheet(content: bytes) -> bytes:
    """Return a sheet's cells and merges."""
    root, cells = _ROOT.search(content), _CELLS.search(content)
    if root is None or cells is None:
        return content
    merges = _MERGES.search(content, cells.end())
    kept = cells[0] + (merges[0] if merges else b"")
    return root[0] + kept + b"</" + root[1] + b">"
