"""The users of the webserver: `<data>/<env>/web/users.json`, readable by its owner alone."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from candid_assets.atomic_files import PRIVATE, write_whole
from candid_assets.regular_files import read_bytes
from candid_assets.web.errors import UsersError
from candid_assets.web.passwords import (
    TOKEN_PREFIX,
    hash_key,
    key_matches,
    new_key,
    password_matches,
)

Role = Literal["viewer", "operator", "agent"]
NAME: Final = r"^[a-z0-9][a-z0-9._-]{0,63}$"


class Key(BaseModel):
    """The stored hash of a token or one-time link, and its expiry."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str
    expires: datetime | None = None

    def matches(self, key: str) -> bool:
        """Return whether this is the hash of the key and has not expired."""
        fresh = self.expires is None or datetime.now(UTC) < self.expires
        return key_matches(self.sha256, key) and fresh


class User(BaseModel):
    """One person or agent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=NAME)
    role: Role
    jobs: tuple[str, ...] | None = None
    """Jobs an agent may launch; None for those that the policy allows agents of the environment."""
    password: str | None = None
    token: Key | None = None
    link: Key | None = None
    stamp: str = Field(default_factory=new_key)
    """Part of every session; a new one ends all sessions."""
    since: datetime = Field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def facts(self) -> dict[str, Any]:
        """Return what `candid users list --json` shows of the user."""
        expires = self.token and self.token.expires
        return {
            "name": self.name,
            "role": self.role,
            "password": self.password is not None,
            "token": self.token is not None,
            "token_expires": expires and expires.isoformat(),
            "jobs": self.jobs,
            "since": self.since.isoformat(),
        }

    def renewed(self, **changes: object) -> "User":
        """Return this user with changes and a new stamp, which ends every session."""
        return self.model_copy(update={"stamp": new_key(), **changes})


class UsersFile(BaseModel):
    """The content of users.json."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    users: tuple[User, ...] = ()


class Users:
    """The users of one environment; the file is read again whenever it changes."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "web"
        self.file = self.folder / "users.json"
        self._lock = FileLock(self.folder / "users.lock")
        self._read: tuple[tuple[int, int, int], dict[str, User]] | None = None

    def all(self) -> dict[str, User]:
        """Return every user by name.

        Raises:
            UsersError: Others may read the file, or it cannot be parsed.
        """
        try:
            status = self.file.stat()
        except FileNotFoundError:
            return {}
        state = (status.st_ino, status.st_mtime_ns, status.st_size)
        problem = self.problem()
        if problem:
            raise UsersError(problem)
        if self._read is None or self._read[0] != state:
            try:
                content = UsersFile.model_validate_json(read_bytes(self.file))
            except (ValidationError, OSError) as error:
                raise UsersError(
                    f"{self.file} cannot be read: {error}",
                    "restore it, or move it away and add the users again with `candid users add`",
                ) from error
            self._read = (state, {user.name: user for user in content.users})
        return self._read[1]

    def problem(self) -> str | None:
        """Return what is wrong with the file's owner or mode, with the fix; None if nothing is."""
        try:
            status = self.file.stat()
        except FileNotFoundError:
            return None
        if status.st_uid != os.getuid():
            return f"{self.file} belongs to another user of this machine; `chown` it"
        if stat.S_IMODE(status.st_mode) & 0o077:
            return f"{self.file} can be read by others; run `chmod 600 {self.file}`"
        return None

    def by_token(self, token: str) -> User | None:
        """Return the user with this token, or None."""
        users = self.all().values()
        return next((u for u in users if u.token and u.token.matches(token)), None)

    def by_password(self, name: str, password: str) -> User | None:
        """Return the user with this name and password, or None; agents have no password."""
        user = self.all().get(name)
        stored = user.password if user and user.role != "agent" else None
        return user if password_matches(stored, password) else None

    def by_stamp(self, name: object, stamp: object) -> User | None:
        """Return the user of a session, or None if it was ended."""
        user = self.all().get(name) if isinstance(name, str) else None
        return user if user and user.stamp == stamp and user.role != "agent" else None

    def add(self, user: User) -> None:
        """Add a user.

        Raises:
            UsersError: A user has this name already.
        """
        with self.locked():
            if user.name in self.all():
                raise UsersError(
                    f"there is a user {user.name} already",
                    f"`candid users remove {user.name}` first",
                )
            self._store({**self.all(), user.name: user})

    def remove(self, name: str) -> User:
        """Remove and return a user, which ends its sessions and token.

        Raises:
            UsersError: No user has this name.
        """
        with self.locked():
            user = self._named(name)
            self._store({n: u for n, u in self.all().items() if n != name})
        return user

    def change(self, name: str, how: Callable[[User], User]) -> User:
        """Replace a user by `how(user)` and return the new one.

        Raises:
            UsersError: No user has this name.
        """
        with self.locked():
            user = how(self._named(name))
            self._store({**self.all(), name: user})
        return user

    def end_sessions(self, name: str) -> None:
        """End every session of a user; the token stays."""
        self.change(name, User.renewed)

    def _named(self, name: str) -> User:
        users = self.all()
        if name not in users:
            raise UsersError(f"there is no user {name}; there are {', '.join(users) or 'none'}")
        return users[name]

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other process from changing users until the block is left."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._lock:
            yield

    def _store(self, users: dict[str, User]) -> None:
        content = UsersFile(users=tuple(users.values())).model_dump_json(indent=2)
        write_whole(self.file, f"{content}\n", PRIVATE)


def new_token(expires: datetime | None) -> tuple[str, Key]:
    """Return a new token, to be shown once, and its stored hash."""
    token = new_key(TOKEN_PREFIX)
    return token, Key(sha256=hash_key(token), expires=expires)
