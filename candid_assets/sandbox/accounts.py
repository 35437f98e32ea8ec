"""Tokens for accounts without a key: a person signed in, an impersonated account, a machine."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from candid_assets.sandbox.auth import TokenService

REFRESH_TOKEN: Final = "1//sandbox"  # noqa: S105 - stands for a person's sign-in, opens nothing
METADATA: Final = "/computeMetadata/v1/"
IMPERSONATE: Final = ":generateAccessToken"
FLAVOR: Final = {"Metadata-Flavor": "Google"}

Answered = tuple[int, Any, dict[str, str]]


def gives_tokens(path: str) -> bool:
    """Return whether a path belongs to the ways to a token."""
    return path in ("/token", "/") or path.startswith(METADATA) or path.endswith(IMPERSONATE)


def asked_scopes(path: str, query: Mapping[str, str], form: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the scopes that a call for a token asks for, whichever way it goes."""
    if path.startswith(METADATA):
        return tuple(filter(None, query.get("scopes", "").split(",")))
    scopes = form.get("scope", "")
    return tuple(scopes) if isinstance(scopes, list) else tuple(str(scopes).split())


def answer(
    tokens: TokenService,
    path: str,
    query: Mapping[str, str],
    form: Mapping[str, Any],
    header: str | None,
) -> Answered:
    """Answer a call to any way to a token: status, body and headers."""
    scopes = asked_scopes(path, query, form)
    if path == "/" or path.startswith(METADATA):
        return 200, _metadata(tokens, path, scopes), FLAVOR
    if path.endswith(IMPERSONATE):
        if tokens.peek(header) is None:
            return 401, {"error": {"code": 401, "status": "UNAUTHENTICATED"}}, {}
        expires = datetime.fromtimestamp(tokens.now() + tokens.lifetime, UTC)
        name = tokens.give(path.rsplit("/", 1)[1].removesuffix(IMPERSONATE), scopes)
        return 200, {"accessToken": name, "expireTime": f"{expires:%Y-%m-%dT%H:%M:%SZ}"}, {}
    if form.get("grant_type") == "refresh_token":
        if form.get("refresh_token") != REFRESH_TOKEN:
            message = "Token has been expired or revoked."
            return 400, {"error": "invalid_grant", "error_description": message}, {}
        return 200, _token(tokens, "person@candid.example", scopes), {}
    status, body = tokens.exchange(dict(form))
    return status, body, {}


def _token(tokens: TokenService, email: str, scopes: tuple[str, ...]) -> dict[str, Any]:
    name = tokens.give(email, scopes)
    return {"access_token": name, "expires_in": tokens.lifetime, "token_type": "Bearer"}


def _metadata(tokens: TokenService, path: str, scopes: tuple[str, ...]) -> Any:
    email = "machine@candid-sandbox.iam.gserviceaccount.com"
    match path.removeprefix(METADATA).strip("/").split("/")[-1]:
        case "token":
            return _token(tokens, email, scopes)
        case "project-id":
            return "candid-sandbox"
        case "universe-domain":
            return "googleapis.com"
        case "default":
            return {"email": email, "aliases": ["default"], "scopes": list(scopes)}
    return "computeMetadata/"
