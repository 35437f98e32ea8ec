"""A git repository of its own with code and a small catalog, to be planned and deployed."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from candid_assets.deployment.apply import apply_deployment
from candid_assets.deployment.approve import decide
from candid_assets.deployment.plan import plan_deployment
from candid_assets.gate.content import PRODUCTION_SETTINGS, SETUP, Installation, content_of
from candid_assets.gate.deployed_settings import READ_ACCOUNT
from candid_assets.gate.deployments import DECISIONS, Records
from candid_assets.gate.evidence import remember, sample_key, tests_key
from candid_assets.gate.plans import Decision, Deployment, DeploymentPlan, Plan
from candid_assets.gate.production import deployed
from candid_assets.gate.records import write_record
from candid_assets.sandbox.process import SandboxServer
from candid_assets.settings import PACKAGE, REPOSITORY, Settings
from candid_assets.warehouse.database import bootstrap
from candid_assets_tests.workbook_contract import WORKBOOK_CONTRACT

SERVERS = (
    "  - {{server: sample, environment: sample, type: custom, location: {title}}}\n"
    "  - {{server: production, environment: production, type: custom, location: {title}}}\n"
)
STOCK = """\
name: stock
physicalName: Stok
description: One row per product.
properties:
  - {name: sku, physicalName: Kode, logicalType: string, primaryKey: true, description: Code.}
  - {name: quantity, physicalName: Jumlah, logicalType: integer, description: Pieces.}
"""
MODEL_SQL = "select sku, quantity\nfrom clean.toko__stock\nwhere quantity > 0\n"
MODEL = """\
name: dim_stock
description: One row per product in stock.
dataGranularityDescription: One row per product.
customProperties:
  - {property: kind, value: dimension}
  - {property: owner, value: team:shop}
properties:
  - {name: sku, logicalType: string, primaryKey: true, description: Code.}
  - {name: quantity, logicalType: integer, description: Pieces.}
"""
IDENTITY = {
    "GIT_AUTHOR_NAME": "Test",
    "GIT_AUTHOR_EMAIL": "test@candid.example",
    "GIT_COMMITTER_NAME": "Test",
    "GIT_COMMITTER_EMAIL": "test@candid.example",
    "GIT_CONFIG_GLOBAL": "/dev/null",
}


def make_key(folder: Path, name: str) -> Path:
    key = folder / name
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(key)], check=True
    )
    return key


def approver_line(key: Path, name: str) -> str:
    return f"{name} {key.with_suffix('.pub').read_text()}"


def approvers(keys: Mapping[str, Path]) -> str:
    """Return the list of who may approve: the two people, and not the agent."""
    return "".join(approver_line(keys[name], name) for name in ("ani", "budi"))


def reads_from(books: SandboxServer) -> str:
    """Return the settings of a production that reads the local server."""
    account = json.loads(books.credentials_file.read_text())["client_email"]
    return f"CANDID_GOOGLE_API_URL={books.url}\n{READ_ACCOUNT}={account}\n"


def make_repository(root: Path, approvers: str, settings: str, *, whole: bool) -> None:
    """Write the repository with a shop's catalog, a list of approvers, and the code at work.

    Where nothing is run from it, three files of the code stand for all.
    """
    if whole:
        # With what Python has compiled already, or every process would compile it anew.
        skipped = shutil.ignore_patterns("catalog")
        shutil.copytree(PACKAGE, root / PACKAGE.name, ignore=skipped)
    for name in () if whole else ("__init__.py", "names.py", "warehouse/builds.py"):
        (root / PACKAGE.name / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PACKAGE / name, root / PACKAGE.name / name)
    for name in SETUP:
        if name != PRODUCTION_SETTINGS:
            shutil.copy(REPOSITORY / name, root / name)
    (root / PRODUCTION_SETTINGS).write_text(settings)
    (root / ".gitignore").write_text("__pycache__/\n/data/*\n/logs/\n")
    catalog = root / PACKAGE.name / "catalog"
    files = {
        "workbooks/toko/contract.yaml": WORKBOOK_CONTRACT.replace(
            WORKBOOK_CONTRACT.splitlines()[-1] + "\n", SERVERS
        ).format(name="toko", title="Toko"),
        "workbooks/toko/stock.yaml": STOCK,
        "models/hub/dim_stock.sql": MODEL_SQL,
        "models/hub/dim_stock.yaml": MODEL,
    }
    files["../../deployments/allowed_approvers"] = approvers
    for name, text in files.items():
        path = catalog / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "feat: a shop")


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(root), *arguments],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **IDENTITY},
    )
    return done.stdout.strip()


def approval(plan: Plan, who: str = "ani") -> Decision:
    """An approval that nobody has signed."""
    return Decision(
        format=1,
        kind="decision",
        decision="approve",
        plan=plan.digest,
        principal=who,
        reason="",
        at="2026",
    )


def put_decision(gated: "Gated", plan: Plan, decision: Decision) -> None:
    """Write a decision among those on a plan, as somebody would who goes around the gate."""
    write_record(gated.root / "deployments" / DECISIONS / plan.digest, decision)


def published_sample(gated: "Gated", catalog: str = "", env: str = "sample") -> Path:
    """A published snapshot of the commit at work, as far as a plan looks at it."""
    file = gated.settings(env).published_file
    file.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(file)) as made:
        bootstrap(made, env)
        made.execute(
            "create table clean.toko__stock as select 'P' || i as sku, i as quantity, 'x' as"
            " _extract from range(100) t(i);"
            "create table ready.dim_stock as select sku, quantity from clean.toko__stock where"
            " quantity > 50"
        )
        catalog = catalog or content_of(gated.installation).catalog
        made.execute(
            "insert into meta.publications values (1, now(), 'r1', 'sample', ?, '', 1)", [catalog]
        )
    return file


@dataclass
class Gated:
    """One installation: its repository, its data and the keys of people and of an agent."""

    root: Path
    data: Path
    keys: Mapping[str, Path]
    variables: Mapping[str, str]

    @property
    def installation(self) -> Installation:
        return Installation(self.root, self.catalog)

    @property
    def catalog(self) -> Path:
        return self.root / PACKAGE.name / "catalog"

    @property
    def records(self) -> Records:
        return Records(self.installation)

    def settings(self, env: str = "production", data: Path | None = None) -> Settings:
        places = {"CANDID_DATA_DIR": data or self.data, "CANDID_CATALOG_DIR": self.catalog}
        return Settings(**{"CANDID_ENV": env, **places, **self.variables})

    def edit(self, name: str, old: str, new: str, *, commit: bool = True) -> None:
        path = self.root / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        if commit:
            self.commit()

    def commit(self, subject: str = "feat: a change") -> None:
        git(self.root, "add", "--all")
        git(self.root, "commit", "--quiet", "--message", subject)

    def green(self, *kinds: str) -> None:
        """Remember that the sample and the tests were green with the content on disk."""
        content = content_of(self.installation)
        for kind in kinds or ("sample", "tests"):
            key = sample_key(content) if kind == "sample" else tests_key(self.installation, content)
            remember(self.data, kind, key, {**content.as_dict()})

    def plan(self, rollback: str = "") -> DeploymentPlan:
        return plan_deployment(self.settings(), self.installation, rollback)

    def decide(
        self,
        plan: Plan | str,
        who: str = "ani",
        *,
        approve: bool = True,
        backup: Path | None = None,
    ) -> Decision:
        digest = plan if isinstance(plan, str) else plan.digest
        key, settings = self.keys[who], self.settings()
        return decide(settings, self.installation, digest, key, approve=approve, backup=backup)

    def apply(self, plan: Plan) -> Deployment:
        return apply_deployment(self.settings(), self.installation, plan)

    def deploy(self) -> Deployment:
        self.green()
        plan = self.plan()
        self.decide(plan)
        return self.apply(plan)

    def check(self) -> Deployment:
        """The check before every change of production."""
        return deployed(self.settings(), self.installation)

    def python(
        self, *arguments: str, isolated: bool = True, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run Python in the repository, with its code, as an operator or `candid` itself does."""
        environment = {
            **{n: v for n, v in os.environ.items() if not n.startswith(("CANDID_", "DAGSTER_"))},
            **IDENTITY,
            **self.variables,
            "PYTHONPATH": str(self.root),
            "PYTHONDONTWRITEBYTECODE": "1",
            "CANDID_DATA_DIR": str(self.data),
            "DAGSTER_HOME": str(self.root),
        }
        if isolated and variables.get("CANDID_ENV") == "production":
            del environment["PYTHONDONTWRITEBYTECODE"]
            environment |= {
                "PYTHONSAFEPATH": "1",
                "PYTHONNOUSERSITE": "1",
                "PYTHONPYCACHEPREFIX": str(self.data / "bytecode"),
            }
        environment |= variables
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def candid(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return self.python("-m", "candid_assets.cli", *arguments, **variables)


def deploy(folder: Path, keys: Mapping[str, Path]) -> None:
    """Deploy the repository in a folder for the first time."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in IDENTITY.items():
            patch.setenv(name, value)
        root = folder / "repository"
        Gated(root, root / "data", keys, {}).deploy()
