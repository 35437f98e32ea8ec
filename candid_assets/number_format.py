"""Writes numbers and periods as Indonesian readers know them, or those of another locale."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Final

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_compact_decimal, format_decimal, format_percent

from candid_assets.settings import ZONE

LOCALE = Locale("id")
DATES = Locale("en", "GB")
MINUS = "\N{MINUS SIGN}"
COMPACT_FROM = 1_000_000
"""Numbers from here on are written in words: 22,95 miliar."""


USUAL_DIGITS: Final = 2
"""Decimals that a number is written with at most, unless more are needed to tell it apart."""
MOST_DIGITS: Final = 18


def number(value: Decimal | float, digits: int = USUAL_DIGITS, locale: Locale = LOCALE) -> str:
    """Return a number as `12.500,75`, from a million on as `1,25 juta`.

    Args:
        value: The number.
        digits: Decimals at most; numbers from a thousand on have two fewer.
        locale: Whose readers it is written for.
    """
    size = abs(float(value))
    if size >= COMPACT_FROM:
        text = format_compact_decimal(
            value, format_type="long", fraction_digits=digits, locale=locale
        )
    else:
        shown = digits - USUAL_DIGITS if size >= 1_000 else digits
        pattern = f"#,##0.{'#' * shown}" if shown else "#,##0"
        text = format_decimal(value, format=pattern, locale=locale)
    return text.replace("-", MINUS)


def count(value: int) -> str:
    """Return a count to its last digit: `142.398`."""
    return format_decimal(value, locale=LOCALE)


def share(value: Decimal | float, digits: int = USUAL_DIGITS, locale: Locale = LOCALE) -> str:
    """Return a share of 1 as `4,9%`; what is not nothing never reads as nothing."""
    more = digits if digits > USUAL_DIGITS or 0 < abs(float(value)) < 0.001 else 0
    pattern = f"#,##0.0{'#' * more}%"
    return format_percent(value, format=pattern, locale=locale).replace("-", MINUS)


def measured(
    value: Decimal | float | None,
    unit: str,
    digits: int = USUAL_DIGITS,
    locale: Locale = LOCALE,
) -> str:
    """Return a metric's value with its unit; a dash where there is none."""
    if value is None:
        return "–"
    if unit == "ratio":
        return share(value, digits, locale)
    if unit == "IDR":
        size = number(-value if value < 0 else value, digits, locale)
        return f"{MINUS}Rp{size}" if value < 0 else f"Rp{size}"
    return f"{number(value, digits, locale)} {unit}".strip()


def measured_apart(
    value: Decimal | float | None,
    level: Decimal | float | None,
    unit: str,
    locale: Locale = LOCALE,
) -> tuple[str, str]:
    """Return a value and the level it is held against, with as many decimals as tell them apart.

    Rounding hides no miss: 0,204% against 0,2%, and not 0,2% against 0,2%.
    """
    texts = measured(value, unit, locale=locale), measured(level, unit, locale=locale)
    if value is None or level is None or value == level:
        return texts
    for digits in range(USUAL_DIGITS + 1, MOST_DIGITS + 1):
        if texts[0] != texts[1]:
            break
        texts = (
            measured(value, unit, digits, locale),
            measured(level, unit, digits, locale),
        )
    return texts


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
