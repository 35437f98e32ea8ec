"""How the values of each PostgreSQL type are written as text, and their kind of cell.

The database itself writes the text, so that nothing is lost: a numeric keeps all its digits, a
timestamptz becomes the same moment in WIB, arrays and records become JSON.
"""

import re
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from psycopg import sql

from candid_assets.contracts.column_types import decimal_type
from candid_assets.settings import TIME_ZONE
from candid_assets.sources.arrow_values import plain_numbers
from candid_assets.sources.cell_kinds import Kinds, kinds_of

_NUMBERS: Final = ("int2", "int4", "int8", "oid", "numeric")
_FLOATS: Final = {"float4": "FLOAT", "float8": "DOUBLE"}
"""Their DuckDB types; the database writes the shortest text that is no other float."""
_KINDS: Final = {
    **dict.fromkeys((*_NUMBERS, *_FLOATS, "money"), "m"),
    **dict.fromkeys(("timestamp", "timestamptz"), "s"),
    "bool": "b",
    "date": "d",
    "time": "h",
}
"""The kind of the cells of each type; every other type is written as exact text."""
_TYPES: Final = {
    **_FLOATS,
    **dict.fromkeys(("int2", "int4", "int8", "oid"), "BIGINT"),
    **dict.fromkeys(("timestamp", "timestamptz"), "TIMESTAMP"),
    "bool": "BOOLEAN",
    "date": "DATE",
    "time": "TIME",
}
"""The DuckDB type of each type whose cells are no text."""
_REGULAR: Final = {
    "m": r"^-?\d+(\.\d+)?$",
    "d": r"^\d{4}-\d{2}-\d{2}$",
    "s": r"^\d{4}-\d{2}-\d{2} [\d:.]+$",
    "h": r"^[\d:.]+$",
}
"""The form of the kind's texts; NaN, infinity and years before Christ are kept as exact text."""
_DECIMAL: Final = re.compile(r"numeric\((\d+),(-?\d+)\)")
CURSORS: Final = frozenset({*_NUMBERS, "date", "timestamp", "timestamptz"})
"""Types of columns that may serve as a cursor."""


@dataclass(frozen=True, slots=True)
class PostgresColumn:
    """One column of a table, view or foreign table."""

    name: str
    type: str
    """Name of the type; of a domain, of the type below it."""
    is_array: bool = False
    is_record: bool = False
    declared: str = ""
    """The type as the database writes it, such as `numeric(12,2)`."""

    @property
    def kind(self) -> str:
        """The kind of its cells."""
        return "x" if self.is_array or self.is_record else _KINDS.get(self.type, "x")

    @property
    def duckdb_type(self) -> str | None:
        """The DuckDB type that holds all of its values, None where there is none."""
        if self.is_array or self.is_record:
            return "VARCHAR"
        if self.type in _TYPES or self.kind == "x":
            return _TYPES.get(self.type, "VARCHAR")
        written = _DECIMAL.fullmatch(self.declared)
        return decimal_type(int(written[1]), int(written[2])) if written else None

    @property
    def text(self) -> sql.Composable:
        """The expression that writes its values."""
        name = sql.Identifier(self.name)
        if self.is_array or self.is_record:
            return sql.SQL("to_json({})::text").format(name)
        if self.type == "bool":
            return sql.SQL("case when {0} then 'TRUE' when not {0} then 'FALSE' end").format(name)
        if self.type == "money":
            return sql.SQL("{}::numeric::text").format(name)
        if self.type == "timestamptz":
            return sql.SQL("({} at time zone {})::text").format(name, sql.Literal(TIME_ZONE))
        return sql.SQL("{}::text").format(name)

    def cells(self, texts: pa.Array) -> tuple[pa.Array, Kinds]:
        """Return the texts as they are landed, and the kind of each."""
        if self.type in _FLOATS:
            texts = _plain(texts)
        irregular = None
        if (form := _REGULAR.get(self.kind)) is not None:
            irregular = pc.invert(pc.fill_null(pc.match_substring_regex(texts, form), True))
        return texts, kinds_of(texts, self.kind, irregular)


def _plain(texts: pa.Array) -> pa.Array:
    finite = pc.fill_null(pc.match_substring_regex(texts, r"^-?\d"), False)
    return pc.if_else(finite, plain_numbers(pc.if_else(finite, texts, None)), texts)
