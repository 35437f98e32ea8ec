"""Rows in a terminal: lines fit, numbers and dates stay whole, what is left out is said."""

import re
import sys
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from candid_assets.data_table import number_text, table_lines, vertical_lines, width_of
from candid_assets.output_streams import ResultStream
from candid_assets.terminal_text import DataConsole

COLUMNS = ("period", "channel", "product_name", "orders", "gross_amount_idr", "note")
ROWS: list[tuple[Any, ...]] = [
    (
        date(2025, 1, 1),
        "General Trade",
        "Serum Mata 15 ml",
        26,
        Decimal("22036252072.50"),
        "日本語",
    ),
    (date(2025, 2, 1), None, "Sabun\nMandi", 2_644, Decimal("1.50"), "x" * 200),
]


def test_numbers_stand_right_aligned_and_whole_with_the_decimals_of_their_column() -> None:
    lines = table_lines(COLUMNS[3:5], [row[3:5] for row in ROWS], None)
    assert lines[2:] == [
        "    26    22036252072.50",
        "  2644              1.50",
    ]


def test_thousands_are_grouped_and_zeros_that_no_number_needs_are_left_out() -> None:
    rows = [(Decimal("22036252072.500000"), 1.25), (Decimal("5.000000"), None)]
    assert table_lines(("value", "share"), rows, 80, grouped=True)[2:] == [
        "22,036,252,072.5   1.25",
        "             5.0",
    ]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_lines_fit_and_what_is_left_out_is_said(width: int) -> None:
    lines = table_lines(COLUMNS, ROWS, width)
    assert max(map(cell_len, lines[:-1])) <= width
    if len(lines[0].split()) < len(COLUMNS) or "  …  " in lines[0]:
        assert re.fullmatch(r"6 columns, \d shown; --vertical shows all of them whole", lines[-1])
    else:
        assert lines[-1] == "… marks what is cut; --vertical shows it whole"


def test_a_file_gets_every_value_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert width_of(DataConsole(ResultStream(sys.stdout))) is None
    monkeypatch.setenv("COLUMNS", "72")
    assert width_of(DataConsole(ResultStream(sys.stdout))) == 72
    text = "\n".join(table_lines(COLUMNS, ROWS, None))
    assert "x" * 200 in text
    assert "Sabun\\nMandi" in text
    assert "…" not in text


def test_vertical_shows_each_value_on_a_line_of_its_own() -> None:
    assert list(vertical_lines(COLUMNS[:2], ROWS)) == [
        "─── row 1 ───",
        "period   2025-01-01",
        "channel  General Trade",
        "─── row 2 ───",
        "period   2025-02-01",
        "channel",
    ]


def test_a_table_without_rows_or_columns_is_drawn() -> None:
    assert table_lines(("a",), [], 80) == ["a", "─"]
    assert table_lines((), [], 80) == ["", ""]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e-05, "0.00001"),
        (123456789.25, "123456789.25"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (1e300, "1e+300"),
        (Decimal("1E+3"), "1000"),
        (2**70, str(2**70)),
    ],
)
def test_numbers_are_written_out(value: float | Decimal, text: str) -> None:
    assert number_text(value) == text


def test_moments_stand_without_the_parts_that_are_zero() -> None:
    moments = ("2025-01-01T07:05", "2025-01-01T07:05:09")
    rows = [(datetime.fromisoformat(moment),) for moment in moments]
    assert table_lines(("at",), rows, 80)[2:] == ["2025-01-01 07:05", "2025-01-01 07:05:09"]


values = st.one_of(st.none(), st.integers(), st.dates(), st.booleans())


@given(st.lists(values, min_size=1, max_size=6), st.integers(20, 100))
def test_no_number_and_no_date_is_ever_cut(row: list[Any], width: int) -> None:
    lines = table_lines([f"c{number}" for number in range(len(row))], [row], width)
    assert set(lines[2].split()) <= {"…", *map(str, row)}
