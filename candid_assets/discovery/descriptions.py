"""Says in a sentence what a table and its columns hold, as far as the cells show it."""

from collections.abc import Sequence
from typing import Final

from candid_assets.contracts.custom_properties import RUPIAH
from candid_assets.discovery.chance_keys import is_code
from candid_assets.discovery.keys import is_counter
from candid_assets.discovery.office_words import (
    MONEY_WORDS,
    QUANTITY_WORDS,
    SALE_WORDS,
    words_of,
)
from candid_assets.discovery.proposal import ColumnProposal, TableProposal

_SHOWN: Final = 3
_RUPIAH: Final = frozenset({"rp", "rp.", "idr"})
_KINDS: Final = {
    "boolean": "yes or no",
    "date": "a day",
    "integer": "a whole number",
    "number": "a number",
    "time": "a time of day",
    "timestamp": "a moment",
}


def describe_rows(table: TableProposal) -> str:
    """Return what one row of a table is: what its key says, else where its rows are from."""
    where = f"the tab '{table.title}'"
    if table.pattern is not None:
        more = " …" if len(table.titles) > _SHOWN else ""
        where = f"the tabs {', '.join(table.titles[:_SHOWN])}{more}"
    key = table.primary_key
    if not key:
        return f"Rows of {where}; say what one row is."
    headers = {c.name: c.header for c in table.columns} | {table.title_column: "tab"}
    return f"One row for each {_joined([headers[name] for name in key])}, from {where}."


def describe_column(column: ColumnProposal, key: Sequence[str] = ()) -> str:
    """Return what a column holds.

    Args:
        column: The proposal.
        key: Names of the columns of its table's primary key.
    """
    parts = [f"{column.header}: {_kind(column)}"]
    if column.name in key:
        others = [name for name in key if name != column.name]
        which = (
            f"with {_joined(others)} it says which row it is" if others else "each row has its own"
        )
        parts.append(which)
    elif not column.required and column.facts.cells:
        parts.append("may be blank")
    return "; ".join(parts) + "."


def _kind(column: ColumnProposal) -> str:
    """Return what kind of values a column has."""
    options = column.guess.options
    if "duration" in options:
        return f"a length of time in {options['duration']}"
    if column.logical == "string":
        return _kind_of_text(column)
    if is_counter(column):
        return "the number of the line"
    words = words_of(column.header)
    money = column.facts.money or (
        words & (MONEY_WORDS - SALE_WORDS) and not words & QUANTITY_WORDS
    )
    if column.logical == "number" and money and (column.unit or "rp").lower() in _RUPIAH:
        currency = options.get("currency", RUPIAH)
        return "an amount in rupiah" if currency == RUPIAH else f"an amount in {currency}"
    unit = f" in {column.unit}" if column.unit and column.logical in {"integer", "number"} else ""
    return _KINDS[column.logical] + unit


def _kind_of_text(column: ColumnProposal) -> str:
    if not column.facts.cells and not column.required:
        return "nothing yet"
    if column.guess.options.get("phone"):
        return "a telephone number"
    if column.enum:
        return f"one of {len(column.enum)} words" if len(column.enum) > 1 else column.enum[0]
    return "a code or number that names something" if is_code(column) else "text"


def _joined(names: Sequence[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]
