"""Clean values of the sample company before they are typed into cells, and seeded chance."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final, TypeVar

Value = str | int | float | bool | date | datetime | time | None
Row = tuple[Value, ...]
Table = list[Row]
Tables = dict[str, Table]
"""Tab name to its rows; each row follows the columns of the tab's layout."""

T = TypeVar("T")

YEAR: Final = 2025
FIRST_DAY: Final = date(YEAR, 1, 1)
LAST_DAY: Final = date(YEAR, 12, 31)
DAYS_OF_YEAR: Final = tuple(FIRST_DAY + timedelta(days=n) for n in range(365))
MONTH_STARTS: Final = tuple(date(YEAR, month, 1) for month in range(1, 13))


def stream(seed: int, name: str) -> Random:
    """Return a chance of its own for one part, so that parts do not disturb one another."""
    return Random(f"{seed}:{name}")  # noqa: S311 - sample data, nothing secret hangs on it


def pick(rng: Random, options: Sequence[T]) -> T:
    """Return one of the options; cheaper than `Random.choice`, which rejects and retries."""
    return options[int(rng.random() * len(options))]


def between(rng: Random, low: int, high: int) -> int:
    """Return a whole number from low to high, both included."""
    return low + int(rng.random() * (high - low + 1))


def day_of_year(rng: Random) -> date:
    """Return some day of the year."""
    return DAYS_OF_YEAR[int(rng.random() * 365)]


def later(day: date, days: int) -> date:
    """Return the day that many days later, but not beyond the year."""
    return min(day + timedelta(days=days), LAST_DAY)


def at(day: date, minutes: int, seconds: int = 0) -> datetime:
    """Return the moment that many minutes into the day."""
    return datetime(day.year, day.month, day.day) + timedelta(minutes=minutes, seconds=seconds)  # noqa: DTZ001 - a sheet's cells carry no zone


def clock(minutes: int) -> time:
    """Return the time of day that many minutes after midnight."""
    return time(minutes // 60, minutes % 60)


def half(amount: float) -> int | float:
    """Round money to half a Rupiah; whole amounts come as integers."""
    doubled = round(amount * 2)
    return doubled // 2 if doubled % 2 == 0 else doubled / 2


def shares(total: int, weights: Sequence[float], least: int = 0) -> list[int]:
    """Split a total over weights into whole parts that add up exactly (largest remainders)."""
    spare = total - least * len(weights)
    whole = sum(weights) or 1.0
    exact = [spare * weight / whole for weight in weights]
    parts = [int(part) for part in exact]
    order = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: spare - sum(parts)]:
        parts[i] += 1
    return [part + least for part in parts]
