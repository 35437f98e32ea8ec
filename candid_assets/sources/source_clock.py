"""Compares this computer's clock with the times that sources give in their answers."""

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

TOLERATED_SECONDS: Final = 120
"""A clock that is off by more is named."""
TIMES_WRONG: Final = "what is recorded is in order, but its times are wrong"
SYNCHRONISE: Final = "switch on time synchronisation: sudo timedatectl set-ntp true"


class SourceClock:
    """By how many seconds this computer's clock is ahead of a source's; safe to use from threads.

    Of several answers that one counts which differs least: an answer may have waited on its way.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seconds_fast: float | None = None

    @property
    def seconds_fast(self) -> float | None:
        """Seconds, negative where the clock is behind; None where no answer gave a time."""
        return self._seconds_fast

    def compare(self, moment: datetime) -> None:
        """Compare this moment with the one that a source just gave."""
        seconds = time.time() - moment.timestamp()
        with self._lock:
            if self._seconds_fast is None or abs(seconds) < abs(self._seconds_fast):
                self._seconds_fast = seconds

    def compare_headers(self, headers: Mapping[str, str]) -> None:
        """Compare this moment with the `Date` of an answer, if it has one and no cache kept it."""
        if headers.get("Age", "0").strip() != "0":
            return
        try:
            moment = parsedate_to_datetime(headers["Date"])
        except (KeyError, ValueError):
            return
        self.compare(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def wrong_clock(source: str, seconds_fast: float | None) -> str | None:
    """Return the sentence of a run about a clock that differs from a source's, or None."""
    difference = clock_difference(source, seconds_fast)
    return f"{difference}: {TIMES_WRONG}; {SYNCHRONISE}" if difference else None


def clock_difference(source: str, seconds_fast: float | None) -> str | None:
    """Return in words how this computer's clock differs from a source's; None where it does not.

    Args:
        source: The source in words.
        seconds_fast: By how many seconds this computer's clock is ahead of it.
    """
    if seconds_fast is None or abs(seconds_fast) <= TOLERATED_SECONDS:
        return None
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    way = "ahead of" if seconds_fast > 0 else "behind"
    return f"this computer's clock ({now}) is {_span(abs(seconds_fast))} {way} that of {source}"


def _span(seconds: float) -> str:
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds > 1.9 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"
