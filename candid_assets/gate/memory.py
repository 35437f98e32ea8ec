"""What production's own data remembers of decisions, whatever becomes of the records in git.

A refusal ends a plan for good, also where its file is taken out of the history again; and records
that end before what production has run are an older history.
"""

import json
from pathlib import Path
from typing import Final

from candid_assets.atomic_files import write_whole
from candid_assets.gate.deployments import Records
from candid_assets.gate.errors import GateError
from candid_assets.gate.plans import Deployment, Plan
from candid_assets.gate.production import applied_here
from candid_assets.regular_files import read_text
from candid_assets.settings import Settings

REFUSED: Final = Path("gate", "refused.json")
"""The file of refusals, below production's folder."""


def refusals(settings: Settings) -> dict[str, str]:
    """Return who refused which plan, as far as production's data here knows.

    Raises:
        GateError: Their file is damaged.
    """
    file = _file(settings)
    try:
        known = json.loads(read_text(file))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        known = None
    if not isinstance(known, dict):
        raise GateError(f"{file} is damaged", "put it back from a backup: `candid restore`")
    return {str(plan): str(who) for plan, who in known.items()}


def remember_refusals(settings: Settings, records: Records) -> None:
    """Keep every refusal of the records in production's data, if that is on this computer."""
    production = settings.for_env("production")
    if not production.data_dir.is_dir():
        return
    known = refusals(settings)
    refused = dict(known)
    for plan in records.plans():
        for decision in records.decisions(plan):
            if decision.decision == "refuse":
                refused.setdefault(plan.digest, decision.principal)
    if refused != known:
        write_whole(_file(settings), json.dumps(refused, indent=1))


def require_undecided_against(settings: Settings, records: Records, plan: Plan) -> None:
    """Return if nobody ever refused a plan, by the records or by production's memory of them.

    Raises:
        GateError: Somebody did.
    """
    remember_refusals(settings, records)
    who = refusals(settings).get(plan.digest)
    if who is not None:
        raise GateError(
            f"plan {plan.digest[:12]} was refused by {who}, as production remembers",
            "change what is wrong and make another plan: candid plan",
        )


def require_newest(settings: Settings, chain: list[Deployment]) -> None:
    """Return if the records hold every deployment that production here has run.

    Raises:
        GateError: They are an older history, or another.
    """
    production = settings.for_env("production")
    known, recorded = applied_here(production), [deployment.digest for deployment in chain]
    if known != recorded[: len(known)]:
        raise GateError(
            f"production in {production.data_dir} ran deployments that these records do not have:"
            f" they are an older history than its {len(known)} deployments, or another",
            "git pull; if the history was reset, bring the commits back (git reflog)",
        )


def _file(settings: Settings) -> Path:
    return settings.for_env("production").data_dir / REFUSED
