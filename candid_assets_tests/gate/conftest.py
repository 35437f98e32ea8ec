"""The shop of the refresh's tests, and a deployment with all of the code, to run it from."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from candid_assets.gate.libraries import require_locked
from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.workbook import SampleTab, SampleWorkbook
from candid_assets_tests.deployment.gated import (
    Gated,
    approvers,
    deploy,
    make_repository,
    reads_from,
)
from candid_assets_tests.refresh.conftest import shop

__all__ = ["shop"]


@pytest.fixture(scope="session")
def installed_once(
    tmp_path_factory: pytest.TempPathFactory, keys: dict[str, Path], books: SandboxServer
) -> Path:
    """A repository with all of the code and one deployment, to run commands and jobs from."""
    folder = tmp_path_factory.mktemp("installed")
    make_repository(folder / "repository", approvers(keys), reads_from(books), whole=True)
    deploy(folder, keys)
    gated = Gated(root := folder / "repository", root / "data", keys, {})
    # What every process of production would compare anew in its own copy.
    (deployment,) = gated.records.applied()
    require_locked(gated.settings(), gated.installation, deployment.digest)
    (folder / "bytecode").mkdir()
    return folder


@pytest.fixture
def served(
    tmp_path: Path,
    installed_once: Path,
    keys: dict[str, Path],
    identity: None,
    books: SandboxServer,
) -> Iterator[Gated]:
    """All of the code, deployed once, with a workbook behind the real local server."""
    shutil.copytree(installed_once / "repository", tmp_path / "served" / "repository")
    root = tmp_path / "served" / "repository"
    gated = Gated(root, root / "data", keys, {})
    # Python compiles the libraries once for all copies.
    (gated.data / "bytecode").symlink_to(installed_once / "bytecode")
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
