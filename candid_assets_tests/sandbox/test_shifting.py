"""Inserting and deleting rows and columns takes merges, hidden rows and formulas along."""

import pytest

from candid_assets.sandbox.edits import apply_change
from candid_assets.sandbox.workbook import SampleTab, SampleWorkbook


def notes_tab() -> SampleTab:
    return SampleTab(
        1,
        "Nota",
        [["Nota", "Qty", "Total"], ["N-1", 1, 10], [None, 2, 20], ["N-2", 3, 30]],
        merges=[(1, 3, 0, 1)],
        hidden_rows=[3],
        filtered_rows=[1],
        hidden_columns=[1],
        checkboxes=[(1, 4, 2, 3)],
        formulas={"C3": "=B3*10"},
    )


@pytest.mark.parametrize(
    ("change", "merges", "hidden", "filtered", "boxes", "formulas"),
    [
        (
            {"do": "insert_rows", "row": 1, "count": 2},
            [(3, 5, 0, 1)],
            [5],
            [3],
            [(3, 6, 2, 3)],
            ["C5"],
        ),
        (
            {"do": "insert_rows", "row": 3},
            [(1, 4, 0, 1)],
            [4],
            [1],
            [(1, 5, 2, 3)],
            ["C4"],
        ),
        ({"do": "insert_rows", "row": 5}, [(1, 3, 0, 1)], [3], [1], [(1, 4, 2, 3)], ["C3"]),
        ({"do": "delete_rows", "row": 1}, [(0, 2, 0, 1)], [2], [0], [(0, 3, 2, 3)], ["C2"]),
        ({"do": "delete_rows", "row": 3}, [], [2], [1], [(1, 3, 2, 3)], []),
        ({"do": "delete_rows", "row": 2, "count": 3}, [], [], [], [], []),
        (
            {"do": "insert_column", "column": "A"},
            [(1, 3, 1, 2)],
            [3],
            [1],
            [(1, 4, 3, 4)],
            ["D3"],
        ),
        ({"do": "delete_column", "column": "C"}, [(1, 3, 0, 1)], [3], [1], [], []),
    ],
)
def test_what_belongs_to_cells_follows_them(change, merges, hidden, filtered, boxes, formulas):
    tab = notes_tab()
    apply_change(SampleWorkbook("B", "B", [tab]), {**change, "tab": "Nota"})
    assert (tab.merges, tab.hidden_rows, tab.filtered_rows) == (merges, hidden, filtered)
    assert (tab.checkboxes, list(tab.formulas)) == (boxes, formulas)


def test_hidden_columns_follow_their_columns():
    tab = notes_tab()
    apply_change(
        SampleWorkbook("B", "B", [tab]), {"do": "delete_column", "tab": "Nota", "column": "A"}
    )
    assert tab.hidden_columns == [0]


def test_a_typed_value_replaces_the_formula():
    tab = notes_tab()
    apply_change(SampleWorkbook("B", "B", [tab]), {"do": "edit", "tab": "Nota", "cells": {"C3": 5}})
    assert tab.formulas == {}


def test_rows_are_hidden_and_shown_again():
    tab = notes_tab()
    book = SampleWorkbook("B", "B", [tab])
    apply_change(book, {"do": "hide_rows", "tab": "Nota", "row": 2, "count": 2})
    assert tab.hidden_rows == [1, 2, 3]
    apply_change(book, {"do": "hide_rows", "tab": "Nota", "row": 2, "hidden": False})
    assert tab.hidden_rows == [2, 3]


def test_named_ranges_follow_their_tab():
    book = SampleWorkbook("B", "B", [notes_tab()], named_ranges={"Isi": "'Nota'!A1:B2"})
    apply_change(book, {"do": "rename_tab", "tab": "Nota", "title": "Jum'at"})
    assert book.named_ranges == {"Isi": "'Jum''at'!A1:B2"}
    apply_change(book, {"do": "delete_tab", "tab": "Jum'at"})
    assert book.named_ranges == {}
