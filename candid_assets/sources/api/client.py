"""The client of an API, on dlt's REST client: sign-in, retries, one origin, exact numbers."""

import json
import logging
import os
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

# dlt sends no telemetry; it reads this when it is imported.
os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")

from dlt.sources.helpers.requests import Client
from dlt.sources.helpers.rest_client.auth import APIKeyAuth, BearerTokenAuth, HttpBasicAuth
from dlt.sources.helpers.rest_client.client import RESTClient
from requests import PreparedRequest, RequestException, Response
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from requests.exceptions import ContentDecodingError

from candid_assets.contracts.catalog import Workbook
from candid_assets.errors import CandidError
from candid_assets.sources.api.bounded_answers import receive, require_depth
from candid_assets.sources.passwords import password_variable
from candid_assets.sources.quota import ReadQuota, ledger_file
from candid_assets.sources.retry import CallFailedError, RetryPolicy, call_with_retries
from candid_assets.sources.source_clock import SourceClock
from candid_assets.sources.source_errors import SourceError, place, shortened
from candid_assets.sources.table_limits import TableTooLargeError
from candid_assets.sources.web_pages import page_in

ATTEMPTS: Final = 4
"""How often a page is requested at most."""
LONGEST_WAIT: Final = 120
"""Seconds between two requests of a page, at most."""
SECONDS: Final = 60
GARBLED: Final = RetryPolicy(attempts=3, first_wait=0.5, deadline=30.0)
"""How often a page is requested whose answers are successes without their JSON."""
OK: Final = 200
_LONGEST_ADDRESS: Final = 8_000

log = logging.getLogger(__name__)


class ForeignAddressError(CandidError):
    """An answer refers to another host, which must not get the key."""


class OneOrigin(HTTPAdapter):
    """Sends requests to the API's own host and to no other."""

    def __init__(self, location: str, clock: SourceClock, quota: ReadQuota | None = None) -> None:
        super().__init__()
        self._clock = clock
        self._quota = quota
        self.requests = 0
        self.writes: list[str] = []
        self._origin = _origin_of(location)

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
        """Send a request to the API; raise `ForeignAddressError` for any other host.

        The answer is read within the limits of its table, unless only its head is wanted.
        """
        if _origin_of(request.url or "") != self._origin:
            raise ForeignAddressError(f"the answer leads to {_origin_of(request.url or '')}")
        if self._quota is not None:
            self._quota.take()
        self.requests += 1
        if request.method not in ("GET", "HEAD"):
            self.writes.append(f"{request.method} {request.path_url}")
        only_head = bool(options.get("stream"))
        response = super().send(request, *args, **{**options, "stream": True})
        self._clock.compare_headers(response.headers)
        if not only_head:
            receive(response)
        return response


def client_of(
    workbook: Workbook, env: str, ledgers: Path, clock: SourceClock
) -> tuple[RESTClient, OneOrigin]:
    """Return a client of an API, and the adapter that counts its requests.

    Args:
        workbook: The API.
        env: The environment.
        ledgers: The folder in which all processes of this user count their requests.
        clock: Compares this computer's clock with each answer's time.

    Raises:
        SourceError: The secret is not set.
    """
    facts = workbook.servers.get(env, {})
    location = workbook.locations[env]
    client = Client(
        request_timeout=(10, int(facts.get("statementTimeout") or SECONDS)),
        raise_for_status=False,
        request_max_attempts=ATTEMPTS,
        request_backoff_factor=0.5,
        request_max_retry_delay=LONGEST_WAIT,
    )
    session = client.session
    per_minute = facts.get("requestsPerMinute")
    quota = _pace(ledgers, location, per_minute) if per_minute else None
    adapter = OneOrigin(location, clock, quota)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    auth = _auth(workbook, env, facts)
    return RESTClient(location, auth=auth, session=session, headers=_HEADERS), adapter


_HEADERS: Final = {"Accept": "application/json", "User-Agent": "candid"}


def _pace(ledgers: Path, location: str, per_minute: int) -> ReadQuota:
    """Return the quota that spaces requests evenly: one in each part of the minute."""
    return ReadQuota(1, ledger_file(ledgers, _origin_of(location)), window=60 / per_minute)


class WebPageError(CandidError, ValueError):
    """A web page came in the place of JSON: of a proxy, a filter or a sign-in."""


FAILURES: Final = (RequestException, ForeignAddressError, TableTooLargeError, ValueError)
"""What asking for a page, and taking it apart, may raise of the answer."""


def fetch(client: RESTClient, address: str, params: Mapping[str, Any] | None = None) -> Response:
    """Return the answer at a path or an address, whatever its status; its numbers are exact.

    A success whose body is not the JSON it should be is asked for again; the last one is returned.
    """
    last: list[Response] = []

    def attempt() -> Response:
        hooks = {"response": [_parse_exactly]}
        try:
            response: Response = client.get(address, params=dict(params or {}), hooks=hooks)
        except ContentDecodingError as error:
            last.clear()
            raise CallFailedError("malformed", True, str(error)) from error
        last[:] = [response]
        if response.status_code == OK:
            try:
                response.json()
            except ValueError as error:
                raise CallFailedError("malformed", True, str(error)) from error
        return response

    try:
        return call_with_retries(GARBLED, attempt, _log_retry)
    except CallFailedError as failure:
        if last:
            return last[0]
        raise ContentDecodingError(failure.detail) from failure


def _log_retry(failure: CallFailedError, attempt: int) -> None:
    log.warning("API: %s; attempt %d failed, trying again", failure, attempt)


def _auth(workbook: Workbook, env: str, facts: Mapping[str, Any]) -> AuthBase | None:
    kind = facts.get("auth", "none")
    if kind == "none":
        return None
    variable = password_variable(workbook, env)
    secret = os.environ.get(variable)
    if not secret:
        raise SourceError(
            "settings_missing",
            f"{place(workbook.name)} cannot be read: {variable} is not set",
            f"set {variable} to the {'password' if kind == 'basic' else 'key'} of the API",
            workbook.name,
        )
    if kind == "bearer":
        return BearerTokenAuth(secret)
    if kind == "basic":
        return HttpBasicAuth(str(facts.get("user", "")), secret)
    return APIKeyAuth(facts.get("keyName", "Authorization"), secret, facts.get("keyIn", "header"))


def _parse_exactly(response: Response, *_: Any, **__: Any) -> None:
    """Make the answer parse its numbers as decimals, not as floats."""
    parsed: list[Any] = []

    def read(**_: Any) -> Any:
        if not parsed:
            if page := page_in(response.content):
                raise WebPageError(f"{page} came in the place of JSON")
            require_depth(response.content)
            parsed.append(json.loads(response.content, parse_float=Decimal))
        return parsed[0]

    setattr(response, "json", read)  # noqa: B010 - a method is replaced on purpose


def require_same_origin(address: str, location: str) -> None:
    """Refuse an address that an answer leads to and that is not the API's.

    Raises:
        ForeignAddressError: It is of another scheme, host or port, or is no address.
    """
    try:
        is_own = _origin_of(address) == _origin_of(location)
    except ValueError:
        is_own = False
    if not is_own or len(address) > _LONGEST_ADDRESS:
        raise ForeignAddressError(f"the answer leads to {shortened(address, 100)!r}")


def _origin_of(address: str) -> str:
    parts = urlsplit(address)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{parts.hostname}:{port}"
