"""Asks the gate before every launch whether runs are allowed."""

from candid_assets.gate.errors import GateError
from candid_assets.gate.production import require_deployed
from candid_assets.settings import Settings


def refusal(settings: Settings) -> str | None:
    """Return why no run may be launched now, with the command to run next; None if one may.

    The run checks the gate again; checked here too, a refused launch fails at once.
    """
    try:
        require_deployed(settings)
    except GateError as error:
        return str(error)
    return None
