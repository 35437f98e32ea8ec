"""`candid plan`: what a commit would change in production, from first to last in one digest."""

from typing import Any, Literal

from candid_assets.deployment.production_changes import (
    Step,
    catalog_changes_of,
    code_changes_of,
    held_now,
)
from candid_assets.gate.content import Content, Installation, content_of
from candid_assets.gate.deployments import PLANS, Records, approvers_of, as_deployment
from candid_assets.gate.errors import GateError
from candid_assets.gate.evidence import recall, roots_of, sample_key, tests_key
from candid_assets.gate.git import RECORDED, Git, require_clean
from candid_assets.gate.plans import Deployment, DeploymentPlan, Evidence, Plan
from candid_assets.gate.records import write_record
from candid_assets.settings import Settings


def plan_deployment(
    settings: Settings, installation: Installation, rollback: str = "", approvals: int = 1
) -> DeploymentPlan:
    """Return the plan that brings production to the commit at work, or back to a deployment.

    Args:
        settings: The settings of this computer.
        installation: The clone.
        rollback: The earlier deployment to go back to; blank: the commit at work.
        approvals: How many people have to approve it.

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
    step = Step(base, target, content, target.commit if target else git.planned())
    plan = DeploymentPlan(
        format=1,
        kind="deployment",
        base=base.digest if base else None,
        base_commit=base.commit if base else None,
        commit=step.commit,
        rollback_of=target.number if target else None,
        content=content,
        changes=catalog_changes_of(settings, installation, step),
        code=code_changes_of(installation, step),
        held=held_now(settings),
        evidence=evidence,
        proposers=proposers_of(git, step, git.myself()),
        **({"approvals": approvals} if approvals > 1 else {}),
    )
    record_plan(git, installation, plan)
    return plan


def proposers_of(git: Git, step: Step, *planned_by: str) -> tuple[str, ...]:
    """Return who proposes a step: the authors of what it brings, and who planned it."""
    wrote = git.authors(step.base.commit if step.base else None, step.commit)
    return tuple(sorted({*planned_by, *(() if step.target else wrote)}))


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
    # Every side of every merge, which may itself have taken something out.
    every = ("log", "--full-history", "-m", "--no-renames", "--format=%h", "--diff-filter=DMT")
    edited = git.output(*every, "-n1", "--", *folders).strip()
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
