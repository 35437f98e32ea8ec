"""One-time login links: an address that logs one person in, once and within minutes."""

from datetime import UTC, datetime, timedelta
from typing import Final

from candid_assets.web.errors import UsersError
from candid_assets.web.passwords import hash_key, new_key
from candid_assets.web.users import Key, User, Users

LINK_MINUTES: Final = 15


def make_link(users: Users, name: str, port: int) -> str:
    """Return an address that logs a person in once, within `LINK_MINUTES`.

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


def use_link(users: Users, key: str) -> User | None:
    """Return the person of a link and invalidate the link; None if it is used, unknown or old."""
    with users.locked():
        for user in users.all().values():
            if user.link and user.link.matches(key) and user.role != "agent":
                return users.change(user.name, lambda u: u.model_copy(update={"link": None}))
    return None
