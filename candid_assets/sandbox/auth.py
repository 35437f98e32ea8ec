"""Google's token service for one service account: signed assertion in, access token out."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from candid_assets.sandbox.errors import (
    Api,
    insufficient_scope,
    unauthenticated,
    unregistered_client,
)

GRANT_TYPE: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCE: Final = "https://oauth2.googleapis.com/token"
TOKEN_SECONDS: Final = 3600
SKEW_SECONDS: Final = 300
_BASE = "https://www.googleapis.com/auth/"
_READ_SCOPES: Final[dict[Api, frozenset[str]]] = {
    "sheets": frozenset(
        _BASE + s
        for s in ("spreadsheets.readonly", "spreadsheets", "drive.readonly", "drive", "drive.file")
    ),
    "drive": frozenset(
        _BASE + s
        for s in (
            "drive.metadata.readonly",
            "drive.metadata",
            "drive.readonly",
            "drive",
            "drive.file",
        )
    ),
}
_WRITE_SCOPES: Final[dict[Api, frozenset[str]]] = {
    "sheets": frozenset(_BASE + s for s in ("spreadsheets", "drive", "drive.file")),
    "drive": frozenset(_BASE + s for s in ("drive", "drive.file", "drive.metadata")),
}
_TIMEFRAME = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
    "Check your iat and exp values in the JWT claim."
)


@dataclass(frozen=True, slots=True)
class Token:
    """An access token that was given out."""

    email: str
    scopes: tuple[str, ...]
    expires_at: float


class TokenService:
    """Checks assertions against one public key and keeps the tokens given for them."""

    def __init__(
        self,
        email: str,
        public_key: RSAPublicKey,
        audiences: tuple[str, ...] = (),
        clock: Callable[[], float] = time.time,
        others: tuple[str, ...] = (),
    ) -> None:
        """Serve one account, and others of the same key; `clock` returns the server's time."""
        self._emails, self._key, self._clock = (email, *others), public_key, clock
        self._audiences = {AUDIENCE, *audiences}
        self._tokens: dict[str, Token] = {}
        self.lifetime = TOKEN_SECONDS
        self.clock_offset = 0.0

    def now(self) -> float:
        """Return the server's time, with the offset a test may have set."""
        return self._clock() + self.clock_offset

    def exchange(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Answer `POST /token`: status and body as Google's endpoint gives them."""
        if form.get("grant_type") != GRANT_TYPE:
            given = form.get("grant_type", "")
            return _refusal("unsupported_grant_type", f"Invalid grant_type: {given}")
        try:
            claims = jwt.decode(
                form.get("assertion", ""),
                self._key,
                algorithms=["RS256"],
                options={"verify_exp": False, "verify_iat": False, "verify_aud": False},
            )
        except jwt.InvalidSignatureError:
            return _refusal("invalid_grant", "Invalid JWT Signature.")
        except jwt.PyJWTError:
            return _refusal("invalid_grant", "Bad Request")
        problem = self._problem(claims)
        if problem:
            return _refusal("invalid_grant", problem)
        scopes = tuple(str(claims.get("scope", "")).split())
        if not scopes or not all(scope.startswith(_BASE) for scope in scopes):
            return _refusal("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        name = self.give(str(claims["iss"]), scopes)
        return 200, {"access_token": name, "expires_in": self.lifetime, "token_type": "Bearer"}

    def give(self, email: str, scopes: tuple[str, ...]) -> str:
        """Return a new token of an account."""
        name = "ya29.c." + secrets.token_urlsafe(48)
        self._tokens[name] = Token(email, scopes, self.now() + self.lifetime)
        return name

    def _problem(self, claims: dict[str, Any]) -> str | None:
        if claims.get("iss") not in self._emails:
            return "Invalid grant: account not found"
        if claims.get("aud") not in self._audiences:
            return f"Invalid JWT: Failed audience check. The right audience is {AUDIENCE}"
        issued, expires = claims.get("iat"), claims.get("exp")
        if not isinstance(issued, int | float) or not isinstance(expires, int | float):
            return _TIMEFRAME
        now = self.now()
        early = issued > now + SKEW_SECONDS
        late = expires < now - SKEW_SECONDS
        # google-auth dates `iat` from now; an hour and the skew is the longest Google accepts.
        if early or late or expires - issued > TOKEN_SECONDS + SKEW_SECONDS or expires <= issued:
            return _TIMEFRAME
        return None

    def expire_all(self) -> None:
        """Let every token given so far run out at once."""
        past = self.now() - 1
        self._tokens = {
            name: Token(token.email, token.scopes, past) for name, token in self._tokens.items()
        }

    def admit(self, header: str | None, api: Api, *, write: bool = False) -> Token:
        """Return the live token of an `Authorization` header, or raise Google's 401 or 403."""
        token = self.peek(header)
        if header is None:
            raise unregistered_client(api)
        if token is None:
            raise unauthenticated(api)
        if token.expires_at <= self.now():
            raise unauthenticated(api, expired=True)
        enough = (_WRITE_SCOPES if write else _READ_SCOPES)[api]
        if not enough.intersection(token.scopes):
            raise insufficient_scope(api)
        return token

    def peek(self, header: str | None) -> Token | None:
        """Return the token that a header names, live or not."""
        kind, _, name = (header or "").partition(" ")
        return self._tokens.get(name.strip()) if kind.lower() == "bearer" else None


def _refusal(error: str, description: str) -> tuple[int, dict[str, Any]]:
    return 400, {"error": error, "error_description": description}
