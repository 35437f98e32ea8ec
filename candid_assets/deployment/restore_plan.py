"""Plans a restore of production, and requires that people signed for exactly this backup."""

import hashlib
from pathlib import Path

from candid_assets.deployment.plan import record_plan, verified_chain
from candid_assets.deployment.proposers import proposers
from candid_assets.gate.content import Installation
from candid_assets.gate.deployments import Records, approvers_of
from candid_assets.gate.errors import GateError
from candid_assets.gate.git import require_clean
from candid_assets.gate.plans import RestorePlan


def plan_restore(installation: Installation, file: Path) -> RestorePlan:
    """Record the plan that production is put back as a backup holds it.

    Raises:
        GateError: The file is not there, or nothing is deployed.
    """
    git = require_clean(installation)
    plan = _restoring(installation, git.planned(), file)
    record_plan(git, installation, plan, " of a restore")
    return plan


def restore_again(installation: Installation, plan: RestorePlan, file: Path) -> RestorePlan:
    """Return the plan that a backup on this computer gives now.

    Raises:
        GateError: The file is not there, or nothing is deployed.
    """
    if not file.is_file():
        raise GateError(
            f"{file} is not on this computer, so that nobody can tell what it restores",
            f"candid approve {plan.digest[:12]} --backup FILE",
        )
    return _restoring(installation, plan.commit, file)


def require_restorable(installation: Installation, file: Path) -> None:
    """Return if people on the list signed that production takes back exactly this file.

    Raises:
        GateError: Nobody did since the last deployment.
    """
    records = Records(installation)
    base, wanted = _base(records), _hash(file)
    lists = approvers_of(installation), verified_chain(records)[-1].approvers
    for plan in records.plans():
        named = isinstance(plan, RestorePlan) and (plan.sha256, plan.base, plan.file)
        if named == (wanted, base, file.name):
            records.require_approved(plan, *lists, proposers=proposers(installation, plan))
            return
    raise GateError(
        f"no approved plan restores {file} in production", f"candid plan --restore {file}"
    )


def _restoring(installation: Installation, commit: str, file: Path) -> RestorePlan:
    return RestorePlan(
        format=1,
        kind="restore",
        base=_base(Records(installation)),
        commit=commit,
        file=file.name,
        sha256=_hash(file),
    )


def _base(records: Records) -> str:
    chain = verified_chain(records)
    if not chain:
        raise GateError("nothing is deployed yet", "candid plan, candid approve, candid apply")
    return chain[-1].digest


def _hash(file: Path) -> str:
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise GateError(f"{file} cannot be read: {error.strerror}", "name the backup") from None
