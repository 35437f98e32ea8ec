"""What the cells of columns are is counted, and only what is asked for later is kept."""

from pathlib import Path

from candid_assets.cleaning.macros import install_macros
from candid_assets.discovery.profile_columns import TableCells, column_facts, forget_cells
from candid_assets.warehouse.memory import open_scratch
from candid_assets_tests.discovery.kit import workbook


def test_readings_of_cells_are_counted_as_they_are_made_and_never_kept(tmp_path: Path) -> None:
    extract = workbook({"Data": [["Qty"], [1], [2], ["1 250"]]}).tabs[0].extract
    assert extract is not None
    with open_scratch(tmp_path) as connection:
        install_macros(connection)
        cells = TableCells(0, 0, extract.table, [2, 3, 4], {0: 1})
        facts = column_facts(connection, [cells], [])[0, 0]
        assert (facts.cells, facts.number, facts.text_id, facts.spaced) == (3, 2, 1, 1)
        tables = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        views = connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal")
        assert views.fetchall() == [("found_readings",)]
        assert {name for (name,) in tables} == {"found_cells", "found_values"}
        forget_cells(connection)
        assert not connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
