import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from candid_assets.refresh.failures import unforeseen
from candid_assets.settings import PACKAGE, Settings
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.memory import (
    COSTLY,
    LEAST_BYTES,
    MANY_ROWS,
    SHARE,
    SMALL_BYTES,
    fit_to_rows,
    fit_to_size,
    open_file,
    open_scratch,
)

SORTED = "select i, md5(i::varchar) as m from range(3_000_000) t(i) order by m"


@pytest.fixture
def little(monkeypatch):
    monkeypatch.setenv("CANDID_MEMORY", "80MB")


def test_every_connection_keeps_to_the_setting(tmp_path, monkeypatch):
    monkeypatch.setenv("CANDID_MEMORY", "300MB")
    path = tmp_path / "a.duckdb"
    with open_file(path, read_only=False) as file, open_scratch(tmp_path) as scratch:
        assert _bytes(file) == _bytes(scratch) == pytest.approx(300_000_000, rel=0.01)
    with open_published(path) as first, open_published(path) as second:
        assert _bytes(first) == _bytes(second) == pytest.approx(300_000_000, rel=0.01)


def test_default_is_a_share_of_the_memory_that_duckdb_sees(tmp_path):
    with duckdb.connect() as plain, open_scratch(tmp_path) as scratch:
        share = max(LEAST_BYTES, _bytes(plain) / 0.8 / SHARE)
        # DuckDB says its limit with one decimal.
        assert _bytes(scratch) == pytest.approx(share, abs=0.1 * 1024**3)


def test_no_other_module_opens_duckdb():
    opening = re.compile(r"duckdb\.connect\(")
    connecting = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if opening.search(path.read_text(encoding="utf-8"))
    }
    # One more only parses SQL; the other works in an engine's process, which sets its limits.
    others = {"contracts/duckdb_syntax.py", "engines/task.py"}
    assert connecting == {"warehouse/memory.py", *others}


def test_statement_that_needs_more_memory_spills_into_the_folder(tmp_path, little):
    with open_scratch(tmp_path, threads=1) as connection:
        connection.execute(f"create temp table sorted as {SORTED}")
        spilled = connection.execute("select path from duckdb_temporary_files()").fetchall()
        assert spilled
        (folder,) = {Path(path).parent for (path,) in spilled}
        assert folder.parent == tmp_path
        with open_scratch(tmp_path, threads=1) as other:
            other.execute(f"create temp table sorted as {SORTED}")
            assert len(list(tmp_path.glob("spill-*"))) == 2
        assert connection.execute("select count(*) from sorted").fetchone() == (3_000_000,)
    assert not list(tmp_path.iterdir())


def test_spilled_files_of_a_killed_process_are_removed(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for process in (ended.pid, os.getpid()):
        (tmp_path / f"spill-{process}-x" / "below").mkdir(parents=True)
    open_scratch(tmp_path).close()
    assert [path.name for path in tmp_path.iterdir()] == [f"spill-{os.getpid()}-x"]


def test_reader_of_the_published_snapshot_spills_too(tmp_path, little):
    path = tmp_path / "candid.duckdb"
    open_file(path, read_only=False).close()
    with open_published(path) as connection:
        connection.execute(f"create temp table sorted as {SORTED}")
        assert connection.execute("select count(*) from sorted").fetchone() == (3_000_000,)
        with pytest.raises(duckdb.PermissionException):
            connection.execute(f"select * from read_csv('{tmp_path}/spill-1')")


def test_full_disk_and_too_little_memory_have_different_messages(tmp_path, little):
    settings = Settings(CANDID_DATA_DIR=tmp_path)
    with open_scratch(tmp_path) as connection:
        with pytest.raises(duckdb.OutOfMemoryException) as small:
            # One list is one value, which cannot be spilled.
            connection.execute("select len(array_agg(i)) from range(20_000_000) t(i)").fetchall()
        connection.execute("set max_temp_directory_size = '1MB'")
        with pytest.raises(duckdb.OutOfMemoryException) as full:
            connection.execute(f"create temp table sorted as {SORTED}")
    cause = unforeseen(small.value, "clean.a", settings)
    assert cause.code == "out_of_memory"
    assert "CANDID_MEMORY" in cause.fix
    cause = unforeseen(full.value, "clean.a", settings)
    assert cause.code == "storage_failed"
    assert "the disk has no room" in cause.message
    assert str(settings.data_dir) in cause.fix


@pytest.mark.parametrize(("size", "one"), [(None, True), (10, True), (SMALL_BYTES + 1, False)])
def test_small_warehouse_has_one_thread_a_statement_and_no_costly_compression(tmp_path, size, one):
    warehouse = tmp_path / "warehouse.duckdb"
    if size is not None:
        with warehouse.open("wb") as file:
            file.truncate(size)
    with duckdb.connect(config={"threads": 3}) as connection:
        fit_to_size(connection, warehouse)
        assert connection.execute("select current_setting('threads')").fetchone() == (
            1 if one else 3,
        )
        disabled = "select current_setting('disabled_compression_methods')"
        assert connection.execute(disabled).fetchone() == (COSTLY if one else "",)


@pytest.mark.parametrize(("rows", "all_threads"), [(MANY_ROWS - 1, False), (MANY_ROWS, True)])
def test_large_table_has_all_threads_in_the_run_that_makes_its_warehouse(
    tmp_path, rows, all_threads
):
    with duckdb.connect() as connection:
        machine = connection.execute("select current_setting('threads')").fetchone()
        fit_to_size(connection, tmp_path / "warehouse.duckdb")
        fit_to_rows(connection, rows)
        threads = connection.execute("select current_setting('threads')").fetchone()
    assert threads == (machine if all_threads else (1,))


def _bytes(connection):
    limit = connection.execute("select current_setting('memory_limit')").fetchone()[0]
    number, unit = limit.split()
    return float(number) * {"MiB": 2**20, "GiB": 2**30}[unit]


def test_the_setting_is_read_again_only_where_it_changed(tmp_path, monkeypatch):
    monkeypatch.setenv("CANDID_MEMORY", "301MB")
    with open_scratch(tmp_path):
        pass
    monkeypatch.setattr("candid_assets.warehouse.memory.Settings", None)
    with open_scratch(tmp_path) as scratch:
        assert _bytes(scratch) == pytest.approx(301_000_000, rel=0.01)


def allocator_of(variables, before_duckdb="pass"):
    """Return what DuckDB's allocator says of its settings in a process that imports the package."""
    code = f"import os, candid_assets; {before_duckdb}; import duckdb; duckdb.connect()"
    environment = {n: v for n, v in os.environ.items() if n != "DUCKDB_JE_MALLOC_CONF"}
    return subprocess.run(
        [sys.executable, "-c", code],
        env=environment | variables,
        capture_output=True,
        check=True,
        text=True,
    ).stderr


def test_duckdb_is_asked_to_give_freed_memory_back_at_once():
    said = allocator_of({}, "os.environ['DUCKDB_JE_MALLOC_CONF'] += ',stats_print:true'")
    assert "opt.dirty_decay_ms: 200 " in said
    assert "opt.muzzy_decay_ms: 0 " in said


def test_what_is_set_for_the_allocator_stays():
    said = allocator_of({"DUCKDB_JE_MALLOC_CONF": "dirty_decay_ms:7000,stats_print:true"})
    assert "opt.dirty_decay_ms: 7000 " in said
