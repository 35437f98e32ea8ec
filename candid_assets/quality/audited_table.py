"""What an audit found in one table, without what judges: who shows it loads none of that."""

from dataclasses import dataclass
from typing import Final

PAGE_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
"""Keeps a page of Great Expectations from the network and from running what cells may hold."""


@dataclass(frozen=True, slots=True)
class AuditedTable:
    """The rules of a table, and those of them that do not hold or are disputed."""

    relation: str
    rules: int
    rows: int
    broken: tuple[str, ...]
    """Rules that do not hold, in words."""
    disputed: tuple[str, ...]
    """Rules on which Great Expectations and SQL differ, in words."""

    @property
    def is_good(self) -> bool:
        """Whether every rule holds by both."""
        return not self.broken and not self.disputed
