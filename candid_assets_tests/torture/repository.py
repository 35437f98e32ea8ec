"""The repository that production of the company is deployed from."""

import shutil
from pathlib import Path
from typing import Final

from candid_assets.gate.content import PRODUCTION_SETTINGS, SETUP
from candid_assets.sandbox.process import SandboxServer
from candid_assets.settings import PACKAGE, REPOSITORY
from candid_assets_tests.deployment.gated import approvers, git, make_key, reads_from
from candid_assets_tests.torture.company import write_catalog

CODE: Final = ("__init__.py", "names.py")
"""Files that stand for all of the code, where nothing is run from the repository."""


def write_repository(company: Path, data: Path, server: SandboxServer, *, whole: bool) -> None:
    """Write the repository of the company and the keys of its people, and commit.

    Args:
        company: The folder that it is written into.
        data: The folder of the data of production.
        server: The Google that production reads.
        whole: Whether all of the code is in it, so that `candid` can be run from it.
    """
    keys = company / "keys"
    keys.mkdir()
    people = {name: make_key(keys, name) for name in ("ani", "budi", "agent")}
    root = company / "repository"
    if whole:
        # With what Python has compiled already, or every process would compile it anew.
        shutil.copytree(PACKAGE, root / PACKAGE.name, ignore=shutil.ignore_patterns("catalog"))
    else:
        (root / PACKAGE.name).mkdir(parents=True)
    for name in () if whole else CODE:
        shutil.copy(PACKAGE / name, root / PACKAGE.name / name)
    for name in SETUP:
        if name != PRODUCTION_SETTINGS:
            shutil.copy(REPOSITORY / name, root / name)
    places = f"CANDID_DATA_DIR={data}\nDAGSTER_HOME={company}\n"
    (root / PRODUCTION_SETTINGS).write_text(reads_from(server) + places)
    (root / ".gitignore").write_text("__pycache__/\n/data/*\n")
    (root / "deployments").mkdir()
    (root / "deployments" / "allowed_approvers").write_text(approvers(people))
    write_catalog(company, "production")
    git(root, "init", "--quiet", "--initial-branch=main")
    commit(root)


def commit(root: Path) -> None:
    """Commit whatever differs."""
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message", "feat: a change")
