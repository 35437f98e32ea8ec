"""The root of every error that a user may read: what happened, and what to do next."""


class CandidError(Exception):
    """Something that keeps the platform from doing what it was asked to do.

    `str()` gives the message and, after a semicolon, the fix.
    """

    exit_code = 1
    """Exit code of a command that ends with this error."""
    label = ""
    """Word before the message in a terminal, such as `refused`."""

    def __init__(self, message: str, fix: str = "", *, exit_code: int | None = None) -> None:
        super().__init__(message, fix)
        self.message, self.fix = message, fix
        if exit_code is not None:
            self.exit_code = exit_code

    def __str__(self) -> str:
        """Return message and fix in one line."""
        return f"{self.message}; {self.fix}" if self.fix else self.message

    def facts(self, env: str | None) -> dict[str, str | None]:
        """Return the object that `--json` prints of it."""
        return {"env": env, "error": str(self)} | ({"next": self.fix} if self.fix else {})
