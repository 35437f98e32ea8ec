"""Creates, hashes and verifies passwords, tokens and one-time keys.

Passwords are short and chosen by people, so they are hashed with Argon2id. Tokens and one-time keys
are 256 random bits; SHA-256 protects them as well and costs next to nothing on every request.
"""

import hashlib
import hmac
import secrets
import threading
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from candid_assets.web.errors import UsersError

TOKEN_PREFIX: Final = "candid_"  # noqa: S105 - makes a leaked token recognisable
SHORTEST_PASSWORD: Final = 10
LONGEST_PASSWORD: Final = 1024

_HASHER: Final = PasswordHasher()
_ONE_AT_A_TIME: Final = threading.Lock()
"""Argon2 takes 64 MB for each password; many at once must not take the machine's memory."""
_DUMMY_HASH: Final = _HASHER.hash(secrets.token_urlsafe(32))


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password.

    Raises:
        UsersError: It is shorter or longer than it may be.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise UsersError(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    return _HASHER.hash(password)


def password_matches(stored: str | None, password: str) -> bool:
    """Return whether a password matches its hash; takes as long where there is no hash."""
    if len(password) > LONGEST_PASSWORD:
        return False
    with _ONE_AT_A_TIME:
        try:
            return _HASHER.verify(stored or _DUMMY_HASH, password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def new_key(prefix: str = "") -> str:
    """Return 256 random bits as URL-safe text."""
    return prefix + secrets.token_urlsafe(32)


def hash_key(key: str) -> str:
    """Return the SHA-256 of a token or one-time key, in hexadecimal."""
    return hashlib.sha256(key.encode()).hexdigest()


def key_matches(stored: str, key: str) -> bool:
    """Return whether a key has the stored hash, compared in constant time."""
    return hmac.compare_digest(stored, hash_key(key))
