"""Recognises a tab with several kinds of line: its first column tells the kind of each.

An invoice and its items (FK and OF in an e-Faktur export, H and D in a record file) stand below one
another, each kind with columns of its own.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from candid_assets.contracts.header_text import normalise
from candid_assets.discovery.grid import Grid
from candid_assets.discovery.office_words import HEADER_WORDS, words_of

_KIND: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,9}|\d{1,2}")
_MOST_KINDS: Final = 8
_SEARCHED: Final = 10
"""Rows among which the first line of a kind is looked for, below titles."""
_FEWEST_LINES: Final = 3
_SURE: Final = 2
"""Cells by which one first line at least must be told from data; each other needs one."""
_MOST_ROWS: Final = 0.9
_DIFFERENT: Final = 1 / 3
"""The part of two kinds' columns that differ in what they hold, where lines are of two kinds."""


@dataclass(frozen=True, slots=True)
class LineKind:
    """One kind of line."""

    name: str
    place: int
    """The column that tells the kind, counted from 1."""
    header_row: int
    """Its header line; 0 where it has none."""
    rows: tuple[int, ...]
    """Its lines below the header."""
    others: tuple[str, ...] = ()
    under: str | None = None
    """The kind that its lines belong to; None for the first."""


def find_kinds(grid: Grid) -> list[LineKind]:
    """Return the kinds of line of a tab in the order of their headers; none where it has one kind.

    Kinds without header lines are returned with a header row of 0.
    """
    rows = [r for r in range(1, grid.rows + 1) if grid.filled(r)]
    if len(rows) < _FEWEST_LINES + 1:
        return []
    place = Counter(grid.filled(r)[0] for r in rows).most_common(1)[0][0]
    start = _start(grid, rows, place)
    if start is None or any(grid.filled(row)[0] < place for row in rows[start:]):
        # To the left of it stand what the rows of a group share, as in merged cells.
        return []
    lines: dict[str, list[int]] = {}
    for row in rows[start:]:
        lines.setdefault(grid.text(row, place).casefold(), []).append(row)
    heads = _heads(grid, rows[start:], place)
    if len(heads) > 1:
        lines = {kind: numbers for kind, numbers in lines.items() if kind in heads}
        signs = [_signs(grid, each, place) for each in lines.values() if len(each) > 1]
        if min(signs, default=0) < 1 or max(signs) < _SURE:
            return []
        kinds = {kind: (numbers[0], tuple(numbers[1:])) for kind, numbers in lines.items()}
    elif all(map(_KIND.fullmatch, lines)) and _are_records(grid, lines, place):
        kinds = {kind: (0, tuple(numbers)) for kind, numbers in lines.items()}
    else:
        return []
    if not 2 <= len(kinds) <= _MOST_KINDS or not _are_most(lines, len(rows) - start):
        return []
    spelled = {kind: grid.text(numbers[0], place) for kind, numbers in lines.items()}
    under = _parents(lines, {kind: body for kind, (_, body) in kinds.items()})
    return [
        LineKind(
            spelled[kind],
            place,
            header,
            body,
            tuple(spelled[other] for other in kinds if other != kind),
            spelled[under[kind]] if kind in under else None,
        )
        for kind, (header, body) in kinds.items()
    ]


def _start(grid: Grid, rows: Sequence[int], place: int) -> int | None:
    """Return the first row's index from which on a text of the column stands again below."""
    counts = Counter(grid.text(row, place).casefold() for row in rows)
    for index, row in enumerate(rows[:_SEARCHED]):
        text = grid.text(row, place)
        if _KIND.fullmatch(text) and counts[text.casefold()] > 1:
            return index
    return None


def _heads(grid: Grid, rows: Sequence[int], place: int) -> list[str]:
    """Return the kinds whose header lines stand one below the other above the data."""
    heads: list[str] = []
    for row in rows[: _MOST_KINDS + 1]:
        text = grid.text(row, place)
        if text.casefold() in heads or not _KIND.fullmatch(text):
            break
        if not _is_header(grid, row, place):
            break
        heads.append(text.casefold())
    return heads


def _are_most(lines: dict[str, list[int]], rows: int) -> bool:
    """Whether nearly all rows are of the kinds; a run quarantines the others."""
    return sum(map(len, lines.values())) >= _MOST_ROWS * rows


def _is_header(grid: Grid, row: int, place: int) -> bool:
    """Whether a line holds names, all different."""
    places = [p for p in grid.filled(row) if p != place]
    texts = [normalise(grid.text(row, p)) for p in places]
    if not texts or len(set(texts)) < len(texts):
        return False
    return all(
        grid.shape(row, p) in "wcy" and not text.isdigit()
        for p, text in zip(places, texts, strict=True)
    )


def _signs(grid: Grid, lines: Sequence[int], place: int) -> int:
    """Return how many cells of a first line are words over numbers or days, or of headers."""
    head, body = lines[0], lines[1:]
    signs = 0
    for p in grid.filled(head):
        text = grid.text(head, p)
        if p == place:
            continue
        if any(grid.text(r, p) == text for r in body):
            return 0
        shapes = Counter(s for r in body if (s := grid.shape(r, p)) != "-")
        typed = bool(shapes) and shapes.most_common(1)[0][0] in "nd"
        signs += typed or bool(words_of(text) & HEADER_WORDS)
    return signs


def _are_records(grid: Grid, lines: dict[str, list[int]], place: int) -> bool:
    """Whether lines of different kinds alternate and hold different things in their columns."""
    order = [
        kind for _, kind in sorted((row, k) for k, numbers in lines.items() for row in numbers)
    ]
    turns = sum(a != b for a, b in pairwise(order))
    repeated = [kind for kind, numbers in lines.items() if len(numbers) > 1]
    if turns <= len(lines) or len(repeated) < 2:
        return False
    forms = {kind: _form(grid, lines[kind], place) for kind in repeated}
    first, *others = repeated
    return all(_differ(forms[first], forms[kind]) for kind in others)


def _form(grid: Grid, rows: Sequence[int], place: int) -> dict[int, str]:
    """Return what the columns of a kind's lines mostly hold."""
    form = {}
    for p in range(1, grid.width + 1):
        shapes = Counter("w" if (s := grid.shape(r, p)) in "wcly" else s for r in rows)
        common = shapes.most_common(1)[0][0]
        if p != place and common != "-":
            form[p] = common
    return form


def _differ(one: dict[int, str], other: dict[int, str]) -> bool:
    every = one.keys() | other.keys()
    return sum(one.get(p) != other.get(p) for p in every) >= max(_DIFFERENT * len(every), 1)


def _parents(lines: dict[str, list[int]], bodies: dict[str, tuple[int, ...]]) -> dict[str, str]:
    """Return the kind that each kind's lines are under: the first, or one between them."""
    top = next(iter(lines))
    order = sorted((row, kind) for kind, body in bodies.items() for row in body)
    before: dict[str, set[str]] = {kind: set() for kind in lines}
    last: dict[str, str] = {}
    previous = ""
    for _, kind in order:
        if kind != previous:
            last[kind] = previous
        before[kind].add(last.get(kind, ""))
        previous = kind
    parents = {}
    for kind in list(lines)[1:]:
        above = before[kind] - {"", kind}
        between = next(iter(above)) if len(above) == 1 else top
        nested = between != top and len(bodies[between]) > len(bodies[top])
        parents[kind] = between if nested else top
    return parents
