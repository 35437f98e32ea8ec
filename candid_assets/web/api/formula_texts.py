"""Texts in CSV that a spreadsheet would take for formulas: escaped for people."""

from typing import Any, Final

FORMULAS: Final = ("escape", "keep")
"""What may be done about them; the first is the default."""
_FORMULA: Final = r"^[\s\x00]*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]"
_CONTROL: Final = r"^[\t\r\n]"
_NUMBER: Final = r"^[+-]?[0-9][0-9.,]*%?$"


def escaped(table: Any) -> Any:
    """Return an Arrow table with an apostrophe before texts that would be calculated.

    Numbers stay numbers, as texts do that are one, such as `-5` or `+62.5`.
    """
    import pyarrow as pa

    columns = [
        _escaped(column) if pa.types.is_string(column.type) else column for column in table.columns
    ]
    return pa.table(columns, names=table.column_names)


def _escaped(texts: Any) -> Any:
    import pyarrow.compute as pc

    calculated = pc.or_(
        pc.match_substring_regex(texts, _FORMULA), pc.match_substring_regex(texts, _CONTROL)
    )
    calculated = pc.and_not(calculated, pc.match_substring_regex(texts, _NUMBER))
    marked = pc.binary_join_element_wise("'", texts, "")
    return pc.if_else(pc.fill_null(calculated, False), marked, texts)
