"""Whole tabs as people make them, from titles to notes, and what a careful person says of each.

A tab is written as lines, cells divided by `|`. The first word of a line says what it is: `t`
stands above the table, `h` is a row of its header, `c` a line below the header that is no data, `d`
rows of data, `s` a row that sums others up, `g` the name of a group on a row of its own, `r` the
header again, `n` stands below the table, and `-` is a blank row. In a header, `<` is merged with
the cell to its left and `^` with the one above. `=5` is a number, `@2025-01-31` a day and `{sum}` a
result.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import Any, Final

from candid_assets.sources.extract import Merge
from candid_assets_tests.discovery.corpus_cells import CELLS, FAULTS, Cell, Line
from candid_assets_tests.discovery.kit import Sheet

_OPENING: Final = 1_500_000.0
_FEWEST_FOR_FAULTS: Final = 20
_SHARE_OF_FAULTS: Final = 0.05
WAYS: Final = ("plain", "rough", "messy")
_SHARE_OF_BLANKS: Final = 0.06
_SHARE_BY_HAND: Final = 0.08
_SHARE_OF_REMARKS: Final = 0.4


@dataclass(frozen=True)
class Shape:
    """A kind of tab that people make."""

    name: str
    body: str
    """A kind of cell for each column; one behind which `?` stands is sometimes blank."""
    text: str
    locale: str = "in_ID"
    seen: bool = True
    """Whether discovery was fitted to it; the others are only scored."""


@dataclass
class Truth:
    """What is true of one tab."""

    name: str
    sheet: Sheet
    locale: str
    seen: bool
    header_row: int = 0
    header_rows: int = 0
    titled: bool = False
    headers: dict[int, str] = field(default_factory=dict)
    """Words of each column's header by its place."""
    types: dict[int, str] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    """Columns whose values are a list."""
    data: set[int] = field(default_factory=set)
    """Sheet rows of data."""
    left_out: dict[int, str] = field(default_factory=dict)
    """Sheet rows in and below the table that are no data, with what they are."""
    faults: dict[tuple[int, int], Any] = field(default_factory=dict)
    """Row and place of cells that are no value of their column."""


def whole_tabs(shapes: Sequence[Shape]) -> list[Truth]:
    """Return each shape three times: as it should be, with faults, and as hands have left it."""
    return [_Writer(shape, way).write() for shape in shapes for way in WAYS]


class _Writer:
    """Writes one tab row by row."""

    def __init__(self, shape: Shape, way: str) -> None:
        self.shape, self.rough, self.messy = shape, way != "plain", way == "messy"
        self.random = Random(f"{shape.name}/{way}")  # noqa: S311 - chance for a test
        names = [name.strip() for name in shape.body.split(",")]
        self.sparse = [name.endswith("?") for name in names]
        self.kinds: list[Cell] = [CELLS[name.rstrip("?")] for name in names]
        self.left = self.random.choice((0, 1)) if self.rough else 0
        self.rows: list[list[Any]] = []
        self.merges: list[Merge] = []
        self.headers: list[list[str]] = []
        self.values: list[list[Any]] = []
        self.since = self.group = 0
        self.day = date(2025, 1, 2)
        self.balance = _OPENING
        self.truth = Truth(f"{shape.name}, {way}", Sheet(()), shape.locale, shape.seen)

    def write(self) -> Truth:
        """Return the tab and what is true of it."""
        truth = self.truth
        for line in filter(str.strip, self.shape.text.split("\n")):
            mark, _, rest = line.strip().partition(" ")
            self._line(mark, [cell.strip() for cell in rest.split("|")])
        wide = max(map(len, self.rows))
        rows = [[*row, *[None] * (wide - len(row))] for row in self.rows]
        if self.messy:
            self._leave_by_hand(rows)
        elif self.rough:
            self._plant(rows)
        truth.sheet = Sheet(rows, tuple(self.merges))
        truth.header_rows = len(self.headers)
        for place, kind in enumerate(self.kinds):
            at = place + self.left + 1
            truth.headers[at] = _header(self.headers, place)
            truth.types[at] = kind.type
            if kind.closed:
                truth.closed.add(at)
        return truth

    def _line(self, mark: str, cells: list[str]) -> None:
        if mark == "d":
            count = int(cells[0])
            grown = self.random.choice((0.7, 1.5, 3.0)) if self.rough and count > 5 else 1
            for number in range(max(int(count * grown), 1)):
                if self.messy and number and self.random.random() < _SHARE_OF_BLANKS:
                    self._put([])
                self._data()
            return
        if mark == "h":
            self._header_line(cells)
            return
        row = self._put(
            [] if mark == "-" else [self._cell(text, p) for p, text in enumerate(cells)]
        )
        if mark == "t":
            self.truth.titled = True
            if self.rough and len(cells) == 1 and self.random.random() < 0.5:
                self.merges.append((row - 1, row, self.left, self.left + len(self.kinds)))
        elif mark in {"c", "s", "g", "r", "n"}:
            self.truth.left_out[row] = mark
            if mark == "g":
                self.group += 1
        if mark == "s":
            self.since = len(self.values)

    def _header_line(self, cells: list[str]) -> None:
        row = self._put([None if text in {"", "<", "^"} else self._spelled(text) for text in cells])
        if not self.headers:
            self.truth.header_row = row
        self.headers.append(cells)
        if not self.rough:
            self._merge(row, cells)

    def _spelled(self, text: str) -> str:
        """Return a name as hands leave it: capitals, in two lines, with a space behind."""
        if not self.messy:
            return text
        ways = (text, text, text.upper(), f"{text} ", text.replace(" ", "\n", 1))
        return self.random.choice(ways)

    def _merge(self, row: int, cells: list[str]) -> None:
        for place, text in enumerate(cells):
            right = place + 1
            while right < len(cells) and cells[right] == "<":
                right += 1
            if right - place > 1 and text != "<":
                self.merges.append((row - 1, row, place, right))
            above = self.headers[-2] if len(self.headers) > 1 else []
            if text == "^" and place < len(above) and above[place] not in {"<", "^", ""}:
                self.merges.append((row - 2, row, place, place + 1))

    def _put(self, cells: Sequence[Any]) -> int:
        self.rows.append([*[None] * self.left, *cells])
        return len(self.rows)

    def _data(self) -> None:
        number = len(self.values)
        self.day += timedelta(days=self.random.choice((0, 0, 1, 1, 2)))
        line = Line(self.random, number, self.group, self.day, self.balance)
        values = [kind.value(line) for kind in self.kinds]
        self.balance = line.balance
        for place, sparse in enumerate(self.sparse):
            if sparse and number and self.random.random() < 0.3:
                values[place] = None
        self.values.append(values)
        shown = [
            None if value is None else kind.show(value)
            for kind, value in zip(self.kinds, values, strict=True)
        ]
        self.truth.data.add(self._put(shown))

    def _cell(self, text: str, place: int) -> Any:
        """Return what a cell holds that is written in a shape."""
        if text.startswith("{"):
            return self._result(text.strip("{}"), place)
        if text.startswith("@"):
            return date.fromisoformat(text[1:])
        if text.startswith("="):
            return float(text[1:]) if "." in text else int(text[1:])
        return text or None

    def _result(self, how: str, place: int) -> Any:
        """Return the sum or another result of the rows above, as the column is written."""
        rows = self.values if how != "sum" else self.values[self.since :]
        values = [row[place] for row in rows if row[place] is not None]
        if not values:
            return None
        results: dict[str, Callable[[], Any]] = {
            "sum": partial(sum, values),
            "all": partial(sum, values),
            "avg": lambda: sum(values) / len(values),
            "max": partial(max, values),
            "min": partial(min, values),
            "n": partial(len, values),
            "last": lambda: values[-1],
        }
        result = results[how]()
        return self.kinds[place].show(result)

    def _leave_by_hand(self, rows: list[list[Any]]) -> None:
        """Type some numbers and days as texts, with spaces behind others, and a remark beside."""
        english = self.shape.locale.startswith("en")
        for row in self.truth.data:
            for place, kind in enumerate(self.kinds):
                cell = rows[row - 1][place + self.left]
                if self.random.random() < _SHARE_BY_HAND:
                    rows[row - 1][place + self.left] = _by_hand(cell, kind, english=english)
        if self.random.random() < _SHARE_OF_REMARKS:
            row = self.random.choice(sorted(self.truth.data))
            wide = len(rows[row - 1])
            for other in rows:
                other.extend([None] * (wide + 2 - len(other)))
            rows[row - 1][wide + 1] = "cek lagi ya"

    def _plant(self, rows: list[list[Any]]) -> None:
        """Replace some cells of data by faults, so few that the column is still what it is."""
        data = sorted(self.truth.data)
        if len(data) < _FEWEST_FOR_FAULTS:
            return
        for place, kind in self._faulty():
            for row in self.random.sample(data, max(int(_SHARE_OF_FAULTS * len(data) / 2), 1)):
                at = place + self.left
                if rows[row - 1][at] is None or any(r == row for r, _ in self.truth.faults):
                    continue
                fault = self.random.choice(FAULTS[kind.type])
                rows[row - 1][at] = fault
                self.truth.faults[(row, at + 1)] = fault

    def _faulty(self) -> Iterator[tuple[int, Cell]]:
        """Return the columns that get faults."""
        places = [p for p, kind in enumerate(self.kinds) if kind.type in FAULTS]
        for place in self.random.sample(places, min(3, len(places))):
            yield place, self.kinds[place]


def _by_hand(cell: Any, kind: Cell, *, english: bool) -> Any:
    """Return a cell as a hand types it: as text, or with a space behind."""
    if isinstance(cell, bool) or cell is None:
        return cell
    if isinstance(cell, int) and kind.numeric:
        grouped = f"{cell:,}" if kind.type == "amount" else str(cell)
        return grouped if english else grouped.replace(",", ".")
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return cell.strftime("%m/%d/%Y" if english else "%d/%m/%Y")
    return f"{cell} " if isinstance(cell, str) else cell


def _header(lines: Sequence[Sequence[str]], place: int) -> str:
    """Return what a person calls a column: the words over it from the top."""
    words = []
    for line in lines:
        at = place
        while at < len(line) and line[at] == "<":
            at -= 1
        if at < len(line) and line[at] not in {"", "^"}:
            words.append(line[at])
    return " ".join(words)
