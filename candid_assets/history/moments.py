"""Reads a moment as people write it and finds the publication that was current then.

A moment covers the whole of the unit it is written in: `2026-11-25` is the end of that day and
`10:30:05` the end of that second, so that the clock's reading after a run finds that run.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Final, TypeVar

from candid_assets.history.errors import HistoryError
from candid_assets.settings import ZONE
from candid_assets.warehouse.publications import Publication

T = TypeVar("T")
FORMS: Final = (
    "2026-11-25, 2026-11-25T10:30, now, yesterday, '2 hours ago', a run id or an extract's hash"
)
_TICK: Final = timedelta(microseconds=1)
_AGO: Final = re.compile(r"(\d+|an?|one) (second|minute|hour|day|week)s? ago")
_CLOCK: Final = re.compile(r"(today|yesterday)[ t](\d{1,2}[:.]\d{2}(?:[:.]\d{2})?)")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNITS: Final[tuple[tuple[re.Pattern[str], timedelta], ...]] = (
    (re.compile(r"[T ]\d{2}(Z|[+-][\d:]+)?$", re.IGNORECASE), timedelta(hours=1)),
    (re.compile(r"[T ]\d{2}:?\d{2}(Z|[+-][\d:]+)?$", re.IGNORECASE), timedelta(minutes=1)),
    (re.compile(r"[T ]\d{2}:?\d{2}:?\d{2}(Z|[+-][\d:]+)?$", re.IGNORECASE), timedelta(seconds=1)),
)
_NEWEST: Final = frozenset({"now", "today", "latest"})
SHORTEST_ID: Final = 6
"""Figures of a run id or hash that are enough to mean it."""


def read_moment(written: str, now: datetime) -> datetime:
    """Return the moment that a person means; without an offset it is one of Asia/Jakarta.

    Raises:
        HistoryError: It is no moment; the message gives the forms.
    """
    text = " ".join(written.strip().lower().split())
    here = now.astimezone(ZONE)
    if text in _NEWEST:
        return now
    if text == "yesterday":
        return _end_of_day(here - timedelta(days=1))
    if match := _AGO.fullmatch(text):
        count = int(match[1]) if match[1].isdigit() else 1
        try:
            return now - timedelta(**{f"{match[2]}s": count})
        except OverflowError as error:
            raise HistoryError(f"{written!r} is before all calendars", exit_code=2) from error
    if match := _CLOCK.fullmatch(text):
        day = here if match[1] == "today" else here - timedelta(days=1)
        text = f"{day:%Y-%m-%d}T{match[2].replace('.', ':').zfill(5)}"
    try:
        return _read_iso(text)
    except ValueError as error:
        raise HistoryError(f"{written!r} is no moment", f"write {FORMS}", exit_code=2) from error


def _read_iso(text: str) -> datetime:
    moment = datetime.fromisoformat(text.upper())
    moment = moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
    if _DATE.fullmatch(text):
        return _end_of_day(moment)
    for form, unit in _UNITS:
        if form.search(text):
            return moment + unit - _TICK
    return moment


def _end_of_day(day: datetime) -> datetime:
    return datetime.combine(day.date(), time.max, tzinfo=ZONE)


def find_publication(
    publications: Sequence[Publication], written: str, now: datetime
) -> Publication:
    """Return the publication that was current at a moment, or that of a run.

    Raises:
        HistoryError: It is no moment, or nothing was published yet then.
    """
    if not publications:
        raise HistoryError("no publication is recorded yet", "run `candid run` first", exit_code=2)
    by_run = named(publications, written, lambda p: p.run_id)
    if by_run or written.strip().lower() in _NEWEST:
        # Whatever the clock said when it was made.
        return (by_run or publications)[-1]
    moment = read_moment(written, now)
    before = [p for p in publications if p.published_at <= moment]
    if not before:
        raise HistoryError(
            f"nothing was published yet at {clock(moment)}; "
            f"the first publication is of {clock(publications[0].published_at)}",
            exit_code=2,
        )
    return before[-1]


def named(items: Sequence[T], written: str, name: Callable[[T], str]) -> list[T]:
    """Return the items whose id begins with what was written.

    Raises:
        HistoryError: Items with several ids begin so.
    """
    text = written.strip().lower()
    if len(text) < SHORTEST_ID or not re.fullmatch(r"[0-9a-f-]+", text) or _DATE.match(text):
        return []
    matches = [item for item in items if name(item).lower().startswith(text)]
    names = {name(item) for item in matches}
    if len(names) > 1:
        message = f"{written!r} could be {' or '.join(sorted(names))}"
        raise HistoryError(message, "write more of it", exit_code=2)
    return matches


def iso(moment: datetime | None) -> str | None:
    """Return a moment in Jakarta as ISO 8601 writes it, for JSON."""
    return None if moment is None else moment.astimezone(ZONE).isoformat()


def clock(moment: datetime | None) -> str:
    """Return a moment in Jakarta to the second, for a terminal; blank for none."""
    return "" if moment is None else f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"
