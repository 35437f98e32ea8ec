"""A Parquet file is read in batches that hold no more than some row groups at once."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from candid_assets.sources.files.parquet_pieces import batches_of, opened_parquet

GROUP = 20_480


def table_of(rows: int) -> pa.Table:
    """Return numbered rows with a text that no other row has."""
    return pa.table({"n": range(rows), "note": [f"catatan ke-{n:040d}" for n in range(rows)]})


@pytest.mark.parametrize("group", [1, 7, 64, 1000])
@pytest.mark.parametrize("rows", [1, 10, 64, 5000])
def test_batches_hold_every_row_in_order(tmp_path: Path, group: int, rows: int) -> None:
    pq.write_table(table_of(300), tmp_path / "a.parquet", row_group_size=group)
    with (tmp_path / "a.parquet").open("rb") as opened, opened_parquet(opened) as file:
        batches = list(batches_of(file, rows))
    assert pa.Table.from_batches(batches).column("n").to_pylist() == list(range(300))
    assert max(batch.num_rows for batch in batches) <= rows


def test_file_without_rows_has_no_batch_with_one(tmp_path: Path) -> None:
    pq.write_table(table_of(0), tmp_path / "a.parquet")
    with (tmp_path / "a.parquet").open("rb") as opened, opened_parquet(opened) as file:
        assert sum(batch.num_rows for batch in batches_of(file, 10)) == 0


def most_held(path: Path, groups: int) -> int:
    """Return the most bytes that Arrow holds while a file of DuckDB's is read in batches."""
    note = "'catatan ' || md5(n::varchar) as note, 'SKU-' || n % 5000 as sku"
    query = f"select n, {note} from range({groups * GROUP}) as numbers (n)"
    duckdb.sql(query).write_parquet(str(path), row_group_size=GROUP)
    with path.open("rb") as opened, opened_parquet(opened) as file:
        assert file.num_row_groups == groups
        before = pa.total_allocated_bytes()
        return max(pa.total_allocated_bytes() - before for _ in batches_of(file, GROUP // 3))


def test_texts_of_row_groups_that_were_read_are_let_go(tmp_path: Path) -> None:
    one, many = (most_held(tmp_path / f"{groups}.parquet", groups) for groups in (2, 16))
    assert many < 2 * one
