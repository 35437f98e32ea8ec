"""Changes to a workbook, as a person makes them in Google Sheets, and to its file on disk."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from filelock import FileLock

from candid_assets.names import column_letter
from candid_assets.sandbox.cell_references import column_number
from candid_assets.sandbox.cells import cell_position, wire_cell
from candid_assets.sandbox.shifting import shift_columns, shift_rows
from candid_assets.sandbox.store import workbook_files
from candid_assets.sandbox.workbook import Cell, SampleTab, SampleWorkbook

Change = Mapping[str, Any]
"""One change as JSON: `{"do": "edit", "tab": "Stok", "cells": {"D17": 1250}}` and the like."""


class ChangeError(ValueError):
    """A change that cannot be made; the message says what to write instead."""


def find_workbook(folder: Path, name: str) -> Path:
    """Return the file of a workbook, by its id or its title."""
    files = workbook_files(folder)
    wanted = name.casefold()
    for path in files:
        if path.stem.casefold() == wanted or SampleWorkbook.head(path).title.casefold() == wanted:
            return path
    known = ", ".join(path.stem for path in files) or "none"
    raise ChangeError(f"no workbook {name!r} in {folder}: use one of {known}")


def change_workbook(folder: Path, workbook: str, change: Change) -> SampleWorkbook:
    """Apply one change to the workbook's file, and date it now unless the change is silent."""
    with one_at_a_time(folder):
        book = SampleWorkbook.load(find_workbook(folder, workbook))
        apply_change(book, change)
        if not change.get("silent", False):
            touch(book)
        book.save(folder)
    return book


def touch(book: SampleWorkbook) -> None:
    """Raise the version and set the modified time to now, as Drive does on every edit."""
    book.version += 1
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    book.modified_time = max(now, book.modified_time)


def apply_change(book: SampleWorkbook, change: Change) -> None:
    """Apply one change to a workbook in memory."""
    do = change.get("do")
    if do not in CHANGES:
        raise ChangeError(f"no change {do!r}: use one of {', '.join(CHANGES)}")
    try:
        CHANGES[do](book, change)
    except KeyError as missing:
        raise ChangeError(f"the change {do!r} needs {missing}") from None


def find_tab(book: SampleWorkbook, title: str) -> SampleTab:
    """Return a tab by its title."""
    for tab in book.tabs:
        if tab.title == title:
            return tab
    titles = ", ".join(repr(tab.title) for tab in book.tabs)
    raise ChangeError(f"workbook {book.title!r} has no tab {title!r}: use one of {titles}")


def set_cell(tab: SampleTab, address: str, value: Cell) -> None:
    """Write one cell, growing the tab when the cell lies beyond its rows."""
    row, column = cell_position(address)
    while len(tab.rows) <= row:
        tab.rows.append([])
    cells = tab.rows[row]
    cells.extend([None] * (column + 1 - len(cells)))
    cells[column] = value
    tab.formulas.pop(f"{column_letter(column + 1)}{row + 1}", None)


def _edit(book: SampleWorkbook, change: Change) -> None:
    tab = find_tab(book, change["tab"])
    for address, value in change["cells"].items():
        set_cell(tab, address, wire_cell(value))


def _append_rows(book: SampleWorkbook, change: Change) -> None:
    tab = find_tab(book, change["tab"])
    tab.rows.extend([wire_cell(value) for value in row] for row in change["rows"])


def _insert_rows(book: SampleWorkbook, change: Change) -> None:
    tab, at = find_tab(book, change["tab"]), int(change["row"]) - 1
    rows = change.get("rows") or [[]] * int(change.get("count", 1))
    tab.rows[at:at] = [[wire_cell(value) for value in row] for row in rows]
    shift_rows(tab, at, len(rows))


def _delete_rows(book: SampleWorkbook, change: Change) -> None:
    tab, at = find_tab(book, change["tab"]), int(change["row"]) - 1
    count = int(change.get("count", 1))
    del tab.rows[at : at + count]
    shift_rows(tab, at, -count)


def _insert_column(book: SampleWorkbook, change: Change) -> None:
    tab, at = find_tab(book, change["tab"]), column_number(change["column"]) - 1
    values = [wire_cell(value) for value in change.get("values", [])]
    for number, row in enumerate(tab.rows):
        row.extend([None] * (at - len(row)))
        row.insert(at, values[number] if number < len(values) else None)
    shift_columns(tab, at, 1)


def _delete_column(book: SampleWorkbook, change: Change) -> None:
    tab, at = find_tab(book, change["tab"]), column_number(change["column"]) - 1
    for row in tab.rows:
        del row[at : at + 1]
    shift_columns(tab, at, -1)


def _move_column(book: SampleWorkbook, change: Change) -> None:
    tab, at = find_tab(book, change["tab"]), column_number(change["column"]) - 1
    to = column_number(change["to"]) - 1
    for row in tab.rows:
        row.extend([None] * (max(at, to) + 1 - len(row)))
        row.insert(to, row.pop(at))


def _rename_tab(book: SampleWorkbook, change: Change) -> None:
    tab = find_tab(book, change["tab"])
    before, after = _in_quotes(tab.title), _in_quotes(change["title"])
    tab.title = change["title"]
    book.named_ranges = {
        name: after + place.removeprefix(before) if place.startswith(f"{before}!") else place
        for name, place in book.named_ranges.items()
    }


def _delete_tab(book: SampleWorkbook, change: Change) -> None:
    tab = find_tab(book, change["tab"])
    book.tabs.remove(tab)
    place = _in_quotes(tab.title)
    book.named_ranges = {
        name: text
        for name, text in book.named_ranges.items()
        if not text.startswith((f"{place}!", f"{tab.title}!"))
    }


def _in_quotes(title: str) -> str:
    return "'" + title.replace("'", "''") + "'"


def _add_tab(book: SampleWorkbook, change: Change) -> None:
    rows = [[wire_cell(value) for value in row] for row in change.get("rows", [])]
    used = max((tab.sheet_id for tab in book.tabs), default=0)
    book.tabs.append(SampleTab(int(change.get("sheet_id", used + 1)), change["tab"], rows))


def _empty_tab(book: SampleWorkbook, change: Change) -> None:
    tab = find_tab(book, change["tab"])
    tab.rows, tab.formulas = [], {}


def _hide_rows(book: SampleWorkbook, change: Change) -> None:
    tab, first = find_tab(book, change["tab"]), int(change["row"]) - 1
    rows = range(first, first + int(change.get("count", 1)))
    kept = [row for row in tab.hidden_rows if row not in rows]
    tab.hidden_rows = sorted([*kept, *rows]) if change.get("hidden", True) else kept


def _hide_tab(book: SampleWorkbook, change: Change) -> None:
    find_tab(book, change["tab"]).hidden = bool(change.get("hidden", True))


def _make_chart(book: SampleWorkbook, change: Change) -> None:
    tab = find_tab(book, change["tab"])
    tab.sheet_type, tab.rows = "OBJECT", []
    tab.merges, tab.checkboxes, tab.formulas = [], [], {}


def _touch_only(book: SampleWorkbook, change: Change) -> None:
    """Change nothing: the touch that follows every change is what is wanted."""


def _setter(name: str, value: Any) -> Callable[[SampleWorkbook, Change], None]:
    def apply(book: SampleWorkbook, change: Change) -> None:
        setattr(book, name, change.get("value", value))

    return apply


CHANGES: Final[dict[str, Callable[[SampleWorkbook, Change], None]]] = {
    "edit": _edit,
    "append_rows": _append_rows,
    "insert_rows": _insert_rows,
    "delete_rows": _delete_rows,
    "insert_column": _insert_column,
    "delete_column": _delete_column,
    "move_column": _move_column,
    "rename_tab": _rename_tab,
    "delete_tab": _delete_tab,
    "add_tab": _add_tab,
    "empty_tab": _empty_tab,
    "hide_rows": _hide_rows,
    "hide_tab": _hide_tab,
    "make_chart": _make_chart,
    "touch": _touch_only,
    "share": _setter("shared", value=True),
    "unshare": _setter("shared", value=False),
    "trash": _setter("trashed", value=True),
    "untrash": _setter("trashed", value=False),
    "rename_workbook": _setter("title", value="Untitled spreadsheet"),
    "set_locale": _setter("locale", value="en_US"),
    "make_office_file": _setter(
        "mime_type", value="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ),
}
"""What can be done to a workbook, by the word that asks for it."""


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, so that two edits at once do not undo each other."""
    if not folder.is_dir():
        raise ChangeError(
            f"there are no sample workbooks in {folder} yet; make them: candid sandbox generate"
        )
    with FileLock(folder / ".edit.lock"):
        yield
