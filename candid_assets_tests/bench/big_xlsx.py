"""Writes .xlsx files of any size fast: plain cells, texts shared as Excel shares them."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from candid_assets.names import column_letter

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def write_xlsx(path: Path, sheets: Mapping[str, Iterable[Sequence[str | float]]]) -> None:
    """Write sheets of texts and numbers, row by row."""
    texts: dict[str, int] = {}
    kinds = {f"worksheets/sheet{n}.xml": "worksheet" for n in range(len(sheets))}
    kinds["sharedStrings.xml"] = "sharedStrings"
    types = [("workbook.xml", "sheet.main"), *kinds.items()]
    overrides = [
        f'<Override PartName="/xl/{name}" ContentType="{_TYPE}.{kind}+xml"/>'
        for name, kind in types
    ]
    listed = [
        f'<sheet name={quoteattr(title)} sheetId="{n + 1}" r:id="r{n}"/>'
        for n, title in enumerate(sheets)
    ]
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        content = f'<Types xmlns="{_PACKAGE}/content-types">{"".join(overrides)}</Types>'
        archive.writestr("[Content_Types].xml", content)
        archive.writestr("_rels/.rels", _relations({"xl/workbook.xml": "officeDocument"}))
        archive.writestr("xl/_rels/workbook.xml.rels", _relations(kinds))
        book = f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{"".join(listed)}</sheets>'
        archive.writestr("xl/workbook.xml", f"{book}</workbook>")
        for name, rows in zip(kinds, sheets.values(), strict=False):
            with archive.open(f"xl/{name}", "w", force_zip64=True) as part:
                part.write(f'<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
                for number, row in enumerate(rows, 1):
                    part.write(_row(number, row, texts).encode())
                part.write(b"</sheetData></worksheet>")
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            part.write(f'<sst xmlns="{_MAIN}">'.encode())
            for text in texts:
                part.write(f"<si><t>{escape(text)}</t></si>".encode())
            part.write(b"</sst>")


def _relations(targets: Mapping[str, str]) -> str:
    relations = [
        f'<Relationship Id="r{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (target, kind) in enumerate(targets.items())
    ]
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(relations)}</Relationships>'


def _row(number: int, row: Sequence[str | float], texts: dict[str, int]) -> str:
    cells = []
    for place, cell in enumerate(row, 1):
        kind, value = "n", cell
        if isinstance(cell, str):
            kind, value = "s", texts.setdefault(cell, len(texts))
        cells.append(f'<c r="{column_letter(place)}{number}" t="{kind}"><v>{value}</v></c>')
    return f'<row r="{number}">{"".join(cells)}</row>'
