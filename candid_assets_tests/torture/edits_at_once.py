"""What somebody does to a workbook at once, as the local server is asked for it."""

from typing import Any, Final

Edit = list[dict[str, Any]]
"""Changes that come together."""


def _of(do: str, tab: str = "", **what: Any) -> dict[str, Any]:
    return {"do": do, **({"tab": tab} if tab else {}), **what}


_CELLS: Final[dict[str, Edit]] = {
    "text": [_of("edit", "Jan25", cells={"B3": "baru", "B79": "baru"})],
    "number": [_of("edit", "Jan25", cells={"C3": 7, "C78": 7})],
    "formatted number": [
        _of("edit", "Jan25", cells={f"E{row}": {"n": 5, "p": "00000"} for row in (3, 79)})
    ],
    "date": [_of("edit", "Jan25", cells={"D3": 46000, "D80": 46000})],
    "number as text": [_of("edit", "Lain", cells={"C2": "2.000"})],
    "cells of two tabs": [
        _of("edit", "Lain", cells={"C2": 1, "B3": "baru"}),
        _of("edit", "Siap", cells={"C2": 2, "B3": "baru"}),
    ],
    "numbers of two tabs": [
        _of("edit", "Jan25", cells={"C3": 1}),
        _of("edit", "Siap", cells={"C2": 2}),
    ],
}
_ROWS: Final[dict[str, Edit]] = {
    "row at the top": [_of("insert_rows", "Jan25", row=2, rows=[["N", "x", 5]])],
    "row in the middle": [_of("insert_rows", "Jan25", row=41, rows=[["N", "x", 5]])],
    "blank row": [_of("insert_rows", "Jan25", row=30)],
    "row at the end": [_of("append_rows", "Jan25", rows=[["N", "x", 5]])],
    "many rows": [_of("append_rows", "Jan25", rows=[[f"Z{n}", "x", n] for n in range(40)])],
    "row deleted": [_of("delete_rows", "Jan25", row=20)],
    "rows deleted": [_of("delete_rows", "Jan25", row=5, count=60)],
    "rows hidden": [_of("hide_rows", "Jan25", row=3, count=4)],
    "row to another tab": [
        _of("delete_rows", "Lain", row=3),
        _of("append_rows", "Siap", rows=[["Lain1", "barang 1", 1000]]),
    ],
    "row from another tab": [
        _of("delete_rows", "Siap", row=3),
        _of("insert_rows", "Jan25", row=2, rows=[["Siap1", "barang 1", 1000]]),
    ],
}
_COLUMNS: Final[dict[str, Edit]] = {
    "column at the left": [_of("insert_column", "Jan25", column="A", values=["Ket", "z"])],
    "column in the middle": [_of("insert_column", "Jan25", column="C")],
    "columns until the grid is wider": [_of("insert_column", "Jan25", column="B")] * 3,
    "column deleted": [_of("delete_column", "Jan25", column="B")],
    "column moved": [_of("move_column", "Jan25", column="B", to="C")],
}
_TABS: Final[dict[str, Edit]] = {
    "tab renamed": [_of("rename_tab", "Lain", title="Lama")],
    "tabs exchange titles": [
        _of("rename_tab", "Lain", title="x"),
        _of("rename_tab", "Siap", title="Lain"),
        _of("rename_tab", "x", title="Siap"),
    ],
    "tab deleted": [_of("delete_tab", "Lain")],
    "tab made anew": [
        _of("delete_tab", "Lain"),
        _of("add_tab", "Lain", rows=[["No", "Nama"], ["baru", "lain"]]),
    ],
    "tab added": [_of("add_tab", "Baru", rows=[["a"]])],
    "tab emptied": [_of("empty_tab", "Lain")],
    "tab hidden": [_of("hide_tab", "Lain")],
    "chart in place of a tab": [_of("make_chart", "Lain")],
}
_WORKBOOKS: Final[dict[str, Edit]] = {
    "locale": [_of("set_locale", value="en_US")],
    "workbook renamed": [_of("rename_workbook", value="Toko 2026")],
    "no longer shared": [_of("unshare")],
    "in the trash": [_of("trash")],
    "an Office file": [_of("make_office_file")],
}
EDITS: Final = _CELLS | _ROWS | _COLUMNS | _TABS | _WORKBOOKS
"""Each kind of edit by its name."""
TAKEN_AWAY: Final = frozenset({"no longer shared", "in the trash", "an Office file"})
"""After these nothing more is read, but what had begun may come to its end."""
