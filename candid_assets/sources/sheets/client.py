"""gspread's HTTP client and google-auth's session, with the retry policy."""

import logging
import re
import threading
from dataclasses import dataclass, field
from typing import Any, Final, cast

import orjson
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError, RefreshError
from google.auth.transport.requests import AuthorizedSession, Request
from gspread.http_client import HTTPClient
from requests import RequestException, Response, Session
from urllib3.exceptions import HTTPError

from candid_assets.sources.retry import (
    TRANSIENT_STATUSES,
    CallFailedError,
    RetryPolicy,
    call_with_retries,
    retry_after,
)
from candid_assets.sources.sheets.answer_parts import Check
from candid_assets.sources.sheets.credentials import account_of, beyond_reading
from candid_assets.sources.sheets.refusals import failure_in_success, failure_of
from candid_assets.sources.sheets.transport import kind_of
from candid_assets.sources.source_errors import ErrorCode
from candid_assets.sources.web_pages import page_in

log = logging.getLogger(__name__)

UNAVAILABLE: Final[ErrorCode] = "token_unavailable"
_TOKEN_NAMES = frozenset({"access_token", "accessToken", "id_token", "idToken"})
_TOKEN: Final = re.compile(r"[!-~]+")
_LIFETIME: Final = re.compile(r"\d{1,9}(?:\.\d+)?")
"""Seconds, as a number or as text."""


class GoogleHTTPClient(HTTPClient):
    """gspread's HTTP client whose every request keeps to the retry policy."""

    def __init__(self, session: Session, policy: RetryPolicy, health: "ApiHealth") -> None:
        # gspread takes no credentials where it is given a session that has them.
        super().__init__(cast(Credentials, None), session=session)
        self.set_timeout((policy.connect_timeout, policy.read_timeout))
        self._policy = policy
        self._health = health

    def request(
        self, *args: Any, check: Check | None = None, retried: bool = True, **kwargs: Any
    ) -> Response:
        """Send a request until it succeeds or fails for good with a `CallFailedError`."""

        def attempt() -> Response:
            try:
                response: Response = self.session.request(
                    *args, **kwargs | {"timeout": self.timeout, "allow_redirects": False}
                )
            except (GoogleAuthError, RequestException, HTTPError) as error:
                raise _failure_without_answer(error) from error
            if response.status_code != 200:
                raise failure_of(response)
            body = parse(response.content)
            if check is not None:
                check(body)
            return response

        api = kind_of(str(args[1]))
        policy = self._policy.when_down() if api in self._health.down else self._policy
        policy = policy if retried else policy.once()
        try:
            response = call_with_retries(policy, attempt, _log_retry)
        except CallFailedError as failure:
            if failure.transient and retried:
                self._health.down.add(api)
            raise
        self._health.down.discard(api)
        return response


@dataclass(slots=True)
class ApiHealth:
    """APIs whose last call failed after all its attempts: the next call has fewer."""

    down: set[str] = field(default_factory=set)


class TokenRequest(Request):
    """google-auth's request to the token endpoint, with failures classified by status.

    It cannot be copied. With a copy google-auth would look up, at another host and on a thread
    that nobody waits for, in which regions the account may be used; without one it leaves that
    out, and Sheets and Drive are not of a region.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> "TokenRequest":
        """Raise a `TypeError`."""
        raise TypeError("a token request belongs to the session that made it")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Send the request; a transient or garbled answer becomes a `CallFailedError`."""
        answer = super().__call__(*args, **kwargs | {"allow_redirects": False})  # type: ignore[no-untyped-call]
        page = page_in(answer.data)
        detail = f"HTTP {answer.status} from the token endpoint" + (f" with {page}" if page else "")
        if answer.status in TRANSIENT_STATUSES:
            wait = retry_after(answer.headers.get("Retry-After", ""))
            raise CallFailedError(UNAVAILABLE, True, detail, wait)
        if 300 <= answer.status < 400 or page:
            raise CallFailedError("intercepted", True, detail)
        # A token is JSON; other answers of a metadata server are plain text.
        method = kwargs.get("method") or (args[1] if len(args) > 1 else "GET")
        if 200 <= answer.status < 300 and method == "POST":
            _require_token(answer.data)
        return answer


def _require_token(content: bytes) -> None:
    try:
        body = parse(content)
    except CallFailedError as failure:
        raise CallFailedError(UNAVAILABLE, True, failure.detail) from failure
    tokens = [body[name] for name in _TOKEN_NAMES if name in body]
    if not tokens or not all(isinstance(t, str) and _TOKEN.fullmatch(t) for t in tokens):
        raise CallFailedError(UNAVAILABLE, True, "the answer holds no token")
    if not _LIFETIME.fullmatch(str(body.get("expires_in", 0))):
        raise CallFailedError(UNAVAILABLE, True, "the answer does not say how long its token lives")


class OneTokenSession(AuthorizedSession):
    """An authorized session in which one thread at a time requests a token, for all threads."""

    def __init__(
        self,
        credentials: Credentials,
        lock: threading.Lock,
        policy: RetryPolicy,
        *,
        only_reads: bool,
        only_account: str | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(credentials, **kwargs)  # type: ignore[no-untyped-call]
        self._lock, self._policy, self._only_reads = lock, policy, only_reads
        self._only_account = only_account

    def request(self, *args: Any, **kwargs: Any) -> Response:
        """Send a request with a token that is fresh."""
        with self._lock:
            if not self.credentials.valid:
                self._renew()
            if self._only_reads and (more := beyond_reading(self.credentials)):
                # Some accounts show what was granted only with the token.
                raise CallFailedError("scope_excess", False, ", ".join(more), is_certain=True)
            account = account_of(self.credentials)
            if self._only_account is not None and account != self._only_account:
                # A Google machine names its account only with the token.
                other = f"it is of {account}, not of {self._only_account} that was deployed"
                raise CallFailedError("bad_credentials", False, other, is_certain=True)
        response: Response = super().request(*args, **kwargs)  # type: ignore[no-untyped-call]
        return response

    def _renew(self) -> None:
        """Get a token; what was tried often enough here is not tried again with the request."""

        def attempt() -> None:
            try:
                self.credentials.refresh(self._auth_request)
            except (GoogleAuthError, RequestException, HTTPError) as error:
                raise _failure_without_answer(error) from error

        try:
            call_with_retries(self._policy, attempt, _log_retry)
        except CallFailedError as failure:
            failure.is_certain = True
            raise


def _failure_without_answer(error: Exception) -> CallFailedError:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, RequestException | HTTPError):
        cause = cause.__cause__
    if cause is not None:
        # An invalid address (a ValueError, too) does not become valid by a retry.
        invalid = isinstance(cause, ValueError)
        return CallFailedError("network", not invalid, type(cause).__name__, is_certain=invalid)
    if isinstance(error, RefreshError):
        details = error.args[1] if len(error.args) > 1 and isinstance(error.args[1], dict) else {}
        parts = (details.get("error"), details.get("error_description"))
        reason = ": ".join(str(part) for part in parts if part) or type(error).__name__
        return CallFailedError("bad_credentials", False, f"token refused: {reason}")
    return CallFailedError("bad_credentials", False, type(error).__name__)


def parse(content: bytes) -> dict[str, Any]:
    """Return the JSON object of an answer, or raise a `CallFailedError` for anything else."""
    if page := page_in(content):
        raise CallFailedError("intercepted", True, f"{page} in place of the data")
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        what = "not complete JSON" if content.strip() else "empty"
        raise CallFailedError("malformed", True, f"the body is {what}") from error
    if not isinstance(body, dict):
        what = type(body).__name__
        raise CallFailedError("malformed", True, f"the body is not a JSON object, but a {what}")
    if (failure := failure_in_success(body)) is not None:
        raise failure
    return body


def _log_retry(failure: CallFailedError, attempt: int) -> None:
    log.warning("Google: %s; attempt %d failed, trying again", failure, attempt)
