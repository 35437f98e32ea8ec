"""The workbooks of a folder, read when first asked for and again when their file changes."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from candid_assets.sandbox.a1 import Grid
from candid_assets.sandbox.workbook import Cell, Dated, SampleTab, SampleWorkbook

NOT_WORKBOOKS = frozenset({"truth.json", "manifest.json"})
CREDENTIALS_PREFIX = "service-account"
_DEFAULT_ROWS, _DEFAULT_COLUMNS = 1000, 26  # the grid of a new Google tab


@dataclass(frozen=True)
class ServedTab:
    """A tab made ready to be served: blanks are "", trailing blanks gone, 3.0 is 3."""

    tab: SampleTab
    rows: list[list[Cell]]

    @cached_property
    def grid(self) -> Grid:
        """The tab's grid: Google's default size, or more when the cells need it."""
        width = max(map(len, self.tab.rows), default=0)
        rows = max(len(self.tab.rows), _DEFAULT_ROWS)
        return Grid(self.tab.title, rows, max(width, _DEFAULT_COLUMNS), self.tab.hidden)


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
        self._renew = renew or (lambda: None)
        self._heads: dict[str, tuple[tuple[int, ...], SampleWorkbook]] = {}
        self._served: dict[str, tuple[tuple[int, ...], ServedWorkbook]] = {}

    def heads(self) -> list[SampleWorkbook]:
        """Return every workbook without its tabs, by name."""
        self._renew()
        found = [self._head(path) for path in workbook_files(self.folder)]
        return sorted((head for head in found if head), key=lambda head: head.title.casefold())

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
        kept = self._served.get(spreadsheet_id)
        if kept and kept[0] == stamp:
            return kept[1]
        book = SampleWorkbook.load(path)
        served = ServedWorkbook(book, [ServedTab(tab, _trimmed(tab.rows)) for tab in book.tabs])
        self._served[spreadsheet_id] = (stamp, served)
        return served

    def _path(self, spreadsheet_id: str) -> Path:
        if Path(spreadsheet_id).name != spreadsheet_id or not _is_workbook(f"{spreadsheet_id}.json"):
            return self.folder / "no such workbook"
        return self.folder / f"{spreadsheet_id}.json"

    def _head(self, path: Path) -> SampleWorkbook | None:
        stamp = _stamp(path)
        if stamp is None:
            return None
        kept = self._heads.get(path.stem)
        if not kept or kept[0] != stamp:
            kept = (stamp, SampleWorkbook.head(path))
            self._heads[path.stem] = kept
        return kept[1]


def workbook_files(folder: Path) -> list[Path]:
    """Return the workbook files of a folder: all .json but its manifest, truth and keys."""
    return sorted(path for path in folder.glob("*.json") if _is_workbook(path.name))


def workbook_name_problem(spreadsheet_id: str) -> str | None:
    """Tell why an id cannot be served, or None when it can."""
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
    served = [[_served_cell(cell) for cell in row] for row in rows]
    for row in served:
        while row and row[-1] == "":
            row.pop()
    while served and not served[-1]:
        served.pop()
    return served


def _served_cell(cell: Cell) -> Cell:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    if isinstance(cell, Dated) and float(cell.serial).is_integer():
        return Dated(int(cell.serial), cell.pattern)
    return cell
