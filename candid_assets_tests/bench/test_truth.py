"""What counts as kept, lost and changed between the cells of a sheet and a table."""

from datetime import date, datetime, time, timedelta

import duckdb
import pytest

from candid_assets.sandbox.workbook import CellError, Dated, Formatted, SampleTab, SampleWorkbook
from candid_assets_tests.bench.contenders.arguments import CREATE_TABS
from candid_assets_tests.bench.truth import Loss, database_tabs, loss, truths

DAY = Dated(45_000, "dd/mm/yyyy")
"""15 March 2023."""
DAY_AND_TIME = Dated(45_000.25, "dd/mm/yyyy hh:mm:ss")
CLOCK = Dated(0.5, "hh.mm")


def compared(tmp_path, cells, values, names=("a",), columns="varchar"):
    """Compare a column of cells below a header with the values of a table's column."""
    rows = [[cell] for cell in ("a", *cells)]
    SampleWorkbook("book", "Book", [SampleTab(1, "Tab", rows)]).save(tmp_path)
    with duckdb.connect(str(tmp_path / "loaded.duckdb")) as connection:
        connection.execute(CREATE_TABS)
        connection.execute("insert into tabs values ('book', 'Tab', 'main', 'stored')")
        connection.execute(f"create table stored ({names[0]} {columns})")
        for value in values:
            connection.execute("insert into stored values (?)", [value])
    return loss(truths(tmp_path), database_tabs(tmp_path / "loaded.duckdb"))


@pytest.mark.parametrize(
    ("cell", "column", "value"),
    [
        ("Toko Baru ", "varchar", "Toko Baru "),
        (1250, "bigint", 1250),
        (0.1, "double", 0.1 + 1e-16),
        (12.5, "decimal(9, 2)", 12.5),
        (True, "boolean", True),
        (DAY, "date", date(2023, 3, 15)),
        (DAY, "timestamp", datetime(2023, 3, 15)),  # noqa: DTZ001
        (DAY_AND_TIME, "timestamp", datetime(2023, 3, 15, 6)),  # noqa: DTZ001
        (CLOCK, "time", time(12)),
        (Dated(1.5, "[h]:mm"), "interval", timedelta(hours=36)),
        (CellError("#N/A"), "varchar", "#N/A (Did not find value)"),
        (Formatted(7, "000"), "varchar", "007"),
        (Formatted(7, "000"), "bigint", 7),
    ],
)
def test_a_cell_is_kept_as_a_value_of_its_type(tmp_path, cell, column, value):
    assert compared(tmp_path, [cell], [value], columns=column) == Loss(2, 0, 2, 0)


@pytest.mark.parametrize(
    ("cell", "column", "value"),
    [
        (1250, "bigint", 1251),
        (0.1, "double", 0.1000001),
        ("0812", "bigint", 812),
        ("1.250", "double", 1.25),
        (" Toko", "varchar", "Toko"),
        (1250, "varchar", "1.250"),
        (1250, "varchar", "1250"),
        (DAY, "varchar", "15/03/2023"),
        (DAY, "double", 45_000),
        (DAY_AND_TIME, "date", date(2023, 3, 15)),
        (True, "varchar", "TRUE"),
        (CellError("#N/A"), "varchar", None),
        (Formatted(7, "0%"), "varchar", "700%"),
    ],
)
def test_a_cell_of_another_type_or_value_is_changed(tmp_path, cell, column, value):
    assert compared(tmp_path, [cell], [value], columns=column).changed == 1


def test_a_row_that_no_table_has_is_missing(tmp_path):
    assert compared(tmp_path, ["x", "y"], ["x"]) == Loss(3, 1, 3, 1)


def test_two_equal_cells_need_two_values(tmp_path):
    assert compared(tmp_path, ["x", "x"], ["x"]).changed == 1


def test_a_header_is_the_name_of_a_column_by_its_letters(tmp_path):
    assert compared(tmp_path, ["x"], ["x"], names=("A_",)) == Loss(2, 0, 2, 0)
    (tmp_path / "other").mkdir()
    assert compared(tmp_path / "other", ["x"], ["x"], names=("b",)).changed == 1


def test_the_name_of_a_column_counts_for_one_cell(tmp_path):
    assert compared(tmp_path, ["A ", "x"], ["x"]) == Loss(3, 1, 3, 1)


def test_a_tab_without_a_table_is_lost_whole(tmp_path):
    SampleWorkbook("book", "Book", [SampleTab(1, "Tab", [["a"], [1], [None]])]).save(tmp_path)
    assert loss(truths(tmp_path), lambda _book, _title: None) == Loss(2, 2, 2, 2)
