"""The shim does to a process what it is asked to, at the n-th call and nowhere else."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from candid_assets_tests.torture.moments import calls
from candid_assets_tests.torture.shim import Disk, compiled, cut_power

WHOLE = b"12345678"
WORK = """
import os, sys, time
from pathlib import Path
from candid_assets_tests.torture.shim import Disk, arm, disarm, set_clock
folder = Path(sys.argv[1])
arm(folder, {disk})
def work():
    for name in ("a", "b", "c"):
        with open(folder / name, "wb", buffering=0) as file:
            written = file.write(b"12345678")
            print(name, written, flush=True)
            os.fsync(file.fileno())
    os.rename(folder / "c", folder / "d")
try:
    work()
except OSError as error:
    print(os.strerror(error.errno))
Path("elsewhere").write_text("not counted")
print(*disarm())
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return compiled(tmp_path_factory.mktemp("shim"))


@pytest.fixture
def run(library, tmp_path):
    def start(disk: str, work: str = WORK):
        folder = tmp_path / "data"
        folder.mkdir(exist_ok=True)
        environment = os.environ | {
            "LD_PRELOAD": str(library),
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        done = subprocess.run(
            [sys.executable, "-c", work.format(disk=disk), str(folder)],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        return done, folder

    return start


def test_calls_below_the_folder_are_counted_by_their_kinds(run):
    done, _ = run('Disk("count")')
    assert done.stdout.splitlines()[-1].split()[0] == "10", done.stderr
    for kind, count in (("write", 3), ("sync", 3), ("rename", 1), ("other", 3)):
        done, _ = run(f'Disk("count", kinds=("{kind}",))')
        assert done.stdout.splitlines()[-1].split()[0] == str(count)


def test_the_process_is_killed_before_the_nth_write_and_amid_it(run):
    done, folder = run('Disk("kill", 2, ("write",))')
    assert done.returncode == -signal.SIGKILL
    assert [(folder / name).read_bytes() for name in "ab"] == [b"12345678", b""]
    done, folder = run('Disk("torn", 2, ("write",))')
    assert done.returncode == -signal.SIGKILL
    assert (folder / "b").read_bytes() == b"1234"


def test_the_nth_call_fails_once_or_from_then_on(run):
    done, folder = run('Disk("fail", 1, ("rename",), "EIO")')
    assert "Input/output error" in done.stdout
    assert (folder / "c").exists()
    assert f"rename {folder / 'd'}" in done.stdout
    done, _ = run('Disk("fail", 2, ("write",), "ENOSPC", lasting=True)')
    assert "No space left on device" in done.stdout
    done, folder = run('Disk("short", 2, ("write",))')
    assert "b 4" in done.stdout
    assert (folder / "d").read_bytes() == b"12345678"


def test_the_clock_is_wrong_by_what_is_asked(run):
    work = (
        "import time, datetime\n"
        "from candid_assets_tests.torture.shim import set_clock\n"
        "set_clock({disk})\n"
        "print(time.time(), datetime.datetime.now().timestamp())"
    )
    done, _ = run("-86400", work)
    for text in done.stdout.split():
        assert abs(time.time() - 86_400 - float(text)) < 60


def test_a_power_cut_leaves_what_was_forced_to_disk(run, tmp_path):
    shadow = tmp_path / "shadow"
    shadow.mkdir()
    done, folder = run(f'Disk("kill", 3, ("sync",), shadow=Path({str(shadow)!r}))')
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert cut_power(folder, shadow, {}) == 1
    assert [(folder / name).read_bytes() for name in "abc"] == [b"12345678", b"12345678", b""]
    assert Path(tmp_path / "data") == folder
    assert Disk("kill").at == 0


WATCHED = """
import os, sys
from pathlib import Path
from candid_assets_tests.torture.shim import Disk, arm, disarm
folder = Path(sys.argv[1])
pipes = folder.parent / "to-watcher", folder.parent / "from-watcher"
arm(folder, {disk})
for name in ("a", "b"):
    with open(folder / name, "wb", buffering=0) as file:
        file.write(b"12345678")
os.rename(folder / "b", folder / "c")
disarm()
"""


@pytest.mark.parametrize(
    ("mode", "seen"),
    [
        (
            "stop before",
            [{}, {"a": b""}, {"a": WHOLE}, {"a": WHOLE, "b": b""}, {"a": WHOLE, "b": WHOLE}],
        ),
        ("stop amid", [{"a": b"1234"}, {"a": WHOLE, "b": b"1234"}]),
    ],
)
def test_who_watches_sees_what_a_kill_at_each_call_would_leave(run, tmp_path, mode, seen):
    pipes = [tmp_path / "to-watcher", tmp_path / "from-watcher"]
    for pipe in pipes:
        os.mkfifo(pipe)
    disk = f'Disk("{mode}", 1, lasting=True, watched=pipes)'
    with ThreadPoolExecutor(1) as pool:
        worked = pool.submit(run, disk, WATCHED)
        left = [
            {path.name: path.read_bytes() for path in (tmp_path / "data").iterdir()}
            for _ in calls(pipes, worked)
        ]
        done, folder = worked.result()
    assert left == seen, done.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"a": WHOLE, "c": WHOLE}


COMMIT = """
import sys
from pathlib import Path
import duckdb
from candid_assets.warehouse.database import require_commits, transaction
from candid_assets_tests.torture.shim import Disk, arm, disarm
file = Path(sys.argv[1]) / "warehouse.duckdb"
connection = duckdb.connect(str(file))
connection.execute("create table checks (name varchar primary key, run integer)")
connection.execute("checkpoint")
arm(file.parent, {disk})
try:
    with transaction(connection):
        connection.execute("insert or replace into checks select range::varchar, 1 from range(9)")
except duckdb.Error as error:
    print("refused", flush=True)
disarm()
try:
    require_commits(connection)
except duckdb.IOException:
    print("not to be published", flush=True)
connection.close()
with duckdb.connect(str(file)) as connection:
    connection.execute("insert or replace into checks select range::varchar, 2 from range(9)")
    print(connection.execute("select count(*), min(run) from checks").fetchone())
"""


def test_after_a_commit_that_the_disk_refused_nothing_is_published_and_the_next_writes(run):
    done, _ = run('Disk("fail", 1, ("write",), "EROFS")', COMMIT)
    assert done.stdout.splitlines() == ["refused", "not to be published", "(9, 2)"], done.stderr


READS = """
import sys
from pathlib import Path
from candid_assets.atomic_files import write_whole
from candid_assets.regular_files import read_bytes
from candid_assets_tests.torture.shim import Disk, arm, disarm
file = Path(sys.argv[1]) / "a"
file.write_bytes(b"12345678")
arm(file.parent, {disk})
try:
    print(read_bytes(file).decode())
    write_whole(file, b"new")
except OSError as error:
    print(error.strerror, error.filename)
disarm()
"""


@pytest.mark.parametrize(
    ("disk", "words"),
    [
        ('Disk("fail", 1, ("read",), "EIO")', "Input/output error"),
        ('Disk("fail", 1, ("write",), "EDQUOT")', "Disk quota exceeded"),
        ('Disk("fail", 1, ("sync",), "EIO")', "Input/output error"),
    ],
)
def test_a_disk_that_fails_amid_a_file_is_an_error_that_names_it(run, disk, words):
    done, folder = run(disk, READS)
    assert done.stdout.splitlines()[-1] == f"{words} {folder / 'a'}", done.stderr
    assert (folder / "a").read_bytes() == b"12345678"


def test_a_reading_that_comes_short_goes_on(run):
    done, folder = run('Disk("short", 1, ("read",))', READS)
    assert (done.stdout, (folder / "a").read_bytes()) == ("12345678\n", b"new"), done.stderr
