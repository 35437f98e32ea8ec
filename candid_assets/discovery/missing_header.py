"""Recognises a tab without a header, whose likeliest header is the first row of its data."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from candid_assets.discovery.grid import Grid
from candid_assets.discovery.header_candidates import Candidate
from candid_assets.discovery.office_words import HEADER_WORDS, words_of

_USUAL: Final = 0.8
_FIGURE: Final = re.compile(r"\d")
_NAMES: Final = {"n": "Jumlah", "d": "Tanggal", "b": "Status", "c": "Kode", "y": "Periode"}


def is_data(grid: Grid, best: Candidate, body: Sequence[int]) -> bool:
    """Return whether a row that would be the header is of one kind with the rows below it.

    It is where two of its cells or more are like those below (numbers over numbers, codes of one
    form, a value that stands there again) and none is unlike them or a word that headers have.
    """
    if best.rows > 1 or len(body) < 3:
        return False
    places = [p for p, text in enumerate(best.texts, 1) if text]
    if any(_is_name(grid, best, body, p) for p in places):
        return False
    figures = [best.texts[p - 1] for p in places if best.texts[p - 1].isdigit()]
    if len(figures) >= 3 and all(int(b) - int(a) == 1 for a, b in pairwise(figures)):
        return False
    alike = 0
    for place in places:
        below = [(grid.shape(r, place), grid.text(r, place)) for r in body]
        filled = [(shape, text) for shape, text in below if shape != "-"]
        if not filled:
            continue
        shape, text = grid.shape(best.row, place), grid.text(best.row, place)
        common, count = Counter(s for s, _ in filled).most_common(1)[0]
        usual = count >= _USUAL * len(filled)
        if usual and common in "ndb":
            if shape != common:
                return False
            alike += 1
        elif text in [t for _, t in filled] or (_FIGURE.search(text) and _mould(text, filled)):
            alike += 1
    return alike >= 2


def _is_name(grid: Grid, best: Candidate, body: Sequence[int], place: int) -> bool:
    """Whether a cell has a word of headers, and is not as `Jl. Merdeka No. 1` over such others."""
    text = best.texts[place - 1]
    below = [(s, grid.text(r, place)) for r in body if (s := grid.shape(r, place)) != "-"]
    moulded = bool(below) and bool(_FIGURE.search(text)) and _mould(text, below)
    return bool(words_of(text) & HEADER_WORDS) and not moulded


def _mould(text: str, below: Sequence[tuple[str, str]]) -> bool:
    """Whether nearly all texts below have the letters and figures of a code in its places."""
    form = _form(text)
    return sum(_form(other) == form for _, other in below) >= _USUAL * len(below)


def _form(text: str) -> str:
    return re.sub(r"[^\W\d_]", "a", _FIGURE.sub("0", text))


def proposed_names(grid: Grid, best: Candidate) -> list[str]:
    """Return names for the columns of a tab without a header, by what stands in them."""
    places = [p for p, text in enumerate(best.texts, 1) if text]
    return [
        f"'{name}'"
        for name in _numbered(_NAMES.get(grid.shape(best.row, p), "Nama") for p in places)
    ]


def _numbered(names: Iterable[str]) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for name in names:
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name} {seen[name]}"
