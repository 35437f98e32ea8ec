"""A first column that is typed once for several lines is a question, where nothing fills it."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from candid_assets_tests.discovery.kit import Sheet, table_of

HEAD = ["Tanggal", "Nota", "Barang", "Qty"]


def lines(days: int, notes: int) -> list[list[Any]]:
    """Return 24 lines with a date in the first of so many each, and a note likewise."""
    return [
        [
            None if n % days else date(2025, 3, 1 + n // days),
            None if n % notes else f"N{n:03d}",
            f"Barang {n}",
            n + 1,
        ]
        for n in range(24)
    ]


def questions(scratch: Path, rows: list[list[Any]] | Sheet) -> list[tuple[str, tuple[str, ...]]]:
    """Return what blank cells are asked about, with the cells that are named."""
    asked = [q for q in table_of(scratch, rows).questions if "mean what stands above" in q.text]
    return [
        (q.text.partition(" mean")[0].removeprefix("Do blank cells of "), q.cells) for q in asked
    ]


@pytest.mark.parametrize(
    ("days", "notes", "asked"),
    [
        (3, 1, [("Tanggal", ("A2",))]),
        (6, 2, [("Tanggal, Nota", ("A2", "B2"))]),
        (1, 1, []),
        (1, 3, []),
    ],
)
def test_first_columns_that_are_typed_once_are_asked_about(
    tmp_path: Path, days: int, notes: int, asked: list[Any]
) -> None:
    assert questions(tmp_path, [HEAD, *lines(days, notes)]) == asked


def test_a_few_blanks_and_days_that_are_typed_again_are_no_question(tmp_path: Path) -> None:
    rows = lines(1, 1)
    for row in (3, 7, 9):
        rows[row][0] = None
    assert questions(tmp_path / "few", [HEAD, *rows]) == []
    again = [[date(2025, 3, 1) if n % 2 else None, *row[1:]] for n, row in enumerate(rows, 1)]
    assert questions(tmp_path / "again", [HEAD, *again]) == []
