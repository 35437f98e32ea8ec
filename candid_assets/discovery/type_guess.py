"""The type of a column from all of its cells: the narrowest that nearly all of them are of.

Whatever does not fit the type goes to quarantine when the tab is cleaned, so that a type is only
proposed where it fits nearly all cells; else the column stays text, which holds everything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from candid_assets.contracts.catalog import LogicalType
from candid_assets.contracts.custom_properties import RUPIAH, ColumnOptions, DateOrder, Notation
from candid_assets.discovery.code_texts import are_codes, are_parted_codes, are_spaced_codes
from candid_assets.discovery.column_facts import ColumnFacts
from candid_assets.discovery.counted_days import PROPERTY, bare_days, counted_days
from candid_assets.discovery.date_order import date_order
from candid_assets.discovery.office_words import (
    AMOUNT_WORDS,
    DURATION_WORDS,
    MONEY_WORDS,
    PHONE_WORDS,
    QUANTITY_WORDS,
    SALE_WORDS,
    SCALE_WORDS,
    TIME_WORDS,
    names_codes,
    words_of,
)

_ENOUGH: Final = 0.88
_FEW: Final = 10
_HOURS: Final = frozenset({"jam"})
"""Words that head moments and lengths alike."""
_MOST_HOUR_PLACES: Final = 4
_FEWEST_GUARDS: Final = 3
_DEBIT: Final = frozenset({"db", "dr", "d", "debet", "debit"})
_FEWEST_RUPIAH: Final = 500
_MOST_SCALE: Final = 30
_MOST_FIGURES: Final = 38
_TYPED: Final = frozenset({"boolean", "time", "integer", "number"})
"""Types that a source of exact text has itself: what is text there is no such value."""


@dataclass(frozen=True, slots=True)
class TypingHabits:
    """How numbers and dates of a table are typed, where a cell alone is ambiguous."""

    notation: Notation
    date_order: DateOrder
    of_locale: bool = False
    """Whether a workbook's locale says so, which reads what will be typed next."""


@dataclass(frozen=True, slots=True)
class TypeGuess:
    """A column's type with the cells that speak for it."""

    logical: LogicalType
    physical: str | None = None
    """The physical type where it is not the logical type's own."""
    options: dict[str, Any] = field(default_factory=dict)
    """Custom properties."""
    fitting: int = 0
    cells: int = 0

    @property
    def evidence(self) -> str:
        """How many cells the type fits: `1,204 of 1,211 cells`."""
        return f"{self.fitting:,} of {self.cells:,} cells"


def guess_type(header: str, facts: ColumnFacts, habits: TypingHabits) -> TypeGuess:
    """Return a column's type, and that its texts are guarded where nearly all of them are."""
    guess = _unguarded_type(header, facts, habits)
    if facts.guards >= _FEWEST_GUARDS and facts.guards >= _ENOUGH * facts.text:
        guess.options["guarded"] = True
    return guess


def _unguarded_type(header: str, facts: ColumnFacts, habits: TypingHabits) -> TypeGuess:
    words = words_of(header)
    cells = facts.cells - facts.error
    text = TypeGuess("string", None, _no_values(facts), cells, facts.cells)
    if not cells:
        return text
    if words & PHONE_WORDS and facts.phone >= 0.95 * cells:
        return TypeGuess("string", None, {"phone": True}, facts.phone, facts.cells)
    if (names_codes(words) and not _has_decimals(facts)) or are_codes(facts):
        return text
    for guess in (
        _boolean(facts),
        _duration(facts, words),
        _clock(facts, words),
        _date(facts, habits, words),
        _stamp(facts, habits, words),
        _number(facts, habits, words),
    ):
        typed = guess and guess.logical in _TYPED and "duration" not in guess.options
        if guess and fits(guess, facts) and not (facts.exact_text and typed):
            return guess
    return text


def _no_values(facts: ColumnFacts) -> dict[str, Any]:
    """Return the options by which words for nothing and for a fault are no values of a text.

    Exact text has none: what a database, a Parquet file or JSON holds is a value.
    """
    options: dict[str, Any] = {}
    if facts.exact_text:
        return options
    if facts.nothing_found:
        options["blankWords"] = [*ColumnOptions().blank_words, *facts.nothing_found]
    if facts.faults_found:
        options["faultWords"] = list(facts.faults_found)
    return options


def fits(guess: TypeGuess, facts: ColumnFacts) -> bool:
    """Whether a type fits nearly all cells; a small column may have one that does not fit."""
    meant = facts.cells - facts.error
    if guess.logical != "boolean":
        meant -= facts.blank_words
    if meant <= 0:
        return False
    missed = meant - guess.fitting
    if meant < _FEW:
        return missed == 0 or (missed == 1 and meant >= 6)
    return missed <= (1 - _ENOUGH) * meant


def typed_guess(
    facts: ColumnFacts,
    logical: LogicalType,
    fitting: int,
    options: dict[str, Any] | None = None,
    physical: str | None = None,
) -> TypeGuess:
    """Return a guess that reads the column's words for nothing as blanks."""
    chosen = dict(options or {})
    default = ColumnOptions().blank_words
    more = [word for word in facts.blanks_found if word not in default]
    words = {w for key in ("trueWords", "falseWords") for w in chosen.get(key, ())}
    more = [word for word in more if word not in words]
    if more or (facts.blank_words and not words):
        chosen["blankWords"] = [*default, *more]
    guess = TypeGuess(logical, physical, chosen, fitting, facts.cells)
    if not more:
        chosen.pop("blankWords", None)
        # The contract's own words are blank already.
        return TypeGuess(logical, physical, chosen, fitting, facts.cells - facts.blank_words)
    return guess


def _has_decimals(facts: ColumnFacts) -> bool:
    """Whether number cells are quantities: nothing that only names a thing has decimals."""
    return facts.number - facts.number_whole > 0.1 * facts.cells


def _boolean(facts: ColumnFacts) -> TypeGuess | None:
    words = facts.true_words + facts.false_words
    both = facts.true_words and facts.false_words and words > facts.text_id
    if not (facts.boolean or facts.plain_yes or both):
        return None
    return typed_guess(facts, "boolean", facts.boolean + words)


def _duration(facts: ColumnFacts, words: frozenset[str]) -> TypeGuess | None:
    """Return a number of hours, or of the longest unit in which every length is exact."""
    moments = bool(words & TIME_WORDS - _HOURS) and facts.long_duration <= 0.05 * facts.duration
    lengths = facts.long_duration or (facts.duration and words & DURATION_WORDS)
    dotted = facts.dotted_duration > 0.5 * facts.duration and not words & (
        TIME_WORDS | DURATION_WORDS
    )
    if not facts.elapsed and (moments or dotted or not lengths):
        return None
    unit, places = "seconds", 6
    if facts.hour_places <= _MOST_HOUR_PLACES:
        unit, places = "hours", facts.hour_places
    elif facts.minute_places <= 2:
        unit, places = "minutes", facts.minute_places
    physical = None if places <= 2 else f"DECIMAL(18,{places})"
    return typed_guess(facts, "number", facts.duration, {"duration": unit, "unit": unit}, physical)


def _clock(facts: ColumnFacts, words: frozenset[str]) -> TypeGuess | None:
    if not facts.clock + facts.text_clock:
        return None
    if not (facts.clock or facts.colons * 2 > facts.text_clock or words & TIME_WORDS):
        return None
    return typed_guess(facts, "time", facts.clock + facts.text_clock)


def _date(facts: ColumnFacts, habits: TypingHabits, words: frozenset[str]) -> TypeGuess | None:
    counts: dict[DateOrder, int] = {"dmy": facts.dmy, "mdy": facts.mdy, "ymd": facts.ymd}
    order, texts = _order(facts, habits, counts)
    counted = max(counted_days(facts, words) - facts.counted_moments, 0)
    # Figures of a source that has days of its own are no days to it.
    bare = 0 if facts.exact_number else bare_days(facts, words)
    if bare and bare + facts.ymd > texts:
        order, texts = "ymd", bare + facts.ymd
    fitting = facts.date + facts.midnight + texts + counted
    if not fitting or (not counted and are_parted_codes(facts, words)):
        return None
    return typed_guess(facts, "date", fitting, _date_options(order, counted))


def _date_options(order: DateOrder, counted: int) -> dict[str, Any]:
    options: dict[str, Any] = {} if order == "dmy" else {"dateOrder": order}
    return options | ({PROPERTY: True} if counted else {})


def _stamp(facts: ColumnFacts, habits: TypingHabits, words: frozenset[str]) -> TypeGuess | None:
    counts: dict[DateOrder, int] = {
        "dmy": facts.stamp_dmy,
        "mdy": facts.stamp_mdy,
        "ymd": facts.stamp_ymd,
    }
    order, texts = _order(facts, habits, counts)
    counted = counted_days(facts, words)
    if not facts.stamp + texts + counted:
        return None
    fitting = facts.date + facts.stamp + texts + counted
    return typed_guess(facts, "timestamp", fitting, _date_options(order, counted))


def _order(
    facts: ColumnFacts, habits: TypingHabits, counts: Mapping[DateOrder, int]
) -> tuple[DateOrder, int]:
    default = habits.date_order if habits.of_locale else "dmy"
    return date_order(facts, counts, habits.date_order, default)


def _number(facts: ColumnFacts, habits: TypingHabits, words: frozenset[str]) -> TypeGuess | None:
    ours, other = facts.text_id, facts.text_en
    notation: Notation = habits.notation
    if ours != other:
        notation = "id" if ours > other else "en"
    english = notation == "en"
    texts = other if english else ours
    fitting = facts.number + texts
    same = facts.text_en_same if english else facts.text_id_same
    names = (same and texts > facts.number) or are_spaced_codes(facts)
    if not fitting or (names and not words & AMOUNT_WORDS):
        # Different texts that are one number, such as 5.1 and 5.10, name different things.
        return None
    whole = facts.number_whole + (facts.text_en_whole if english else facts.text_id_whole)
    places = max(facts.number_places, facts.text_en_places if english else facts.text_id_places)
    options: dict[str, Any] = {"notation": "en"} if english and (texts or habits.of_locale) else {}
    if len(facts.currencies) > 1:
        # An amount in one currency is no number beside one in another.
        return None
    if facts.currencies not in ((), (RUPIAH,)):
        options["currency"] = facts.currencies[0]
    if facts.marks == ("k",):
        return None
    negative = [mark for mark in sorted(facts.marks) if mark in _DEBIT]
    positive = [mark for mark in sorted(facts.marks) if mark not in _DEBIT]
    options |= {"negativeMarks": negative} if negative else {}
    options |= {"positiveMarks": positive} if positive else {}
    if (
        whole == fitting
        and not facts.marks
        and not _is_money(facts, words)
        and facts.biggest < 9e18
    ):
        return typed_guess(facts, "integer", fitting, options)
    figures = len(f"{facts.biggest:.0f}")
    exact = facts.exact_number == fitting
    scale = max(2, min(places, _MOST_FIGURES if exact else _MOST_SCALE, _MOST_FIGURES - figures))
    if places > 8 and not exact:
        # Formulas give as many decimals as a float has; the next result may have one more.
        options["roundToScale"] = True
    if figures > _MOST_FIGURES - 2:
        return None
    precision = 18 if figures + scale <= 18 and places <= 8 else _MOST_FIGURES
    physical = None if (precision, scale) == (18, 2) else f"DECIMAL({precision},{scale})"
    return typed_guess(facts, "number", fitting, options, physical)


def _is_money(facts: ColumnFacts, words: frozenset[str]) -> bool:
    """Whether amounts are of money, whose next one may have decimals though these have none."""
    return (
        facts.money > 0
        or facts.text_cents > 0
        or bool(words & MONEY_WORDS and not words & QUANTITY_WORDS and not _is_pieces(facts, words))
    )


def _is_pieces(facts: ColumnFacts, words: frozenset[str]) -> bool:
    """Whether a column of sales counts pieces: no amount in rupiah is so small."""
    few = facts.biggest < _FEWEST_RUPIAH and facts.currencies in ((), (RUPIAH,))
    return few and bool(words & SALE_WORDS) and not words & SCALE_WORDS
