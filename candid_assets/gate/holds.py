"""Which suspicious change of a tab's content a person has accepted: one content after another.

In production that takes a signed decision on a plan of the kind `hold`. Elsewhere nobody signs: a
file in the environment's own data folder keeps what was accepted.
"""

from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from candid_assets.atomic_files import write_whole
from candid_assets.gate.content import Installation
from candid_assets.gate.deployments import Records, approvers_of
from candid_assets.gate.errors import GateError
from candid_assets.gate.plans import HeldContent, HoldPlan
from candid_assets.gate.production import PRODUCTION
from candid_assets.regular_files import read_bytes
from candid_assets.settings import Settings

_ACCEPTED: Final = TypeAdapter(list[HeldContent])


def is_accepted(settings: Settings, held: HeldContent) -> bool:
    """Whether a person accepted exactly this content after exactly the one before."""
    if settings.env != PRODUCTION:
        return held in accepted_freely(settings)
    return is_signed(Installation.of(settings), held)


def is_signed(installation: Installation, held: HeldContent) -> bool:
    """Whether a person on the list signed that this content may take the other's place."""
    records = Records(installation)
    for plan in records.plans():
        if isinstance(plan, HoldPlan) and plan.held == held:
            try:
                records.require_approved(plan, approvers_of(installation))
            except GateError:
                continue
            return True
    return False


def accepted_freely(settings: Settings) -> list[HeldContent]:
    """Return what was accepted in an environment that has no gate."""
    try:
        return _ACCEPTED.validate_json(read_bytes(_file(settings)))
    except (FileNotFoundError, ValueError):
        return []


def accept_freely(settings: Settings, held: HeldContent) -> None:
    """Accept a content in an environment that has no gate."""
    if settings.env == PRODUCTION:
        raise GateError("a hold of production takes a signature", "candid holds accept")
    accepted = [*accepted_freely(settings), held]
    write_whole(_file(settings), _ACCEPTED.dump_json(accepted))


def _file(settings: Settings) -> Path:
    return settings.data_dir / "gate" / "accepted.json"
