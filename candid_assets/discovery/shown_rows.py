"""Rows of a tab as a discovery shows them: as read, marked, and those left out with the reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from candid_assets.discovery.grid import runs

RULES: Final = {
    "above_header": "above the header",
    "header": "header",
    "below_table": "below the end of the table",
    "blank_row": "blank",
    "other_line": "a line of another kind",
    "beside_table": "cells beside the table only",
    "column_numbers": "numbers of the columns",
    "repeated_header": "the header once more",
    "description_row": "units or descriptions of the columns",
    "total_row": "a total of other rows",
    "summary_row": "a sum or average of other rows",
    "section_row": "heading of a section",
    "prefilled_row": "prepared, but nobody typed in it",
    "exact_duplicate": "equal to an earlier row in every cell",
}
"""Why a row is no data, by the rule that drops it."""
_RUNS: Final = 12


@dataclass(frozen=True, slots=True)
class HeldRows:
    """Rows of a tab that would go to quarantine for one reason."""

    column: str
    """Blank for a reason of the whole row."""
    reason: str
    count: int
    rows: tuple[int, ...]
    cells: tuple[str, ...]
    """The first of them, and of their cells."""
    messages: tuple[str, ...]
    """The reasons of the first in words, with their cells' values."""
    values: tuple[str, ...]
    """The different texts of the cells, as many as are shown."""


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One row of a tab as it was read."""

    number: int
    kind: str
    """`header`, `data`, `quarantine`, or the rule that drops it."""
    why: str
    """Blank for a row of data."""
    cells: tuple[str, ...]

    def facts(self) -> dict[str, Any]:
        """Return what `candid discover --json` shows of it."""
        cells = list(self.cells)
        return {"row": self.number, "kind": self.kind, "why": self.why or None, "cells": cells}


@dataclass(frozen=True, slots=True)
class TabEvidence:
    """What was read of one tab of a table."""

    title: str
    header_rows: tuple[int, ...]
    letters: tuple[str, ...]
    """The sheet's letters of the columns that are shown."""
    names: tuple[str, ...]
    """The name in the table of each of them; blank for one that is no part of it."""
    more_columns: int
    rows: tuple[EvidenceRow, ...]
    data_rows: int
    dropped: Mapping[str, Sequence[int]]
    """Rows by the rule that drops them."""
    held: Sequence[HeldRows]

    def facts(self) -> dict[str, Any]:
        """Return what `candid discover --json` shows of it."""
        return {
            "tab": self.title,
            "header_rows": list(self.header_rows),
            "letters": list(self.letters),
            "names": [name or None for name in self.names],
            "more_columns": self.more_columns,
            "data_rows": self.data_rows,
            "first_rows": [row.facts() for row in self.rows],
            "left_out": [
                {"rule": rule, "why": rule_words(rule), "count": len(rows), "rows": row_runs(rows)}
                for rule, rows in sorted(self.dropped.items(), key=lambda pair: min(pair[1]))
                if rule != "header"
            ],
            "to_quarantine": [
                {"column": h.column or None, "reason": h.reason, "count": h.count}
                | {"cells": list(h.cells), "message": h.messages[0]}
                for h in self.held
            ],
        }


def rule_words(rule: str) -> str:
    """Return why rows are left out, in words."""
    return RULES.get(rule, rule.replace("_", " "))


def row_runs(rows: Sequence[int]) -> str:
    """Return the numbers of rows, those that follow each other as `4–9`, with what is cut off."""
    blocks = runs(sorted(rows))
    shown = [f"{b[0]}" if len(b) == 1 else f"{b[0]}–{b[-1]}" for b in blocks[:_RUNS]]
    more = len(blocks) - _RUNS
    return ", ".join(shown) + (f" and {more} more places" if more > 0 else "")
