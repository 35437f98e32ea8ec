"""One cell as `spreadsheets.get` describes it: its values, what is shown, its number format."""

from collections.abc import Callable
from typing import Any, Final

from candid_assets.sandbox.error_texts import LOADING, error_message
from candid_assets.sandbox.errors import not_imitated
from candid_assets.sandbox.number_types import date_type, number_type
from candid_assets.sandbox.render import shown_text
from candid_assets.sandbox.workbook import Cell, CellError, Dated, Formatted

CHECKBOX: Final = {"condition": {"type": "BOOLEAN"}}
_ERROR_TYPES: Final = {
    "#ERROR!": "ERROR",
    "#NULL!": "NULL_VALUE",
    "#DIV/0!": "DIVIDE_BY_ZERO",
    "#VALUE!": "VALUE",
    "#REF!": "REF",
    "#NAME?": "NAME",
    "#NUM!": "NUM",
    "#N/A": "N_A",
    LOADING: "LOADING",
}


def cell_data(
    cell: Cell, locale: str, *, formula: str | None, checkbox: bool, fields: frozenset[str]
) -> dict[str, Any]:
    """Return the fields of a cell that are asked for, without those it does not have.

    Raises Google's 501 where the cell is the result of a formula that is not kept.
    """
    blank = cell is None or cell == ""
    data: dict[str, Any] = {}
    if "userEnteredValue" in fields and not (blank and formula is None):
        data["userEnteredValue"] = _entered(cell, formula)
    if "effectiveValue" in fields and not blank:
        data["effectiveValue"] = _effective(cell)
    if "formattedValue" in fields and not blank:
        data["formattedValue"] = shown_text(cell, locale)
    number_format = _number_format(cell)
    for name in ("userEnteredFormat", "effectiveFormat"):
        if name in fields and number_format:
            data[name] = {"numberFormat": number_format}
    if "dataValidation" in fields and checkbox:
        data["dataValidation"] = CHECKBOX
    return data


def _entered(cell: Cell, formula: str | None) -> dict[str, Any]:
    if formula is not None:
        return {"formulaValue": formula}
    if isinstance(cell, CellError):
        raise not_imitated("the formula of an error cell")
    return _effective(cell)


def _effective(cell: Cell) -> dict[str, Any]:
    if isinstance(cell, bool):
        return {"boolValue": cell}
    if isinstance(cell, str):
        return {"stringValue": cell}
    if isinstance(cell, CellError):
        return {"errorValue": _error(cell)}
    if isinstance(cell, Dated):
        return {"numberValue": cell.serial}
    return {"numberValue": cell.value if isinstance(cell, Formatted) else cell}


def _error(error: CellError) -> dict[str, str]:
    if error.code not in _ERROR_TYPES:
        raise not_imitated(f"the error {error.code}")
    message = error_message(error)
    return {"type": _ERROR_TYPES[error.code], **({"message": message} if message else {})}


def _number_format(cell: Cell) -> dict[str, str]:
    typed: tuple[Callable[[str], str], str] | None = None
    if isinstance(cell, Dated):
        typed = date_type, cell.pattern
    elif isinstance(cell, Formatted):
        typed = number_type, cell.pattern
    if typed is None or not typed[1]:
        return {}
    return {"type": typed[0](typed[1]), "pattern": typed[1]}
