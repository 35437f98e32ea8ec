"""What the formats and merges of an .xlsx sheet say of its cells, beside their values."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pyarrow as pa
from openpyxl.reader.excel import ExcelReader

from candid_assets.names import column_letter
from candid_assets.sources.cell_kinds import number_text
from candid_assets.sources.content_hash import MERGED, TEXT_SUFFIX
from candid_assets.sources.extract import Merge
from candid_assets.sources.files.number_formats import may_say_more, shown_date, shown_number
from candid_assets.sources.merged_cells import merged_cells
from candid_assets.sources.shown_texts import shown_where_it_says_more


def merges_of(reader: ExcelReader, title: str) -> tuple[Merge, ...]:
    """Return the merges of a sheet, as Sheets gives them: from 0, ends exclusive."""
    book: Any = reader.wb
    areas = book[title].merged_cells.ranges
    return tuple(sorted((a.min_row - 1, a.max_row, a.min_col - 1, a.max_col) for a in areas))


def format_columns_of(
    reader: ExcelReader, title: str, size: tuple[int, int]
) -> dict[str, pa.Array]:
    """Return the columns `<letter>.text` and `_merged` of a sheet; those without any are left out.

    Args:
        reader: The file.
        title: The sheet's.
        size: Number of rows and of columns that are read.
    """
    book: Any = reader.wb
    cells: dict[tuple[int, int], Any] = book[title]._cells
    rows, width = size
    numbers: dict[int, dict[int, tuple[str, str]]] = {}
    for row, place, number, shown in _shown(cells):
        if row <= rows and place <= width:
            numbers.setdefault(place, {})[row] = number, shown
    columns: dict[str, pa.Array] = {}
    for place, texts in sorted(numbers.items()):
        order = sorted(texts)
        own = pa.array([texts[row][0] for row in order], pa.string())
        more = shown_where_it_says_more(pa.array([texts[row][1] for row in order]), own)
        if more is not None:
            by_row = dict(zip(order, more.to_pylist(), strict=True))
            column = [by_row.get(row) for row in range(1, rows + 1)]
            columns[column_letter(place) + TEXT_SUFFIX] = pa.array(column, pa.string())

    def is_blank(row: int, place: int) -> bool:
        cell = cells.get((row + 1, place + 1))
        return cell is None or cell.value in (None, "")

    merged = merged_cells(merges_of(reader, title), size, is_blank)
    return columns if merged is None else columns | {MERGED: merged}


def _shown(cells: dict[tuple[int, int], Any]) -> Iterator[tuple[int, int, str, str]]:
    """Yield row, column, value and what is shown, of the cells that may show more than a value."""
    for (row, place), cell in cells.items():
        value = cell.value
        if value is None or isinstance(value, bool | str) or cell.data_type == "e":
            continue
        if isinstance(value, date):
            shown = shown_date(value, cell.number_format)
            if shown is not None:
                yield row, place, "", shown
        elif isinstance(value, int | float) and may_say_more(cell.number_format):
            shown = shown_number(value, cell.number_format)
            if shown is not None:
                yield row, place, number_text(value), shown
