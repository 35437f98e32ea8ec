"""`candid plan`: what a commit would change in production, from first to last in one digest."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

from candid_assets.contract_changes.catalog_changes import catalog_changes
from candid_assets.contract_changes.changed_rows import changed_rows
from candid_assets.contracts.catalog import Catalog
from candid_assets.contracts.load import load_catalog
from candid_assets.gate.content import SANDBOX, SETUP, Content, Installation, content_of
from candid_assets.gate.deployments import PLANS, Records, approvers_of, as_deployment
from candid_assets.gate.errors import GateError
from candid_assets.gate.evidence import recall, roots_of, sample_key, tests_key
from candid_assets.gate.git import RECORDED, Git, require_clean
from candid_assets.gate.plans import (
    CatalogChange,
    ChangedFile,
    ChangedRows,
    Deployment,
    DeploymentPlan,
    Evidence,
    HeldTable,
    Plan,
)
from candid_assets.gate.records import write_record
from candid_assets.settings import PACKAGE, Settings
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.errors import WarehouseError
from candid_assets.warehouse.publications import last_publication
from candid_assets.warehouse.refresh_record import recorded_failures

MAKES_TABLES: Final = frozenset(
    {
        *("source_kinds", "contracts", "warehouse", "gate", "sources", "quality", "cleaning"),
        *("refresh", "history", "orchestration", "names.py"),
    }
)
"""Rooms whose code decides which rows and values there are, or when."""
_HELD: Final = ("rows_vanished", "tab_emptied", "contract_invalid", "missing_column")


def plan_deployment(
    settings: Settings, installation: Installation, rollback: str = ""
) -> DeploymentPlan:
    """Return the plan that brings production to the commit at work, or back to a deployment.

    Raises:
        GateError: The tree is dirty, the sample is not green, the tests were not run, or there
            is nothing to deploy.
    """
    git = require_clean(installation)
    approvers_of(installation)
    records = Records(installation)
    require_append_only(git)
    chain = verified_chain(records)
    base = chain[-1] if chain else None
    target = find_deployment(chain, rollback) if rollback else None
    content = content_of(installation)
    if target is not None:
        content = rolled_back(records, target, content)
    if base is not None and as_deployment(records.plan(base.plan)).content == content:
        raise GateError(f"production runs this already ({base})", "nothing is to be done")
    evidence = {} if target else _evidence(settings, installation, content)
    commit = target.commit if target else git.planned()
    with _catalogs(git, installation, base, target) as (before, after):
        changes = _changes(settings, before, after, base, content)
    plan = DeploymentPlan(
        format=1,
        kind="deployment",
        base=base.digest if base else None,
        base_commit=base.commit if base else None,
        commit=commit,
        rollback_of=target.number if target else None,
        content=content,
        changes=tuple(changes),
        code=tuple(_code(git, installation, base, commit)),
        held=tuple(_held(settings)),
        evidence=evidence,
    )
    record_plan(git, installation, plan)
    return plan


def record_plan(git: Git, installation: Installation, plan: Plan, words: str = "") -> None:
    """Write a plan into the installation's records and commit it."""
    path = write_record(installation.records / PLANS, plan)
    git.commit([path], f"chore: plan {plan.digest[:12]}{words}")


def verified_chain(records: Records) -> list[Deployment]:
    """Return every deployment, each approved by people whom the one before it listed."""
    chain = records.applied()
    for number, deployment in enumerate(chain):
        records.verify_deployment(deployment, chain[number - 1] if number else None)
    return chain


def plan_facts(records: Records) -> list[dict[str, Any]]:
    """Return what `candid plan --list --json` shows: every plan, its decisions and deployment."""
    deployed = {d.plan: d.number for d in verified_chain(records)}
    return [
        {
            "digest": p.digest,
            "kind": p.kind,
            "commit": p.commit,
            "decisions": [f"{d.decision}: {d.principal}" for d in records.decisions(p)],
            "deployment": deployed.get(p.digest),
        }
        for p in records.plans()
    ]


def find_deployment(chain: list[Deployment], named: str) -> Deployment:
    """Return an earlier deployment by its number or the beginning of its digest or commit."""
    matching = [
        d
        for d in chain[:-1]
        if named == str(d.number)
        or (len(named) >= 7 and (d.digest.startswith(named) or d.commit.startswith(named)))
    ]
    if len(matching) != 1:
        known = ", ".join(f"{d.number} ({d.commit[:12]})" for d in chain[:-1]) or "none yet"
        raise GateError(f"no earlier deployment is {named!r}", f"name one of: {known}")
    return matching[0]


def rolled_back(records: Records, target: Deployment, now: Content) -> Content:
    """Return the content of an earlier deployment with today's list of approvers."""
    old = as_deployment(records.plan(target.plan)).content
    return Content(old.code, old.catalog, old.setup, now.approvers)


def require_append_only(git: Git) -> None:
    """Refuse a history in which records of the gate were changed or removed.

    Raises:
        GateError: A commit did.
    """
    folders = [f"deployments/{name}" for name in RECORDED]
    edited = git.output("log", "--format=%h", "--diff-filter=DMRT", "-n1", "--", *folders).strip()
    if edited:
        raise GateError(
            f"commit {edited} changed or removed records of the gate, which are only ever added",
            f"git revert {edited}, or take the commit back",
        )


def _evidence(
    settings: Settings, installation: Installation, content: Content
) -> dict[Literal["sample", "tests"], Evidence]:
    roots = roots_of(settings, installation)
    sample = recall(roots, "sample", sample_key(content))
    if sample is None:
        raise GateError(
            "no refresh of the whole sample was green with this commit",
            "CANDID_ENV=sample candid run, with --force where the code changed",
        )
    tests = recall(roots, "tests", tests_key(installation, content))
    if tests is None:
        raise GateError("the tests were not run, or not all green, with this commit", "make test")
    return {"sample": sample, "tests": tests}


@contextmanager
def _catalogs(
    git: Git, installation: Installation, base: Deployment | None, target: Deployment | None
) -> Iterator[tuple[Catalog, Catalog]]:
    """Yield the catalog that production runs and the one that it is to run."""
    where = installation.catalog.relative_to(installation.root).as_posix()
    with tempfile.TemporaryDirectory(prefix="candid-gate-") as empty:
        Path(empty, "workbooks").mkdir()
        if base is None:
            yield load_catalog(Path(empty)), load_catalog(installation.catalog)
            return
        with git.folder_at(base.commit, where) as old:
            before = load_catalog(old)
            if target is None:
                yield before, load_catalog(installation.catalog)
                return
            with git.folder_at(target.commit, where) as new:
                yield before, load_catalog(new)


def _changes(
    settings: Settings,
    before: Catalog,
    after: Catalog,
    base: Deployment | None,
    content: Content,
) -> list[CatalogChange]:
    if after.problems:
        raise GateError(
            f"the catalog has problems: {after.problems[0]}", "candid contracts validate"
        )
    changes = catalog_changes(before, after)
    if base is None:
        return changes
    try:
        with open_published(settings.for_env("sample").published_file) as snapshot:
            shown = last_publication(snapshot)
            is_same = shown is not None and shown.catalog == content.catalog
            other = ChangedRows(not_computed="the sample was last published with another catalog")
            return [
                change
                if change.change == "indirect"
                else change.model_copy(
                    update={"rows": changed_rows(change, before, snapshot) if is_same else other}
                )
                for change in changes
            ]
    except WarehouseError:
        return changes


def _code(
    git: Git, installation: Installation, base: Deployment | None, commit: str
) -> list[ChangedFile]:
    """Return the files of code and setup that differ, each with its class."""
    if base is None:
        return []
    catalog = installation.catalog.relative_to(installation.root).as_posix()
    lines = git.output(
        "diff", "--no-renames", "--name-status", base.commit, commit, "--", PACKAGE.name, *SETUP,
        f":(exclude){catalog}", f":(exclude){PACKAGE.name}/{SANDBOX}",
    ).splitlines()  # fmt: skip
    files = []
    for line in lines:
        status, _, name = line.partition("\t")
        parts = Path(name).parts
        hard = len(parts) == 1 or parts[1] in MAKES_TABLES
        files.append(
            ChangedFile(
                file=name,
                what="added" if status == "A" else "removed" if status == "D" else "changed",
                change="breaking" if hard else "non-breaking",
            )
        )
    return files


def _held(settings: Settings) -> list[HeldTable]:
    """Return what production holds back, or where it has none yet, staging."""
    for env in ("production", "staging"):
        try:
            with open_published(settings.for_env(env).published_file) as snapshot:
                failures = recorded_failures(snapshot)
        except WarehouseError:
            continue
        rows = sorted((f.table, f.cause, f.message, f.fix) for f in failures if f.cause in _HELD)
        return [HeldTable(env=env, table=t, cause=c, message=m, fix=f) for t, c, m, f in rows]
    return []
