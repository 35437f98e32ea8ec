"""What one table of a source may take: size, depth and time, by the settings `CANDID_MAX_…`.

Whoever reads a table asks as it goes. A table beyond a limit is reported and kept out whole; the
others are read.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

from candid_assets.errors import CandidError
from candid_assets.settings import Settings

_ANSWERS: Final = 12
"""An answer may take this part of the time of its table."""


class TableTooLargeError(CandidError):
    """A table that takes more than the settings allow: what is too much, and the setting."""


@dataclass(frozen=True, slots=True)
class TableLimits:
    """How much one table may take; times are counted from when its limits were made."""

    columns: int
    cells: int
    text: int
    """Characters of one cell."""
    unpacked: int
    """Bytes of one part of a file, unpacked."""
    answer: int
    """Bytes of one answer, unpacked."""
    depth: int
    seconds: float
    started: float = field(default_factory=time.monotonic)

    def require_size(self, rows: int, columns: int) -> None:
        """Refuse a table that has too many columns or cells.

        Raises:
            TableTooLargeError: It has.
        """
        if columns > self.columns:
            raise _too_large(f"it has {columns:,} columns", self.columns, "COLUMNS")
        if rows * columns > self.cells:
            counted = f"it has {rows * columns:,} cells ({rows:,} rows of {columns:,} columns)"
            raise _too_large(counted, self.cells, "CELLS")

    def require_text(self, characters: int) -> None:
        """Refuse a cell that is too long.

        Raises:
            TableTooLargeError: It is.
        """
        if characters > self.text:
            raise _too_large(f"a cell has {characters:,} characters", self.text, "TEXT")

    def require_unpacked(self, size: int, what: str) -> None:
        """Refuse a part of a file that is too large when it is unpacked, in bytes.

        Raises:
            TableTooLargeError: It is.
        """
        if size > self.unpacked:
            raise _too_large(f"{what} unpacks to {size:,} bytes", self.unpacked, "UNPACKED")

    def require_answer(self, size: int, seconds: float) -> None:
        """Refuse an answer that is too large, in bytes, or takes too long.

        Raises:
            TableTooLargeError: It is, or does.
        """
        if size > self.answer:
            raise _too_large("the answer is larger, or has no end", self.answer, "ANSWER", "bytes")
        most = self.seconds / _ANSWERS
        if seconds > most:
            message = f"the answer was not complete after {most:g} seconds"
            raise TableTooLargeError(message, "ask its owner, or raise CANDID_MAX_SECONDS")
        self.require_time()

    def require_depth(self, depth: int) -> None:
        """Refuse a value that is nested too deep.

        Raises:
            TableTooLargeError: It is.
        """
        if depth > self.depth:
            raise _too_large(f"the answer is nested {depth:,} deep", self.depth, "DEPTH")

    def require_time(self) -> None:
        """Refuse a table that takes too long.

        Raises:
            TableTooLargeError: It does.
        """
        if time.monotonic() - self.started > self.seconds:
            raise _too_large("reading it takes longer", self.seconds, "SECONDS", "seconds")

    def timed(self, rows: Iterable[Any]) -> Iterator[Any]:
        """Yield rows for as long as there is time.

        Raises:
            TableTooLargeError: There is none left.
        """
        for number, row in enumerate(rows):
            if number % 1024 == 0:
                self.require_time()
            yield row


_CURRENT: ContextVar[TableLimits | None] = ContextVar("table_limits", default=None)


def current_limits() -> TableLimits:
    """Return the limits of the table that is read; without one, those of a table begun now."""
    return _CURRENT.get() or _limits()


@contextmanager
def limited_table() -> Iterator[TableLimits]:
    """Read one table within the limits of the settings."""
    token = _CURRENT.set(_limits())
    try:
        yield current_limits()
    finally:
        _CURRENT.reset(token)


def _limits() -> TableLimits:
    settings = Settings()
    return TableLimits(
        columns=settings.max_columns,
        cells=settings.max_cells,
        text=settings.max_text,
        unpacked=settings.max_unpacked,
        answer=settings.max_answer,
        depth=settings.max_depth,
        seconds=settings.max_seconds,
    )


def _too_large(what: str, most: float, setting: str, unit: str = "") -> TableTooLargeError:
    allowed = f"{most:,} {unit}".strip()
    return TableTooLargeError(
        f"{what}, and {allowed} are allowed",
        f"have a smaller one made, or raise CANDID_MAX_{setting}",
    )
