"""Data are their owner's alone whatever the umask, but for what a setting gives to others."""

import os
import stat
import subprocess
import sys

import duckdb
import pytest

from candid_assets.orchestration.resources import Warehouse
from candid_assets.settings import REPOSITORY
from candid_assets.warehouse.data_folder import keep_private
from candid_assets.warehouse.publish import publish


@pytest.fixture(params=[0o000, 0o022, 0o077], ids="umask {:03o}".format)
def umask(request):
    former = os.umask(request.param)
    yield
    os.umask(former)


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def modes(folder):
    return {path.relative_to(folder).as_posix(): mode_of(path) for path in folder.rglob("*")}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data" / "sample"


def test_a_folder_of_before_becomes_its_owners_alone_with_all_in_it(folder, umask):
    (folder / "landing" / "x").mkdir(parents=True, mode=0o777)
    for name in ("warehouse.duckdb", "landing/x/1.parquet", "web.sock"):
        (folder / name).write_text("x")
        (folder / name).chmod(0o644)
    (folder / "out").symlink_to("/etc/passwd")
    folder.chmod(0o755)
    keep_private(folder, "nobody")
    assert mode_of(folder) == 0o700
    inner = modes(folder)
    assert inner.pop("out") & 0o044, "what a link leads to is not ours"
    assert [name for name, mode in inner.items() if mode & 0o077] == []
    assert inner["warehouse.duckdb"] == 0o600


@pytest.mark.parametrize(
    ("share_with", "top", "inner", "file", "snapshot"),
    [
        ("nobody", 0o700, 0o700, 0o600, 0o400),
        ("group", 0o710, 0o750, 0o640, 0o440),
        ("everyone", 0o711, 0o755, 0o644, 0o444),
    ],
)
def test_the_snapshot_and_reports_are_readable_by_others_only_by_the_setting(
    folder, umask, share_with, top, inner, file, snapshot
):
    keep_private(folder, share_with)
    (folder / "reports" / "run.md").write_text("x")
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute("create table t as select 1 as n")
        publish(connection, folder / "published" / "candid.duckdb")
    (folder / "warehouse.duckdb").chmod(0o600)
    keep_private(folder, share_with)
    assert mode_of(folder) == top
    expected = {"published": inner, "published/candid.duckdb": snapshot, "reports": inner}
    expected |= {"reports/run.md": file, "warehouse.duckdb": 0o600}
    assert modes(folder) == expected
    keep_private(folder, "nobody")
    assert [mode for mode in modes(folder).values() if mode & 0o077] == []


def test_opening_the_warehouse_makes_its_folder_private(folder, umask):
    folder.mkdir(parents=True, mode=0o755)
    with Warehouse(database=str(folder / "warehouse.duckdb"), env="sample").get_connection():
        assert mode_of(folder) == 0o700


def test_what_a_command_writes_is_private_under_any_umask(tmp_path, umask):
    variables = {n: v for n, v in os.environ.items() if not n.startswith("CANDID_")}
    variables |= {"CANDID_DATA_DIR": str(tmp_path / "data"), "DAGSTER_HOME": str(REPOSITORY)}
    command = [sys.executable, "-m", "candid_assets.cli", "users", "add", "data-eng"]
    subprocess.run([*command, "--role", "agent"], env=variables, check=True, capture_output=True)
    written = modes(tmp_path / "data")
    assert "sample/web/audit.jsonl" in written
    assert {name: mode for name, mode in written.items() if mode & 0o077} == {}
