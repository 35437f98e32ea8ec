"""Backup, wipe, restore."""

import json
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing

import duckdb
import pytest

from candid_assets.maintenance.backup import BackupError, back_up
from candid_assets.maintenance.restore import restore
from candid_assets.warehouse.database import bootstrap
from candid_assets_tests.end_to_end.conftest import Installation

pytestmark = pytest.mark.served

HOLD = "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"


def _tables(data):
    with duckdb.connect(str(data / "published" / "candid.duckdb"), read_only=True) as snapshot:
        names = snapshot.execute(
            "select schema_name || '.\"' || table_name || '\"' from duckdb_tables() order by 1"
        ).fetchall()
        return {n: sorted(map(repr, snapshot.execute(f"from {n}").fetchall())) for (n,) in names}


def _history(data):
    files = {}
    for path in sorted((data / "dagster").rglob("*.db")):
        with closing(sqlite3.connect(path)) as history:
            files[path.relative_to(data).as_posix()] = list(history.iterdump())
    return files


def test_backup_wipe_and_restore_leave_tables_and_run_history_identical(sample, tmp_path):
    installed, _ = sample
    data = installed.data / "sample"
    tables, history = _tables(data), _history(data)
    assert tables
    assert history
    kept = tmp_path / "kept.tar.gz"
    done = installed.candid("backup", "--into", str(kept), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["files"] > 90
    assert kept.stat().st_mode & 0o777 == 0o600
    other = Installation(tmp_path / "wiped")
    shutil.copytree(installed.data / "sandbox", other.data / "sandbox")
    restored = other.candid("restore", str(kept))
    assert restored.returncode == 0, restored.stderr
    assert _tables(other.data / "sample") == tables
    assert _history(other.data / "sample") == history
    code, summary, output = other.run()
    assert (code, summary["assets_built"], summary["sheets_reads"]) == (0, 0, 0), output


@pytest.fixture
def small(tmp_path):
    data = tmp_path / "staging"
    (data / "landing").mkdir(parents=True)
    (data / "landing" / "a.parquet").write_bytes(b"cells")
    with duckdb.connect(str(data / "warehouse.duckdb")) as connection:
        bootstrap(connection, "staging")
    kept = tmp_path / "kept.tar.gz"
    return data, kept, back_up(data, "staging", kept)


def test_existing_data_is_renamed_and_only_with_the_option(small):
    data, kept, made = small
    assert made.files == 2
    (data / "landing" / "a.parquet").write_bytes(b"newer")
    with pytest.raises(BackupError, match="--replace"):
        restore(kept, data, "staging", replace=False)
    done = restore(kept, data, "staging", replace=True)
    assert (data / "landing" / "a.parquet").read_bytes() == b"cells"
    assert (done.former / "landing" / "a.parquet").read_bytes() == b"newer"


def test_a_warehouse_that_cannot_be_opened_is_replaced_too(small):
    data, kept, _ = small
    (data / "warehouse.duckdb").write_bytes(b"broken" * 1000)
    with pytest.raises(BackupError, match="is empty or cut"):
        back_up(data, "staging", kept.with_name("again"))
    assert restore(kept, data, "staging", replace=True).former


def test_a_backup_goes_back_to_its_own_environment_only(small, tmp_path):
    _, kept, _ = small
    with pytest.raises(BackupError, match="backup of staging"):
        restore(kept, tmp_path / "production", "production", replace=False)


@pytest.mark.parametrize("cut", [0, 10, 300, -2000])
def test_a_backup_that_was_cut_short_is_refused_and_nothing_is_touched(small, cut):
    data, kept, _ = small
    kept.write_bytes(kept.read_bytes()[:cut])
    with pytest.raises(BackupError, match="damaged"):
        restore(kept, data, "staging", replace=True)
    assert (data / "landing" / "a.parquet").read_bytes() == b"cells"


def _rewritten(kept, tmp_path, change):
    folder = tmp_path / "unpacked"
    with tarfile.open(kept) as archive:
        archive.extractall(folder, filter="data")
    change(folder)
    with tarfile.open(kept, "w:gz") as archive:
        for name in ("data", "manifest.json"):
            archive.add(folder / name, name)


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "data" / "landing" / "a.parquet").write_bytes(b"other"),
        lambda folder: (folder / "data" / "landing" / "a.parquet").unlink(),
        lambda folder: (folder / "data" / "landing" / "b.parquet").write_bytes(b"added"),
    ],
    ids=["changed", "missing", "added"],
)
def test_a_file_that_is_not_what_was_kept_is_named(small, tmp_path, change):
    data, kept, _ = small
    _rewritten(kept, tmp_path, change)
    with pytest.raises(BackupError, match=r"damaged: landing/"):
        restore(kept, data, "staging", replace=True)


@pytest.mark.parametrize(
    ("word", "other"),
    [("sha256", "shb256"), ('"bytes": ', '"bytes": -'), ("made_at", "made_ad"), ("env", "enw")],
)
def test_a_manifest_of_another_shape_is_refused_and_nothing_is_touched(
    small, tmp_path, word, other
):
    data, kept, _ = small

    def change(folder):
        manifest = folder / "manifest.json"
        manifest.write_text(manifest.read_text().replace(word, other))

    _rewritten(kept, tmp_path, change)
    with pytest.raises(BackupError, match="damaged or no backup"):
        restore(kept, data, "staging", replace=True)
    assert (data / "landing" / "a.parquet").read_bytes() == b"cells"


def test_a_member_that_points_out_of_the_folder_is_refused(small, tmp_path):
    data, kept, _ = small
    with tarfile.open(kept, "w:gz") as archive:
        archive.add(data / "landing" / "a.parquet", "../../outside")
    with pytest.raises(BackupError, match="damaged"):
        restore(kept, data, "staging", replace=True)
    assert not (tmp_path.parent / "outside").exists()


def test_neither_goes_on_while_a_refresh_is_at_work(small):
    data, kept, _ = small
    command = [sys.executable, "-c", HOLD, str(data / "warehouse.duckdb")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as refresh:
        assert refresh.stdout.readline() == "1\n"
        with pytest.raises(BackupError, match="a refresh holds"):
            back_up(data, "staging", kept.with_name("again"))
        with pytest.raises(BackupError, match="a refresh holds"):
            restore(kept, data, "staging", replace=True)
        refresh.communicate("\n", timeout=30)


def test_missing_data_and_missing_backup_are_reported(tmp_path):
    with pytest.raises(BackupError, match="candid run"):
        back_up(tmp_path / "sample", "sample", tmp_path / "kept.tar.gz")
    with pytest.raises(BackupError, match="does not exist"):
        restore(tmp_path / "none.tar.gz", tmp_path / "sample", "sample", replace=False)
