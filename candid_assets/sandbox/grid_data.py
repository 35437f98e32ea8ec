"""Blocks of cells as `spreadsheets.get` sends them under a `fields` mask, and what it may name."""

from typing import Any, Final

from candid_assets.names import column_letter
from candid_assets.sandbox.a1 import CellRange
from candid_assets.sandbox.cell_data import cell_data
from candid_assets.sandbox.errors import not_imitated
from candid_assets.sandbox.masks import Mask
from candid_assets.sandbox.store import ServedTab

ROW_PIXELS: Final = 21
COLUMN_PIXELS: Final = 100
"""The sizes of rows and columns that nobody resized."""
_WHOLE: Final[dict[str, Any]] = {}
_CELL: Final[dict[str, Any]] = {
    "userEnteredValue": _WHOLE,
    "effectiveValue": _WHOLE,
    "formattedValue": _WHOLE,
    "userEnteredFormat": {"numberFormat": _WHOLE},
    "effectiveFormat": {"numberFormat": _WHOLE},
    "dataValidation": _WHOLE,
}
IMITATED: Final[dict[str, Any]] = {
    "startRow": _WHOLE,
    "startColumn": _WHOLE,
    "rowData": {"values": _CELL},
    "rowMetadata": _WHOLE,
    "columnMetadata": _WHOLE,
}
"""What a mask may name below `sheets.data`; the empty tree is a field that is sent whole."""


def wants_cells(mask: Mask, *, flag: bool) -> bool:
    """Return whether a call asks for cells: by its mask if it has one, else by `includeGridData`.

    As measured at Google, `fields=*` sends no cells, `fields=sheets` does.
    """
    if not mask:
        return flag
    sheets = mask.get("sheets")
    return sheets is not None and (not sheets or "data" in sheets or "*" in sheets)


def check_imitated(mask: Mask) -> Mask:
    """Return the part of a mask below `sheets.data`, or raise 501 for what is not imitated."""
    data = mask.get("sheets", {}).get("data", {})
    _check(data, IMITATED, "sheets.data")
    return data


def _check(mask: Mask, known: dict[str, Any], path: str) -> None:
    if known and not mask:
        raise not_imitated(f"the whole of {path}")
    for name, inner in mask.items():
        if name not in known:
            raise not_imitated(f"{path}.{name}")
        if known[name]:
            _check(inner, known[name], f"{path}.{name}")


def grid_data(served: ServedTab, cells: CellRange, mask: Mask, locale: str) -> dict[str, Any]:
    """Return one GridData: rows and cells end with the last one that holds anything.

    A start of 0 is left out, and so are the rows of a block without anything in it.
    """
    block: dict[str, Any] = {}
    if cells.start_row:
        block["startRow"] = cells.start_row
    if cells.start_column:
        block["startColumn"] = cells.start_column
    if "rowData" in mask:
        fields = frozenset(mask["rowData"]["values"])
        rows = [
            _row(served, row, cells, fields, locale)
            for row in range(cells.start_row, _end(served, cells))
        ]
        while rows and not rows[-1]:
            rows.pop()
        if rows:
            block["rowData"] = rows
    tab = served.tab
    if "rowMetadata" in mask:
        by_filter, by_user = frozenset(tab.filtered_rows), frozenset(tab.hidden_rows)
        block["rowMetadata"] = [
            {
                **({"hiddenByFilter": True} if row in by_filter else {}),
                **({"hiddenByUser": True} if row in by_user else {}),
                "pixelSize": ROW_PIXELS,
            }
            for row in range(cells.start_row, cells.end_row)
        ]
    if "columnMetadata" in mask:
        hidden = frozenset(tab.hidden_columns)
        block["columnMetadata"] = [
            {
                **({"hiddenByUser": True} if column in hidden else {}),
                "pixelSize": COLUMN_PIXELS,
            }
            for column in range(cells.start_column, cells.end_column)
        ]
    return block


def _end(served: ServedTab, cells: CellRange) -> int:
    """Return the row behind the last one of a block that may hold anything."""
    below = max((box[1] for box in served.tab.checkboxes), default=0)
    return min(cells.end_row, max(len(served.rows), below))


def _row(
    served: ServedTab, row: int, cells: CellRange, fields: frozenset[str], locale: str
) -> dict[str, Any]:
    content = served.rows[row] if row < len(served.rows) else []
    boxes = [box for box in served.tab.checkboxes if box[0] <= row < box[1]]
    end = min(cells.end_column, max([len(content), *(box[3] for box in boxes)]))
    formulas = served.tab.formulas
    values = []
    filled = 0
    for column in range(cells.start_column, end):
        cell = content[column] if column < len(content) else None
        checkbox = any(box[2] <= column < box[3] for box in boxes)
        formula = formulas.get(f"{column_letter(column + 1)}{row + 1}") if formulas else None
        values.append(cell_data(cell, locale, formula=formula, checkbox=checkbox, fields=fields))
        if checkbox or formula is not None or not (cell is None or cell == ""):
            filled = len(values)
    return {"values": values[:filled]} if filled else {}
