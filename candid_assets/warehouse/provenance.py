"""The columns that say where a row comes from, with the description of each."""

PROVENANCE = {
    "_row": "Row number in the source, counted from 1.",
    "_kinds": "Kind of each cell, one character a column: n number, t text, b boolean, d date, "
    "s timestamp, h time, e error, - blank.",
    "_extract": "Content hash of the extract in landing.",
    "_loaded_at": "When the extract was loaded for the first time.",
}
FAMILY_COLUMNS = {
    "_tab": "Title of the tab that the row stands in.",
    "_sheet_id": "Id of the tab that the row stands in; with _row it is the row's address.",
}
