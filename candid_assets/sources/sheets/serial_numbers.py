"""Converts serial numbers of Sheets to dates, timestamps and times.

Sheets counts days from 1899-12-30, with the time of day as a fraction. A serial number does not say
its format, so the text that the sheet shows decides where the number alone does not.
"""

import re
from datetime import date, timedelta
from typing import Final

_EPOCH: Final = date(1899, 12, 30).toordinal()
_DAY_MS: Final = 86_400_000
_LAST_DAY: Final = date.max.toordinal() - _EPOCH
_FIRST_DAY: Final = date.min.toordinal() - _EPOCH
_CLOCK: Final = re.compile(r"\s*-?(\d+)[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*")
_MIDNIGHT: Final = re.compile(
    r"(?<![\d:.])(?:0?0[:.]00(?:[:.]00(?:[.,]0+)?)?|12[:.]00(?:[:.]00)?\s*AM)(?![\d:.])", re.I
)
_DIGITS: Final = re.compile(r"\d{1,9}")


def moment(serial: float, shown: str) -> tuple[str, str]:
    """Return the kind (`d`, `s` or `h`) and the canonical text of a date or time cell."""
    total = round(serial * _DAY_MS)
    day, rest = divmod(total, _DAY_MS)
    if _is_time(total, shown) or not _FIRST_DAY <= day <= _LAST_DAY:
        return "h", time_text(total)
    if rest == 0 and not _MIDNIGHT.search(shown):
        return "d", _date_text(day)
    return "s", f"{_date_text(day)} {time_text(rest)}"


def is_shown_by(serial: float, shown: str) -> bool:
    """Whether each number in the text that the sheet shows is of this date or time.

    A text of another moment is of a cell that was edited between the two renders.
    """
    numbers = set(map(int, _DIGITS.findall(shown)))
    total = round(serial * _DAY_MS)
    # A clock may be shown rounded to its seconds or minutes.
    return any(numbers <= _parts(total + more) for more in (0, 500, 30_000))


def _parts(total: int) -> set[int]:
    """Return all numbers by which a serial number may be shown."""
    day, rest = divmod(total, _DAY_MS)
    length = abs(total)
    parts = {0}
    if _FIRST_DAY <= day <= _LAST_DAY:
        moment_day = date.min + timedelta(days=day - _FIRST_DAY)
        parts |= {moment_day.year, moment_day.year % 100, moment_day.month, moment_day.day}
    for milliseconds in (rest, length):
        seconds, thousandths = divmod(milliseconds, 1000)
        minutes, second = divmod(seconds, 60)
        hours, minute = divmod(minutes, 60)
        parts |= {seconds, second, minutes, minute, hours, hours % 24, hours % 12 or 12}
        parts |= {thousandths, thousandths // 10, thousandths // 100}
    return parts


def time_text(milliseconds: int) -> str:
    """Return `HH:MM:SS`, with milliseconds where there are any and hours beyond 23 as they are."""
    sign, value = ("-", -milliseconds) if milliseconds < 0 else ("", milliseconds)
    seconds, thousandths = divmod(value, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    text = f"{sign}{hour:02d}:{minute:02d}:{second:02d}"
    return f"{text}.{thousandths:03d}" if thousandths else text


def _date_text(day: int) -> str:
    return (date.min + timedelta(days=day - _FIRST_DAY)).isoformat()


def _is_time(total: int, shown: str) -> bool:
    """Whether a serial stands for a time of day or a duration and not for a day of the calendar."""
    if total == 0:
        # Day nought itself, 30 December 1899, is only meant where the sheet shows it.
        return "99" not in shown
    if abs(total) < _DAY_MS:
        return True
    clock = _CLOCK.fullmatch(shown)
    if not clock:
        return False
    # A clock time of a timestamp (14:30) has its day cut off; a duration shows all its hours,
    # or all its minutes where the format has no hours.
    whole_hours, whole_minutes = abs(total) // 3_600_000, abs(total) // 60_000
    return abs(int(clock[1]) - whole_hours) <= 1 or int(clock[1]) == whole_minutes
