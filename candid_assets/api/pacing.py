"""Holds requests to the pace that a contract declares, whichever process sends them."""

import time
from pathlib import Path
from typing import Final

from filelock import FileLock

_LONGEST: Final = 3600.0
"""Seconds ahead beyond which the file must be wrong, as after a change of the clock."""


class Pace:
    """A turn for every request, evenly spaced; kept in a file that all processes share."""

    def __init__(self, file: Path, per_minute: int) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file, self._between = file, 60 / per_minute
        self._lock = FileLock(f"{file}.lock")

    def wait(self) -> None:
        """Return when it is this request's turn."""
        with self._lock:
            now = time.time()
            turn = max(now, self._next(now))
            self._file.write_text(repr(turn + self._between))
        time.sleep(max(0.0, turn - now))

    def _next(self, now: float) -> float:
        try:
            told = float(self._file.read_text())
        except (OSError, ValueError):
            return now
        return told if told - now < _LONGEST + self._between else now
