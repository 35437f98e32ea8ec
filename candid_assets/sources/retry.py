"""The one retry policy: what is tried again, how often, how long.

What may pass by itself is tried again until the bounds are reached. A refusal is asked for once
more before it is believed: one that comes a single time is a fault on the way, not an answer.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, TypeVar, cast

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_before_delay,
    wait_exponential,
    wait_random,
)

from candid_assets.errors import CandidError
from candid_assets.sources.source_errors import ErrorCode

T = TypeVar("T")

TRANSIENT_STATUSES: Final = frozenset({408, 409, 425, 429, 499, 500, 502, 503, 504})
"""HTTP statuses that may pass by themselves."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Bounds of one call to a source, in attempts and seconds."""

    attempts: int = 7
    """How often a call is tried at most that fails for what may pass."""
    refusals: int = 2
    """How often a call is refused before the refusal is believed."""
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

    def once(self) -> "RetryPolicy":
        """Return the bounds for a call that is never repeated."""
        return replace(self, attempts=1, refusals=1)

    def when_down(self) -> "RetryPolicy":
        """Return the bounds for a call to an API whose last call failed in all its attempts."""
        return replace(self, attempts=min(2, self.attempts))


@dataclass(eq=False)
class CallFailedError(CandidError):
    """One attempt that failed."""

    code: ErrorCode
    transient: bool
    """Whether it may pass by itself."""
    detail: str
    retry_after: float | None = None
    is_certain: bool = False
    """Whether nothing is gained by another attempt: this computer knows it without an answer, or
    has tried often enough."""

    def __str__(self) -> str:
        """Return what happened."""
        return self.detail


def call_with_retries(
    policy: RetryPolicy, attempt: Callable[[], T], on_retry: Callable[[CallFailedError, int], None]
) -> T:
    """Call `attempt` until it succeeds, or its `CallFailedError` is to be believed."""
    backoff = wait_exponential(multiplier=policy.first_wait, max=policy.longest_wait) + wait_random(
        0, policy.first_wait
    )
    refusals = 0

    def wait(state: RetryCallState) -> float:
        return max(float(backoff(state)), _failure(state).retry_after or 0.0)

    def is_enough(state: RetryCallState) -> bool:
        nonlocal refusals
        refusals += not _failure(state).transient
        return refusals >= policy.refusals or state.attempt_number >= policy.attempts

    retrying = Retrying(
        retry=retry_if_exception(lambda e: isinstance(e, CallFailedError) and not e.is_certain),
        wait=wait,
        # A wait that would end after the deadline is not begun.
        stop=lambda state: is_enough(state) or stop_before_delay(policy.deadline)(state),
        before_sleep=lambda state: on_retry(_failure(state), state.attempt_number),
        reraise=True,
    )
    return retrying(attempt)


def _failure(state: RetryCallState) -> CallFailedError:
    """Return the failure of an attempt; nothing else is retried."""
    return cast("CallFailedError", state.outcome.exception() if state.outcome else None)


def retry_after(header: str) -> float | None:
    """Return the seconds that a Retry-After header names, given as seconds or as a date."""
    header = header.strip()
    try:
        seconds = float(header)
        return max(0.0, seconds) if math.isfinite(seconds) else None
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(header)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, (moment - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
