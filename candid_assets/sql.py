"""Names and values as they are written into SQL; DuckDB and PostgreSQL read them alike."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from candid_assets.names import Layer


def quoted(identifier: str) -> str:
    """Return an identifier in quotes, whatever it contains."""
    return '"' + identifier.replace('"', '""') + '"'


def qualified(layer: Layer, table: str) -> str:
    """Return the quoted name of a layer's table."""
    return f"{quoted(layer)}.{quoted(table)}"


def literal(value: str | int | Decimal | date) -> str:
    """Return a value as a literal: text, a plain number, a date or a timestamp.

    DuckDB's parser ends at a NUL, so that is put into a text by `chr`.
    """
    if isinstance(value, datetime):
        return f"TIMESTAMP '{value.isoformat(sep=' ')}'"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, int | Decimal):
        return f"{Decimal(value):f}"
    text = "'" + value.replace("'", "''") + "'"
    return "(" + text.replace("\x00", "' || chr(0) || '") + ")" if "\x00" in text else text


def literals(values: Iterable[str]) -> str:
    """Return texts as literals between commas, for `in (…)`."""
    return ", ".join(literal(value) for value in values)


def text_list(values: Iterable[str]) -> str:
    """Return a list of texts, typed even where it is empty."""
    return f"[{literals(values)}]::VARCHAR[]"


def value_rows(rows: Iterable[tuple[str, ...]]) -> str:
    """Return a VALUES list of rows whose members are SQL already."""
    return "VALUES\n    " + ",\n    ".join(f"({', '.join(row)})" for row in rows)
