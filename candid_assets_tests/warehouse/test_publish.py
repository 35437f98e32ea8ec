import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from datetime import UTC, datetime

import duckdb
import pytest

from candid_assets.warehouse.check_results import CheckResult
from candid_assets.warehouse.database import bootstrap, open_published, transaction
from candid_assets.warehouse.errors import WarehouseError
from candid_assets.warehouse.opening import opened_for_writing
from candid_assets.warehouse.publications import last_published
from candid_assets.warehouse.publish import is_published, publish
from candid_assets.warehouse.query_limits import QueryLimits
from candid_assets.warehouse.read_published import read, standing_failures
from candid_assets.warehouse.refresh_record import record_checks

READER = """
import sys, duckdb
path, seen = sys.argv[1], set()
print("ready", flush=True)
while 20 not in seen:
    with duckdb.connect(path, read_only=True) as connection:
        found = connection.execute(
            "select (select any_value(n) from ready.a), (select any_value(n) from ready.b)"
        ).fetchone()
    assert found[0] == found[1], found
    seen.add(found[0])
print(len(seen))
"""


def test_a_reader_in_a_loop_never_fails_and_never_sees_two_refreshes_mixed(tmp_path):
    target = tmp_path / "published" / "candid.duckdb"
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        bootstrap(connection, "sample")
        _refresh(connection, 0)
        publish(connection, target)
        command = [sys.executable, "-c", READER, str(target)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as reader:
            assert reader.stdout.readline() == "ready\n"
            for number in range(1, 21):
                _refresh(connection, number)
                publish(connection, target)
            reads, _ = reader.communicate(timeout=60)
        assert reader.returncode == 0
        assert int(reads) >= 1


def test_published_file_is_read_only_and_leaves_no_other_file(tmp_path):
    target = tmp_path / "published" / "candid.duckdb"
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        bootstrap(connection, "sample")
        _refresh(connection, 7)
        publish(connection, target)
    assert [p.name for p in target.parent.iterdir()] == ["candid.duckdb"]
    with open_published(target) as published:
        assert published.execute("select distinct n from ready.a").fetchall() == [(7,)]


def test_the_snapshot_is_opened_by_many_threads_at_once_and_by_none_unlocked(tmp_path):
    target = tmp_path / "published" / "candid.duckdb"
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        bootstrap(connection, "sample")
        _refresh(connection, 7)
        publish(connection, target)

    def look(_):
        with open_published(target) as published:
            with pytest.raises(duckdb.Error, match="locked"):
                published.execute("set TimeZone = 'UTC'")
            return published.execute(
                "select current_setting('TimeZone'), max(n) from ready.a"
            ).fetchone()

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(look, range(64))) == {("Asia/Jakarta", 7)}


def test_query_that_takes_too_long_is_interrupted(tmp_path):
    with duckdb.connect() as connection, pytest.raises(WarehouseError, match=r"more than 0\.2 s"):
        read(
            connection,
            "select sum(a.range * b.range) from range(9e6::bigint) a, range(9e6::bigint) b",
            QueryLimits(rows=10, seconds=0.2, memory=500_000_000),
        )


def _refresh(connection, number):
    for table in ("a", "b"):
        connection.execute(
            f"create or replace table ready.{table} as select {number} as n from range(5000)"
        )


def test_content_of_the_write_ahead_log_is_published(tmp_path):
    target = tmp_path / "published" / "candid.duckdb"
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        bootstrap(connection, "sample")
        connection.execute("set checkpoint_threshold = '1GB'")
        _refresh(connection, 8)
        assert (tmp_path / "warehouse.duckdb.wal").stat().st_size > 0
        publish(connection, target)
        with open_published(target) as published:
            assert published.execute("select sum(n) from ready.b").fetchall() == [(40_000,)]


def test_a_warehouse_in_memory_cannot_be_published(tmp_path):
    with duckdb.connect() as connection, pytest.raises(duckdb.IOException, match="in memory"):
        publish(connection, tmp_path / "candid.duckdb")


def test_a_process_opens_a_snapshot_once_to_learn_what_it_shows(tmp_path, monkeypatch):
    target = tmp_path / "published" / "candid.duckdb"
    broken = CheckResult("rule", "ready", "t", passed=False, message="a value breaks it")
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        bootstrap(connection, "sample")
        record_checks(connection, [broken], datetime.now(UTC), "run")
        publish(connection, target)
        assert last_published(target) == 0
        monkeypatch.setattr("candid_assets.warehouse.publications.open_file", None)
        assert last_published(target) == 0
        assert standing_failures(target) == [broken]
        assert is_published(connection, target)


@pytest.mark.parametrize("caught", [True, False])
def test_after_a_key_that_was_refused_the_warehouse_is_written_anew(tmp_path, caught):
    file = tmp_path / "warehouse.duckdb"
    with opened_for_writing(file) as connection:
        connection.execute("create table checks (name varchar primary key)")
        connection.execute("insert into checks values ('a')")
    before = file.stat().st_ino
    with (
        suppress(duckdb.ConstraintException),
        opened_for_writing(file) as connection,
        suppress(duckdb.ConstraintException) if caught else nullcontext(),
        transaction(connection),
    ):
        connection.execute("insert into checks values ('a')")
    assert file.stat().st_ino != before
    with opened_for_writing(file) as connection:
        assert connection.execute("from checks").fetchall() == [("a",)]
