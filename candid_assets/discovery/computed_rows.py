"""Finds rows that are worked out of others: a gross profit, what is left, a sum of a few lines."""

import re
from collections.abc import Mapping, Sequence
from math import gcd, log10
from statistics import median
from typing import Final

from candid_assets.discovery.grid import LONG, Grid
from candid_assets.discovery.numbers_above import number_of
from candid_assets.discovery.summary_outcome import SummaryRows
from candid_assets.discovery.summary_words import matches, phrase_of

_MOST_ROWS: Final = 200
_FEWEST_ROWS: Final = 4
_MOST_COLUMNS: Final = 40
_MOST_RESULTS: Final = 0.5
"""Where more of the rows agree, chance makes them: amounts of few sizes."""
_CENTS: Final = 100
_BY_WORDS: Final = 1.5
"""How much rarer than one in all pairs of rows a result must be by chance, as a power of ten."""
_WITHOUT_WORDS: Final = 4.0
_RESULT: Final = re.compile(
    r"\b(?:laba|rugi|profit|loss|income|margin|surplus|defisit|deficit|selisih|difference|net|neto"
    r"|netto|bersih|gross|kotor|ebitda?|kenaikan|penurunan|increase|decrease|total|jumlah|jml"
    r"|sub ?total|sisa|saldo)\b"
)
"""Words of what is worked out of other lines of a statement."""

_DAYS: Final = frozenset("ds")

Amounts = tuple[int, ...]


def add_computed(
    grid: Grid, rows: Sequence[int], places: Sequence[int], summaries: SummaryRows
) -> None:
    """Add rows all of whose numbers are worked out of rows above to those that sum others up.

    Each is in every column the difference of two rows above, the sum of two rows or more that end
    right above it, or the sum of all such results, and so many figures agree that no chance makes
    them. Where no word says so, or a row of data begins with the same, it stays a row of data and
    is asked about.

    Args:
        grid: The tab.
        rows: The rows below the header that are not blank, in their order.
        places: The table's columns.
        summaries: The rows that were found by their words and sums.
    """
    lines = _lines(grid, rows, places)
    if not _FEWEST_ROWS <= len(lines) <= _MOST_ROWS:
        return
    rarity = _rarity(list(lines.values())) - 2 * log10(len(lines))
    if rarity < _BY_WORDS:
        return
    others = summaries.labelled.keys() | summaries.sums.keys()
    leads = {r: grid.first_text(r, places[-1]).lower() for r in rows}
    results = _results(lines)
    for row in results if len(results) <= _MOST_RESULTS * len(lines) else ():
        lead = leads[row]
        dated = any(grid.kind(row, place) in _DAYS for place in places)
        if row in others or not lead or len(lead) > LONG or dated:
            continue
        phrase = phrase_of(lead)
        alone = not any(matches(text, phrase) for r, text in leads.items() if r != row)
        if _RESULT.search(lead) and alone:
            summaries.labelled[row] = phrase
            summaries.computed.pop(row, None)
        elif rarity >= _WITHOUT_WORDS:
            summaries.computed[row] = phrase


def _lines(grid: Grid, rows: Sequence[int], places: Sequence[int]) -> dict[int, Amounts]:
    """Return the numbers of rows in hundredths, in the columns in which all of them have one."""
    if len(rows) > _MOST_ROWS:
        return {}
    places = places[:_MOST_COLUMNS]
    numbers = {
        row: {p: n for p in places if (n := number_of(grid, row, p)) is not None} for row in rows
    }
    filled = {row: cells for row, cells in numbers.items() if cells}
    shared = [p for p in places if all(p in cells for cells in filled.values())]
    if not shared:
        return {}
    return {row: tuple(round(cells[p] * _CENTS) for p in shared) for row, cells in filled.items()}


def _rarity(lines: Sequence[Amounts]) -> float:
    """Return how many different amounts rows may have, as a power of ten."""
    columns = list(zip(*lines, strict=True))
    steps = (median(map(abs, column)) / max(gcd(*column), 1) for column in columns)
    return sum(log10(max(step, 1)) for step in steps)


def _results(lines: Mapping[int, Amounts]) -> list[int]:
    """Return the rows that are worked out of rows above.

    They are the difference of two of these, the sum of those right above, or that of all results.
    """
    width = len(next(iter(lines.values())))
    # What all rows so far add up to, and all results.
    running = of_results = (0,) * width
    before: list[Amounts] = []
    results: list[int] = []
    above: set[Amounts] = set()
    for row, line in lines.items():
        differs = any(_plus(line, one) in above for one in above)
        summed = _minus(running, line) in before[:-1]
        of_totals = len(results) > 1 and line == of_results
        if any(line) and (differs or summed or of_totals):
            results.append(row)
            of_results = _plus(of_results, line)
        before.append(running)
        running = _plus(running, line)
        if any(line):
            above.add(line)
    return results


def _plus(one: Amounts, other: Amounts) -> Amounts:
    return tuple(a + b for a, b in zip(one, other, strict=True))


def _minus(one: Amounts, other: Amounts) -> Amounts:
    return tuple(a - b for a, b in zip(one, other, strict=True))
