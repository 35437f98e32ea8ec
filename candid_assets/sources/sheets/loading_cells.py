"""The texts by which Google Sheets shows a value that is still computed."""

from typing import Final

LOADING: Final = frozenset({"Loading...", "Loading…", "Memuat...", "Memuat…"})
