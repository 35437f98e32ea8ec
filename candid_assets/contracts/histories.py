"""Models of kind `history`: every version of the rows of a SELECT is kept.

The SELECT gives the present keys and tracked columns. The platform compares them with the version
that is open and writes the last three columns, which the `.yaml` declares too: slowly changing
dimension, type 2.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from candid_assets.contracts.catalog import Column, LogicalType
from candid_assets.sql import quoted

if TYPE_CHECKING:
    # They parse what a refresh has parsed before; sqlglot alone costs a quarter of a second.
    from candid_assets.contracts.model_query import ModelQuery
    from candid_assets.contracts.yaml_document import YamlDocument

KIND: Final = "history"
VALID_FROM: Final = "valid_from"
VALID_TO: Final = "valid_to"
IS_CURRENT: Final = "is_current"
VERSIONED: Final[dict[str, LogicalType]] = {
    VALID_FROM: "timestamp",
    VALID_TO: "timestamp",
    IS_CURRENT: "boolean",
}
"""The columns that the platform writes, in their order at the end of the table."""
_FIX: Final = "end the columns with valid_from (timestamp), valid_to (timestamp), is_current"


def check_history(document: "YamlDocument", columns: Sequence[Column], query: "ModelQuery") -> None:
    """Report what a history lacks: its last columns, a key, or inputs whose past is known."""
    last = list(columns[-len(VERSIONED) :])
    if {c.name: c.logical_type for c in last} != VERSIONED or [c.name for c in last] != [
        *VERSIONED
    ]:
        document.report(1, "a history declares when each version begins and ends", _FIX)
        return
    start, _, current = last
    if start.primary_key_position is None or not (start.required and current.required):
        message = "valid_from is the last part of a history's key, and a version has a start"
        document.report(start.line, message, "make valid_from a required part of the primaryKey")
    keyed = [c for c in columns[: -len(VERSIONED)] if c.primary_key_position is not None]
    if not keyed or len(keyed) == len(columns) - len(VERSIONED):
        message = "a history has keys that its versions belong to, and columns that it tracks"
        document.report(
            1, message, "mark the natural key as primaryKey and leave the rest unmarked"
        )
    for item in query.inputs:
        if item.layer != "clean":
            message = f"a history reads {item.layer}.{item.table}, whose past is not kept"
            document.report(1, message, "read the clean tables of tabs: landing keeps their past")


def declared(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Return the columns that a history's SELECT gives."""
    return tuple(columns[: -len(VERSIONED)])


def with_versions(sql: str, columns: Sequence[Column]) -> str:
    """Return the SELECT with the columns of an open version, its start a placeholder."""
    names = ",\n    ".join(f"present.{quoted(column.name)}" for column in declared(columns))
    return (
        f"with present as (\n{sql.strip().rstrip(';')}\n)\n\nselect\n    {names},\n"
        f"    timestamp '1970-01-01 00:00:00' as {VALID_FROM},\n"
        f"    cast(null as timestamp) as {VALID_TO},\n    true as {IS_CURRENT}\nfrom present\n"
    )
