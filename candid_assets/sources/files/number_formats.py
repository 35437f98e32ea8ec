"""What an .xlsx cell shows through its number format, where that says more than its number.

The format is in the file, the text is not. Grouping and decimal signs follow the reader's computer
and are left out: 1250 as `"Rp"#,##0` is `Rp1250`.
"""

import re
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

from candid_assets.sources.cell_kinds import number_text

_SECTIONS: Final = re.compile(r"((?:\"[^\"]*\"|\\.|\[[^\]]*\]|[^;])*)(?:;|$)", re.DOTALL)
_PIECE: Final = re.compile(r"\"[^\"]*\"|\\.|_.|\*.|\[[^\]]*\]|[eE][-+]|.", re.DOTALL)
_PLAIN: Final = re.compile(r"(?:General|@|[-+()#0?,. ]|_.|\*.|\[(?:\w+|[<>=][^\]]*)\]|;|\\[- ()])*")
_CURRENCY: Final = re.compile(r"\[\$([^\]-]*)(?:-[0-9A-Fa-f]*)?\]")
_CONDITION: Final = re.compile(r"\[([<>=]{1,2})(-?[0-9.]+)\]")
_FIGURES: Final = frozenset("0#?")
_SHORT_DATE: Final = re.compile(r"(d{1,2}|m{1,4})([^dmyhs]+)(d{1,2}|m{1,4})", re.IGNORECASE)
_INSIDE: Final = re.compile(r"[0#?][^0#?.,;]+[0#?]")


@lru_cache(maxsize=4096)
def may_say_more(pattern: str) -> bool:
    """Return whether a format may show more than a number: words, marks, padding, signs inside."""
    if _PLAIN.fullmatch(pattern) is None:
        return True
    figures = re.sub(r"\[[^\]]*\]|[_*\\].", "", pattern)
    wholes = [section.partition(".")[0] for section in figures.split(";")]
    return any(whole.count("0") > 1 or _INSIDE.search(whole) for whole in wholes)


@lru_cache(maxsize=65_536)
def shown_number(value: float, pattern: str) -> str | None:
    """Return what a number shows; None where the format is a fraction or scientific notation."""
    section, number = _section(pattern, Decimal(number_text(value)))
    pieces = _PIECE.findall(section)
    if any(piece[0] in "eE" and len(piece) == 2 for piece in pieces) or _is_fraction(pieces):
        return None
    point = pieces.index(".") if "." in pieces else len(pieces)
    places = [n for n, piece in enumerate(pieces[:point]) if piece in _FIGURES]
    parts = sum(piece in _FIGURES for piece in pieces[point:])
    scaled = abs(number).scaleb(2 * pieces.count("%") - 3 * _thousands(pieces))
    whole, _, part = format(
        scaled.quantize(Decimal(1).scaleb(-parts), ROUND_HALF_UP), "f"
    ).partition(".")
    figures = _figures(pieces, places, "" if whole == "0" else whole)
    shown = "".join(
        figures.get(n, "") if n in figures or piece in _FIGURES else _literal(piece)
        for n, piece in enumerate(pieces[:point])
    )
    if point < len(pieces):
        shown += "," + part if part else ""
        shown += "".join(_literal(t) for t in pieces[point + 1 :] if t not in _FIGURES)
    return f"-{shown}" if number < 0 else shown


def shown_date(value: date, pattern: str) -> str | None:
    """Return what a date shows that is shown without its year, such as `1/2`; None for others."""
    plain = re.sub(r"\[[^\]]*\]|;@?.*|\\|\"", "", pattern).strip()
    match = _SHORT_DATE.fullmatch(plain)
    if match is None or match[1][0].lower() == match[3][0].lower():
        return None
    return _date_part(value, match[1]) + match[2] + _date_part(value, match[3])


def _section(pattern: str, number: Decimal) -> tuple[str, Decimal]:
    """Return the section of a format that a number is shown through, and the number to show."""
    sections = [text for text in _SECTIONS.findall(pattern) if text] or ["General"]
    for section in sections:
        condition = _CONDITION.search(section)
        if condition and _holds(number, condition[1], Decimal(condition[2])):
            return section, number
    if _CONDITION.search(sections[0]):
        return sections[-1], number
    if number < 0 and len(sections) > 1:
        return sections[1], -number
    return sections[2 if number == 0 and len(sections) > 2 else 0], number


def _holds(number: Decimal, sign: str, limit: Decimal) -> bool:
    return {
        ">": number > limit,
        ">=": number >= limit,
        "<": number < limit,
        "<=": number <= limit,
        "=": number == limit,
        "<>": number != limit,
    }.get(sign, False)


def _is_fraction(pieces: Sequence[str]) -> bool:
    slash = pieces.index("/") if "/" in pieces else 0
    return 0 < slash < len(pieces) - 1 and "?" in (pieces[slash - 1], pieces[slash + 1])


def _thousands(pieces: Sequence[str]) -> int:
    """Return how often a number is divided by a thousand: for each comma behind its figures."""
    last = max((n for n, piece in enumerate(pieces) if piece in _FIGURES), default=len(pieces))
    behind = pieces[last + 1 :]
    return next((n for n, piece in enumerate(behind) if piece != ","), len(behind))


def _figures(pieces: Sequence[str], places: Sequence[int], whole: str) -> dict[int, str]:
    """Return the figures that stand in each place of a format, padded where it says so."""
    if not places:
        return {}
    padded = whole.rjust(len(places))
    first = len(padded) - len(places) + 1
    texts = [padded[:first], *padded[first:]]
    return {
        place: text.strip() or ("0" if pieces[place] == "0" else "")
        for place, text in zip(places, texts, strict=True)
    }


def _literal(piece: str) -> str:
    """Return what a part of a format shows that is no figure."""
    currency = _CURRENCY.fullmatch(piece)
    if currency:
        return currency[1]
    if piece.startswith('"'):
        return piece.strip('"')
    if piece.startswith("[") or piece == ",":
        return ""
    if len(piece) > 1:
        return {"\\": piece[1:], "_": " "}.get(piece[0], "")
    return piece


def _date_part(value: date, part: str) -> str:
    if part[0] in "dD":
        return f"{value.day:0{len(part)}d}"
    return f"{value:%b}" if len(part) > 2 else f"{value.month:0{len(part)}d}"
