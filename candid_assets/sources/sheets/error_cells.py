"""The texts by which Google Sheets shows an error, or a value that is still computed."""

from typing import Final

ERRORS: Final = frozenset(
    {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#ERROR!"}
)
LOADING: Final = frozenset({"Loading...", "Loading…", "Memuat...", "Memuat…"})
NOT_SETTLED: Final = ERRORS | LOADING | {""}
