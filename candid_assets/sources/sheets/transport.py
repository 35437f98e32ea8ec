"""The HTTP adapter of gspread and google-auth: base address, timeouts, quota, sent requests."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import ReadTimeout
from requests.utils import get_environ_proxies

from candid_assets.sources.quota import ReadQuota
from candid_assets.sources.retry import RetryPolicy
from candid_assets.sources.source_clock import SourceClock

SHEETS_BASE: Final = "https://sheets.googleapis.com"
GOOGLE_BASE: Final = "https://www.googleapis.com"
TOKEN_BASES: Final = ("https://oauth2.googleapis.com", "https://iamcredentials.googleapis.com")
"""Where google-auth gets tokens for accounts whose file names no other address."""


@dataclass(frozen=True, slots=True)
class SentRequest:
    """One request that was sent, as Google sees it."""

    method: str
    path: str
    kind: str
    """`sheets`, `drive` or `token`."""


class GoogleAdapter(HTTPAdapter):
    """Sends requests to Google, or to the base address that replaces Google's."""

    def __init__(self, base_url: str | None, policy: RetryPolicy, quota: ReadQuota) -> None:
        super().__init__(max_retries=0, pool_maxsize=8)
        self._base = base_url.rstrip("/") if base_url else None
        self._policy = policy
        self._quota = quota
        self._lock = threading.Lock()
        self.sent: list[SentRequest] = []
        self.clock = SourceClock()

    @property
    def base(self) -> str:
        """The address that answers for the Sheets API."""
        return self._base or SHEETS_BASE

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Response:
        """Send one request and read its complete answer within the policy's timeouts."""
        kind = kind_of(request.url or "")
        if kind == "sheets":
            self._quota.take()
        sent = SentRequest(request.method or "", urlsplit(request.url or "").path, kind)
        with self._lock:
            self.sent.append(sent)
        started = time.monotonic()
        limits = (self._policy.connect_timeout, self._policy.read_timeout)
        target = self._rewritten(request)
        if target is not request or _is_local(target.url):
            # The proxies given are those for Google's address, not for the one that is called.
            proxies = {} if _is_local(target.url) else get_environ_proxies(target.url or "")
        response = super().send(target, True, limits, verify, cert, proxies)
        self.clock.compare_headers(response.headers)
        return response if stream else self._read(response, started)

    def _rewritten(self, request: PreparedRequest) -> PreparedRequest:
        if self._base is None or request.url is None:
            return request
        for original in (SHEETS_BASE, GOOGLE_BASE, *TOKEN_BASES):
            if request.url.startswith(original + "/"):
                copy = request.copy()
                copy.url = self._base + request.url.removeprefix(original)
                return copy
        return request

    def _read(self, response: Response, started: float) -> Response:
        """Read the body with a timeout for the complete answer."""
        parts = []
        try:
            for part in response.iter_content(1 << 16):
                parts.append(part)
                if time.monotonic() - started > self._policy.answer_timeout:
                    raise ReadTimeout("the answer came too slowly", request=response.request)
        except Exception:
            response.close()
            raise
        response._content = b"".join(parts)
        return response


def _is_local(url: str | None) -> bool:
    return urlsplit(url or "").hostname in {"127.0.0.1", "localhost", "::1"}


def kind_of(url: str) -> str:
    """Return which service an address belongs to: `sheets`, `drive` or `token`."""
    if url.startswith(SHEETS_BASE):
        return "sheets"
    return "drive" if url.startswith(GOOGLE_BASE + "/drive/") else "token"
