"""A1 notation is read as Google reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candid_assets.sandbox.a1 import AddressedTab, CellRange, column_number, parse_range, quoted
from candid_assets.sandbox.errors import GoogleError

GRIDS = [
    AddressedTab("Tersembunyi", 1000, 26, hidden=True),
    AddressedTab("Jan25", 1000, 26),
    AddressedTab("Sheet1", 50, 5),
    AddressedTab("Jum'at", 1000, 26),
    AddressedTab("a!b", 1000, 26),
    AddressedTab("Besar", 5000, 8000),
    AddressedTab("b", 1000, 26),
]


@pytest.mark.parametrize(
    ("text", "tab", "rows", "columns"),
    [
        ("A1", 1, (0, 1), (0, 1)),
        ("$B$2:C3", 1, (1, 3), (1, 3)),
        ("Sheet1", 2, (0, 50), (0, 5)),
        ("sheet1", 2, (0, 50), (0, 5)),
        ("'Sheet1'", 2, (0, 50), (0, 5)),
        ("'Jan25'", 1, (0, 1000), (0, 26)),
        ("'Jan25'!A1:J500", 1, (0, 500), (0, 10)),
        ("'Jan25'!A5:Z", 1, (4, 1000), (0, 26)),
        ("'Jan25'!A:C", 1, (0, 1000), (0, 3)),
        ("'Jan25'!2:3", 1, (1, 3), (0, 26)),
        ("'Jan25'!C3:A1", 1, (0, 3), (0, 3)),
        ("'Jan25'!A1:ZZ99999", 1, (0, 1000), (0, 26)),
        ("'Jan25'!A5:C", 1, (4, 1000), (0, 3)),
        ("Jan25!B2", 1, (1, 2), (1, 2)),
        ("'Jum''at'!A1", 3, (0, 1), (0, 1)),
        ("'a!b'!A1", 4, (0, 1), (0, 1)),
        ("HargaRange", 2, (0, 2), (0, 2)),
    ],
)
def test_a_range_names_these_cells(text, tab, rows, columns):
    named = {"HargaRange": "'Sheet1'!A1:B2"}
    assert parse_range(text, GRIDS, named) == CellRange(tab, *rows, *columns)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "b",
        "Tidak Ada",
        "'Tidak Ada'!A1",
        "'Jan25'!",
        "'Jan25",
        "'Jan25'A1",
        "'Jan25'!A0",
        "'Jan25'!A1:",
        "'Jan25'!:B2",
        "'Jan25'!A1:2",
        "'Jan25'!A",
        "'Jan25'!5",
        "'Jan25'!AAAA1",
        "Jum'at!A1",
        "'Jum'at'!A1",
        "a!b!A1",
    ],
)
def test_what_is_no_range_is_refused_by_name(text):
    with pytest.raises(GoogleError) as caught:
        parse_range(text, GRIDS)
    assert (caught.value.code, caught.value.message) == (400, f"Unable to parse range: {text}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Jan25", "'Jan25'!JAN25"),
        ("'Sheet1'!A51", "Sheet1!A51"),
        ("'Sheet1'!F1:G2", "Sheet1!F1:G2"),
    ],
)
def test_a_range_that_starts_beyond_the_grid_exceeds_its_limits(text, said):
    grid = GRIDS[2] if "Sheet1" in text else GRIDS[1]
    with pytest.raises(GoogleError) as caught:
        parse_range(text, GRIDS)
    assert caught.value.message == (
        f"Range ({said}) exceeds grid limits. Max rows: {grid.rows}, max columns: {grid.columns}"
    )


def test_an_unquoted_month_is_silently_another_cell_in_a_wide_first_tab():
    cells = parse_range("Jan25", [GRIDS[5], GRIDS[1]])
    assert cells == CellRange(0, 24, 25, column_number("JAN") - 1, column_number("JAN"))


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("Sheet1", "Sheet1"),
        ("Kosong", "Kosong"),
        ("Jan25", "'Jan25'"),
        ("Q1", "'Q1'"),
        ("x", "'x'"),
        ("R1C1", "'R1C1'"),
        ("Stok (Gudang)", "'Stok (Gudang)'"),
        ("Jum'at", "'Jum''at'"),
        ("2025", "'2025'"),
    ],
)
def test_a_title_is_quoted_only_when_needed(title, written):
    assert quoted(title) == written


@given(st.text(min_size=1, max_size=20), st.integers(0, 99), st.integers(0, 25))
def test_what_is_written_is_read_back(title, row, column):
    cells = CellRange(0, row, row + 1, column, column + 1)
    assert parse_range(cells.written(title), [AddressedTab(title, 100, 26)]) == cells
