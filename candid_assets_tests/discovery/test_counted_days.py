"""Days without the format of a date are days or a question, by the header and the other cells."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from candid_assets.discovery.questions import ContractQuestion
from candid_assets_tests.discovery.kit import column_of, table_of

DAYS = list(range(45_719, 45_749))


def questions(scratch: Path, header: str, cells: list[Any]) -> list[ContractQuestion]:
    """Return what is asked about days of a column of cells."""
    rows = [["Kode", header], *([f"K{n:03d}", cell] for n, cell in enumerate(cells))]
    return [q for q in table_of(scratch, rows).questions if "no format of a date" in q.text]


def bare_questions(scratch: Path, header: str, cells: list[Any]) -> list[ContractQuestion]:
    """Return what is asked about figures of days in a column of cells."""
    rows = [["Kode", header], *([f"K{n:03d}", cell] for n, cell in enumerate(cells))]
    return [q for q in table_of(scratch, rows).questions if "such as 20250301" in q.text]


@pytest.mark.parametrize(
    "header", ["Tanggal", "Jatuh Tempo", "Invoice Date", "Due", "tgl_bayar", "Exp. Date"]
)
def test_numbers_below_a_word_for_days_are_days_and_a_question(tmp_path: Path, header: str) -> None:
    column = column_of(tmp_path / "column", header, DAYS)
    assert (column.logical, column.guess.options) == ("date", {"daysCounted": True})
    (question,) = questions(tmp_path / "asked", header, DAYS)
    assert "such as 45748 for 1 April 2025" in question.text
    assert [(a.key, a.value) for a in question.answers] == [
        ("logicalType", "integer"),
        ("daysCounted", None),
    ]


@pytest.mark.parametrize(
    ("header", "cells", "logical"),
    [
        ("Tanggal Lahir", [28_000 + 100 * n for n in range(30)], "date"),
        ("Waktu", [date(2025, 3, 1 + n) for n in range(20)] + DAYS[:9], "date"),
        ("Tanggal", [day + 0.25 for day in DAYS], "timestamp"),
        ("Waktu Berangkat", [day + 0.375 for day in DAYS], "timestamp"),
        ("Tanggal", [str(day) for day in DAYS], "date"),
    ],
)
def test_births_times_texts_and_cells_beside_dates_are_days_too(
    tmp_path: Path, header: str, cells: list[Any], logical: str
) -> None:
    column = column_of(tmp_path, header, cells)
    assert (column.logical, column.guess.options.get("daysCounted")) == (logical, True)


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Amount Due", DAYS),
        ("Saldo per Tanggal", DAYS),
        ("Harga", DAYS),
        ("Waktu", DAYS),
        ("Tanggal", list(range(1, 31))),
        ("Tanggal", [1_500 * n for n in range(1, 31)]),
    ],
)
def test_amounts_and_other_numbers_are_no_days(
    tmp_path: Path, header: str, cells: list[Any]
) -> None:
    column = column_of(tmp_path / "column", header, cells)
    assert column.logical in {"integer", "number"}
    assert questions(tmp_path / "asked", header, cells) == []


def test_numbers_below_a_word_that_may_mean_days_are_a_question(tmp_path: Path) -> None:
    assert column_of(tmp_path / "column", "Mulai", DAYS).logical == "integer"
    (question,) = questions(tmp_path / "asked", "Mulai", DAYS)
    assert [(a.key, a.value) for a in question.answers] == [
        ("logicalType", "date"),
        ("daysCounted", True),
    ]


@pytest.mark.parametrize("cell", [int, str])
@pytest.mark.parametrize("header", ["tgl_donasi", "Tanggal", "Invoice Date", "Periode", "Mulai"])
def test_figures_of_days_below_a_word_for_days_are_days_and_a_question(
    tmp_path: Path, cell: type, header: str
) -> None:
    cells = [cell(day) for day in range(20_250_301, 20_250_321)]
    column = column_of(tmp_path / "column", header, cells)
    assert (column.logical, column.guess.options) == ("date", {"dateOrder": "ymd"})
    (question,) = bare_questions(tmp_path / "asked", header, cells)
    assert question.taken.startswith("They are read as days")
    assert [(a.key, a.value) for a in question.answers] == [
        ("logicalType", "integer"),
        ("dateOrder", None),
    ]


def test_a_few_figures_that_are_no_day_do_not_keep_the_others_from_being_days(
    tmp_path: Path,
) -> None:
    column = column_of(tmp_path, "Tanggal", [*range(20_250_201, 20_250_230), 20_250_301])
    assert (column.logical, column.guess.fitting) == ("date", 29)


@pytest.mark.parametrize(
    ("header", "first"),
    [("Tanggal", 20_250_320), ("nominal", 20_250_301), ("Jumlah Hari", 20_250_301)],
)
def test_other_figures_stay_numbers(tmp_path: Path, header: str, first: int) -> None:
    cells = list(range(first, first + 20))
    assert column_of(tmp_path / "column", header, cells).logical != "date"
    assert bare_questions(tmp_path / "asked", header, cells) == []
