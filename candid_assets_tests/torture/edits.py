"""What people do to a workbook: one function for each, on its plain data, by a seeded choice.

Each returns a line that says what was done. A value is good, or bad in a way that the oracle knows.
"""

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from random import Random
from typing import Any, Final

from candid_assets.sandbox.workbook import Dated, Formatted, SampleTab, SampleWorkbook
from candid_assets_tests.torture.company import HEADERS, TABS, row_for, value_for
from candid_assets_tests.torture.oracle import EPOCH

BAD: Final[dict[str, list[Any]]] = {
    "Qty": ["banyak", -5, "1,5"],
    "Jumlah (Rp)": ["banyak", -1_000, "12.34.5"],
    "Tgl": ["besok", "31/02/2025", "2025"],
}
PATTERNS: Final = ("#,##0.00", "0", "#,##0", "0.0")


class Nothing(Exception):  # noqa: N818 - a value, not an error of the program
    """There is nothing here that this could be done to."""


class Desk:
    """Everything an edit needs: the workbook, the choice, and what was there before."""

    def __init__(self, books: dict[str, SampleWorkbook], rng: Random) -> None:
        self.books, self.rng = books, rng
        self.before: dict[str, list[SampleWorkbook]] = {name: [] for name in books}
        self.number = 1_000

    def edit(self) -> tuple[str, str]:
        """Do one thing to one workbook; return its name and what was done."""
        while True:
            workbook = self.rng.choice(sorted(self.books))
            name = self.rng.choices(list(EDITS), [weight for _, weight in EDITS.values()])[0]
            kept = deepcopy(self.books[workbook])
            try:
                done = EDITS[name][0](self, workbook)
            except Nothing:
                self.books[workbook] = kept
                continue
            if name in SHIFTING:
                for tab in self.books[workbook].tabs:
                    tab.merges.clear()
            if name != "undo":
                self.before[workbook] = [*self.before[workbook][-5:], kept]
            return workbook, f"{name}: {done}"

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


def _cell(desk: Desk, workbook: str) -> tuple[SampleTab, int, int, str]:
    tab, place, texts = desk.table(workbook)
    row = desk.rng.randrange(place + 1, len(tab.rows))
    columns = [c for c, text in enumerate(texts) if text in BAD]
    column = desk.rng.choice(columns)
    cells = tab.rows[row]
    cells.extend([None] * (column + 1 - len(cells)))
    if any(top < row < end and left == column for top, end, left, _ in tab.merges):
        raise Nothing
    if not any(cell is not None for cell in cells):
        raise Nothing
    return tab, row, column, str(texts[column])


def _type(desk: Desk, workbook: str) -> str:
    tab, row, column, header = _cell(desk, workbook)
    tab.rows[row][column] = value_for(header, desk.rng, 0)
    return f"{tab.title} row {row + 1} {header} = {tab.rows[row][column]!r}"


def _mistype(desk: Desk, workbook: str) -> str:
    tab, row, column, header = _cell(desk, workbook)
    tab.rows[row][column] = desk.rng.choice(BAD[header])
    return f"{tab.title} row {row + 1} {header} = {tab.rows[row][column]!r}"


def _clear(desk: Desk, workbook: str) -> str:
    tab, row, column, header = _cell(desk, workbook)
    tab.rows[row][column] = None
    return f"{tab.title} row {row + 1} {header}"


def _date(desk: Desk, workbook: str) -> str:
    tab, row, column, header = _cell(desk, workbook)
    if header != "Tgl":
        raise Nothing
    when = date(2025, desk.rng.randint(1, 12), desk.rng.randint(1, 28))
    tab.rows[row][column] = Dated((when - EPOCH).days, "dd/mm/yyyy")
    return f"{tab.title} row {row + 1} is the date {when}"


def _format(desk: Desk, workbook: str) -> str:
    tab, row, column, header = _cell(desk, workbook)
    cell = tab.rows[row][column]
    if isinstance(cell, Formatted):
        cell = cell.value
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        raise Nothing
    tab.rows[row][column] = Formatted(cell, desk.rng.choice(PATTERNS))
    return f"{tab.title} row {row + 1} {header} {tab.rows[row][column]}"


def _append(desk: Desk, workbook: str) -> str:
    tab, _, texts = desk.table(workbook, 0)
    count = desk.rng.choice([1, 1, 2, 8])
    tab.rows.extend(desk.new_row(texts) for _ in range(count))
    return f"{count} to {tab.title}"


def _insert(desk: Desk, workbook: str) -> str:
    tab, place, texts = desk.table(workbook)
    at = desk.rng.randrange(place + 1, len(tab.rows) + 1)
    blank = desk.rng.random() < 0.3
    tab.rows.insert(at, [] if blank else desk.new_row(texts))
    return f"{'blank ' if blank else ''}row {at + 1} of {tab.title}"


def _delete(desk: Desk, workbook: str) -> str:
    tab, place, _ = desk.table(workbook, 3)
    count = desk.rng.choice([1, 1, 2, (len(tab.rows) - place) // 2])
    at = desk.rng.randrange(place + 1, len(tab.rows) - count + 1)
    del tab.rows[at : at + count]
    return f"{count} from row {at + 1} of {tab.title}"


def _paste_over(desk: Desk, workbook: str) -> str:
    tab, place, texts = desk.table(workbook, 0)
    count = desk.rng.choice([3, 200])
    tab.rows[place : place + 1] = [desk.new_row(texts) for _ in range(count)]
    return f"{count} rows over the header of {tab.title}"


def _repeat(desk: Desk, workbook: str) -> str:
    tab, place, texts = desk.table(workbook)
    row = deepcopy(desk.rng.choice(tab.rows[place + 1 :]))
    exact = desk.rng.random() < 0.5
    columns = [c for c, text in enumerate(texts) if text in ("Qty", "Jumlah (Rp)")]
    if not any(cell is not None for cell in row):
        raise Nothing
    if not exact:
        row.extend([None] * (len(texts) - len(row)))
        row[columns[0]] = desk.rng.randint(10_000, 20_000)
    tab.rows.append(row)
    return f"row {row!r} of {tab.title} once more"


def _sort(desk: Desk, workbook: str) -> str:
    tab, place, _ = desk.table(workbook)
    rest = tab.rows[place + 1 :]
    desk.rng.shuffle(rest)
    tab.rows[place + 1 :] = rest
    return tab.title


def _title_row(desk: Desk, workbook: str) -> str:
    tab, place, _ = desk.table(workbook, 0)
    if place > 3:
        raise Nothing
    tab.rows[0:0] = [["Laporan"], []]
    return tab.title


def _move_column(desk: Desk, workbook: str) -> str:
    tab, _, texts = desk.table(workbook, 0)
    at, to = desk.rng.randrange(len(texts)), desk.rng.randrange(len(texts))
    for row in tab.rows:
        row.extend([None] * (len(texts) - len(row)))
        row.insert(to, row.pop(at))
    return f"{at} to {to} in {tab.title}"


def _insert_column(desk: Desk, workbook: str) -> str:
    tab, place, texts = desk.table(workbook, 0)
    if len(texts) > 8:
        raise Nothing
    at = desk.rng.randrange(len(texts) + 1)
    for number, row in enumerate(tab.rows):
        row.extend([None] * (at - len(row)))
        if len(row) >= at and row:
            row.insert(at, f"Catatan {at}" if number == place and desk.rng.random() < 0.5 else None)
    return f"{at} of {tab.title}"


def _delete_column(desk: Desk, workbook: str) -> str:
    tab, _, texts = desk.table(workbook, 0)
    at = desk.rng.randrange(len(texts))
    for row in tab.rows:
        del row[at : at + 1]
    return f"{texts[at]} of {tab.title}"


def _rename_tab(desk: Desk, workbook: str) -> str:
    tab = desk.tab(workbook)
    before, titles = tab.title, {tab.title for tab in desk.books[workbook].tabs}
    choice = ["Lama", "Salinan 2", *(["Mar25", "Apr25"] if workbook == "cabang" else [])]
    tab.title = desk.rng.choice([title for title in choice if title not in titles] or [before])
    return f"{before} is {tab.title}"


def _move_tab(desk: Desk, workbook: str) -> str:
    tabs = desk.books[workbook].tabs
    desk.rng.shuffle(tabs)
    return ", ".join(tab.title for tab in tabs)


def _copy_tab(desk: Desk, workbook: str) -> str:
    book, tab = desk.books[workbook], deepcopy(desk.tab(workbook))
    titles = {tab.title for tab in book.tabs}
    if len(titles) > 5:
        raise Nothing
    choice = [f"Salinan {tab.title}", *(["Mar25", "Apr25"] if workbook == "cabang" else [])]
    before = tab.title
    tab.title = desk.rng.choice([title for title in choice if title not in titles] or ["Lain"])
    if tab.title in titles:
        raise Nothing
    tab.sheet_id = max(tab.sheet_id for tab in book.tabs) + 10
    book.tabs.append(tab)
    return f"{before} to {tab.title}"


def _delete_tab(desk: Desk, workbook: str) -> str:
    book, tab = desk.books[workbook], desk.tab(workbook)
    if len(book.tabs) < 2:
        raise Nothing
    book.tabs.remove(tab)
    return tab.title


def _empty_tab(desk: Desk, workbook: str) -> str:
    tab = desk.tab(workbook)
    tab.rows, tab.formulas, tab.merges = [], {}, []
    return tab.title


def _merge(desk: Desk, workbook: str) -> str:
    tab, row, column, header = _cell(desk, workbook)
    if row + 1 >= len(tab.rows) or any(r0 <= row + 1 and row < r1 for r0, r1, _, _ in tab.merges):
        raise Nothing
    below = tab.rows[row + 1]
    below.extend([None] * (column + 1 - len(below)))
    below[column] = None
    tab.merges.append((row, row + 2, column, column + 1))
    return f"{header} in rows {row + 1} and {row + 2} of {tab.title}"


def _locale(desk: Desk, workbook: str) -> str:
    book = desk.books[workbook]
    book.locale = desk.rng.choice(["en_US", "in_ID", "de_DE", "en_GB"])
    return book.locale


def _hide(desk: Desk, workbook: str) -> str:
    tab = desk.tab(workbook)
    tab.hidden = not tab.hidden
    return f"{tab.title} hidden: {tab.hidden}"


def _rename_book(desk: Desk, workbook: str) -> str:
    book = desk.books[workbook]
    book.title = desk.rng.choice([workbook, f"{workbook} 2026", "Salinan"])
    return book.title


def _share(desk: Desk, workbook: str) -> str:
    book = desk.books[workbook]
    if desk.rng.random() < 0.5:
        book.shared = not book.shared
        return f"shared: {book.shared}"
    book.trashed = not book.trashed
    return f"trashed: {book.trashed}"


def _touch(desk: Desk, workbook: str) -> str:
    return "nothing changed"


def _undo(desk: Desk, workbook: str) -> str:
    """Put the workbook back to an earlier state, as its version history does."""
    kept = desk.before[workbook]
    if not kept:
        raise Nothing
    steps = desk.rng.choice([1, 1, 1, len(kept)])
    earlier = deepcopy(kept[-steps])
    earlier.version = desk.books[workbook].version
    earlier.modified_time = desk.books[workbook].modified_time
    desk.before[workbook] = kept[:-steps]
    desk.books[workbook] = earlier
    return f"{steps} steps"


EDITS: Final[dict[str, tuple[Callable[[Desk, str], str], int]]] = {
    "type": (_type, 20),
    "mistype": (_mistype, 8),
    "clear a cell": (_clear, 3),
    "enter a date": (_date, 3),
    "change a number format": (_format, 4),
    "append rows": (_append, 8),
    "insert a row": (_insert, 4),
    "delete rows": (_delete, 6),
    "paste over the header": (_paste_over, 4),
    "repeat a row": (_repeat, 4),
    "sort": (_sort, 3),
    "write a title above": (_title_row, 2),
    "move a column": (_move_column, 3),
    "insert a column": (_insert_column, 3),
    "delete a column": (_delete_column, 3),
    "rename a tab": (_rename_tab, 3),
    "move tabs": (_move_tab, 2),
    "copy a tab": (_copy_tab, 3),
    "delete a tab": (_delete_tab, 2),
    "empty a tab": (_empty_tab, 2),
    "merge cells": (_merge, 3),
    "change the locale": (_locale, 3),
    "hide or show a tab": (_hide, 1),
    "rename the workbook": (_rename_book, 1),
    "share or trash": (_share, 2),
    "touch": (_touch, 1),
    "undo": (_undo, 16),
}
"""What is done and how often, in relation to the others."""
SHIFTING: Final = frozenset(
    {
        *("insert a row", "delete rows", "paste over the header", "sort", "write a title above"),
        *("move a column", "insert a column", "delete a column", "copy a tab"),
    }
)
"""Edits that move cells; merges are taken apart by them, for the sandbox does not move those."""
