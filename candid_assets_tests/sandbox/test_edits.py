"""Changes are made to the file in one step, and Drive's facts follow."""

import subprocess
import sys

import pytest

from candid_assets.sandbox.cells import cell_position, typed_cell, wire_cell
from candid_assets.sandbox.edits import (
    CHANGES,
    ChangeError,
    apply_change,
    change_workbook,
    find_tab,
    find_workbook,
)
from candid_assets.sandbox.workbook import CellError, Dated, SampleTab, SampleWorkbook
from candid_assets_tests.sandbox.client import DRIVE, values
from candid_assets_tests.sandbox.conftest import BOOK, sales_book


def small_book():
    return SampleWorkbook("B", "Buku", [SampleTab(7, "T", [["A", "B"], [1, 2], [3, 4]])])


@pytest.mark.parametrize(
    ("change", "rows"),
    [
        (
            {"do": "edit", "cells": {"A2": 9, "D4": "x"}},
            [["A", "B"], [9, 2], [3, 4], [None, None, None, "x"]],
        ),
        (
            {"do": "edit", "cells": {"A2": {"d": 1, "p": "d"}}},
            [["A", "B"], [Dated(1, "d"), 2], [3, 4]],
        ),
        ({"do": "edit", "cells": {"B3": ""}}, [["A", "B"], [1, 2], [3, None]]),
        (
            {"do": "append_rows", "rows": [[5, {"e": "#N/A"}]]},
            [["A", "B"], [1, 2], [3, 4], [5, CellError("#N/A")]],
        ),
        (
            {"do": "insert_rows", "row": 1, "rows": [["Laporan"]]},
            [["Laporan"], ["A", "B"], [1, 2], [3, 4]],
        ),
        (
            {"do": "insert_rows", "row": 2, "count": 2},
            [["A", "B"], [], [], [1, 2], [3, 4]],
        ),
        ({"do": "delete_rows", "row": 2}, [["A", "B"], [3, 4]]),
        (
            {"do": "insert_column", "column": "B", "values": ["N"]},
            [["A", "N", "B"], [1, None, 2], [3, None, 4]],
        ),
        ({"do": "delete_column", "column": "A"}, [["B"], [2], [4]]),
        ({"do": "move_column", "column": "A", "to": "B"}, [["B", "A"], [2, 1], [4, 3]]),
        ({"do": "empty_tab"}, []),
    ],
)
def test_cells_rows_and_columns_change(change, rows):
    book = small_book()
    apply_change(book, {"tab": "T", **change})
    assert book.tabs[0].rows == rows


def test_a_tab_keeps_its_id_when_renamed_hidden_or_made_a_chart():
    book = small_book()
    apply_change(book, {"do": "rename_tab", "tab": "T", "title": "Baru"})
    apply_change(book, {"do": "hide_tab", "tab": "Baru"})
    apply_change(book, {"do": "make_chart", "tab": "Baru"})
    tab = find_tab(book, "Baru")
    assert (tab.sheet_id, tab.hidden, tab.sheet_type, tab.rows) == (7, True, "OBJECT", [])
    apply_change(book, {"do": "add_tab", "tab": "Lain", "rows": [["x"]]})
    apply_change(book, {"do": "delete_tab", "tab": "Baru"})
    assert [(tab.title, tab.sheet_id) for tab in book.tabs] == [("Lain", 8)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"do": "explode"}, "no change 'explode'"),
        ({"do": "edit", "tab": "Hilang", "cells": {}}, "has no tab 'Hilang': use one of 'T'"),
        ({"do": "edit", "tab": "T"}, "needs 'cells'"),
        ({"do": "edit", "tab": "T", "cells": {"17": 1}}, "'17' is no cell"),
        ({"do": "edit", "tab": "T", "cells": {"A1": [1]}}, "is no cell"),
    ],
)
def test_a_change_that_cannot_be_made_says_what_to_write(change, said):
    with pytest.raises(ValueError, match=said):
        apply_change(small_book(), change)


def test_every_edit_makes_the_file_newer_unless_it_is_silent(folder):
    small_book().save(folder)
    first = change_workbook(folder, "B", {"do": "edit", "tab": "T", "cells": {"A2": 5}})
    assert first.version == 2
    assert first.modified_time > small_book().modified_time
    silent = {"do": "edit", "tab": "T", "cells": {"A2": 6}, "silent": True}
    second = change_workbook(folder, "buku", silent)
    assert (second.version, second.modified_time) == (2, first.modified_time)
    assert SampleWorkbook.load(folder / "B.json").tabs[0].rows[1][0] == 6


def test_an_unknown_workbook_is_refused_with_the_known_ones(folder):
    small_book().save(folder)
    with pytest.raises(ChangeError, match=r"no workbook 'X' .* use one of B"):
        find_workbook(folder, "X")


def test_two_processes_editing_at_once_lose_nothing(folder):
    small_book().save(folder)
    code = (
        "import sys; from pathlib import Path\n"
        "from candid_assets.sandbox.edits import change_workbook\n"
        "for n in range(15): change_workbook(Path(sys.argv[1]), 'B',"
        " {'do': 'append_rows', 'tab': 'T', 'rows': [[sys.argv[2], n]]})"
    )
    command = [sys.executable, "-c", code, str(folder)]
    children = [subprocess.Popen([*command, name]) for name in ("x", "y")]
    assert [child.wait(timeout=60) for child in children] == [0, 0]
    book = SampleWorkbook.load(folder / "B.json")
    assert len(book.tabs[0].rows) == 33
    assert book.version == 31


@pytest.mark.parametrize("do", sorted(CHANGES))
def test_every_edit_is_served_at_once_and_undone_by_a_reset(server, google, do):
    before = (server.folder / f"{BOOK}.json").read_bytes()
    what = {"tab": "Jan25", "row": 2, "rows": [["x"]], "column": "B", "to": "C", "title": "Feb25"}
    what |= {"cells": {"A1": "x"}, "tab": "Maret"} if do == "add_tab" else {"cells": {"A1": "x"}}
    answer = server.change(BOOK, do, **what)
    assert answer["version"] == 2
    head = google.get(f"{DRIVE}/drive/v3/files/{BOOK}", params={"fields": "version"})
    assert head.json() == {"version": "2"} or do == "unshare"
    server.reset(workbooks=True)
    assert (server.folder / f"{BOOK}.json").read_bytes() == before
    assert values(google, BOOK, "'Jan25'!A1")["valueRanges"][0]["values"] == [["Order"]]


def test_a_workbook_is_the_same_after_saving_and_loading(folder):
    path = sales_book().save(folder)
    assert SampleWorkbook.load(path) == sales_book()
    head = SampleWorkbook.head(path)
    assert (head.title, head.named_ranges, head.tabs) == (
        "Sales_MASTER",
        sales_book().named_ranges,
        [],
    )


@pytest.mark.parametrize(
    ("word", "cell"),
    [
        ("1250000", 1250000),
        ("12.5", 12.5),
        ("true", True),
        ("null", None),
        ("", None),
        ('"12"', "12"),
        ("1.250.000", "1.250.000"),
        ("lunas", "lunas"),
        ("0812", "0812"),
        ("[1]", "[1]"),
        ("text:12", "12"),
        ("catatan: x", "catatan: x"),
        ("date:2025-08-17", Dated(45886, "dd/mm/yyyy")),
        ("datetime:2025-08-17 12:00", Dated(45886.5, "dd/mm/yyyy hh:mm:ss")),
        ("time:14:30", Dated(14.5 / 24, "hh:mm:ss")),
        ("time:26:15", Dated(26.25 / 24, "[hh]:mm:ss")),
        ("error:#REF!", CellError("#REF!")),
    ],
)
def test_a_word_on_the_command_line_is_this_cell(word, cell):
    assert typed_cell(word) == cell
    assert type(typed_cell(word)) is type(cell)


@pytest.mark.parametrize("word", ["date:17 Agustus", "time:14.30", "datetime:x"])
def test_a_wrong_date_is_refused(word):
    with pytest.raises(ValueError, match="write"):
        typed_cell(word)


def test_addresses_and_wire_cells():
    assert cell_position("D17") == (16, 3)
    assert cell_position("$aa$1") == (0, 26)
    assert wire_cell("") is None
    with pytest.raises(ValueError, match="is no cell"):
        wire_cell({"x": 1})


def test_an_edit_before_there_are_workbooks_says_how_to_make_them(tmp_path):
    with pytest.raises(ChangeError, match="candid sandbox generate"):
        change_workbook(tmp_path / "none", "CoreOS", {"do": "touch"})
