"""The parsers: temporary SQL macros, from the `.sql` files here and the names of the calendar."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from duckdb import DuckDBPyConnection

from candid_assets.quality.plausible_ranges import plausibility_macros
from candid_assets.sql import literal
from candid_assets.vocabulary import any_of, months, stems, weekdays

MACRO_FILES: Final = ("text", "numbers", "durations", "dates", "days_of_period", "words", "marks")
"""In the order in which they build on one another."""


@cache
def macros_sql() -> str:
    """Return the statements that create every macro."""
    folder = files(__package__ or "candid_assets.cleaning")
    written = (folder.joinpath(f"{name}.sql").read_text("utf-8") for name in MACRO_FILES)
    return "\n".join(
        [
            *_name_macros("month", months()),
            *_name_macros("weekday", weekdays()),
            *written,
            plausibility_macros(),
        ]
    )


def _name_macros(unit: str, words: Mapping[str, int]) -> list[str]:
    """Return `<unit>_number(name)`, NULL for other words, and `<unit>_pattern()`, their pattern."""
    cases = " ".join(f"WHEN {literal(stem)} THEN {n}" for stem, n in stems(words).items())
    make = f"CREATE OR REPLACE TEMP MACRO {unit}"
    return [
        f"{make}_number(name) AS CASE left(name, 3) {cases} END;",
        f"{make}_pattern() AS {literal(any_of(words))};",
    ]


def install_macros(connection: DuckDBPyConnection) -> None:
    """Create the macros on a connection; they are temporary, so no file ever holds them."""
    connection.execute(macros_sql())


def folded(text: str) -> str:
    """Return text as `lower(clean_text(…))` gives it, for words that a contract declares."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip().lower()
