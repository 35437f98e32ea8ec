"""The one retry policy: what is tried again, how often, how long.

Status and reason of an answer decide. The texts of Google's messages have changed more than once;
they are shown and never evaluated.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeVar, cast

import orjson
from requests import Response
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
    wait_exponential,
    wait_random,
)

from candid_assets.errors import CandidError
from candid_assets.sources.source_errors import ErrorCode

T = TypeVar("T")

TRANSIENT_STATUSES: Final = frozenset({408, 409, 429, 500, 502, 503, 504})
_REASONS: Final[dict[str, tuple[ErrorCode, bool]]] = {
    "RATE_LIMIT_EXCEEDED": ("quota_exhausted", True),
    "RESOURCE_EXHAUSTED": ("quota_exhausted", True),
    "rateLimitExceeded": ("quota_exhausted", True),
    "userRateLimitExceeded": ("quota_exhausted", True),
    "quotaExceeded": ("quota_exhausted", True),
    "dailyLimitExceeded": ("quota_exhausted", False),
    "SERVICE_DISABLED": ("api_disabled", False),
    "accessNotConfigured": ("api_disabled", False),
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": ("scope_insufficient", False),
    "insufficientPermissions": ("scope_insufficient", False),
    "insufficientScopes": ("scope_insufficient", False),
}
_STATUSES: Final[dict[int, ErrorCode]] = {
    400: "bad_range",
    401: "bad_credentials",
    403: "not_shared",
    404: "not_found",
    408: "network",
    409: "server_error",
    410: "not_found",
    429: "quota_exhausted",
}


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Bounds of one call to Google, in attempts and seconds."""

    attempts: int = 7
    deadline: float = 180.0
    first_wait: float = 1.0
    longest_wait: float = 32.0
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    """Longest silence while an answer is read."""
    answer_timeout: float = 120.0
    """Longest time for one complete answer, however steadily it comes."""
    rounds: int = 3
    """How often tabs are read at most that change meanwhile or still calculate."""
    round_wait: float = 2.0
    """Pause before a tab that still calculates is read again."""

    def when_down(self) -> "RetryPolicy":
        """Return the bounds for a call to an API whose last call failed in all its attempts."""
        return replace(self, attempts=min(2, self.attempts))


@dataclass(eq=False)
class CallFailedError(CandidError):
    """One attempt that failed."""

    code: ErrorCode
    transient: bool
    detail: str
    retry_after: float | None = None

    def __str__(self) -> str:
        """Return what happened."""
        return self.detail


def failure_of(response: Response) -> CallFailedError:
    """Classify an answer that is not a success, by HTTP status and Google's error reasons."""
    status = response.status_code
    error = _error_body(response)
    label = str(error.get("status") or "").strip()
    detail = f"HTTP {status} {label}".strip()
    wait = retry_after(response.headers.get("Retry-After", ""))
    for reason in _reasons(error):
        if reason in _REASONS:
            code, transient = _REASONS[reason]
            return CallFailedError(code, transient, f"{detail} {reason}", wait)
    if status < 400:
        # A redirect leads to a sign-in page, a success without content says nothing.
        return CallFailedError("malformed", True, detail)
    if status == 400 and label == "FAILED_PRECONDITION":
        return CallFailedError("office_file", False, detail)
    code = _STATUSES.get(status, "server_error" if status >= 500 else "malformed")
    return CallFailedError(code, status in TRANSIENT_STATUSES, detail, wait)


def call_with_retries(
    policy: RetryPolicy, attempt: Callable[[], T], on_retry: Callable[[CallFailedError, int], None]
) -> T:
    """Call `attempt` until it succeeds, fails for good, or the policy's bounds are reached."""
    backoff = wait_exponential(multiplier=policy.first_wait, max=policy.longest_wait) + wait_random(
        0, policy.first_wait
    )

    def wait(state: RetryCallState) -> float:
        return max(float(backoff(state)), _failure(state).retry_after or 0.0)

    retrying = Retrying(
        retry=retry_if_exception(lambda e: isinstance(e, CallFailedError) and e.transient),
        wait=wait,
        # A wait that would end after the deadline is not begun.
        stop=stop_after_attempt(policy.attempts) | stop_before_delay(policy.deadline),
        before_sleep=lambda state: on_retry(_failure(state), state.attempt_number),
        reraise=True,
    )
    return retrying(attempt)


def _failure(state: RetryCallState) -> CallFailedError:
    """Return the failure of an attempt; nothing else is retried."""
    return cast("CallFailedError", state.outcome.exception() if state.outcome else None)


def _error_body(response: Response) -> dict[str, Any]:
    try:
        body = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return {}
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def _reasons(error: dict[str, Any]) -> list[str]:
    """Reasons of the Sheets form (`details`) and of the Drive form (`errors`)."""
    entries: list[Any] = []
    for name in ("details", "errors"):
        part = error.get(name)
        entries += part if isinstance(part, list) else []
    return [str(e["reason"]) for e in entries if isinstance(e, dict) and e.get("reason")]


def retry_after(header: str) -> float | None:
    """Return the seconds that a Retry-After header names, given as seconds or as a date."""
    header = header.strip()
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
