"""google-auth and requests as they come, with Google's hosts answered by the local server."""

from collections.abc import Mapping, Sequence
from typing import Any

import requests
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.service_account import Credentials
from requests.adapters import HTTPAdapter

from candid_assets.sandbox.process import SandboxServer

SHEETS = "https://sheets.googleapis.com"
DRIVE = "https://www.googleapis.com"
AUTH = "https://www.googleapis.com/auth/"
READ_SCOPES = (f"{AUTH}spreadsheets.readonly", f"{AUTH}drive.metadata.readonly")


class Detour(HTTPAdapter):
    """Sends what is meant for Google to the local server; the rest of the URL stays."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        for base in (SHEETS, DRIVE):
            request.url = (request.url or "").replace(base, self.url, 1)
        return super().send(request, **options)


def credentials(server: SandboxServer, scopes: Sequence[str] = READ_SCOPES) -> Credentials:
    """Return google-auth's own service-account credentials, from the file alone."""
    return Credentials.from_service_account_file(str(server.credentials_file), scopes=list(scopes))


def google_session(server: SandboxServer, scopes: Sequence[str] = READ_SCOPES) -> AuthorizedSession:
    """Return google-auth's session with both of Google's hosts led to the local server."""
    session = AuthorizedSession(credentials(server, scopes))
    for base in (SHEETS, DRIVE):
        session.mount(base, Detour(server.url))
    return session


def values(
    session: requests.Session, book: str, ranges: str | Sequence[str], **how: str
) -> dict[str, Any]:
    """Return the answer of values:batchGet, which must be a 200."""
    query: Mapping[str, Any] = {"ranges": ranges, **how}
    answer = session.get(f"{SHEETS}/v4/spreadsheets/{book}/values:batchGet", params=query)
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content
