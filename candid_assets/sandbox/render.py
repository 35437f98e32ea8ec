"""Turns cells into the values the Sheets API answers with."""

from collections.abc import Callable
from itertools import zip_longest
from typing import Any, Literal

from candid_assets.names import column_letter
from candid_assets.sandbox.a1 import CellRange
from candid_assets.sandbox.error_texts import error_text
from candid_assets.sandbox.errors import not_imitated
from candid_assets.sandbox.number_pattern import show_through
from candid_assets.sandbox.numberformat import show_number, show_serial
from candid_assets.sandbox.store import ServedTab
from candid_assets.sandbox.workbook import Cell, CellError, Dated, Formatted

DateRender = Literal["SERIAL_NUMBER", "FORMATTED_STRING"]


def value_range(
    tab: ServedTab,
    cells: CellRange,
    *,
    columns_first: bool,
    formatted_in: str | None,
    formulas: bool = False,
) -> dict[str, Any]:
    """Return a ValueRange: trailing blanks left off, and no `values` when nothing is there.

    `formatted_in` is the locale that every value is shown in as text; None leaves numbers,
    booleans and dates as they are, for the JSON writer's hook. `formulas` puts the formula in
    the place of its result, and raises 501 for an error cell whose formula is not kept.
    """
    rows = tab.rows[cells.start_row : cells.end_row]
    if formulas:
        rows = [
            [_entered(tab, cells.start_row + down, right, cell) for right, cell in enumerate(row)]
            for down, row in enumerate(rows)
        ]
    if cells.start_column > 0 or any(len(row) > cells.end_column for row in rows):
        rows = [row[cells.start_column : cells.end_column] for row in rows]
        rows = [_cut(row) for row in rows]
    if columns_first:
        rows = [_cut(list(column)) for column in zip_longest(*rows, fillvalue="")]
    rows = rows[: _last_filled(rows)]
    if formatted_in is not None:
        rows = [[shown_text(cell, formatted_in) for cell in row] for row in rows]
    answer: dict[str, Any] = {
        "range": cells.written(tab.tab.title),
        "majorDimension": "COLUMNS" if columns_first else "ROWS",
    }
    if rows:
        answer["values"] = rows
    return answer


def json_hook(dates: DateRender, locale: str) -> Callable[[Any], Any]:
    """Return what orjson calls for cells that JSON has no word for."""

    def write(cell: Any) -> Any:
        if isinstance(cell, Dated):
            if dates == "SERIAL_NUMBER":
                return cell.serial
            return show_serial(cell.serial, cell.pattern, locale)
        if isinstance(cell, Formatted):
            return cell.value
        if isinstance(cell, CellError):
            return error_text(cell)
        raise TypeError(f"no JSON for {cell!r}")

    return write


def _entered(tab: ServedTab, row: int, column: int, cell: Cell) -> Cell:
    formula = tab.tab.formulas.get(f"{column_letter(column + 1)}{row + 1}")
    if formula is None and isinstance(cell, CellError):
        raise not_imitated("the formula of an error cell")
    return cell if formula is None else formula


def shown_text(cell: Cell, locale: str) -> str:
    """Return what the sheet shows of a cell, in the workbook's locale."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, Dated):
        return show_serial(cell.serial, cell.pattern, locale)
    if isinstance(cell, Formatted):
        shown = cell.shown
        return show_through(cell.value, cell.pattern, locale) if shown is None else shown
    if isinstance(cell, CellError):
        return cell.code
    return "" if cell is None else show_number(cell, locale)


def _cut(row: list[Cell]) -> list[Cell]:
    end = len(row)
    while end and row[end - 1] == "":
        end -= 1
    return row[:end]


def _last_filled(rows: list[list[Cell]]) -> int:
    return next((end for end in range(len(rows), 0, -1) if rows[end - 1]), 0)
