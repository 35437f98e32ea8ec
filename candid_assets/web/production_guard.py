"""Whether production may be launched: asked of the gate before every launch."""

from candid_assets.gate.errors import GateError
from candid_assets.gate.production import require_deployed
from candid_assets.settings import Settings


def refusal(settings: Settings) -> str | None:
    """Say why nothing may be launched now, with the command to run next; None if it may.

    The run asks the gate again; asked here too, whoever launches is told at once.
    """
    try:
        require_deployed(settings)
    except GateError as error:
        return str(error)
    return None
