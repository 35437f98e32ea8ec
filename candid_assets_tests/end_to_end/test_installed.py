"""The package as a wheel: installed, in a project folder of its own, nothing beside it written."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path

import orjson
import pytest

from candid_assets.settings import PACKAGE, REPOSITORY

pytestmark = pytest.mark.served


class Installed:
    """A virtual environment with the built wheel and a project folder that `candid init` made."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "environment"
        self.project = folder / "project"
        wheels = folder / "wheels"
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
        command += ["--no-build-isolation", "--wheel-dir", str(wheels), str(_source(folder))]
        subprocess.run(command, check=True, env=_bare())
        venv.create(self.home, with_pip=False)
        (wheel,) = wheels.glob("candid_assets-*.whl")
        command = [sys.executable, "-m", "pip", "--python", str(self.home / "bin" / "python")]
        command += ["install", "--quiet", "--no-deps", "--no-index", str(wheel)]
        subprocess.run(command, check=True, env=_bare())
        (self.package,) = self.home.glob("lib/python*/site-packages/candid_assets")
        self.shipped = self.files()

    def files(self) -> dict[str, int]:
        """Every file of the installed packages but bytecode, with the moment it was written."""
        return {
            str(path): path.stat().st_mtime_ns
            for path in self.package.parent.rglob("*")
            if path.is_file() and path.suffix != ".pyc"
        }

    def candid(self, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run the installed command; its libraries are those of the tests."""
        return subprocess.run(
            [str(self.home / "bin" / "candid"), *arguments],
            cwd=cwd or self.project,
            env=_bare() | {"PYTHONPATH": sysconfig.get_paths()["purelib"]},
            capture_output=True,
            text=True,
            check=False,
        )


def _source(folder: Path) -> Path:
    """What the wheel is built of, in a copy: a build leaves files beside it."""
    source = folder / "source"
    shutil.copytree(PACKAGE, source / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in REPOSITORY.iterdir():
        if path.name in {"pyproject.toml", "README.md", "LICENSE"}:
            shutil.copy(path, source)
    return source


def _bare() -> dict[str, str]:
    """The environment without what points at the checkout."""
    return {n: v for n, v in os.environ.items() if not n.startswith(("CANDID", "DAGS", "PYTHON"))}


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    place = Installed(tmp_path_factory.mktemp("installed"))
    made = place.candid("init", str(place.project), cwd=place.home)
    assert made.returncode == 0, made.stderr
    return place


def test_installed_package_is_the_wheels_and_not_the_checkout(installed):
    code = "import candid_assets; print(candid_assets.__file__)"
    checked = subprocess.run(
        [str(installed.home / "bin" / "python"), "-c", code],
        env={"PYTHONPATH": sysconfig.get_paths()["purelib"]},
        cwd=installed.project,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(checked.stdout.strip()).parent == installed.package


def test_init_writes_a_project_and_keeps_what_is_there(installed):
    names = {p.relative_to(installed.project).as_posix() for p in installed.project.rglob("*")}
    assert {"dagster.yaml", "workspace.yaml", ".env.example", "catalog/README.md"} <= names
    edited = installed.project / "catalog" / "README.md"
    edited.write_text("ours")
    again = installed.candid("init", str(installed.project))
    assert again.returncode == 0
    assert edited.read_text() == "ours"


def test_sample_runs_from_the_wheel_and_writes_to_the_project_alone(installed):
    done = installed.candid("run", "--json")
    assert done.returncode == 0, done.stderr
    summary = orjson.loads(done.stdout.splitlines()[-1])
    assert (summary["tabs"], summary["rows_raw"]) == (90, 142_473)
    assert Path(summary["report"]).is_relative_to(installed.project / "data")
    assert (installed.project / "data" / "sample" / "dagster").is_dir()
    query = installed.candid("query", "select count(*) as n from ready.dim_product", "--json")
    assert orjson.loads(query.stdout)[0]["n"] > 0
    assert installed.files() == installed.shipped


def test_command_outside_of_a_project_says_how_to_make_one(installed, tmp_path):
    done = installed.candid("run", cwd=tmp_path)
    assert done.returncode == 1
    assert "candid init DIR" in done.stderr + done.stdout
    assert list(tmp_path.iterdir()) == []
    assert installed.files() == installed.shipped


def test_version_is_printed(installed):
    first, second = installed.candid("--version").stdout.splitlines()
    declared = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    assert first == f"candid, version {declared['project']['version']}"
    assert second.startswith("stores: warehouse ")
