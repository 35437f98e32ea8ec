"""The one error of the gate: what is refused, and the command to run next."""


class GateError(Exception):
    """Something the gate refuses; the message says why and `fix` what to run next."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(f"{message}; {fix}")
        self.message, self.fix = message, fix
