"""Shows a serial number through a Sheets date, time or duration pattern."""

import re
from datetime import datetime, timedelta
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import get_decimal_symbol

from candid_assets.sandbox.errors import not_imitated

_TOKEN = re.compile(
    r"\[h+\]|\[m+\]|\[s+\]|am/pm|a/p|y+|m+|d+|h+|s+|0+|\\.|\"[^\"]*\"|.", re.IGNORECASE | re.DOTALL
)
_FIRST_SECTION = re.compile(r"(?:\"[^\"]*\"|\\.|[^;])*", re.DOTALL)
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a serial carries no zone
_DEFAULT_PATTERN = "yyyy-mm-dd"


@cache
def locale_of(name: str) -> Locale:
    """Return babel's locale for a workbook's, `in_ID` too; en_US when there is none."""
    try:
        return Locale.parse(name)
    except (UnknownLocaleError, ValueError):
        return Locale("en", "US")


@cache
def _month_and_day_names(locale: str) -> tuple[dict[str, tuple[str, ...]], ...]:
    formats = locale_of(locale)
    months, days = formats.months["format"], formats.days["format"]
    return (
        {width: tuple(months[width][i] for i in range(1, 13)) for width in ("abbreviated", "wide")},
        {width: tuple(days[width][i] for i in range(7)) for width in ("abbreviated", "wide")},
    )


@lru_cache(maxsize=65_536)
def show_serial(serial: float, pattern: str, locale: str) -> str:
    """Return the text that the sheet shows for a serial: `17 Agustus 2025`, `14.30`, `26:15:00`.

    Raises Google's 501 for a pattern with a language of its own, such as `[$-421]d mmmm yyyy`.
    """
    if "[$-" in pattern:
        raise not_imitated(f"the language in the number format {pattern}")
    tokens = _TOKEN.findall(_FIRST_SECTION.findall(pattern)[0] or _DEFAULT_PATTERN)
    lowered = [token.lower() for token in tokens]
    digits = max((len(t) for t in lowered if t[0] == "0"), default=0)
    units = 10 ** min(digits, 6)
    ticks = round(serial * 86400 * units)
    negative = ticks < 0 and any(token.startswith("[") for token in lowered)
    if negative:
        ticks = -ticks
    moment = _EPOCH + timedelta(microseconds=ticks * (1_000_000 // units))
    twelve = any(token in ("am/pm", "a/p") for token in lowered)
    shown = [
        _part(tokens, lowered, i, moment, ticks // units, (twelve, locale))
        for i in range(len(tokens))
    ]
    return ("-" if negative else "") + "".join(shown)


def _part(
    tokens: list[str],
    lowered: list[str],
    i: int,
    moment: datetime,
    seconds: int,
    how: tuple[bool, str],
) -> str:
    part, (twelve, locale) = lowered[i], how
    kind, width = part[0], len(part)
    if kind == "[" and width > 2:
        shown = str(seconds // {"h": 3600, "m": 60, "s": 1}[part[1]]).zfill(width - 2)
    elif part in ("am/pm", "a/p"):
        shown = ("PM" if moment.hour >= 12 else "AM")[: 2 if part == "am/pm" else 1]
    elif kind in "yd" or (kind == "m" and not _is_minute(lowered, i)):
        write = {"y": _year, "d": _day, "m": _month}[kind]
        shown = write(moment, width, locale)
    elif kind in "hms":
        hour = (moment.hour - 1) % 12 + 1 if twelve else moment.hour
        value = {"h": hour, "m": moment.minute, "s": moment.second}[kind]
        shown = str(value).zfill(min(width, 2))
    elif kind == "0":
        shown = f"{moment.microsecond:06d}"[: min(width, 6)].ljust(width, "0")
    else:
        shown = tokens[i][1:] if kind == "\\" else tokens[i].strip('"')
    return shown


def _is_minute(lowered: list[str], i: int) -> bool:
    if len(lowered[i]) > 2:
        return False
    letters = [t.strip("[]")[:1] for t in lowered]
    before = next((c for c in reversed(letters[:i]) if c and c in "ymdhs"), "")
    after = next((c for c in letters[i + 1 :] if c and c in "ymdhs"), "")
    return before == "h" or after == "s"


def _month(moment: datetime, width: int, locale: str) -> str:
    if width <= 2:
        return str(moment.month).zfill(width)
    months = _month_and_day_names(locale)[0]
    if width == 5:
        return months["wide"][moment.month - 1][:1]
    return months["abbreviated" if width == 3 else "wide"][moment.month - 1]


def _day(moment: datetime, width: int, locale: str) -> str:
    if width <= 2:
        return str(moment.day).zfill(width)
    days = _month_and_day_names(locale)[1]
    return days["abbreviated" if width == 3 else "wide"][moment.weekday()]


def _year(moment: datetime, width: int, _: str) -> str:
    return f"{moment.year:04d}" if width > 2 else f"{moment.year % 100:02d}"


@cache
def _decimal_sign(locale: str) -> str:
    return get_decimal_symbol(locale_of(locale))


def show_number(value: float, locale: str) -> str:
    """Return a number as a cell without a format shows it.

    At most ten significant digits, but all of the whole part; from 1e15 on as a power of ten.
    """
    if isinstance(value, int) and abs(value) < 10**15:
        return str(value)
    if 10**10 <= abs(value) < 10**15:
        return f"{value:.0f}"
    text = f"{value:.10g}".replace("e+", "E+").replace("e-", "E-")
    return text.replace(".", _decimal_sign(locale))
