"""Checks the requests sent to Google: nothing but reads, under read-only scopes."""

from collections.abc import Sequence
from typing import Final

from candid_assets.sources.protocol import Conduct
from candid_assets.sources.sheets.credentials import SCOPES
from candid_assets.sources.sheets.transport import SentRequest

READING_POSTS: Final = (":batchGetByDataFilter", ":getByDataFilter")
"""Google's reads whose filters do not fit an address."""
TOKEN_POSTS: Final = ("/token", ":generateAccessToken")
"""Requests for an access token, by an account itself or on behalf of another."""


def conduct_of(requests: Sequence[SentRequest], scopes: Sequence[str]) -> Conduct:
    """Return the requests that are not reads, and the scopes beyond reading."""
    writes = tuple(f"{r.method} {r.path}" for r in requests if not _reads(r))
    excess = sorted(set(scopes) - set(SCOPES))
    if requests and not scopes:
        excess = ["unknown"]
    return Conduct(len(requests), writes, tuple(f"scope {scope}" for scope in excess))


def _reads(request: SentRequest) -> bool:
    """Whether a request reads or requests a token; anything unknown counts as a write."""
    path = request.path.partition("?")[0]
    if request.method.upper() == "POST":
        token = path.endswith(TOKEN_POSTS) and "/spreadsheets/" not in path
        return token or path.endswith(READING_POSTS)
    return request.method.upper() in ("GET", "HEAD")
