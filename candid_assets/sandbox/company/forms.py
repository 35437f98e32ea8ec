"""The forms in which an Indonesian office writes numbers, dates, times and telephone numbers."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from random import Random
from typing import Final

from candid_assets.sandbox.company.value_lists import DAYS, MONTHS, OLD_MONTHS, SHORT_MONTHS
from candid_assets.sandbox.company.values import pick
from candid_assets.sandbox.error_texts import error_text
from candid_assets.sandbox.workbook import Cell, CellError, Dated, Formatted

_EPOCH: Final = date(1899, 12, 30).toordinal()


def serial_day(day: date) -> int:
    """Return the day number that Sheets stores."""
    return day.toordinal() - _EPOCH


def dated(value: date | time, pattern: str) -> Dated:
    """Return a real date, timestamp or time cell."""
    if isinstance(value, datetime):
        seconds = value.hour * 3600 + value.minute * 60 + value.second
        return Dated(serial_day(value) + seconds / 86400, pattern)
    if isinstance(value, time):
        return Dated((value.hour * 3600 + value.minute * 60 + value.second) / 86400, pattern)
    return Dated(float(serial_day(value)), pattern)


def number_text(value: float) -> str:
    """Return the shortest plain digits of a number: no exponent, no trailing `.0`."""
    text = repr(value)
    if "e" in text:
        text = f"{Decimal(text):f}"
    return text.removesuffix(".0")


def indonesian(value: float) -> str:
    """Return a number in Indonesian notation: 1.250.000,50."""
    whole, _, rest = number_text(abs(value)).partition(".")
    if rest and len(rest) == 1 and abs(value) >= 1000:
        rest += "0"
    text = f"{int(whole):,}".replace(",", ".") + (f",{rest}" if rest else "")
    return f"-{text}" if value < 0 else text


def rupiah(value: float) -> str:
    """Return an amount as on a receipt: Rp 1.250.000,-."""
    text = indonesian(value)
    return f"Rp {text}" if "," in text else f"Rp {text},-"


def accounting(value: float) -> str:
    """Return a number whose negatives are in brackets: (1.000)."""
    return f"({indonesian(-value)})" if value < 0 else indonesian(value)


def span(hours: float) -> Dated:
    """Return hours as a duration cell, which shows all its hours: 37:30 is 37,5 hours."""
    return Dated(hours / 24, "[h]:mm")


def percent(value: float) -> str:
    """Return a fraction as percent: 0.125 is 12,5%."""
    return indonesian(float(Decimal(repr(value)) * 100)) + "%"


def million(value: float) -> str:
    """Return a large amount in millions or milliards: 12,5 jt, 1,5 M."""
    unit, word = (1_000_000_000, "M") if value >= 1_000_000_000 else (1_000_000, "jt")
    return f"{indonesian(float(Decimal(repr(value)) / unit))} {word}"


def thousand(value: float) -> str:
    """Return an amount in thousands: 500 rb."""
    return f"{indonesian(float(Decimal(repr(value)) / 1000))} rb"


NUMBER_FORMS: Final[dict[str, Callable[[float], Cell]]] = {
    "id": indonesian,
    "rp": rupiah,
    "acc": accounting,
    "pct": percent,
    "million": million,
    "thousand": thousand,
    "span": span,
}

DATE_FORMS: Final[dict[str, Callable[[date], str]]] = {
    "dmy": lambda d: f"{d:%d/%m/%Y}",
    "dmy2": lambda d: f"{d.day}-{d.month}-{d:%y}",
    "dots": lambda d: f"{d:%d.%m.%Y}",
    "iso": lambda d: f"{d:%Y-%m-%d}",
    "long": lambda d: f"{d.day} {MONTHS[d.month - 1]} {d.year}",
    "old": lambda d: f"{d.day} {OLD_MONTHS[d.month - 1]} {d.year}",
    "short": lambda d: f"{d:%d}-{SHORT_MONTHS[d.month - 1]}-{d:%y}",
    "day": lambda d: f"{_day(d)}, {d.day} {OLD_MONTHS[d.month - 1]} {d.year}",
}
MOMENT_FORMS: Final[dict[str, Callable[[datetime], str]]] = {
    "dmy": lambda m: f"{m:%d/%m/%Y %H:%M}",
    "dot": lambda m: f"{m:%d/%m/%Y %H.%M}",
    "wib": lambda m: f"{m:%d/%m/%Y %H.%M} WIB",
    "iso": lambda m: f"{m:%Y-%m-%d %H:%M:%S}",
}
TIME_FORMS: Final[dict[str, Callable[[time], str]]] = {
    "dot": lambda t: f"{t:%H.%M}",
    "colon": lambda t: f"{t:%H:%M}",
    "wib": lambda t: f"{t:%H.%M} WIB",
}
BOOLEAN_WORDS: Final[dict[str, tuple[str, str]]] = {
    "ya": ("Ya", "Tidak"),
    "yt": ("Y", "T"),
    "aktif": ("Aktif", "Nonaktif"),
}
PHONE_FORMS: Final[tuple[Callable[[str], str], ...]] = (
    lambda n: f"0{n[3:6]}-{n[6:10]}-{n[10:]}",
    lambda n: f"0{n[3:]}",
    lambda n: f"+62 {n[3:6]} {n[6:10]} {n[10:]}",
    lambda n: f"0{n[3:6]} {n[6:10]} {n[10:]}",
    lambda n: f"+62{n[3:]}",
    lambda n: f"(0{n[3:6]}) {n[6:]}",
)
"""Ways to write a mobile number that stands in E.164 form."""


def phone(value: str, rng: Random) -> str:
    """Return a telephone number as somebody would have typed it."""
    return pick(rng, PHONE_FORMS)(value)


def _day(day: date) -> str:
    name = DAYS[day.weekday()]
    return "Jum'at" if name == "Jumat" else name


def cell_text(cell: Cell) -> str | None:
    """Return a cell as canonical text, the form in which it is lossless."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, CellError):
        return error_text(cell)
    if isinstance(cell, Dated):
        return _dated_text(cell)
    if isinstance(cell, Formatted):
        return number_text(cell.value)
    return number_text(cell)


def _dated_text(cell: Dated) -> str:
    if "[h]" in cell.pattern:
        minutes = round(cell.serial * 1440)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:00"
    days, seconds = divmod(round(cell.serial * 86400), 86400)
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if cell.serial < 1:
        return clock
    day = date.fromordinal(days + _EPOCH).isoformat()
    return f"{day} {clock}" if "h" in cell.pattern else day
