"""Shows a number through a Sheets number format: padding, grouping, percent, currency, units."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache

from babel.numbers import get_decimal_symbol, get_group_symbol

from candid_assets.sandbox.errors import not_imitated
from candid_assets.sandbox.numberformat import locale_of, show_number

_SECTIONS = re.compile(r"((?:\"[^\"]*\"|\\.|\[[^\]]*\]|[^;])*)(?:;|$)")
_TOKEN = re.compile(r"\"[^\"]*\"|\\.|_.|\*.|\[[^\]]*\]|[0#?]|.", re.DOTALL)
_FRACTION = re.compile(r"[0#?]\s*/\s*[0-9?#]")
_CONDITION = re.compile(r"\[[<>=]")
_CURRENCY = re.compile(r"\[\$([^\]-]*)(?:-[0-9A-Fa-f]*)?\]")


@dataclass(slots=True)
class _Digits:
    """The figures of a number, to be put in the places that a pattern has for them."""

    whole: str
    part: str
    grouped: bool


@lru_cache(maxsize=65_536)
def show_through(value: float, pattern: str, locale: str) -> str:
    """Return the text that the sheet shows: `00007`, `12,5%`, `Rp1.250`, `24 pcs`, `(1.250)`.

    Raises Google's 501 for powers of ten, fractions and conditions.
    """
    sections = _sections(pattern)
    section, tokens = sections[0]
    if value < 0 and len(sections) > 1:
        (section, tokens), value = sections[1], -value
    elif value == 0 and len(sections) > 2:
        section, tokens = sections[2]
    if section.lower() in ("general", "@") or not tokens:
        return show_number(value, locale)
    shown = "".join(_places(tokens, _digits(value, tokens), locale))
    return f"-{shown}" if value < 0 else shown


@cache
def _sections(pattern: str) -> list[tuple[str, list[str]]]:
    """Return the sections of a pattern, at least one, and the signs of each."""
    bare = re.sub(r'"[^"]*"|\\.', "", pattern)
    if _FRACTION.search(bare) or _CONDITION.search(bare) or re.search("[eE][+-]", bare):
        raise not_imitated(f"the number format {pattern}")
    sections = [text for text in _SECTIONS.findall(pattern) if text] or ["General"]
    return [(section, _TOKEN.findall(section)) for section in sections]


def _digits(value: float, tokens: list[str]) -> _Digits:
    """Round a number to the decimals of a pattern and take it apart."""
    point = tokens.index(".") if "." in tokens else len(tokens)
    optional = sum(sign in {"0", "#", "?"} for sign in tokens[point:])
    needed = sum(sign == "0" for sign in tokens[point:])
    places = [i for i, sign in enumerate(tokens) if sign in {"0", "#", "?"}]
    behind = tokens[places[-1] + 1 :] if places else []
    thousands = next((i for i, sign in enumerate(behind) if sign != ","), len(behind))
    grouped = "," in tokens[: max((i for i in places if i < point), default=0)]
    number = abs(Decimal(repr(value))).scaleb(2 * tokens.count("%") - 3 * thousands)
    number = number.quantize(Decimal(1).scaleb(-optional), ROUND_HALF_UP)
    whole, _, part = format(number, "f").partition(".")
    while len(part) > needed and part.endswith("0"):
        part = part[:-1]
    return _Digits("" if whole == "0" else whole, part, grouped)


def _places(tokens: list[str], digits: _Digits, locale: str) -> list[str]:
    """Return what each sign of a pattern shows."""
    point = tokens.index(".") if "." in tokens else len(tokens)
    places = [i for i, sign in enumerate(tokens[:point]) if sign in {"0", "#", "?"}]
    whole = digits.whole.rjust(len(places))
    first = whole[: len(whole) - len(places) + 1]
    figures = dict(zip(places, [first, *whole[len(first) :]], strict=True)) if places else {}
    part = iter(digits.part)
    shown = []
    for i, sign in enumerate(tokens):
        if i in figures:
            zero = "0" if sign == "0" else ""
            text = figures[i].strip() or zero
            text = _grouped(text, len([p for p in places if p > i]), locale, digits)
            shown.append(text)
        elif sign in {"0", "#", "?"}:
            shown.append(next(part, ""))
        elif sign == ".":
            shown.append(get_decimal_symbol(locale_of(locale)) if digits.part else "")
        elif sign == ",":
            continue
        else:
            shown.append(_literal(sign))
    return shown


@cache
def _group_mark(locale: str) -> str:
    """Return the mark between thousands."""
    return get_group_symbol(locale_of(locale))


def _grouped(text: str, behind: int, locale: str, digits: _Digits) -> str:
    """Put a grouping mark behind each figure that three, six … figures follow."""
    if not digits.grouped:
        return text
    mark = _group_mark(locale)
    return "".join(
        figure + (mark if (rest := behind + len(text) - 1 - i) and rest % 3 == 0 else "")
        for i, figure in enumerate(text)
    )


def _literal(sign: str) -> str:
    """Return the text of a sign that is no figure: quoted, escaped, currency, or itself."""
    currency = _CURRENCY.fullmatch(sign)
    if currency:
        return currency[1]
    if sign.startswith('"'):
        return sign.strip('"')
    if sign.startswith("["):
        return ""
    return {"\\": sign[1:], "_": " ", "*": ""}.get(sign[0], sign) if len(sign) > 1 else sign
