"""Writes numbers and periods as Indonesian readers know them; text around them is English."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_compact_decimal, format_decimal, format_percent

from candid_assets.settings import ZONE

LOCALE = Locale("id")
DATES = Locale("en", "GB")
MINUS = "\N{MINUS SIGN}"
COMPACT_FROM = 1_000_000
"""Numbers from here on are written in words: 22,95 miliar."""


def number(value: Decimal | float) -> str:
    """Return a number as `12.500,75`, from a million on as `1,25 juta`."""
    size = abs(float(value))
    if size >= COMPACT_FROM:
        text = format_compact_decimal(value, format_type="long", fraction_digits=2, locale=LOCALE)
    else:
        pattern = "#,##0" if size >= 1_000 else "#,##0.##"
        text = format_decimal(value, format=pattern, locale=LOCALE)
    return text.replace("-", MINUS)


def count(value: int) -> str:
    """Return a count to its last digit: `142.398`."""
    return format_decimal(value, locale=LOCALE)


def share(value: Decimal | float) -> str:
    """Return a share of 1 as `4,9%`; what is not nothing never reads as nothing."""
    small = 0 < abs(float(value)) < 0.001
    pattern = "#,##0.0##%" if small else "#,##0.0%"
    return format_percent(value, format=pattern, locale=LOCALE).replace("-", MINUS)


def measured(value: Decimal | float | None, unit: str) -> str:
    """Return a metric's value with its unit; a dash where there is none."""
    if value is None:
        return "–"
    if unit == "ratio":
        return share(value)
    if unit == "IDR":
        return f"{MINUS}Rp{number(-value)}" if value < 0 else f"Rp{number(value)}"
    return f"{number(value)} {unit}".strip()


@cache
def period(start: date, grain: str) -> str:
    """Return how a period is called: `1 Mar 2025`, `2025-W09`, `Mar 2025`, `Q1 2025`, `2025`."""
    match grain:
        case "week":
            year, week, _ = start.isocalendar()
            return f"{year}-W{week:02}"
        case "month":
            return format_date(start, "MMM y", locale=DATES)
        case "quarter":
            return f"Q{(start.month + 2) // 3} {start.year}"
        case "year":
            return str(start.year)
        case _:
            return format_date(start, "d MMM y", locale=DATES)


def moment(value: datetime) -> str:
    """Return a moment in Jakarta: `24 Nov 2026, 15:36`."""
    return format_datetime(value, "d MMM y, HH:mm", tzinfo=ZONE, locale=DATES)


def day(value: datetime) -> date:
    """Return the day of a moment in Jakarta."""
    return value.astimezone(ZONE).date()


def age(since: datetime, now: datetime) -> str:
    """Return how long ago a moment was, in the largest unit that fits."""
    seconds = max(0, int((now - since).total_seconds()))
    for name, length in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            many = seconds // length
            return f"{many} {'day' if name == 'days' and many == 1 else name} ago"
    return "just now"
