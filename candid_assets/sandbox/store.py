"""The workbooks of a folder, read when first asked for and again when their file changes."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from candid_assets.sandbox.a1 import AddressedTab
from candid_assets.sandbox.workbook import Cell, Dated, Formatted, SampleTab, SampleWorkbook

NOT_WORKBOOKS = frozenset({"truth.json", "manifest.json"})
CREDENTIALS_PREFIX = "service-account"
_KEPT_BYTES = 64_000_000  # of JSON on disk; in memory it is about ten times that
_DEFAULT_ROWS, _DEFAULT_COLUMNS = 1000, 26  # the grid of a new Google tab


@dataclass(frozen=True, slots=True)
class ServedTab:
    """A tab made ready to be served: blanks are "", trailing blanks gone, 3.0 is 3."""

    tab: SampleTab
    grid: AddressedTab
    rows: list[list[Cell]]

    @classmethod
    def of(cls, tab: SampleTab) -> "ServedTab":
        """Make a tab ready; its grid is the tab's or Google's default, or what its cells need."""
        height = max(len(tab.rows), tab.grid_rows or _DEFAULT_ROWS)
        width = max(max(map(len, tab.rows), default=0), tab.grid_columns or _DEFAULT_COLUMNS)
        grid = AddressedTab(tab.title, height, width, tab.hidden)
        rows, tab.rows = _trimmed(tab.rows), []
        return cls(tab, grid, rows)


@dataclass(frozen=True)
class ServedWorkbook:
    """A workbook made ready to be served."""

    book: SampleWorkbook
    tabs: list[ServedTab]


class WorkbookFolder:
    """The workbooks of one folder, `<spreadsheet_id>.json` each."""

    def __init__(self, folder: Path, renew: Callable[[], None] | None = None) -> None:
        """Serve a folder; `renew` is called before each look and may bring its files up to date."""
        self.folder = folder
        self.problems: dict[str, str] = {}
        """Files that are no workbooks, with what is wrong."""
        self._renew = renew or (lambda: None)
        self._heads: dict[str, tuple[tuple[int, ...], SampleWorkbook | None]] = {}
        self._served: dict[str, tuple[tuple[int, ...], ServedWorkbook]] = {}

    def heads(self) -> list[SampleWorkbook]:
        """Return every workbook without its tabs, by name."""
        self._renew()
        heads = [self._head(path) for path in workbook_files(self.folder)]
        return sorted((head for head in heads if head), key=lambda head: head.title.casefold())

    def head(self, spreadsheet_id: str) -> SampleWorkbook | None:
        """Return one workbook without its tabs, or None when there is none of that id."""
        self._renew()
        return self._head(self._path(spreadsheet_id))

    def get(self, spreadsheet_id: str) -> ServedWorkbook | None:
        """Return one workbook whole, or None when there is none of that id."""
        self._renew()
        path = self._path(spreadsheet_id)
        stamp = _stamp(path)
        if stamp is None:
            self._served.pop(spreadsheet_id, None)
            return None
        kept = self._served.pop(spreadsheet_id, None)
        if kept and kept[0] == stamp:
            self._served[spreadsheet_id] = kept
            return kept[1]
        served = self._read(path)
        if served is None:
            return None
        self._served[spreadsheet_id] = (stamp, served)
        self._make_room()
        return served

    def _make_room(self) -> None:
        """Let go of the workbooks not asked for longest when they fill the memory."""
        while len(self._served) > 1 and sum(s[1] for s, _ in self._served.values()) > _KEPT_BYTES:
            del self._served[next(iter(self._served))]

    def _path(self, spreadsheet_id: str) -> Path:
        if Path(spreadsheet_id).name != spreadsheet_id or not _is_workbook(
            f"{spreadsheet_id}.json"
        ):
            return self.folder / "no such workbook"
        return self.folder / f"{spreadsheet_id}.json"

    def _head(self, path: Path) -> SampleWorkbook | None:
        stamp = _stamp(path)
        if stamp is None:
            return None
        kept = self._heads.get(path.stem)
        if not kept or kept[0] != stamp:
            kept = (stamp, self._read_head(path))
            self._heads[path.stem] = kept
        return kept[1]

    def _read(self, path: Path) -> ServedWorkbook | None:
        try:
            with _without_collection():
                book = SampleWorkbook.load(path)
                return ServedWorkbook(book, [ServedTab.of(tab) for tab in book.tabs])
        except (ValueError, TypeError, KeyError) as error:
            self.problems[path.stem] = f"{path} is no workbook and not served: {error}"
            return None

    def _read_head(self, path: Path) -> SampleWorkbook | None:
        self.problems.pop(path.stem, None)
        try:
            return SampleWorkbook.head(path)
        except (ValueError, TypeError, KeyError) as error:
            self.problems[path.stem] = f"{path} is no workbook and not served: {error}"
            return None


def workbook_files(folder: Path) -> list[Path]:
    """Return the workbook files of a folder: all .json but its manifest, truth and keys."""
    return sorted(path for path in folder.glob("*.json") if _is_workbook(path.name))


def workbook_name_problem(spreadsheet_id: str) -> str | None:
    """Return why an id cannot be served, or None when it can."""
    if not _is_workbook(f"{spreadsheet_id}.json") or ":" in spreadsheet_id:
        return f"{spreadsheet_id!r} cannot name a workbook here: rename the folder or file"
    return None


def _is_workbook(name: str) -> bool:
    return name not in NOT_WORKBOOKS and not name.startswith((CREDENTIALS_PREFIX, "."))


def _stamp(path: Path) -> tuple[int, ...] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _trimmed(rows: list[list[Cell]]) -> list[list[Cell]]:
    # The same words stand in thousands of rows; one object each halves the memory.
    words: dict[str, str] = {}
    served = [
        [
            words.setdefault(c, c) if type(c) is str else "" if c is None else _served_cell(c)
            for c in row
        ]
        for row in rows
    ]
    for row in served:
        while row and row[-1] == "":
            row.pop()
    while served and not served[-1]:
        served.pop()
    return served


def _served_cell(cell: Cell) -> Cell:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    if isinstance(cell, Dated) and type(cell.serial) is float and cell.serial.is_integer():
        return Dated(int(cell.serial), cell.pattern)
    if isinstance(cell, Formatted) and type(cell.value) is float and cell.value.is_integer():
        return Formatted(int(cell.value), cell.pattern, cell.shown)
    return cell


@contextmanager
def _without_collection() -> Iterator[None]:
    """Hold the garbage collector: millions of new cells, none of them garbage."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
