"""Computes anew what a plan claims: what a person reads before signing, and what is applied.

A plan's file is what somebody says; its hash only proves that it is still the same saying.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args

from candid_assets.deployment.hold_plan import content_held, hold_plan
from candid_assets.deployment.plan import find_deployment, proposers_of, rolled_back, verified_chain
from candid_assets.deployment.production_changes import (
    UNKNOWN_ROWS,
    Step,
    catalog_changes_of,
    code_changes_of,
    held_tables,
)
from candid_assets.deployment.publications import publication_again
from candid_assets.deployment.repair_plan import repair_again
from candid_assets.deployment.restore_plan import restore_again
from candid_assets.deployment.stale_plans import require_fresh, require_same
from candid_assets.gate.content import RECORDS, Content, Installation, content_of
from candid_assets.gate.deployments import PLANS, Records
from candid_assets.gate.errors import GateError
from candid_assets.gate.evidence import recall, roots_of, sample_key, tests_key
from candid_assets.gate.git import Git
from candid_assets.gate.memory import require_newest
from candid_assets.gate.open_holds import held
from candid_assets.gate.plans import (
    CatalogChange,
    Deployment,
    DeploymentPlan,
    HeldTable,
    HoldPlan,
    Plan,
    PublicationPlan,
    RepairPlan,
    RestorePlan,
)
from candid_assets.settings import Environment, Settings

ENVIRONMENTS: Final[tuple[Environment, ...]] = get_args(Environment)
_EVIDENCE: Final[dict[Literal["sample", "tests"], str]] = {
    "sample": "the refresh of the sample was",
    "tests": "the tests were",
}


@dataclass(frozen=True, slots=True)
class ComputedPlan:
    """A plan as this computer computes it, and what it cannot tell."""

    plan: Plan
    notes: tuple[str, ...] = ()
    """What is the proposer's word alone, or was found on this computer; a sentence each."""


def computed_plan(
    settings: Settings, installation: Installation, plan: Plan, backup: Path | None = None
) -> ComputedPlan:
    """Return what a plan changes, computed from what it is about and not from its own words.

    Args:
        settings: The settings of this computer.
        installation: The clone that holds the plan.
        plan: The plan.
        backup: The file of a restore; None: the one of that name in the folder of backups.

    Raises:
        GateError: The plan says otherwise, or what it is about is not on this computer.
    """
    if isinstance(plan, RepairPlan):
        repaired = repair_again(installation, plan)
        require_same(plan, repaired, "candid plan --repair")
        return ComputedPlan(repaired)
    records = Records(installation)
    require_newest(settings, verified_chain(records))
    base = require_fresh(installation, records, plan)
    match plan:
        case DeploymentPlan():
            return _deployment(settings, installation, plan, base)
        case PublicationPlan():
            now = publication_again(settings.for_env(_environment(plan)), installation, plan)
            require_same(plan, now)
            return ComputedPlan(now)
        case RestorePlan():
            file = backup or settings.data_root / "backups" / plan.file
            restored = restore_again(installation, plan, file)
            require_same(plan, restored, f"candid plan --restore {file}")
            return ComputedPlan(restored, (f"computed from {file}",))
        case HoldPlan():
            return _hold(settings, installation, plan)


def _environment(plan: PublicationPlan) -> Environment:
    for env in ENVIRONMENTS:
        if env == plan.env:
            return env
    raise GateError(f"no environment is called {plan.env!r}", "candid plan --publish")


def _deployment(
    settings: Settings, installation: Installation, plan: DeploymentPlan, base: Deployment | None
) -> ComputedPlan:
    records = Records(installation)
    content, target = content_of(installation), None
    if plan.rollback_of is not None:
        target = find_deployment(verified_chain(records), str(plan.rollback_of))
        content = rolled_back(records, target, content)
    git = Git(installation.root)
    step = Step(base, target, content, target.commit if target else plan.commit)
    planned_by = git.author_of(f"{RECORDS}/{PLANS}/{plan.digest}.json")
    facts = {
        "base_commit": base.commit if base else None,
        "commit": step.commit,
        "content": content,
        "code": code_changes_of(installation, step),
        "proposers": proposers_of(git, step, *planned_by),
    }
    changes = catalog_changes_of(settings, installation, step)
    production = held_tables(settings, "production")
    expected = {
        "changes": _expected_changes(plan.changes, changes),
        "held": _expected_holds(settings, plan),
    }
    require_same(plan, plan.model_copy(update=facts | expected))
    if not _is_of(plan, content):
        raise GateError(
            f"plan {plan.digest[:12]} says otherwise than what is computed here (evidence): it is"
            " not about a green sample and green tests of this content",
            "candid plan",
        )
    shown = {"changes": changes, "held": plan.held if production is None else production}
    notes = _evidence_notes(settings, installation, plan)
    if production is None and plan.held:
        notes.append("what is held back is the proposer's word: production's data is not here")
    return ComputedPlan(plan.model_copy(update=facts | shown), tuple(notes))


def _expected_changes(
    said: tuple[CatalogChange, ...], computed: tuple[CatalogChange, ...]
) -> tuple[CatalogChange, ...]:
    """Return what a plan has to say; rows that either side could not compute are no lie."""
    if len(said) != len(computed):
        return computed
    return tuple(
        now.model_copy(update={"rows": was.rows})
        if was.rows in UNKNOWN_ROWS or now.rows in UNKNOWN_ROWS
        else now
        for was, now in zip(said, computed, strict=True)
    )


def _expected_holds(settings: Settings, plan: DeploymentPlan) -> tuple[HeldTable, ...]:
    """Return what a plan has to say of tables held back, as far as their data is here."""
    envs = {table.env for table in plan.held} or {"production"}
    now = [held for env in ENVIRONMENTS if env in envs for held in held_tables(settings, env) or ()]
    is_here = all(e in ENVIRONMENTS and held_tables(settings, e) is not None for e in envs)
    if not is_here or _named(now) == _named(plan.held):
        return plan.held
    return tuple(now)


def _named(held: Iterable[HeldTable]) -> set[tuple[str, str, str]]:
    """Return which tables are held and why; the counts in a message change with every edit."""
    return {(table.env, table.table, table.cause) for table in held}


def _is_of(plan: DeploymentPlan, content: Content) -> bool:
    """Whether a plan's evidence is about the content that it deploys."""
    if plan.rollback_of is not None:
        return not plan.evidence
    sample = plan.evidence.get("sample")
    if sample is None or "tests" not in plan.evidence:
        return False
    return (sample.code, sample.catalog, sample.setup) == (
        content.code,
        content.catalog,
        content.setup,
    )


def _evidence_notes(
    settings: Settings, installation: Installation, plan: DeploymentPlan
) -> list[str]:
    """Return, for each piece of evidence, whether this computer has seen it."""
    keys = {
        "sample": sample_key(plan.content),
        "tests": tests_key(installation, plan.content),
    }
    notes, roots = [], roots_of(settings, installation)
    for kind, words in _EVIDENCE.items():
        said = plan.evidence.get(kind)
        seen = recall(roots, kind, keys[kind])
        if seen is not None:
            notes.append(f"{words} green on this computer at {seen.at}")
        elif said is not None:
            notes.append(
                f"{words} green at {said.at}: unsigned, the proposer's word alone;"
                " this computer has not seen it"
            )
    return notes


def _hold(settings: Settings, installation: Installation, plan: HoldPlan) -> ComputedPlan:
    for hold in held(settings.for_env("production")):
        if content_held(hold) == plan.held:
            now = hold_plan(installation, hold)
            require_same(plan, now, f"candid holds accept {hold.content_hash[:12]}")
            return ComputedPlan(now)
    raise GateError(
        f"production here holds back no content {plan.content_hash[:12]} of"
        f" {plan.workbook}.{plan.tab}",
        "decide where production's data is: candid holds",
    )
