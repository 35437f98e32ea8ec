"""A formula without a stored result makes its sheet unreadable; it is never a blank."""

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from candid_assets.sources.files.file_errors import UnreadableFileError
from candid_assets.sources.files.stored_formulas import FormulaResults
from candid_assets.sources.files.xlsx import open_xlsx
from candid_assets.sources.files.xlsx_cells import SheetCells, XlsxCell, shared_texts

EMPTY = '<c r="C{row}" t="str"><f>IF(A{row}=0,"",1)</f><v></v></c>'
STORED = '<c r="C{row}"><f>A{row}*B{row}</f><v>{row}</v></c>'
ZERO = '<c r="C{row}"><f>A{row}*B{row}</f><v>0</v></c>'
BARE = '<c r="C{row}"><f>A{row}*B{row}</f></c>'
SHARED = '<c r="C{row}"><f t="shared" si="0"/><v/></c>'


def book(folder: Path, cells: list[str], *, calculate: bool = True) -> Path:
    """Write a sheet of two numbers and a formula a row, whose XML is as given."""
    made = openpyxl.Workbook()
    made.active.append(["Qty", "Harga", "Total"])
    for row in range(2, len(cells) + 2):
        made.active.append([1, 1500, f"=A{row}*B{row}"])
    plain, path = folder / "plain.xlsx", folder / "rekap.xlsx"
    made.save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                for row, cell in enumerate(cells, start=2):
                    written = re.compile(f'<c r="C{row}".*?</c>')
                    assert written.search(content)
                    content = written.sub(cell.format(row=row), content)
            if name == "xl/workbook.xml" and not calculate:
                content = content.replace(' fullCalcOnLoad="1"', "")
            target.writestr(name, content)
    return path


def read(path: Path) -> tuple[list[list[XlsxCell]], FormulaResults]:
    book = open_xlsx(path)
    results = FormulaResults(book)
    cells = SheetCells(book, book.sheets["Sheet"], shared_texts(book), results)
    return list(cells.rows()), results


def refused(path: Path) -> str:
    _, results = read(path)
    with pytest.raises(UnreadableFileError) as refusal:
        results.require_stored()
    assert (
        refusal.value.fix == "open rekap.xlsx in Excel or LibreOffice and save it, then run again"
    )
    return refusal.value.message


@pytest.mark.parametrize("cell", [BARE, SHARED, '<c r="C{row}" t="n"><f>1</f><v></v></c>'])
def test_formulas_without_a_result_are_counted_and_the_first_cells_named(tmp_path, cell):
    message = refused(book(tmp_path, [cell] * 7))
    assert message == "7 formulas have no stored result, the first in C2, C3, C4, C5, C6 …"


def test_one_formula_without_a_result_among_others_is_enough(tmp_path):
    message = refused(book(tmp_path, [STORED, BARE, STORED]))
    assert message == "a formula has no stored result, in C3"


def test_zeros_that_a_library_stored_are_no_results_where_the_file_asks_to_be_calculated(tmp_path):
    assert "2 formulas have no stored result" in refused(book(tmp_path, [ZERO] * 2))


@pytest.mark.parametrize(
    ("cells", "calculate"),
    [
        ([STORED] * 3, True),
        ([EMPTY] * 3, True),
        ([STORED, ZERO], True),
        ([ZERO] * 3, False),
        ([], True),
    ],
)
def test_stored_results_and_empty_texts_are_read(tmp_path, cells, calculate):
    path = book(tmp_path, cells, calculate=calculate)
    rows, results = read(path)
    results.require_stored()
    assert len(rows) == len(cells) + 1
