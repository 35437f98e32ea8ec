"""Passwords, tokens and one-time keys: how they are made, kept and compared.

Passwords are few, short and chosen by people, so they are kept as Argon2id. Tokens and one-time
keys are 256 random bits that nobody can guess; SHA-256 keeps them as safely and costs nothing
on every request.
"""

import hashlib
import hmac
import secrets
import threading
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from candid_assets.web.errors import UsersError

TOKEN_PREFIX: Final = "candid_"  # noqa: S105 - says whose a leaked token is
SHORTEST_PASSWORD: Final = 10
LONGEST_PASSWORD: Final = 1024

_HASHER: Final = PasswordHasher()
_ONE_AT_A_TIME: Final = threading.Lock()
"""Argon2 takes 64 MB for each password; many at once must not take the machine's memory."""
_NOBODYS: Final = _HASHER.hash(secrets.token_urlsafe(32))


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password.

    Raises:
        UsersError: It is shorter or longer than it may be.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise UsersError(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    return _HASHER.hash(password)


def password_matches(kept: str | None, password: str) -> bool:
    """Tell whether a password is the one kept; takes as long where there is none."""
    if len(password) > LONGEST_PASSWORD:
        return False
    with _ONE_AT_A_TIME:
        try:
            return _HASHER.verify(kept or _NOBODYS, password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def new_key(prefix: str = "") -> str:
    """Return 256 random bits as text that can stand in a URL."""
    return prefix + secrets.token_urlsafe(32)


def hash_key(key: str) -> str:
    """Return what is kept of a token or a one-time key."""
    return hashlib.sha256(key.encode()).hexdigest()


def key_matches(kept: str, key: str) -> bool:
    """Tell whether a token is the one kept, in a time that says nothing about either."""
    return hmac.compare_digest(kept, hash_key(key))
