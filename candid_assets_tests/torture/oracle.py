"""What the platform must publish, said a second time by a parser of its own.

Nothing here comes from the product: a tab is rows of cells, a contract is a list of headers with
four types, and the answer is which rows are clean, how many are kept out and whether the tab may,
or must, be refused. It knows only what the sequences do; see `edits.py`.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal

from candid_assets.sandbox.workbook import Dated, Formatted, SampleTab, SampleWorkbook
from candid_assets_tests.torture.company import CONTRACTS, HEADERS, Rules

Row = tuple[Any, ...]
Key = tuple[str, str]
Fate = Literal["taken", "refused", "either"]

KINDS: Final = {
    "No Nota": "key",
    "Kode": "text",
    "Nama": "text",
    "Tgl": "date",
    "Qty": "integer",
    "Jumlah (Rp)": "number",
}
EPOCH: Final = date(1899, 12, 30)
FAMILY: Final = re.compile(r"(jan|feb|mar|apr)[0-9]{2}", re.IGNORECASE)
FIRST_TITLES: Final = {
    ("kios", "barang"): 101,
    ("kios", "jual"): 102,
    ("gudang", "stok"): 101,
    ("gudang", "retur"): 102,
}
"""The id of the sheet of each tab that is no member of a family."""
FEW, LOST_SHARE, LARGE = 3, 0.2, 0.5


class Bad(Exception):  # noqa: N818 - a value, not an error of the program
    """A cell that is not of its column's type."""


@dataclass
class Read:
    """One tab, or one member of a family, as it should be read."""

    fate: Fate
    why: str = ""
    clean: list[Row] = field(default_factory=list)
    quarantined: int = 0
    rows: int = 0
    """Rows of the grid down to the last one with a cell."""
    loose: bool = False
    """Whether two rows differ in nothing but how a number is shown, which may be no difference."""


def _plain(cell: Any) -> Any:
    if isinstance(cell, Formatted):
        return cell.value
    if isinstance(cell, str):
        return " ".join(cell.split()) or None
    return cell


def _spaced(cell: Any) -> Any:
    """Return a cell so that two are equal only if they are shown alike and of one kind."""
    return _plain(cell) if isinstance(cell, str) else (type(cell), cell) if cell else cell


def number(cell: Any) -> Decimal | None:
    """Read a number as an Indonesian sheet writes it: 1.250,50."""
    if cell is None:
        return None
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return Decimal(repr(cell))
    if not isinstance(cell, str) or not re.fullmatch(
        r"-?([0-9]{1,3}(\.[0-9]{3})+|[0-9]+)(,[0-9]+)?", cell
    ):
        raise Bad(cell)
    try:
        return Decimal(cell.replace(".", "").replace(",", "."))
    except InvalidOperation:
        raise Bad(cell) from None


def day(cell: Any) -> date | None:
    if cell is None:
        return None
    if isinstance(cell, Dated):
        return EPOCH + timedelta(days=int(cell.serial))
    match = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", str(cell))
    if match is None:
        raise Bad(cell)
    try:
        return date(*(int(part) for part in reversed(match.groups())))
    except ValueError:
        raise Bad(cell) from None


def value(header: str, cell: Any, least: int) -> Any:
    """Return the value of a cell below a header, or raise Bad."""
    cell = _plain(cell)
    match KINDS[header]:
        case "date":
            return day(cell)
        case "integer" | "number" as kind:
            read = number(cell)
            if read is not None and (read < least or (kind == "integer" and read % 1)):
                raise Bad(cell)
            return read
        case _:
            if isinstance(cell, (Dated, int, float)):
                raise Bad(cell)
            return cell


@dataclass
class Lines:
    """The rows below a header that are no repetition of one another, each read by its columns."""

    headers: list[str]
    least: int
    kept: list[tuple[Row, bool]] = field(default_factory=list)
    """Values, and whether one of them is bad."""
    misread: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    loose: bool = False
    _seen: set[Row] = field(default_factory=set)
    _plain: set[Row] = field(default_factory=set)

    def take(self, cells: list[Any], whole: Row) -> None:
        """Read one row: the cells of its columns, and all its cells."""
        if all(cell is None for cell in cells) or _trimmed(whole) in self._seen:
            return
        self._seen.add(_trimmed(whole))
        self.loose = self.loose or tuple(cells) in self._plain
        self._plain.add(tuple(cells))
        values, bad = [], cells[0] is None
        for header, cell in zip(self.headers, cells, strict=True):
            self.filled[header] += cell is not None
            try:
                values.append(value(header, cell, self.least))
            except Bad:
                self.misread[header] += 1
                values.append(None)
                bad = True
        self.kept.append((tuple(values), bad))

    @property
    def doubtful(self) -> bool:
        """Whether a column holds mostly something else, which may be a reason to refuse."""
        return any(self.misread[h] * 2 >= self.filled[h] > 0 for h in self.headers)


def read_tab(key: Key, tab: SampleTab, rules: Rules) -> Read:
    """Read one tab by its contract."""
    headers = HEADERS[key]
    rows = [[_plain(cell) for cell in row] for row in tab.rows]
    while rows and not any(cell is not None for cell in rows[-1]):
        rows.pop()
    if not rows:
        return Read("refused", "empty")
    place = next((n for n, row in enumerate(rows) if set(headers) <= set(row)), None)
    if place is None:
        return Read("refused", "no header")
    columns = [rows[place].index(header) for header in headers]
    lines = Lines(headers, rules.least)
    for row, raw in zip(rows[place + 1 :], tab.rows[place + 1 :], strict=False):
        cells = [row[column] if column < len(row) else None for column in columns]
        lines.take(cells, tuple(_spaced(cell) for cell in raw))
    keys = Counter(values[0] for values, _ in lines.kept if values[0] is not None)
    title = (tab.title,) if key[1] == "harian" else ()
    clean = [title + values for values, bad in lines.kept if not bad and keys[values[0]] == 1]
    read = Read("taken", "", clean, len(lines.kept) - len(clean), len(rows), lines.loose)
    if lines.doubtful or not clean:
        read.fate, read.why = "either", "hardly a clean row"
    return read


def _trimmed(row: Sequence[Any]) -> Row:
    cells = list(row)
    while cells and cells[-1] is None:
        cells.pop()
    return tuple(cells)


def judge_loss(read: Read, before: list[Row], *, keyed: int) -> Read:
    """Say whether a tab that was read may be refused because rows of the last good are gone."""
    if read.fate != "taken" or not before:
        return read
    now = {row[keyed] for row in read.clean}
    lost = sum(row[keyed] not in now for row in before)
    # What cannot be read in quarantine counts against the loss; a key there is no loss.
    if lost >= FEW and lost >= LOST_SHARE * len(before):
        least = lost - read.quarantined
        certain = least >= FEW and least >= LOST_SHARE * len(before)
        read.fate, read.why = ("refused" if certain else "either"), "rows are gone"
    return read


def tabs_of(key: Key, book: SampleWorkbook, known: set[int]) -> dict[int, SampleTab]:
    """Return the tabs that a contract describes, by the ids of their sheets.

    A tab that was read before is known by its id, whatever it is called since.
    """
    if key[1] == "harian":
        return {
            tab.sheet_id: tab
            for tab in book.tabs
            if FAMILY.fullmatch(tab.title) or tab.sheet_id in known
        }
    title = key[1].capitalize()
    same = [tab for tab in book.tabs if tab.sheet_id == FIRST_TITLES[key]]
    named = [tab for tab in book.tabs if tab.title == title]
    return {tab.sheet_id: tab for tab in (same or named)[:1]}


def daily(jual: list[Row], harian: list[Row]) -> list[Row]:
    """Return the rows of ready.mart_daily over two clean tables."""
    days: dict[date, tuple[int, Decimal | None]] = {}
    for when, amount in [*((r[1], r[4]) for r in jual), *((r[2], r[3]) for r in harian)]:
        if when is None:
            continue
        count, total = days.get(when, (0, None))
        total = total if amount is None else (total or Decimal(0)) + amount
        days[when] = (count + 1, total)
    return [(when, count, total) for when, (count, total) in days.items()]


def tables() -> list[Key]:
    """Return every table, by workbook and name."""
    return list(CONTRACTS)
