"""Pipes where a refresh looks for files, and limits of the system: named, and never waited for."""

import os
import resource
import shutil
import signal
import subprocess
import sys

import pytest

from candid_assets.settings import REPOSITORY
from candid_assets_tests.end_to_end.faults.kit import company_books, outcome_of

pytestmark = pytest.mark.served

STATE = (
    *("candid-data.json", "clock.json", "looks.json", "tidied", "alerts.jsonl"),
    *("warehouse.duckdb", "warehouse.lock", "keeping.lock", "agent/alerts.json"),
)


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """The company refreshed once, and what `candid run` needs of the environment to go on."""
    root = tmp_path_factory.mktemp("strange")
    with company_books(root) as (server, settings):
        variables = {
            **os.environ,
            "CANDID_ENV": "staging",
            "CANDID_CATALOG_DIR": str(settings.catalog_dir),
            "CANDID_READS_PER_MINUTE": "100000",
            "XDG_CACHE_HOME": str(root / "cache"),
            "DAGSTER_HOME": str(REPOSITORY),
            "PYTHONPATH": str(REPOSITORY),
            **server.environment,
        }
        done = run(variables, root / "data")
        assert done.returncode == 0, done.stderr
        yield root, variables


def run(variables, data, *options, limits=(), command="run"):
    return subprocess.run(
        [sys.executable, "-m", "candid_assets.cli", command, *options],
        env={**variables, "CANDID_DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: [resource.setrlimit(kind, (most, most)) for kind, most in limits],
    )


@pytest.fixture
def data(installation, tmp_path):
    """A copy of what was refreshed."""
    root, _ = installation
    shutil.copytree(root / "data", tmp_path / "data")
    return tmp_path / "data"


def replace(path, make):
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    make(path)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["a named pipe", "a folder"])
def test_what_stands_where_a_refresh_keeps_its_state_is_named_and_the_snapshot_stays(
    installation, data, make
):
    folder = data / "staging"
    published = outcome_of(folder / "published" / "candid.duckdb")
    for name in STATE:
        kept, path = data / "kept", folder / name
        if path.exists():
            shutil.move(path, kept)
        replace(path, make)
        done = run(installation[1], data)
        assert done.returncode == 1, (name, done.stderr)
        assert f"{path} is a" in done.stderr
        assert "where a file belongs" in done.stderr
        assert "move" in done.stderr
        replace(path, lambda _: None) if path.is_dir() else path.unlink()
        if kept.exists():
            shutil.move(kept, path)
    assert outcome_of(folder / "published" / "candid.duckdb") == published
    assert run(installation[1], data).returncode == 0


def test_pipes_in_the_place_of_what_can_be_made_anew_are_replaced(installation, data):
    folder = data / "staging"
    kinds = ("landing/*/*/*.parquet", "catalogs/*.zip", "lineage/*.json")
    made = [path for kind in kinds for path in folder.glob(kind)]
    assert len(made) == 5
    for path in made:
        replace(path, os.mkfifo)
    done = run(installation[1], data, "--force")
    assert done.returncode == 0, done.stderr
    assert all(path.is_file() for path in made)


def test_a_pipe_in_the_place_of_a_contract_keeps_its_table_alone_back(
    installation, data, tmp_path, monkeypatch
):
    root, variables = installation
    shutil.copytree(root / "catalog", tmp_path / "catalog")
    contract = tmp_path / "catalog" / "workbooks" / "toko" / "harian.yaml"
    replace(contract, os.mkfifo)
    done = run({**variables, "CANDID_CATALOG_DIR": str(tmp_path / "catalog")}, data)
    assert done.returncode == 1
    assert f"{contract} is a named pipe where a file belongs" in done.stdout
    tables = outcome_of(data / "staging" / "published" / "candid.duckdb").tables
    assert len(tables["clean.toko__harian"]) == 900


def test_a_pipe_in_the_place_of_the_log_stops_nothing_and_is_named(installation, data):
    log = data / "staging" / "logs" / "candid.jsonl"
    replace(log, os.mkfifo)
    done = run(installation[1], data, "--force")
    assert done.returncode == 0
    assert f"{log} is a named pipe where a file belongs" in done.stderr


def test_a_model_that_cannot_be_read_fails_a_refresh_in_which_nothing_else_is_stale(
    installation, data, tmp_path
):
    root, variables = installation
    shutil.copytree(root / "catalog", tmp_path / "catalog")
    variables = {**variables, "CANDID_CATALOG_DIR": str(tmp_path / "catalog")}
    assert run(variables, data).returncode == 0
    model = tmp_path / "catalog" / "models" / "sales" / "mart_daily.yaml"
    text = model.read_text()
    model.write_text("name: [")
    for _ in range(2):
        done = run(variables, data)
        assert (done.returncode, "mart_daily.yaml:2: not valid YAML" in done.stdout) == (1, True)
    model.write_text(text)
    assert run(variables, data).returncode == 0


@pytest.mark.parametrize("files", [8, 20, 63])
def test_too_few_open_files_are_named_before_anything_is_touched(installation, data, files):
    before = {p: p.stat().st_mtime_ns for p in data.rglob("*") if p.is_file()}
    limits = [(resource.RLIMIT_NOFILE, files)]
    done = run(installation[1], data, "--force", limits=limits)
    assert done.returncode == 1
    assert f"a program may have {files} files open here" in done.stderr
    assert "ulimit -n 1024" in done.stderr
    assert {p: p.stat().st_mtime_ns for p in data.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize("size", [8 << 10, 512 << 10])
def test_files_that_may_not_grow_are_named_and_the_next_refresh_makes_up_for_them(
    installation, data, size
):
    """At the larger size Dagster's history ends amid the refresh, which goes on without it.

    DuckDB ends its process where it cannot undo what was refused; nobody can say a word then.
    """
    published = data / "staging" / "published" / "candid.duckdb"
    before = outcome_of(published)
    limits = [(resource.RLIMIT_FSIZE, size)]
    done = run(installation[1], data, "--force", limits=limits)
    if done.returncode != -signal.SIGABRT:
        assert done.returncode == 1
        assert "a file would be larger than is allowed" in done.stdout
        assert "ulimit -f unlimited" in done.stdout
        assert "Dagster's history cannot be written" in done.stderr
    assert "the disk fails" not in done.stdout + done.stderr
    assert outcome_of(published) == before
    assert run(installation[1], data).returncode == 0
    assert outcome_of(published).tables == before.tables


@pytest.mark.parametrize("addresses", [1_000_000 << 10, 1_250_000 << 10])
def test_too_little_address_space_is_named_and_never_waited_in(installation, data, addresses):
    limits = [(resource.RLIMIT_AS, addresses)]
    done = run(installation[1], data, "--force", limits=limits)
    assert done.returncode == 1
    assert "GB of memory mapped here" in done.stderr
    assert "ulimit -v unlimited" in done.stderr


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ((resource.RLIMIT_NOFILE, 20), "a program may have 20 files open here"),
        ((resource.RLIMIT_AS, 1_250_000 << 10), "GB of memory mapped here"),
    ],
)
def test_a_server_whose_runs_would_have_too_little_does_not_begin(installation, data, limit, words):
    done = run(installation[1], data, "--port", "0", limits=[limit], command="serve")
    assert done.returncode == 1
    assert words in done.stderr


def test_an_empty_time_zone_is_utc(installation, data):
    done = run({**installation[1], "TZ": ""}, data, "--force")
    assert done.returncode == 0, done.stderr
