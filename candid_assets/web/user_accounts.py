"""Changes of users from the terminal, each of which the audit log keeps."""

import getpass
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from pydantic import ValidationError

from candid_assets.settings import Settings
from candid_assets.web.audit_log import AuditLog
from candid_assets.web.errors import UsersError
from candid_assets.web.one_time_links import make_link
from candid_assets.web.passwords import hash_password
from candid_assets.web.users import Role, User, Users, new_token


class Accounts:
    """The users of one environment, as a person changes them at the terminal.

    Every method raises `UsersError` where a change is refused or the file cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        self.users = Users(settings.data_dir)
        self._audit = AuditLog(settings)

    def add(
        self,
        name: str,
        role: Role,
        jobs: Sequence[str],
        days: int,
        read_password: Callable[[], str],
    ) -> str | None:
        """Add a user and return an agent's token.

        Args:
            name: The user's name.
            role: The user's role.
            jobs: Jobs that an agent may launch; none: those of the environment's policy.
            days: How long an agent's token is good.
            read_password: Asks for a person's password.
        """
        if jobs and role != "agent":
            raise UsersError("--job is for agents")
        token, key = new_token(_in_days(days)) if role == "agent" else (None, None)
        password = None if key else hash_password(read_password())
        try:
            user = User(
                name=name, role=role, jobs=tuple(jobs) or None, password=password, token=key
            )
        except ValidationError as error:
            rule = "small letters, digits, dots, dashes, at most 64"
            raise UsersError(f"{name!r} is no name: {rule}") from error
        self.users.add(user)
        self._log("user added", user)
        return token

    def remove(self, name: str) -> None:
        """Remove a user, whose sessions and token end with it."""
        self._log("user removed", self.users.remove(name))

    def renew_token(self, name: str, days: int) -> str:
        """Return a new token of a user; the one before ends."""
        token, key = new_token(_in_days(days))
        self._log(
            "token made", self.users.change(name, lambda u: u.model_copy(update={"token": key}))
        )
        return token

    def change_password(self, name: str, read_password: Callable[[], str]) -> None:
        """Give a person another password; every session ends."""
        user = self.users.all().get(name)
        if user is not None and user.role == "agent":
            raise UsersError(f"{name} is an agent and has a token", f"candid users token {name}")
        password = hash_password(read_password())
        self._log(
            "password changed", self.users.change(name, lambda u: u.renewed(password=password))
        )

    def link(self, name: str, port: int) -> str:
        """Return an address that logs a person in once."""
        address = make_link(self.users, name, port)
        self._log("link made", self.users.all()[name])
        return address

    def _log(self, event: str, user: User) -> None:
        by = {"who": getpass.getuser(), "via": "terminal"}
        self._audit.write(event, **by, user=user.name, role=user.role, outcome="done")


def _in_days(days: int) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
