"""The one error of the gate: what is refused, and the command to run next."""

from candid_assets.errors import CandidError


class GateError(CandidError):
    """Something the gate refuses; the message says why and `fix` what to run next."""

    label = "refused"

    def facts(self, env: str | None) -> dict[str, str | None]:
        """Return the object that `--json` prints of it; a plan is of no one environment."""
        return {"refused": self.message, "next": self.fix}
