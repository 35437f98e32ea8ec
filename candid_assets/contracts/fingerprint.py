"""The hash of a contract's content, independent of comments, layout and order of keys."""

from dataclasses import fields
from hashlib import sha256
from typing import Any, Final

from candid_assets.contracts.catalog import Column

_COLUMN_FIELDS: Final = tuple(item.name for item in fields(Column) if item.name != "line")


def fingerprint(*parts: Any) -> str:
    """Return the hash of resolved facts, without the lines of columns in their file."""
    return sha256(repr([_facts(part) for part in parts]).encode()).hexdigest()


def _facts(part: Any) -> Any:
    if isinstance(part, tuple):
        return tuple(_facts(item) for item in part)
    if isinstance(part, Column):
        return tuple(getattr(part, name) for name in _COLUMN_FIELDS)
    return part.strip() if isinstance(part, str) else part
