"""What a killed process leaves is shown and removed; what a live one works in is neither."""

import signal
import subprocess
import sys

import pytest

from candid_assets.atomic_files import owned_folder, replacing
from candid_assets.maintenance.interrupted_restore import end_interrupted_restore
from candid_assets.maintenance.leftovers import find_leftovers, remove_leftovers
from candid_assets.settings import Settings

WORKING = """
import sys
from pathlib import Path
from candid_assets.atomic_files import owned_folder, replacing
root, data = Path(sys.argv[1]), Path(sys.argv[1]) / "staging"
with (
    replacing(data / "landing" / "toko" / "sales" / "x.parquet") as part,
    replacing(data / "published" / "candid.duckdb", single_writer=True),
    owned_folder(data / "landing", ".spool-") as spool,
    owned_folder(root / "backups", ".backup-") as copies,
    owned_folder(root, ".restore-") as content,
):
    part.write_bytes(b"rows")
    for folder in (spool, copies, content):
        (folder / "inside").write_bytes(b"half")
    print("works", flush=True)
    input()
"""


@pytest.fixture
def settings(tmp_path):
    made = Settings(CANDID_ENV="staging", CANDID_DATA_DIR=tmp_path)
    made.data_dir.mkdir()
    (made.data_dir / "warehouse.duckdb").write_bytes(b"kept")
    return made


def test_leftovers_of_a_killed_process_go_and_those_of_a_live_one_stay(settings, tmp_path):
    command = [sys.executable, "-c", WORKING, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "works\n"
        assert find_leftovers(settings) == []
        assert remove_leftovers(settings) == []
        assert (settings.data_dir / "published" / ".candid.duckdb.part").exists()
        process.send_signal(signal.SIGKILL)
    left = find_leftovers(settings)
    assert len(left) == 5
    assert sum(leftover.bytes for leftover in left) == 16
    assert remove_leftovers(settings) == left
    assert find_leftovers(settings) == []
    files = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert files == {"warehouse.duckdb"}


def test_what_is_no_leftover_stays(settings, tmp_path):
    kept = [settings.data_dir / "notes.part", tmp_path / ".hidden", settings.data_dir / ".x"]
    for file in kept:
        file.write_bytes(b"mine")
    (settings.data_dir / "dagster").mkdir()
    (settings.data_dir / "dagster" / ".a.part").write_bytes(b"theirs")
    assert remove_leftovers(settings) == []


def test_one_process_sees_its_own_work_as_held(settings):
    with (
        replacing(settings.data_dir / "a") as part,
        owned_folder(settings.data_dir, ".spool-") as folder,
    ):
        assert find_leftovers(settings) == []
        assert remove_leftovers(settings) == []
        assert part.exists()
        assert folder.exists()


def test_a_restore_killed_between_its_renames_is_ended(settings, tmp_path):
    folder = tmp_path / ".restore-killed"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "warehouse.duckdb").write_bytes(b"restored")
    settings.data_dir.rename(tmp_path / "staging.replaced-1")
    assert end_interrupted_restore(settings.data_dir) is None, "it was not compared yet"
    (folder / "staging.whole").write_text("")
    remove_leftovers(settings)
    assert (settings.data_dir / "warehouse.duckdb").read_bytes() == b"restored"
    assert not folder.exists()


def test_a_restore_killed_before_its_renames_is_a_leftover(settings, tmp_path):
    folder = tmp_path / ".restore-killed"
    (folder / "data").mkdir(parents=True)
    (folder / "staging.whole").write_text("")
    assert [leftover.path for leftover in remove_leftovers(settings)] == [folder]
    assert (settings.data_dir / "warehouse.duckdb").read_bytes() == b"kept"
