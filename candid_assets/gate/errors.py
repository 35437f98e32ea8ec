"""The one error of the gate: what is refused, and the command to run next."""

from candid_assets.errors import CandidError


class GateError(CandidError):
    """Something the gate refuses; the message says why and `fix` what to run next."""
