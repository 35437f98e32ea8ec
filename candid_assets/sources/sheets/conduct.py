"""Judges the requests that went to Google: nothing but reads, under read-only scopes."""

from collections.abc import Sequence
from typing import Final, Protocol

from candid_assets.sources.protocol import Conduct

READING_POSTS: Final = (":batchGetByDataFilter", ":getByDataFilter")
"""Google's reads whose filters do not fit an address."""
TOKEN_POSTS: Final = ("/token", ":generateAccessToken")
"""How an access token is asked for, by an account itself or on behalf of another."""
READ_ONLY_SCOPES: Final = frozenset(
    {
        "https://www.googleapis.com/auth/spreadsheets.readonly",
        "https://www.googleapis.com/auth/drive.metadata.readonly",
    }
)


class SentRequest(Protocol):
    """A request that went to Google."""

    @property
    def method(self) -> str:
        """HTTP method."""

    @property
    def path(self) -> str:
        """Path without query."""


def conduct_of(requests: Sequence[SentRequest], scopes: Sequence[str]) -> Conduct:
    """Return what requests and scopes prove."""
    writes = tuple(f"{r.method} {r.path}" for r in requests if not _reads(r))
    excess = sorted(set(scopes) - READ_ONLY_SCOPES)
    if requests and not scopes:
        excess = ["unknown"]
    return Conduct(len(requests), writes, tuple(f"scope {scope}" for scope in excess))


def _reads(request: SentRequest) -> bool:
    """Tell reads and the exchange of tokens from everything else, the unforeseen included."""
    path = request.path.partition("?")[0]
    if request.method.upper() == "POST":
        token = path.endswith(TOKEN_POSTS) and "/spreadsheets/" not in path
        return token or path.endswith(READING_POSTS)
    return request.method.upper() in ("GET", "HEAD")
