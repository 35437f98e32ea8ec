"""One-time login links: an address whose page logs one person in, once and within minutes."""

from datetime import UTC, datetime, timedelta
from typing import Final

from candid_assets.web.errors import UsersError
from candid_assets.web.passwords import hash_key, new_key
from candid_assets.web.users import Key, User, Users

LINK_MINUTES: Final = 15


def make_link(users: Users, name: str, port: int) -> str:
    """Return an address whose button logs a person in once, within `LINK_MINUTES`.

    Raises:
        UsersError: There is no such person.
    """
    key, until = new_key(), datetime.now(UTC) + timedelta(minutes=LINK_MINUTES)

    def linked(user: User) -> User:
        if user.role == "agent":
            raise UsersError(f"{name} is an agent and has a token, no link")
        return user.model_copy(update={"link": Key(sha256=hash_key(key), expires=until)})

    users.change(name, linked)
    return f"http://127.0.0.1:{port}/login?key={key}"


def is_open(users: Users, key: str) -> bool:
    """Return whether a link could log a person in now; the link stays as it is.

    Raises:
        UsersError: The users cannot be read.
    """
    return _person_of(users, key) is not None


def use_link(users: Users, key: str) -> User | None:
    """Return the person of a link and invalidate the link; None if it is used, unknown or old.

    Raises:
        UsersError: The users cannot be read or written.
    """
    # Most of what is sent here is no key at all, and is to take no lock.
    if _person_of(users, key) is None:
        return None
    with users.locked():
        user = _person_of(users, key)
        return user and users.change(user.name, lambda u: u.model_copy(update={"link": None}))


def _person_of(users: Users, key: str) -> User | None:
    people = (user for user in users.all().values() if user.role != "agent")
    return next((user for user in people if user.link and user.link.matches(key)), None)
