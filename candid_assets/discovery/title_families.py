"""Families of tabs: titles that differ by month, quarter, year or number alone."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from candid_assets.vocabulary import any_of, months

_QUARTERS: Final = r"q[1-4]|tw ?[1-4]|kuartal ?[1-4]|triwulan ?[1-4]|quarter ?[1-4]"
_WEEKS: Final = r"(?:minggu|week|wk) ?(?:ke ?-? ?)?[0-9]{1,2}"
_NAMES: Final = {
    "month": "monthly",
    "quarter": "quarterly",
    "week": "weekly",
    "year": "yearly",
    "number": "numbered",
}
_GAP: Final = "[ _-]*"
_COPY: Final = re.compile(
    r"(?:copy of|salinan(?: dari)?) (?P<of>.+)"
    r"|(?P<first>.+?)(?: ?\(\d+\)| ?[-(]? ?(?:copy|salinan)(?: ?\d+)?\)?)",
    re.IGNORECASE,
)
"""What a copy of a tab is called: `Copy of Juli`, `Juli (1)`, `Juli - Salinan`."""


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
    for match in _token().finditer(title):
        between = title[end : match.start()]
        kind = str(match.lastgroup)
        pieces += [*_between(between), _patterns()[kind]]
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


def copied_title(title: str) -> str | None:
    """Return the title of the tab that a tab is a copy of by its own title, or None."""
    match = _COPY.fullmatch(" ".join(title.split()))
    if match is None:
        return None
    bare = match["of"] or match["first"]
    return copied_title(bare) or bare


@cache
def _patterns() -> Mapping[str, str]:
    return {
        "month": f"(?:{any_of(months())})",
        "quarter": f"(?:{_QUARTERS})",
        "week": f"(?:{_WEEKS})",
        "year": "(?:19|20)[0-9]{2}",
        "number": "[0-9]+",
    }


@cache
def _token() -> re.Pattern[str]:
    month, quarter, week, year, number = _patterns().values()
    return re.compile(
        rf"(?P<month>(?<![^\W\d_]){month}(?![^\W\d_]))"
        rf"|(?P<quarter>(?<![^\W\d_]){quarter}(?!\d))"
        rf"|(?P<week>(?<![^\W\d_]){week}(?!\d))"
        rf"|(?P<year>(?<!\d){year}(?!\d))"
        rf"|(?P<number>{number})",
        re.IGNORECASE,
    )


def _between(text: str) -> list[str]:
    """Return patterns for the words between tokens, whose spaces and dashes may vary."""
    return [re.escape(part) for part in re.split(r"[\s_-]+", text) if part]


def _folded(text: str) -> str:
    return re.sub(r"[\s_-]+", "", text).casefold()


def families(titles: Sequence[str]) -> list[tuple[TitleForm, list[int]]]:
    """Return the forms that two titles or more share, with the positions of the titles."""
    by_mould: dict[str, tuple[TitleForm, list[int]]] = {}
    for index, title in enumerate(titles):
        form = title_form(title)
        if form:
            by_mould.setdefault(form.mould, (form, []))[1].append(index)
    return [(form, members) for form, members in by_mould.values() if len(members) > 1]
