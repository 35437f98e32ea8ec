"""A sliding window that keeps requests under a quota, shared by runs on one computer."""

import contextlib
import hashlib
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from filelock import FileLock

from candid_assets.atomic_files import PRIVATE, write_whole
from candid_assets.regular_files import read_text

WINDOW_SECONDS: Final = 61.0
"""A minute and one second more, so that a slow packet does not make two counts meet."""
FORGOTTEN_SECONDS: Final = 86_400.0
"""Ledgers untouched for so long count nothing any more and are removed."""

_POLL_SECONDS: Final = 0.005

log = logging.getLogger(__name__)


def ledger_file(folder: Path, counted: str) -> Path:
    """Return the ledger of whatever is counted together, such as one account's reads."""
    return folder / f"{hashlib.sha256(counted.encode()).hexdigest()[:32]}.ledger"


class ReadQuota:
    """Lets at most `per_minute` reads through in any window; the rest wait for their turn.

    With a `ledger` file the moments of reads are kept there, under a lock that ends with its
    process, so that all runs on one computer share one window. Where the file cannot be written
    the quota is this process's own.
    """

    def __init__(
        self,
        per_minute: int,
        ledger: Path | None = None,
        *,
        window: float = WINDOW_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.per_minute = max(1, per_minute)
        self._ledger = ledger
        self._window = window
        self._sleep = sleep
        self._moments: list[float] = []
        self._lock = threading.Lock()

    def take(self) -> None:
        """Return once one more read keeps to the quota."""
        while (pause := self._try()) > 0:
            self._sleep(pause)

    def left(self) -> int:
        """Return how many reads could be made at once now."""
        now = time.time()
        moments = self._moments
        if self._ledger is not None and self._ledger.exists():
            moments = _moments(read_text(self._ledger, errors="replace"))
        return max(0, self.per_minute - sum(now - self._window < m <= now + 1 for m in moments))

    def _try(self) -> float:
        """Count a read and return 0, or return the seconds until there is room for one."""
        with self._lock:
            if self._ledger is not None:
                try:
                    return self._try_shared(self._ledger)
                except OSError as error:
                    log.warning("reads are counted for this run alone: %s", error)
                    self._ledger = None
            self._moments, pause = self._step(self._moments)
            return pause

    def _try_shared(self, ledger: Path) -> float:
        if not ledger.exists():
            ledger.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _forget_old(ledger.parent)
        with FileLock(ledger.with_suffix(".lock"), mode=PRIVATE, poll_interval=_POLL_SECONDS):
            known = read_text(ledger, errors="replace") if ledger.exists() else ""
            moments, pause = self._step(_moments(known))
            text = "\n".join(f"{moment:.3f}" for moment in moments)
            write_whole(ledger, text, PRIVATE, durable=False)
            return pause

    def _step(self, moments: list[float]) -> tuple[list[float], float]:
        # Wall clock, because a monotonic clock means nothing to another process; a moment in the
        # future (the clock was set back) is forgotten instead of waited for.
        now = time.time()
        recent = [m for m in moments if now - self._window < m <= now + 1]
        if len(recent) < self.per_minute:
            return [*recent, now], 0.0
        return recent, max(0.01, recent[-self.per_minute] + self._window - now)


def reads_in_window(folder: Path) -> int:
    """Return how many reads whoever read most made within the last window."""
    now = time.time()
    counts = [0]
    for ledger in folder.glob("*.ledger"):
        with contextlib.suppress(OSError):
            moments = _moments(read_text(ledger, errors="replace"))
            counts.append(sum(now - WINDOW_SECONDS < m <= now + 1 for m in moments))
    return max(counts)


def _forget_old(folder: Path) -> None:
    for ledger in folder.glob("*.ledger"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - ledger.stat().st_mtime > FORGOTTEN_SECONDS:
                ledger.unlink()
                ledger.with_suffix(".lock").unlink(missing_ok=True)


def _moments(text: str) -> list[float]:
    """Moments in a ledger; a line that was cut off by a crash is left out."""
    moments = []
    for line in text.split():
        try:
            moments.append(float(line))
        except ValueError:
            continue
    return sorted(moments)
