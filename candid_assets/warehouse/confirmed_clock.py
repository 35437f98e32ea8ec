"""The moment by which retention counts, which a clock that jumps ahead does not move.

What is removed is gone, so a clock alone is not believed: the last moment at which the sources
agreed with it is noted in the data folder, and no more than two days are counted beyond. A machine
that was off for a year removes nothing before it has reached a source; one whose clock is a year
ahead removes nothing either.
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import orjson

from candid_assets.atomic_files import write_whole
from candid_assets.regular_files import read_bytes

BEYOND: Final = timedelta(days=2)
"""How far retention counts beyond the last moment that a source confirmed."""
_EVERY: Final = timedelta(hours=1)
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


def note_clock(data_dir: Path, agrees: bool | None, now: datetime) -> None:
    """Note this moment, once an hour, where the sources that were asked agree with the clock.

    Where none of them gives a time, such as folders of files, the note moves on by two days at
    most, so that a clock that is wrong for a while moves it little.

    Args:
        data_dir: The environment's folder.
        agrees: Whether the sources agree with the clock; None where none of them gave a time.
        now: This moment by the clock.
    """
    known = _noted(data_dir)
    if agrees is None and known is not None:
        now = min(now, known + BEYOND)
    if agrees is False or (known is not None and timedelta() <= now - known < _EVERY):
        return
    # Where the disk refuses, the next run notes it.
    with suppress(OSError):
        content = orjson.dumps({"confirmed_at": now.astimezone(UTC).isoformat()})
        write_whole(_file(data_dir), content, durable=False)


def retention_now(data_dir: Path, clock: datetime) -> datetime:
    """Return the moment by which retention counts; the clock's where none was ever noted."""
    known = _noted(data_dir)
    return clock if known is None else min(clock, known + BEYOND)


def _noted(data_dir: Path) -> datetime | None:
    """Return the moment that was noted; of a damaged note one by which nothing is due."""
    try:
        noted = datetime.fromisoformat(orjson.loads(read_bytes(_file(data_dir)))["confirmed_at"])
        return noted if noted.tzinfo else _LONG_AGO
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError):
        return _LONG_AGO


def _file(data_dir: Path) -> Path:
    return data_dir / "clock.json"
