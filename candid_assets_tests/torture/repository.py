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
"""Files that stand for all of the code."""


def write_repository(company: Path, data: Path, server: SandboxServer) -> None:
    """Write the repository of the company and the keys of its people, and commit."""
    keys = company / "keys"
    keys.mkdir()
    people = {name: make_key(keys, name) for name in ("ani", "budi", "agent")}
    root = company / "repository"
    (root / PACKAGE.name).mkdir(parents=True)
    for name in CODE:
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
