"""Staged rows are a temporary relation, whether a table or a view of files."""

from pathlib import Path

import duckdb

from candid_assets.engines.protocol import StagedRows


def relations(connection: duckdb.DuckDBPyConnection) -> list[str]:
    names = "select table_name from duckdb_tables() union all select view_name from duckdb_views()"
    return [name for (name,) in connection.execute(f"{names} where not internal").fetchall()]


def test_view_of_files_becomes_a_table_of_the_same_name_and_rows(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        files = f"'{tmp_path / 'rows.parquet'}'"
        connection.execute(f"copy (from range(3)) to {files} (format parquet)")
        connection.execute(f'create temp view "a b" as from {files}')
        table = StagedRows("a b", "view").as_table(connection)
        (tmp_path / "rows.parquet").unlink()
        assert connection.execute(f"from {table.relation}").fetchall() == [(0,), (1,), (2,)]
        assert relations(connection) == ["a b"]
        table.drop(connection)
        assert relations(connection) == []


def test_view_is_dropped_without_its_files(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        files = f"'{tmp_path / 'rows.parquet'}'"
        connection.execute(f"copy (from range(3)) to {files} (format parquet)")
        connection.execute(f"create temp view staged as from {files}")
        StagedRows("staged", "view").drop(connection)
        assert relations(connection) == []
        assert (tmp_path / "rows.parquet").exists()
