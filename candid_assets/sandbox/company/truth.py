"""The truth file: every planted flaw and what must become of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from candid_assets.names import column_letter
from candid_assets.sandbox.company.defects import Flaw, Outcome
from candid_assets.sandbox.company.forms import cell_text
from candid_assets.sandbox.company.layout import TabPlan

Entry = dict[str, Any]


@dataclass(slots=True)
class TabTruth:
    """What must become of one tab's rows and flawed cells."""

    workbook: str
    plan: TabPlan
    defects: list[Entry] = field(default_factory=list)
    rows: int = 0
    """Rows of the table proper: duplicates and spoilt rows count, titles and totals do not."""
    grid_rows: int = 0
    counts: dict[Outcome, int] = field(
        default_factory=lambda: {"clean": 0, "quarantine": 0, "dropped": 0}
    )

    def count(self, outcome: Outcome, *, data: bool = True) -> None:
        """Note one more row of the grid and where it ends."""
        self.grid_rows += 1
        self.rows += data
        self.counts[outcome] += 1

    def dropped_row(self, row: int, kind: str, rule: str) -> None:
        """Note a whole row that a named rule drops."""
        self.defects.append(self._entry(row, None, Flaw(kind, None, "dropped"), rule))

    def flawed_row(self, row: int, flaw: Flaw) -> None:
        """Note a whole row that belongs in quarantine."""
        self.defects.append(self._entry(row, None, flaw, None))

    def flawed_cell(self, row: int, column: int, flaw: Flaw, rule: str | None = None) -> None:
        """Note one flawed cell; columns count from 0."""
        self.defects.append(self._entry(row, column, flaw, rule))

    def _entry(self, row: int, column: int | None, flaw: Flaw, rule: str | None) -> Entry:
        return {
            "workbook": self.workbook,
            "tab": self.plan.title,
            "cell": None if column is None else f"{column_letter(column + 1)}{row}",
            "row": row,
            "column": None if column is None else self.plan.fields[column].header,
            "kind": flaw.kind,
            "value": cell_text(flaw.cell),
            "outcome": flaw.outcome,
            "expected": flaw.expected,
            "reason": flaw.reason,
            "rule": rule,
        }

    def summary(self) -> Entry:
        """Return the tab's line of counts."""
        return {
            "workbook": self.workbook,
            "tab": self.plan.title,
            "rows": self.rows,
            "grid_rows": self.grid_rows,
            "clean": self.counts["clean"],
            "quarantined": self.counts["quarantine"],
            "dropped": self.counts["dropped"],
        }

    def styles(self) -> list[Entry]:
        """Return the columns that are typed in one unusual way throughout."""
        return [
            {
                "workbook": self.workbook,
                "tab": self.plan.title,
                "column": column.header,
                "style": "phone" if column.phone else column.style,
            }
            for column in self.plan.fields
            if column.style or column.phone
        ]


def truth_file(tabs: Iterable[TabTruth], reconciliations: Entry) -> Entry:
    """Return the content of truth.json."""
    tabs = list(tabs)
    return {
        "defects": [entry for tab in tabs for entry in tab.defects],
        "tabs": [tab.summary() for tab in tabs],
        "styles": [entry for tab in tabs for entry in tab.styles()],
        "reconciliations": reconciliations,
    }
