"""A session with Google Sheets and Drive: read-only, within the quota, with retries and limits."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from google.auth.credentials import Credentials
from requests import RequestException, Session

from candid_assets.gate.content import Installation
from candid_assets.gate.deployed_settings import READ_ACCOUNT, read_account
from candid_assets.settings import Settings
from candid_assets.sources.quota import ReadQuota, ledger_file
from candid_assets.sources.retry import CallFailedError, RetryPolicy
from candid_assets.sources.sheets.answer_parts import Check
from candid_assets.sources.sheets.client import (
    ApiHealth,
    GoogleHTTPClient,
    OneTokenSession,
    TokenRequest,
    parse,
)
from candid_assets.sources.sheets.credentials import UNNAMED, account_of, load_credentials
from candid_assets.sources.sheets.google_errors import call_error
from candid_assets.sources.sheets.transport import (
    GOOGLE_BASE,
    SHEETS_BASE,
    GoogleAdapter,
    SentRequest,
)
from candid_assets.sources.source_clock import SourceClock, wrong_clock
from candid_assets.sources.source_errors import SourceError

DISCOVERY = f"{GOOGLE_BASE}/discovery/v1/apis"
"""An address of Google that needs no token."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A successful answer: the parsed body and its size in bytes."""

    body: dict[str, Any]
    size: int


class SheetsSession:
    """Reads Sheets and Drive through gspread; safe to use from several threads."""

    def __init__(
        self,
        credentials: Credentials,
        *,
        base_url: str | None = None,
        policy: RetryPolicy | None = None,
        quota: ReadQuota | None = None,
        only_reads: bool = False,
        only_account: str | None = None,
    ) -> None:
        self._only_reads, self._only_account = only_reads, only_account
        self.policy = policy or RetryPolicy()
        self.quota = quota or ReadQuota(60)
        self._credentials = credentials
        self._adapter = GoogleAdapter(base_url, self.policy, self.quota)
        self._token_lock = threading.Lock()
        self._local = threading.local()
        self._health = ApiHealth()

    @classmethod
    def from_settings(
        cls, settings: Settings, *, policy: RetryPolicy | None = None
    ) -> "SheetsSession":
        """Return a session for the installation's credentials, base address and quota."""
        credentials = load_credentials(settings.credentials_file)
        is_production = settings.env == "production"
        deployed = _deployed_account(settings, credentials) if is_production else None
        # Google counts the reads of an account, whoever on this computer runs on its behalf.
        counted = f"{account_of(credentials)} {settings.google_api_url or SHEETS_BASE}"
        quota = ReadQuota(settings.reads_per_minute, ledger_file(settings.ledgers_dir, counted))
        return cls(
            credentials,
            base_url=settings.google_api_url,
            policy=policy,
            quota=quota,
            # Production refuses an account that may do more than read, and any but the deployed.
            only_reads=is_production,
            only_account=deployed,
        )

    def __enter__(self) -> "SheetsSession":
        """Return the session."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self._adapter.close()

    @property
    def account(self) -> str:
        """The e-mail address that workbooks are shared with."""
        return account_of(self._credentials)

    @property
    def in_words(self) -> str:
        """The address that answers and the account that asks."""
        return f"{self._adapter.base} as {self.account}"

    @property
    def requests_sent(self) -> tuple[SentRequest, ...]:
        """Every request that went out, in order, repeated ones and token requests included."""
        return tuple(self._adapter.sent)

    @property
    def sheets_reads(self) -> int:
        """Requests sent to the Sheets API, each one a read of the quota."""
        return sum(sent.kind == "sheets" for sent in self._adapter.sent)

    @property
    def drive_reads(self) -> int:
        """Requests sent to the Drive API."""
        return sum(sent.kind == "drive" for sent in self._adapter.sent)

    @property
    def clock(self) -> SourceClock:
        """How this computer's clock compares with Google's, by the answers so far."""
        return self._adapter.clock

    @property
    def http(self) -> GoogleHTTPClient:
        """The HTTP client of gspread, one for each thread."""
        client: GoogleHTTPClient | None = getattr(self._local, "client", None)
        if client is None:
            client = GoogleHTTPClient(self._authorized(), self.policy, self._health)
            self._local.client = client
        return client

    def get(
        self,
        url: str,
        params: Mapping[str, Any],
        *,
        workbook: str,
        tab: str = "",
        check: Check | None = None,
        retried: bool = True,
    ) -> Reply:
        """GET one address and return its JSON object, or raise the `SourceError` for it."""
        try:
            response = self.http.request(
                "get", url, params=dict(params), check=check, retried=retried
            )
        except CallFailedError as failure:
            raise self.error(failure, workbook=workbook, tab=tab) from failure
        return Reply(parse(response.content), len(response.content))

    def date_of_google(self) -> str | None:
        """Return the Date header of an answer that needs no token; None if there is none."""
        wire = Session()
        wire.mount("https://", self._adapter)
        try:
            return wire.get(DISCOVERY, allow_redirects=False).headers.get("Date")
        except RequestException:
            return None

    def error(self, failure: CallFailedError, *, workbook: str, tab: str = "") -> SourceError:
        """Return the error of a failed call, for an operator."""
        detail = failure.detail
        if failure.code in ("bad_credentials", "token_unavailable"):
            # Google refuses a token request that carries another time.
            sentence = wrong_clock("Google", self.clock.seconds_fast)
            detail = f"{detail}; {sentence}" if sentence else detail
        return call_error(
            failure.code, workbook=workbook, tab=tab, account=self.account, detail=detail
        )

    def _authorized(self) -> Session:
        wire = Session()
        wire.mount("https://", self._adapter)
        wire.mount("http://", self._adapter)
        # One thread at a time requests a token; the others then use it.
        session = OneTokenSession(
            self._credentials,
            self._token_lock,
            self.policy,
            only_reads=self._only_reads,
            only_account=self._only_account,
            auth_request=TokenRequest(wire),
        )
        session.mount("https://", self._adapter)
        session.mount("http://", self._adapter)
        return session


def _deployed_account(settings: Settings, credentials: Credentials) -> str:
    """Return the account that production is deployed to read with, if these may be its."""
    account, deployed = account_of(credentials), read_account(Installation.of(settings))
    if deployed is not None and account in (deployed, UNNAMED):
        return deployed
    raise SourceError(
        "bad_credentials",
        f"production reads as {deployed or 'nobody yet'}, by what was deployed, and not as"
        f" {account}",
        f"use that account's key, or set {READ_ACCOUNT} in production.env and run candid plan",
    )
