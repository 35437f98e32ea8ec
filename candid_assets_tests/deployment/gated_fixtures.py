"""Repositories that are planned, approved and deployed, for the rooms `deployment` and `gate`.

A plugin, so that both rooms share what a session makes once; what a fixture needs of the package
is imported where it is asked for.
"""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from candid_assets.sandbox.process import SandboxServer
    from candid_assets_tests.deployment.gated import Gated


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    from candid_assets_tests.deployment.gated import make_key

    folder = tmp_path_factory.mktemp("keys")
    return {name: make_key(folder, name) for name in ("ani", "budi", "agent")}


@pytest.fixture(scope="session")
def planted(
    tmp_path_factory: pytest.TempPathFactory, keys: dict[str, Path], books: "SandboxServer"
) -> Path:
    """A repository in which nothing is deployed yet."""
    from candid_assets_tests.deployment.gated import approvers, make_repository, reads_from

    root = tmp_path_factory.mktemp("planted") / "repository"
    make_repository(root, approvers(keys), reads_from(books), whole=False)
    return root


@pytest.fixture(scope="session")
def deployed_once(
    tmp_path_factory: pytest.TempPathFactory, planted: Path, keys: dict[str, Path]
) -> Path:
    """A repository and its data, with one deployment."""
    from candid_assets_tests.deployment.gated import deploy

    folder = tmp_path_factory.mktemp("deployed")
    shutil.copytree(planted, folder / "repository")
    deploy(folder, keys)
    return folder


@pytest.fixture
def identity(monkeypatch: pytest.MonkeyPatch) -> None:
    from candid_assets_tests.deployment.gated import IDENTITY

    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    # A command that ran in this process before has set it to the project's own.
    monkeypatch.delenv("DAGSTER_HOME", raising=False)


@pytest.fixture
def fresh(
    tmp_path: Path,
    planted: Path,
    keys: dict[str, Path],
    identity: None,
    books: "SandboxServer",
) -> "Gated":
    from candid_assets_tests.deployment.gated import Gated

    root = tmp_path / "repository"
    shutil.copytree(planted, root)
    return Gated(root, root / "data", keys, {"CANDID_GOOGLE_API_URL": books.url})


@pytest.fixture
def gated(
    tmp_path: Path,
    deployed_once: Path,
    keys: dict[str, Path],
    identity: None,
    books: "SandboxServer",
) -> "Gated":
    from candid_assets_tests.deployment.gated import Gated

    shutil.copytree(deployed_once, tmp_path / "gated")
    root = tmp_path / "gated" / "repository"
    return Gated(root, root / "data", keys, {"CANDID_GOOGLE_API_URL": books.url})
