"""Which suspicious change of a tab's content a person has accepted: one content after another.

In production that takes a signed decision on a plan of the kind `hold`. Elsewhere nobody signs: a
file in the environment's own data folder keeps what was accepted.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from candid_assets.gate.content import Installation
from candid_assets.gate.deployments import Records, approvers_of
from candid_assets.gate.errors import GateError
from candid_assets.gate.production import PRODUCTION
from candid_assets.settings import Settings

KIND: Final = "hold"


@dataclass(frozen=True, slots=True)
class HeldContent:
    """The content that a tab has, and the one that would take its place."""

    workbook: str
    tab: str
    content_before: str
    content_hash: str

    def as_dict(self) -> dict[str, Any]:
        """Return it as records tell it."""
        return asdict(self)


def is_accepted(settings: Settings, held: HeldContent) -> bool:
    """Whether a person accepted exactly this content after exactly the one before."""
    if settings.env != PRODUCTION:
        return held.as_dict() in accepted_freely(settings)
    return is_signed(Installation.of(settings), held)


def is_signed(installation: Installation, held: HeldContent) -> bool:
    """Whether a person on the list signed that this content may take the other's place."""
    records = Records(installation)
    wanted = held.as_dict().items()
    for plan in records.plans():
        if plan.kind == KIND and wanted <= plan.told.items():
            try:
                records.require_approved(plan, approvers_of(installation))
            except GateError:
                continue
            return True
    return False


def accepted_freely(settings: Settings) -> list[dict[str, Any]]:
    """Return what was accepted in an environment that has no gate."""
    try:
        found = json.loads(_file(settings).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return []
    return list(found)


def accept_freely(settings: Settings, held: HeldContent) -> None:
    """Accept a content in an environment that has no gate."""
    if settings.env == PRODUCTION:
        raise GateError("a hold of production takes a signature", "candid holds accept")
    path = _file(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps([*accepted_freely(settings), held.as_dict()]), encoding="utf-8")
    part.replace(path)


def _file(settings: Settings) -> Path:
    return settings.data_dir / "gate" / "accepted.json"
