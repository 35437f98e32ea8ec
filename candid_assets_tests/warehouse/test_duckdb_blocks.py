"""A healthy DuckDB file is never called damaged, however DuckDB gave its free blocks back."""

import os

import duckdb
import pytest

from candid_assets.warehouse.duckdb_blocks import HEADERS, DamagedFileError, verify_file

BLOCK = 262_144


def rewritten(path, rounds):
    """Replace tables of changing sizes and yield after each checkpoint."""
    with duckdb.connect(str(path)) as connection:
        for number in range(rounds):
            rows = 1 + number * 7_919 % 50_000
            connection.execute(
                f"create or replace table t{number % 5} as"
                f" select range a, md5(range::varchar) b from range({rows})"
            )
            connection.execute("force checkpoint")
            yield connection


def claimed_bytes(path):
    """The length that the newest header of a file speaks of."""
    content = path.read_bytes()[:HEADERS]
    heads = [content[4096:8192], content[8192:]]
    newest = max(heads, key=lambda head: int.from_bytes(head[8:16], "little"))
    return HEADERS + BLOCK * int.from_bytes(newest[32:40], "little")


def test_blocks_that_were_free_and_given_back_to_the_disk_are_no_damage(tmp_path):
    path, shorter = tmp_path / "warehouse.duckdb", 0
    for _ in rewritten(path, 80):
        verify_file(path)
        shorter += path.stat().st_size < claimed_bytes(path)
    assert shorter > 5


def test_a_file_that_is_shorter_than_its_used_blocks_is_damaged(tmp_path):
    path, tried = tmp_path / "warehouse.duckdb", 0
    for _ in rewritten(path, 80):
        length = path.stat().st_size
        if length < claimed_bytes(path):
            copy = tmp_path / "copy.duckdb"
            for lost in (1, BLOCK, 2 * BLOCK):
                copy.write_bytes(path.read_bytes())
                os.truncate(copy, length - lost)
                with pytest.raises(DamagedFileError):
                    verify_file(copy)
            tried += 1
    assert tried > 5
