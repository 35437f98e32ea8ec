"""Finds the table of a tab without a header: its rows of data, and names for its columns."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, Literal

from candid_assets.contracts.header_text import header_texts
from candid_assets.discovery.grid import Grid
from candid_assets.discovery.table_ends import find_end
from candid_assets.discovery.table_layout import Region, TableLayout
from candid_assets.names import column_letter

_FEWEST_ROWS: Final = 3
_FEWEST_PAIRS: Final = 6
"""Fewer rows of two cells are figures of a dashboard with their labels."""
_ALIKE: Final = 0.75
"""The part of a row's cells that are of their columns' kinds, where it is a row of data."""
_WHOLE: Final = 0.8
"""The part of the rows from the first row of data to the last that are rows of data."""
_NAMES: Final = {"d": "tanggal", "b": "status", "c": "kode", "y": "periode", "l": "keterangan"}
_SAMPLE: Final = 200
_PHONE: Final = re.compile(r"'?(?:\+ ?62|62|0)[ .-]?8\d(?:[ .-]?\d){6,11}")
_MOSTLY: Final = 0.8
"""The part of a column's cells that are telephone numbers where it is one of them."""


def headerless_layout(grid: Grid) -> TableLayout | None:
    """Return the position of a table without a header, or None where the rows are not of one form.

    At least one column is of dates or codes, or of words beside numbers: a block of nothing but
    numbers says too little of what they are.
    """
    rows = [r for r in range(1, grid.rows + 1) if len(grid.filled(r)) > 1]
    kinds = _kinds(grid, rows[:_SAMPLE])
    if len(kinds) < 2 or not set(kinds.values()) & set("ndc") or set(kinds.values()) == {"n"}:
        return None
    data = [row for row in rows if _likeness(grid, row, kinds) >= _ALIKE]
    if len(data) < (_FEWEST_ROWS if len(kinds) > 2 else _FEWEST_PAIRS):
        return None
    first, places = data[0], tuple(sorted(kinds))
    end = find_end(grid, first - 1, places)
    body = [r for r in range(first, end.last_row + 1) if grid.filled(r)]
    inside = [row for row in data if row <= end.last_row]
    if len(inside) < max(_WHOLE * len(body), _FEWEST_ROWS):
        return None
    used = {p for row in body for p in grid.filled(row)}
    places = tuple(range(min(used), max(used) + 1))
    regions = [
        *_region(grid, range(1, first), "above_header"),
        *_region(grid, range(end.last_row + 1, grid.rows + 1), "below_table"),
    ]
    return TableLayout(
        header_row=first,
        header_rows=0,
        headers=tuple(header_texts([None] * grid.width)),
        places=places,
        ignored=(),
        blank=frozenset(places),
        column_numbers=False,
        last_row=end.last_row,
        ends_at=end.words,
        regions=tuple(regions),
        names=_names(grid, inside, places),
    )


def _region(
    grid: Grid, rows: range, rule: Literal["above_header", "below_table"]
) -> Iterator[Region]:
    """Yield the cells of some rows, if there are any."""
    filled = [row for row in rows if grid.filled(row)]
    if filled:
        columns = [p for row in filled for p in grid.filled(row)]
        cells = grid.range_of((filled[0], filled[-1]), (min(columns), max(columns)))
        yield Region(cells, rule)


def _kin(shape: str) -> str:
    return "w" if shape in "wly" else shape


def _kinds(grid: Grid, rows: Sequence[int]) -> dict[int, str]:
    """Return what each column mostly holds, of those that most rows fill."""
    kinds = {}
    for place in range(1, grid.width + 1):
        shapes = Counter(_kin(s) for r in rows if (s := grid.shape(r, place)) not in "-e")
        if shapes.total() > len(rows) / 2:
            kinds[place] = shapes.most_common(1)[0][0]
    return kinds


def _likeness(grid: Grid, row: int, kinds: dict[int, str]) -> float:
    shapes = {p: _kin(grid.shape(row, p)) for p in kinds}
    filled = [p for p, shape in shapes.items() if shape != "-"]
    typed = [p for p, kind in kinds.items() if kind in "nd"]
    if len(filled) < max(len(kinds) / 2, 2) or (typed and not any(p in filled for p in typed)):
        return 0.0
    same = sum(shapes[p] == kinds[p] or {shapes[p], kinds[p]} == {"w", "c"} for p in filled)
    return same / len(filled)


def _names(grid: Grid, rows: Sequence[int], places: Sequence[int]) -> dict[int, str]:
    """Return names for the columns, by what stands in them; else by their letters."""
    names: dict[int, str] = {}
    seen: Counter[str] = Counter()
    for place in places:
        name = _name(grid, rows, place) or f"kolom_{column_letter(place).lower()}"
        if name in {"nama", "jumlah", "no"} and seen[name]:
            # Which of several columns of words is the name, nobody can tell.
            name = f"kolom_{column_letter(place).lower()}"
        seen[name] += 1
        names[place] = name if seen[name] == 1 else f"{name}_{seen[name]}"
    return names


def _name(grid: Grid, rows: Sequence[int], place: int) -> str:
    shapes = Counter(s for r in rows if (s := grid.shape(r, place)) != "-")
    if not shapes:
        return ""
    common = shapes.most_common(1)[0][0]
    texts = [text for r in rows if (text := grid.text(r, place))]
    if sum(bool(_PHONE.fullmatch(text)) for text in texts) >= _MOSTLY * len(texts):
        return "telepon"
    if common == "n":
        counting = all(t.isdigit() for t in texts) and texts[0] == "1"
        numbers = [int(t) for t in texts] if counting else []
        return "no" if counting and all(b - a == 1 for a, b in pairwise(numbers)) else "jumlah"
    if common == "w":
        wordy = sum(len(text.split()) > 1 for text in texts) >= len(texts) / 2
        return "nama" if wordy and len(set(texts)) > len(texts) / 2 else ""
    return _NAMES.get(common, "")
