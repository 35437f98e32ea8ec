"""Families of tabs: titles that differ by month, quarter, year or number alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_MONTHS: Final = (
    r"jan(?:uari|uary)?|feb(?:ruari|ruary)?|peb(?:ruari)?|mar(?:et|ch)?|apr(?:il)?|mei|may"
    r"|jun[ie]?|jul[iy]?|agu(?:stus)?|agt|ags(?:t)?|aug(?:ust)?|sept?(?:ember)?|okt(?:ober)?"
    r"|oct(?:ober)?|nov(?:ember)?|nop(?:ember)?|des(?:ember)?|dec(?:ember)?"
)
_QUARTERS: Final = r"q[1-4]|tw ?[1-4]|kuartal ?[1-4]|triwulan ?[1-4]|quarter ?[1-4]"
_WEEKS: Final = r"(?:minggu|week|wk) ?(?:ke ?-? ?)?[0-9]{1,2}"
_TOKEN: Final = re.compile(
    rf"(?P<month>(?<![^\W\d_])(?:{_MONTHS})(?![^\W\d_]))"
    rf"|(?P<quarter>(?<![^\W\d_])(?:{_QUARTERS})(?!\d))"
    rf"|(?P<week>(?<![^\W\d_])(?:{_WEEKS})(?!\d))"
    r"|(?P<year>(?<!\d)(?:19|20)\d\d(?!\d))"
    r"|(?P<number>\d+)",
    re.IGNORECASE,
)
_PATTERNS: Final = {
    "month": f"(?:{_MONTHS})",
    "quarter": f"(?:{_QUARTERS})",
    "week": f"(?:{_WEEKS})",
    "year": "(?:19|20)[0-9]{2}",
    "number": "[0-9]+",
}
_NAMES: Final = {
    "month": "monthly",
    "quarter": "quarterly",
    "week": "weekly",
    "year": "yearly",
    "number": "numbered",
}
_GAP: Final = "[ _-]*"


@dataclass(frozen=True, slots=True)
class TitleForm:
    """A title with its months, quarters, years and numbers taken out."""

    mould: str
    """What is left, small letters, with a mark for each token: `order {month}{number}`."""
    pattern: str
    """A regular expression for all titles of this mould, without case."""
    name: str
    """What is left of the title's words, or what its tokens are."""


def title_form(title: str) -> TitleForm | None:
    """Return the form of a title, or None where it has no month, quarter, year or number."""
    pieces: list[str] = []
    mould: list[str] = []
    bare: list[str] = []
    end = 0
    kinds: list[str] = []
    for match in _TOKEN.finditer(title):
        between = title[end : match.start()]
        kind = str(match.lastgroup)
        pieces += [*_between(between), _PATTERNS[kind]]
        mould += [_folded(between), f"{{{kind}}}"]
        bare.append(between)
        kinds.append(kind)
        end = match.end()
    if not kinds:
        return None
    rest = title[end:]
    pieces += _between(rest)
    mould.append(_folded(rest))
    words = " ".join(re.findall(r"[^\W\d_]+", " ".join([*bare, rest])))
    return TitleForm("".join(mould), _GAP.join(pieces), words or _NAMES[kinds[0]])


def _between(text: str) -> list[str]:
    """Return patterns for the words between tokens: hands put spaces and dashes at will."""
    return [re.escape(part) for part in re.split(r"[\s_-]+", text) if part]


def _folded(text: str) -> str:
    return re.sub(r"[\s_-]+", "", text).casefold()


def families(titles: Sequence[str]) -> list[tuple[TitleForm, list[int]]]:
    """Return the forms that two titles or more share, with the positions of the titles."""
    found: dict[str, tuple[TitleForm, list[int]]] = {}
    for index, title in enumerate(titles):
        form = title_form(title)
        if form:
            found.setdefault(form.mould, (form, []))[1].append(index)
    return [(form, members) for form, members in found.values() if len(members) > 1]
