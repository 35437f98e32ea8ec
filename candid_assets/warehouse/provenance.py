"""The columns that tell where a row comes from, with what each says."""

from typing import Final

SHOWN: Final = "_shown"
MERGED: Final = "_merged"
PROVENANCE = {
    "_row": "Row number in the source, counted from 1.",
    "_kinds": "Kind of each cell, one character a column: n number, t text, b boolean, d date, "
    "s timestamp, h time, e error, - blank.",
    "_extract": "Content hash of the extract in landing.",
    "_loaded_at": "When the extract was loaded for the first time.",
}
FAMILY_COLUMNS = {
    "_tab": "Title of the row's tab.",
    "_sheet_id": "Id of the row's tab; with _row it is the row's address.",
}
FORMAT_COLUMNS = {
    SHOWN: "What formats show beyond numbers, by column: {'A': '00007', 'E': '24 pcs'}.",
    MERGED: "Cells that are merged with the one that holds their text, by column: {'A': 'A2'}.",
}
"""Columns that only raw tables of sheets with such formats or merges have."""
CELLS: Final = "COLUMNS('^[A-Z]+$')"
"""The columns of a raw table that hold cells."""
