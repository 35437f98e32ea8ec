"""Plans a restore of production, and requires that people signed for exactly this backup."""

import hashlib
from pathlib import Path
from typing import Final

from candid_assets.deployment.plan import verified_chain
from candid_assets.gate.content import Installation
from candid_assets.gate.deployments import PLANS, Plan, Records, approvers_of
from candid_assets.gate.errors import GateError
from candid_assets.gate.git import require_clean
from candid_assets.gate.records import write_record

FORMAT: Final = 1
KIND: Final = "restore"


def plan_restore(installation: Installation, file: Path) -> Plan:
    """Record the plan that production is put back as a backup holds it.

    Raises:
        GateError: The file is not there, or nothing is deployed.
    """
    git = require_clean(installation)
    records = Records(installation)
    told = {
        "format": FORMAT,
        "kind": KIND,
        "base": _base(records),
        "commit": git.planned(),
        "file": file.name,
        "sha256": _hash(file),
    }
    path = write_record(installation.records / PLANS, told)
    git.commit([path], f"chore: plan {path.stem[:12]} of a restore")
    return records.plan(path.stem)


def require_restorable(installation: Installation, file: Path) -> None:
    """Return if people on the list signed that production takes back exactly this file.

    Raises:
        GateError: Nobody did since the last deployment.
    """
    records = Records(installation)
    base, wanted = _base(records), _hash(file)
    lists = approvers_of(installation), verified_chain(records)[-1].approvers
    for plan in records.plans():
        told = plan.told
        if plan.kind == KIND and told.get("sha256") == wanted and told.get("base") == base:
            records.require_approved(plan, *lists)
            return
    raise GateError(
        f"nobody approved that production takes back {file}", f"candid plan --restore {file}"
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
