"""Finds where a table ends: at notes, signatures or another table below it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from candid_assets.discovery.grid import LONG, Grid, runs
from candid_assets.discovery.office_words import NOTE_WORDS, words_of
from candid_assets.discovery.summary_words import summary_lead

_COUNT: Final = re.compile(r"[\[(]?(\d{1,3}|[A-Za-z])[\])]?\.?(?: ?[=:].*)?")
_PAIR: Final = re.compile(r"[^\W\d_][^:]{1,40}\s?:\s?\S")
"""A label and its value in one cell: `Terbilang: dua juta`, not the time 08:15."""
_PAIRS_IN_DATA: Final = 0.05
"""Where more rows of data than this look like a label and its value, they are data."""
_CLOSING: Final = re.compile(
    r"(?:saldo|mutasi|sisa|ppn|pph|pajak|diskon|dp|uang muka|kekurangan|terbilang|dibayar|kembali"
    r"|opening|closing|beginning|ending|balance|tax|discount|deposit)\b"
)
"""First words of a line that closes a statement or an invoice."""
_SAID: Final = frozenset(
    {
        *("termasuk", "berlaku", "sewaktu", "berubah", "dihitung", "berdasarkan", "lihat"),
        *("exclude", "excludes", "excluding", "include", "includes", "including", "subject"),
        *("valid", "change", "excluded", "included", "based", "see"),
    }
)
"""Words of sentences about a table, which begin no row of it."""
_ROW: Final = 3
"""Columns that rows of data fill, where a single text below them is none."""
_SEGMENTS: Final = 60
_MARKED: Final = 8
"""Rows below a table among whose words are those by which a run finds its end again."""
_FIGURE: Final = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class TableEnd:
    """Where a table ends."""

    last_row: int
    below: int | None = None
    """The row with which something else begins."""
    words: tuple[str, ...] = ()
    """The words by which a run finds that row again."""


def column_numbers(grid: Grid, header: int, places: Sequence[int]) -> bool:
    """Return whether the row below the header counts the columns."""
    row = header + 1
    if row >= grid.rows:
        return False
    marks = []
    for place in places:
        if text := grid.text(row, place):
            match = _COUNT.fullmatch(text)
            if match is None:
                return False
            marks.append(match[1])
    if len(marks) < 3 or len(marks) < 0.6 * len(places):
        return False
    numbers = [int(m) if m.isdigit() else ord(m.lower()) - ord("a") + 1 for m in marks]
    return numbers[0] == 1 and all(b - a == 1 for a, b in pairwise(numbers))


def find_end(grid: Grid, header: int, places: Sequence[int]) -> TableEnd:
    """Return where the table below a header ends."""
    inside = set(places)
    rows = [r for r in range(header + 1, grid.rows + 1) if inside & set(grid.filled(r))]
    if not rows:
        return TableEnd(header)
    segments = runs(rows)
    core = _Core(grid, places, segments[0])
    keep = len(segments)
    while keep > 1 and len(segments) - keep < _SEGMENTS and not core.holds(segments[keep - 1]):
        keep -= 1
    last = segments[keep - 1]
    notes = core.closing_from(last, 1 if keep == 1 else 0)
    data = [r for segment in segments[: keep - 1] for r in segment] + last[:notes]
    rest = last[notes:] + [r for segment in segments[keep:] for r in segment]
    rest = [r for r in rest if core.is_pair(r) or not core.is_total(r)]
    if not rest:
        return TableEnd(rows[-1])
    # A line whose words begin a row of the table too, as an opening balance does, ends nothing.
    markers = {r: m for r in rest[:_MARKED] if (m := _marker(grid, r, data, places[-1]))}
    below = next(iter(markers), None)
    if below is None or (below != rest[0] and not core.is_pair(rest[0])):
        return TableEnd(rows[-1])
    more = [m for r, m in markers.items() if r > below and core.is_pair(r)]
    return TableEnd(below - 1, below, tuple(dict.fromkeys([markers[below], *more])))


class _Core:
    """What rows of the table look like, by its first rows."""

    def __init__(self, grid: Grid, places: Sequence[int], rows: Sequence[int]) -> None:
        self.grid, self.places = grid, places
        sample = rows[:100]
        self.shapes: dict[int, str] = {}
        self.codes: set[int] = set()
        """Columns that hold codes."""
        for place in places:
            exact = Counter(grid.shape(r, place) for r in sample)
            if exact["c"] >= 0.8 * max(exact.total() - exact["-"], 1):
                self.codes.add(place)
            shapes = Counter(_kin(grid.shape(r, place)) for r in sample)
            blanks = shapes.pop("-", 0)
            if shapes and blanks <= 0.5 * len(sample):
                self.shapes[place] = shapes.most_common(1)[0][0]

    def holds(self, segment: Sequence[int]) -> bool:
        """Whether rows look like the table's, or sum it up."""
        sample = segment[:30]
        alike = [self._likeness(row) for row in sample]
        totals = sum(self.is_total(row) for row in sample)
        return totals == len(sample) or sum(alike) >= 0.5 * len(sample)

    def closing_from(self, rows: Sequence[int], least: int) -> int:
        """Return how many rows stand above the notes, sums and signatures that close a table.

        Args:
            rows: Rows that follow each other without a blank one.
            least: How many of them are the table's whatever they look like.
        """
        first = len(rows)
        for position in range(len(rows) - 1, least - 1, -1):
            row = rows[position]
            if (
                self.is_note(row)
                or self.is_pair(row)
                or self._is_misplaced(row) > self.is_total(row)
            ):
                first = position
            elif not (self.is_total(row) or self._is_bare(row)):
                break
        above = rows[:first]
        pairs = sum(self.is_pair(row) for row in above)
        return len(rows) if pairs > max(_PAIRS_IN_DATA * len(above), 2) else first

    def _is_bare(self, row: int) -> bool:
        """Whether a row has few cells and no number or date where rows of data have one."""
        filled = [p for p in self.places if self.grid.kind(row, p) != "-"]
        alike = any(self.shapes.get(p, "w") == _kin(self.grid.shape(row, p)) != "w" for p in filled)
        return len(filled) == 1 or (not alike and len(filled) <= len(self.shapes) // 2)

    def _is_misplaced(self, row: int) -> bool:
        """Whether a row with few cells begins with words where rows of data have no words."""
        place = min(self.grid.filled(row))
        lead = self.grid.shape(row, place) in "wl" and self.shapes.get(place, "w") in "nd"
        return lead and len(self.shapes) > 2 and self._is_bare(row)

    def is_total(self, row: int) -> bool:
        """Whether a row adds up others, by its words."""
        return summary_lead(self.grid.first_text(row, self.places[-1])) is not None

    def is_pair(self, row: int) -> bool:
        """Whether a row is a label and its value, such as `Saldo Awal : 1.000`, and no data."""
        grid, lead = self.grid, self.grid.first_text(row, self.places[-1])
        filled = [p for p in self.places if grid.kind(row, p) != "-"]
        if len(self.shapes) < 3 or not lead or not any(c.isalpha() for c in lead):
            return False
        place = filled[0]
        if grid.text(row, place) != lead or lead.startswith(":"):
            return False
        rest = [grid.text(row, p) for p in filled[1:]]
        closing = bool(_CLOSING.match(lead.lower())) or " per " in lead.lower()
        if summary_lead(lead) and not closing:
            return False
        if rest and rest[0].startswith(":"):
            return True
        few = len(filled) <= max(len(self.shapes) // 2, 2)
        if few and (lead.endswith(":") or (len(filled) <= 2 and bool(_PAIR.match(lead)))):
            return True
        sums = bool(rest) and all(grid.shape(row, p) in "ny" for p in filled[1:])
        misplaced = self.shapes.get(place, "w") in "nd" and grid.shape(row, place) == "w"
        return few and sums and (misplaced or closing)

    def is_note(self, row: int) -> bool:
        """Whether a row that follows the table at once is rather a note or a signature."""
        filled = [p for p in self.places if self.grid.kind(row, p) != "-"]
        lead = self.grid.first_text(row, self.places[-1])
        if summary_lead(lead) or len(self.shapes) < 2 or not lead:
            return False
        first = re.match(r"[^\W\d_]+", lead.lower())
        noted = lead.startswith("*") or bool(first and first[0] in NOTE_WORDS)
        few = len(filled) <= max(len(self.shapes) // 3, 1)
        if few and (noted or len(lead) > LONG):
            return True
        if len(filled) > 1 or len(self.shapes) < _ROW:
            return False
        # A line that somebody began begins with a code where the others do.
        said = filled[0] in self.codes and self.grid.shape(row, filled[0]) in "wl"
        words = words_of(lead)
        return len(words) > 1 and (said or bool(words & _SAID))

    def _likeness(self, row: int) -> float:
        if not self.shapes:
            return 1.0
        same = sum(_kin(self.grid.shape(row, p)) == s for p, s in self.shapes.items())
        return same / len(self.shapes)


def _kin(shape: str) -> str:
    return "w" if shape in "wcl" else "n" if shape in "ny" else shape


def _marker(grid: Grid, row: int, data: Sequence[int], last: int) -> str | None:
    """Return the words that begin a row and no row of the table."""
    lead = grid.first_text(row, last)
    if not lead:
        return None
    leads = [grid.first_text(r, last).lower() for r in data]
    head = _FIGURE.split(lead, maxsplit=1)[0].rstrip(" (")
    for words in (head if len(head) >= 4 else lead, lead):
        shown = words[:80].rstrip()
        if shown and not any(text.startswith(shown.lower()) for text in leads):
            return shown
    return None


def repeats_header(grid: Grid, row: int, header: int, rows: int) -> bool:
    """Whether a row is one of the header's again."""
    places = range(1, grid.width + 1)
    for above in range(header, header + rows):
        if grid.filled(above) and grid.filled(row) == grid.filled(above):
            cells = ((grid.text(above, p), grid.text(row, p)) for p in places)
            if all(a.lower() == b.lower() for a, b in cells):
                return True
    return False
