"""The parsers: temporary SQL macros, kept in the `.sql` files of this package."""

import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Final

from duckdb import DuckDBPyConnection

MACRO_FILES: Final = ("text", "numbers", "dates", "words")
"""In the order in which they build on one another."""


@cache
def macros_sql() -> str:
    """Return the statements that create every macro."""
    folder = files(__package__ or "candid_assets.cleaning")
    return "\n".join(
        folder.joinpath(f"{name}.sql").read_text(encoding="utf-8") for name in MACRO_FILES
    )


def install_macros(connection: DuckDBPyConnection) -> None:
    """Create the macros on a connection; they are temporary, so no file ever holds them."""
    connection.execute(macros_sql())


def folded(text: str) -> str:
    """Return text as `lower(clean_text(…))` gives it, for words that a contract declares."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip().lower()
