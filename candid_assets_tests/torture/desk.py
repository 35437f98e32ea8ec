"""The desk that people edit at: workbooks as plain data, a seeded choice, and what was before."""

from random import Random
from typing import Any, Final

from candid_assets.sandbox.workbook import SampleTab, SampleWorkbook
from candid_assets_tests.torture.company import HEADERS, TABS, row_for

BAD: Final[dict[str, list[Any]]] = {
    "Qty": ["banyak", -5, "1,5"],
    "Jumlah (Rp)": ["banyak", -1_000, "12.34.5"],
    "Tgl": ["besok", "31/02/2025", "2025"],
}
"""Cells that are not of their column's type, or break its rule."""


class Nothing(Exception):  # noqa: N818 - a value, not an error of the program
    """There is nothing here that this could be done to."""


class Desk:
    """Everything an edit needs: the workbook, the choice, and what was there before."""

    def __init__(self, books: dict[str, SampleWorkbook], rng: Random) -> None:
        self.books, self.rng = books, rng
        self.before: dict[str, list[SampleWorkbook]] = {name: [] for name in books}
        self.number = 1_000

    def tab(self, workbook: str) -> SampleTab:
        tabs = [tab for tab in self.books[workbook].tabs if tab.sheet_type == "GRID"]
        if not tabs:
            raise Nothing
        return self.rng.choice(tabs)

    def table(self, workbook: str, least: int = 1) -> tuple[SampleTab, int, list[str | None]]:
        """Return a tab with a header and rows below it, the row of the header and its texts."""
        tab = self.tab(workbook)
        wanted = [set(HEADERS[workbook, name]) for _, name in TABS[workbook]]
        for place, row in enumerate(tab.rows):
            texts = [cell if isinstance(cell, str) else None for cell in row]
            if any(headers <= set(texts) for headers in wanted):
                if len(tab.rows) - place - 1 < least:
                    raise Nothing
                return tab, place, texts
        raise Nothing

    def new_row(self, texts: list[str | None]) -> list[Any]:
        self.number += 1
        known = [t for t in texts if t in {*BAD, "No Nota", "Kode", "Nama"}]
        cells = dict(zip(known, row_for(known, self.rng, self.number), strict=True))
        return [cells.get(text) for text in texts]
