"""What the cells of columns are is counted, and only what is asked for later is kept."""

from dataclasses import replace
from pathlib import Path

from duckdb import DuckDBPyConnection

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
        names = {name for (name,) in views.fetchall()}
        assert names == {"found_texts", "found_readings", "found_counts"}
        assert {name for (name,) in tables} == {"found_cells", "found_values"}
        forget_cells(connection)
        assert not connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()


def test_texts_that_columns_share_are_read_once_and_counted_for_each(tmp_path: Path) -> None:
    texts = ["0812 3456 7890", "1.250,50", "17/08/2025", "Toko Maju", "1.250,50"]
    rows = [[f"Kolom {n}" for n in range(4)], *([text] * 4 for text in texts)]
    extract = workbook({"Data": rows}).tabs[0].extract
    assert extract is not None
    with open_scratch(tmp_path) as connection:
        install_macros(connection)
        numbers = list(range(2, len(rows) + 1))
        alone = column_facts(
            connection, [TableCells(0, 0, extract.table, numbers, {3: 4})], [(0, 3)]
        )
        assert read_texts(connection) == 4
        shared = column_facts(
            connection,
            [TableCells(0, 0, extract.table, numbers, {n: n + 1 for n in range(4)})],
            [(0, 3)],
        )
        # Those of a column of telephone numbers are read as such too.
        assert read_texts(connection) == 8
    assert shared[0, 3] == alone[0, 3]
    assert (shared[0, 3].phone, shared[0, 0].phone) == (1, 0)
    assert all(shared[0, n] == replace(alone[0, 3], phone=0) for n in range(3))
    assert (shared[0, 0].text, shared[0, 0].dmy, shared[0, 0].text_id_only) == (5, 1, 2)


def read_texts(connection: DuckDBPyConnection) -> int:
    """Return how many texts are read."""
    (count,) = connection.execute("SELECT count(*) FROM temp.found_texts").fetchall()[0]
    return int(count)
