"""What people do to a workbook, and how often; done to its plain data by a seeded choice."""

from collections.abc import Callable
from copy import deepcopy
from typing import Final

from candid_assets_tests.torture import row_edits, tab_edits
from candid_assets_tests.torture.desk import Desk, Nothing

EDITS: Final[dict[str, tuple[Callable[[Desk, str], str], int]]] = {
    "type": (row_edits.enter, 20),
    "mistype": (row_edits.mistype, 8),
    "clear a cell": (row_edits.clear, 3),
    "enter a date": (row_edits.enter_date, 3),
    "change a number format": (row_edits.change_format, 4),
    "append rows": (row_edits.append, 8),
    "insert a row": (row_edits.insert, 4),
    "delete rows": (row_edits.delete, 6),
    "paste over the header": (row_edits.paste_over, 4),
    "repeat a row": (row_edits.repeat, 4),
    "sort": (row_edits.sort, 3),
    "write a title above": (row_edits.title_row, 2),
    "move a column": (tab_edits.move_column, 3),
    "insert a column": (tab_edits.insert_column, 3),
    "delete a column": (tab_edits.delete_column, 3),
    "rename a tab": (tab_edits.rename_tab, 3),
    "move tabs": (tab_edits.move_tab, 2),
    "copy a tab": (tab_edits.copy_tab, 3),
    "delete a tab": (tab_edits.delete_tab, 2),
    "empty a tab": (tab_edits.empty_tab, 2),
    "merge cells": (row_edits.merge, 3),
    "change the locale": (tab_edits.locale, 3),
    "hide or show a tab": (tab_edits.hide, 1),
    "rename the workbook": (tab_edits.rename_book, 1),
    "share or trash": (tab_edits.share, 2),
    "touch": (tab_edits.touch, 1),
    "undo": (tab_edits.undo, 16),
}
"""What is done and how often, in relation to the others."""
SHIFTING: Final = frozenset(
    {
        *("insert a row", "delete rows", "paste over the header", "sort", "write a title above"),
        *("move a column", "insert a column", "delete a column", "copy a tab"),
    }
)
"""Edits that move cells; merges are taken apart by them, for the sandbox does not move those."""


def edit(desk: Desk) -> tuple[str, str]:
    """Do one thing to one workbook; return its name and what was done."""
    while True:
        workbook = desk.rng.choice(sorted(desk.books))
        name = desk.rng.choices(list(EDITS), [weight for _, weight in EDITS.values()])[0]
        kept = deepcopy(desk.books[workbook])
        try:
            done = EDITS[name][0](desk, workbook)
        except Nothing:
            desk.books[workbook] = kept
            continue
        if name in SHIFTING:
            for tab in desk.books[workbook].tabs:
                tab.merges.clear()
        if name != "undo":
            desk.before[workbook] = [*desk.before[workbook][-5:], kept]
        return workbook, f"{name}: {done}"
