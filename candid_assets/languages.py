"""The languages that people are addressed in: texts, numbers, dates and periods of each.

Texts stand in English in templates and modules. The catalog of another language is
`locale/<language>/LC_MESSAGES/candid.po`; it is read as it is, so nothing has to be compiled.
"""

import gettext
import io
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, localcontext
from functools import cache
from typing import Final, Literal, cast, get_args

from babel import Locale
from babel.core import negotiate_locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from candid_assets import number_format
from candid_assets.number_format import MINUS
from candid_assets.settings import PACKAGE, ZONE

Language = Literal["en", "id"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
NAMES: Final[dict[Language, str]] = {"en": "English", "id": "Bahasa Indonesia"}
CATALOGS: Final = PACKAGE / "locale"
DOMAIN: Final = "candid"
MOST_DIGITS: Final = 100
_LOCALES: Final[dict[Language, Locale]] = {"en": Locale("en", "GB"), "id": Locale("id")}


def marked(text: str) -> str:
    """Return a text that is translated where it is shown; marks it for the catalogs."""
    return text


@cache
def translations(language: Language) -> gettext.NullTranslations:
    """Return the texts of a language; English is that of the texts themselves."""
    if language == "en":
        return gettext.NullTranslations()
    path = CATALOGS / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def preferred(chosen: str | None, accepted: str) -> Language:
    """Return the language that a person chose, else the first that their browser accepts.

    Args:
        chosen: What they chose earlier; another word than a language counts as no choice.
        accepted: The header `Accept-Language`; empty where there is none.
    """
    if chosen in LANGUAGES:
        return chosen
    wanted = [part.partition(";")[0].strip().replace("-", "_") for part in _weighted(accepted)]
    return cast(Language, negotiate_locale(wanted, list(LANGUAGES)) or LANGUAGES[0])


def _weighted(accepted: str) -> list[str]:
    """Return the parts of a header `Accept-Language`, the preferred first."""

    def weight(part: str) -> float:
        try:
            return float(part.partition("q=")[2] or 1)
        except ValueError:
            return 0.0

    parts = [part for part in accepted.split(",") if part.strip() and weight(part) > 0]
    return sorted(parts, key=weight, reverse=True)


class Wording:
    """How one language writes texts, numbers, dates and periods."""

    def __init__(self, language: Language) -> None:
        self.language, self.locale = language, _LOCALES[language]
        self.catalog = translations(language)

    def text(self, message: str, /, **values: object) -> str:
        """Return a text in the language, with its values filled in."""
        return self.catalog.gettext(message) % values if values else self.catalog.gettext(message)

    def texts(self, one: str, many: str, number: int, /, **values: object) -> str:
        """Return a text about a number of things, written as `%(n)s`."""
        message = self.catalog.ngettext(one, many, number)
        return message % {"n": self.count(number), **values}

    def number(self, value: Decimal | float) -> str:
        """Return a number as `12.500,75` or `12,500.75`, from a million on in words."""
        return number_format.number(value, locale=self.locale)

    def exact(self, value: Decimal | float) -> str:
        """Return a number to its last digit."""
        # A decimal has up to 38 digits, more than the arithmetic of Python keeps by itself.
        with localcontext(prec=MOST_DIGITS):
            text = format_decimal(value, decimal_quantization=False, locale=self.locale)
        return text.replace("-", MINUS)

    def count(self, value: int) -> str:
        """Return a count to its last digit."""
        return format_decimal(value, locale=self.locale)

    def share(self, value: Decimal | float) -> str:
        """Return a share of 1; what is not nothing never reads as nothing."""
        return number_format.share(value, locale=self.locale)

    def measured(self, value: Decimal | float | None, unit: str | None) -> str:
        """Return a metric's value with its unit; a dash where there is none."""
        return number_format.measured(value, unit or "", locale=self.locale)

    def apart(
        self, value: Decimal | float | None, level: Decimal | float | None, unit: str | None
    ) -> tuple[str, str]:
        """Return a value and its target, with as many decimals as tell them apart."""
        return number_format.measured_apart(value, level, unit or "", self.locale)

    def period(self, start: date, grain: str) -> str:
        """Return how a period is called: `1 Mar 2025`, `2025-W09`, `Mar 2025`, `Q1 2025`."""
        match grain:
            case "week":
                year, week, _ = start.isocalendar()
                return f"{year}-W{week:02}"
            case "month":
                return format_date(start, "MMM y", locale=self.locale)
            case "quarter":
                return format_date(start, "QQQ y", locale=self.locale)
            case "year":
                return str(start.year)
            case _:
                return self.day(start)

    def day(self, value: date) -> str:
        """Return a day: `24 Nov 2026`."""
        return format_date(value, "d MMM y", locale=self.locale)

    def weekday(self, value: date) -> str:
        """Return a day with its weekday: `Tuesday, 24 November 2026`."""
        return format_date(value, "EEEE, d MMMM y", locale=self.locale)

    def moment(self, value: datetime) -> str:
        """Return a moment in Jakarta: `24 Nov 2026, 15:36`."""
        return format_datetime(value, "d MMM y, HH:mm", tzinfo=ZONE, locale=self.locale)

    def lasted(self, since: datetime, now: datetime) -> str:
        """Return how long something has been so, in its largest unit: `3 days`, `3 hari`."""
        time = max(timedelta(minutes=1), now - since)
        return format_timedelta(time, granularity="minute", threshold=1.2, locale=self.locale)

    def listed(self, items: Sequence[str]) -> str:
        """Return items as one text, separated by commas."""
        return ", ".join(items)


@cache
def wording(language: Language) -> Wording:
    """Return how a language writes."""
    return Wording(language)
