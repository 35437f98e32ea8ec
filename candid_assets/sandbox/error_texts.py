"""The texts of error cells, as Sheets sends them among unformatted values."""

from typing import Final

from candid_assets.sandbox.workbook import CellError

LOADING: Final = "Loading..."
ERROR_MESSAGES: Final = {
    "#REF!": "Reference does not exist.",
    "#N/A": "Did not find value 'SKU' in VLOOKUP evaluation.",
    "#DIV/0!": "Function DIVIDE parameter 2 cannot be zero.",
    "#VALUE!": "Function MULTIPLY parameter 1 expects number values. But 'x' is a text and "
    "cannot be coerced to a number.",
    "#NAME?": "Unknown function: 'JUMLAHKAN'.",
    "#NUM!": "Function SQRT parameter 1 value is negative. It should be greater than or equal "
    "to zero.",
    "#ERROR!": "Formula parse error.",
}
"""What the tooltip of an error says where the workbook holds no message of its own."""


def error_message(error: CellError) -> str:
    """Return what the tooltip of an error cell says; a cell that is loading has no message."""
    return ERROR_MESSAGES.get(error.code, "") if error.message is None else error.message


def error_text(error: CellError) -> str:
    """Return an error's code, then its message in brackets, also where that is empty."""
    return LOADING if error.code == LOADING else f"{error.code} ({error_message(error)})"
