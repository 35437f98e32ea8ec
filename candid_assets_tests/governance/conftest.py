"""The shop of the layers' tests, and repositories that are planned, approved and deployed."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.workbook import SampleTab, SampleWorkbook
from candid_assets_tests.governance.gated import (
    IDENTITY,
    Gated,
    approver_line,
    make_key,
    make_repository,
)
from candid_assets_tests.layers.conftest import shop

__all__ = ["shop"]


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("keys")
    return {name: make_key(folder, name) for name in ("ani", "budi", "agent")}


def _approvers(keys: dict[str, Path]) -> str:
    return "".join(approver_line(keys[name], name) for name in ("ani", "budi"))


def _deploy(folder: Path, keys: dict[str, Path]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in IDENTITY.items():
            patch.setenv(name, value)
        Gated(folder / "repository", folder / "data", keys, {}).deploy()


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory, keys: dict[str, Path]) -> Path:
    """A repository in which nothing is deployed yet."""
    root = tmp_path_factory.mktemp("planted") / "repository"
    make_repository(root, _approvers(keys), whole=False)
    return root


@pytest.fixture(scope="session")
def deployed_once(
    tmp_path_factory: pytest.TempPathFactory, planted: Path, keys: dict[str, Path]
) -> Path:
    """A repository and its data, with one deployment."""
    folder = tmp_path_factory.mktemp("deployed")
    shutil.copytree(planted, folder / "repository")
    _deploy(folder, keys)
    return folder


@pytest.fixture(scope="session")
def installed_once(tmp_path_factory: pytest.TempPathFactory, keys: dict[str, Path]) -> Path:
    """The same with all of the code, to run commands and jobs from."""
    folder = tmp_path_factory.mktemp("installed")
    make_repository(folder / "repository", _approvers(keys), whole=True)
    _deploy(folder, keys)
    return folder


@pytest.fixture
def identity(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def fresh(tmp_path: Path, planted: Path, keys: dict[str, Path], identity: None) -> Gated:
    shutil.copytree(planted, tmp_path / "repository")
    return Gated(tmp_path / "repository", tmp_path / "data", keys, {})


@pytest.fixture
def gated(tmp_path: Path, deployed_once: Path, keys: dict[str, Path], identity: None) -> Gated:
    shutil.copytree(deployed_once, tmp_path / "gated")
    return Gated(tmp_path / "gated" / "repository", tmp_path / "gated" / "data", keys, {})


@pytest.fixture
def served(
    tmp_path: Path,
    installed_once: Path,
    keys: dict[str, Path],
    identity: None,
    books: SandboxServer,
) -> Iterator[Gated]:
    """All of the code, deployed once, with a workbook behind the real local server."""
    shutil.copytree(installed_once, tmp_path / "served")
    gated = Gated(tmp_path / "served" / "repository", tmp_path / "served" / "data", keys, {})
    rows = [["Kode", "Jumlah"], *[[f"P{n:03d}", n] for n in range(1, 101)]]
    SampleWorkbook("Toko", "Toko", [SampleTab(101, "Stok", rows)]).save(books.folder)
    gated.variables = {
        "CANDID_GOOGLE_API_URL": books.url,
        "GOOGLE_APPLICATION_CREDENTIALS": str(books.credentials_file),
        "CANDID_READS_PER_MINUTE": "100000",
    }
    yield gated
    for path in books.folder.glob("Toko*.json"):
        path.unlink()
