"""A1 notation is read as Google reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candid_assets.sandbox.a1 import AddressedTab, CellRange, parse_range, quoted
from candid_assets.sandbox.cell_references import column_number
from candid_assets.sandbox.errors import GoogleError

GRIDS = [
    AddressedTab("Tersembunyi", 1000, 26, hidden=True),
    AddressedTab("Jan25", 1000, 26),
    AddressedTab("Sheet1", 50, 5),
    AddressedTab("Jum'at", 1000, 26),
    AddressedTab("a!b", 1000, 26),
    AddressedTab("Besar", 5000, 8000),
    AddressedTab("b", 1000, 26),
    AddressedTab("R1C1", 1000, 26),
    AddressedTab("Rekap Stok: [2025]", 1000, 26),
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
        ("hargarange", 2, (0, 2), (0, 2)),
        ("Besar", 2, (0, 3), (0, 3)),
        ("'Besar'", 5, (0, 5000), (0, 8000)),
        ("Besar!A1", 5, (0, 1), (0, 1)),
        ("b", 6, (0, 1000), (0, 26)),
        ("!A1", 1, (0, 1), (0, 1)),
        ("''!B2", 1, (1, 2), (1, 2)),
        ("a!b!A1", 4, (0, 1), (0, 1)),
        ("a!b", 4, (0, 1000), (0, 26)),
        ("Rekap Stok: [2025]!A1", 8, (0, 1), (0, 1)),
        ("'Jan25'!A7:7", 1, (6, 7), (0, 26)),
        ("'Jan25'!7:B9", 1, (6, 9), (0, 2)),
    ],
)
def test_a_range_names_these_cells(text, tab, rows, columns):
    named = {"HargaRange": "'Sheet1'!A1:B2", "Besar": "'Sheet1'!A1:C3"}
    assert parse_range(text, GRIDS, named) == CellRange(tab, *rows, *columns)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!",
        "x",
        "Tidak Ada",
        "HargaRange!A1",
        "'HargaRange'",
        " A1",
        "A1 ",
        "'Jan25'! A1",
        "'Jan25'!A1: B2",
        "'Jan25'!R1 C1",
        "'Jan25'!A1:R2C2",
        "'Jan25'!R0C1",
        "'Jan25'!R[-1]C[0]",
        "'Jan25'!R2C2:R1C1",
        "'Jan25'!R[1]C[1]:R[0]C[0]",
        "'Jan25'!A1:B2:C3",
        "'Tidak Ada'!A1",
        "'Jan25'!",
        "'Jan25",
        "'Jan25'A1",
        "'Jan25'!A0",
        "'Jan25'!A1:",
        "'Jan25'!:B2",
        "'Jan25'!A",
        "'Jan25'!5",
        "'Jan25'!AAAA1",
        "Jum'at!A1",
        "'Jum'at'!A1",
    ],
)
def test_what_is_no_range_is_refused_by_name(text):
    with pytest.raises(GoogleError) as caught:
        parse_range(text, GRIDS, {"HargaRange": "'Sheet1'!A1:B2"})
    assert (caught.value.code, caught.value.message) == (400, f"Unable to parse range: {text}")


@pytest.mark.parametrize(
    ("text", "rows", "columns"),
    [
        ("R1C1", (0, 1), (0, 1)),
        ("C", (0, 1), (0, 1)),
        ("rc", (0, 1), (0, 1)),
        ("R01C02", (0, 1), (1, 2)),
        ("R[1]C[1]", (1, 2), (1, 2)),
        ("R2", (1, 2), (17, 18)),
        ("C[1]", (0, 1000), (1, 2)),
        ("R[3]", (3, 4), (0, 26)),
        ("R1C1:R1C2", (0, 1), (0, 2)),
        ("R1C1:R2", (0, 2), (0, 26)),
        ("R3C3:R1C1", (0, 3), (0, 3)),
        ("R[1]C[1]:R1C1", (0, 2), (0, 2)),
        ("R1C1:R2000C50", (0, 1000), (0, 26)),
    ],
)
def test_r1c1_notation_is_read_where_a1_notation_does_not_fit(text, rows, columns):
    """As measured and published for the real API: offsets count from A1, numbers from 1."""
    assert parse_range(text, GRIDS) == CellRange(1, *rows, *columns)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Jan25", "'Jan25'!JAN25"),
        ("'Sheet1'!ZZ:ZZ", "Sheet1!ZZ"),
        ("'Sheet1'!F:G", "Sheet1!F:G"),
        ("'Sheet1'!51:52", "Sheet1!51:52"),
        ("'Sheet1'!51:51", "Sheet1!51"),
        ("'Sheet1'!C[5]", "Sheet1!F"),
        ("'Sheet1'!A51:B51", "Sheet1!A51:B51"),
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


def test_unquoted_month_title_is_read_as_a_cell_reference():
    cells = parse_range("Jan25", [GRIDS[5], GRIDS[1]])
    assert cells == CellRange(0, 24, 25, column_number("JAN") - 1, column_number("JAN"))


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("Sheet1", "Sheet1"),
        ("Kosong", "Kosong"),
        ("Jan25", "'Jan25'"),
        ("Q1", "'Q1'"),
        ("x", "x"),
        ("JAN", "JAN"),
        ("C", "'C'"),
        ("RC", "'RC'"),
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
