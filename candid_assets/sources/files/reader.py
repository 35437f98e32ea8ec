"""The reader of folders of .xlsx, .csv and .parquet files: exports, and work without Google."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from candid_assets.contracts.catalog import Tab, Workbook
from candid_assets.settings import Settings
from candid_assets.sources.arrow_values import as_cells
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.files import csv_files, xlsx
from candid_assets.sources.files.file_errors import EXPORT_AGAIN, UnreadableFileError
from candid_assets.sources.files.folder import (
    SUFFIXES,
    Stamp,
    files_of,
    root_of,
    stamp_of,
    state_of,
)
from candid_assets.sources.files.folder import tables_of as tables_in
from candid_assets.sources.listed_tables import (
    Listed,
    extract_of,
    read_listed,
    spool_folder,
    spooling,
)
from candid_assets.sources.protocol import Advice, Conduct, Request, SourceExtract, SourceState
from candid_assets.sources.read_undescribed import browsed
from candid_assets.sources.source_errors import ErrorCode, SourceError, place
from candid_assets.sources.spool import Spool
from candid_assets.sources.undescribed import Declared, FoundWorkbook

ROUNDS: Final = 3
"""How often a file is read that changes while it is read."""
SETTLING_SECONDS: Final = 1.0
"""How long a file must have been left alone to be believed whole."""
_BATCH: Final = 20_000
_BLANK: Final = ord("-")


class FilesReader:
    """Reads files that other programs write, whole or not at all."""

    def __init__(self, spools: Path) -> None:
        self._spools = spools
        self._opened = 0
        self._looks = 0

    def look(
        self, workbooks: Sequence[Workbook], env: str
    ) -> Mapping[str, SourceState | SourceError]:
        """Return names, sizes and times of each workbook's files as its state."""
        found: dict[str, SourceState | SourceError] = {}
        for workbook in workbooks:
            self._looks += 1
            try:
                found[workbook.locations[env]] = state_of(workbook, files_of(workbook, env))
            except SourceError as error:
                found[workbook.locations[env]] = error
        return found

    def extract(self, workbook: Workbook, env: str, request: Request) -> SourceExtract:
        """Read the tables that have contracts."""
        files = files_of(workbook, env)
        state = state_of(workbook, files)
        _settle(files)
        location = workbook.locations[env]
        single = root_of(workbook, location).is_file()
        tables, faults = tables_in(files, single=single)
        facts = workbook.servers.get(env, {})

        def read(tab: Tab, table: Listed) -> TabExtract:
            def spooled() -> Spool:
                return self._spooled(table, facts, request.most_rows)

            return self._read(location, tab, table, state, spooled)

        found = read_listed(workbook, request, tables, state, read)
        return _with_faults(workbook, found, faults)

    def found(self, workbook: Workbook, env: str, only: Collection[str]) -> FoundWorkbook:
        """Return every table of a source that nobody described, or those of some titles."""
        return browsed(self, workbook, env, only)

    def titles(self, workbook: Workbook, env: str) -> Sequence[tuple[str, bool]]:
        """Return the name of every table, and whether it is hidden."""
        single = root_of(workbook, workbook.locations[env]).is_file()
        tables, _ = tables_in(files_of(workbook, env), single=single)
        return [(table.title, table.hidden) for table in tables]

    def declared(self, *_: object) -> Mapping[str, Declared]:
        """Return nothing: files say nothing of their tables."""
        return {}

    def advice(self, workbook: Workbook, env: str) -> Sequence[Advice]:
        """Tell of files that cannot be opened, and of a folder without any."""
        files = files_of(workbook, env)
        root = root_of(workbook, workbook.locations[env])
        _, faults = tables_in(files, single=root.is_file())
        found = [
            Advice(error.message, "its tables are not read", error.fix) for error in faults.values()
        ]
        if not files:
            found.append(
                Advice(
                    f"{root} holds no .xlsx, .csv or .parquet file",
                    "its tables keep their last good content",
                    f"export into it, or correct path: in {workbook.path}",
                )
            )
        return found

    @property
    def conduct(self) -> Conduct:
        """Files are only ever opened for reading."""
        return Conduct(self._opened, told="files opened, for reading only")

    @property
    def reads(self) -> tuple[int, int]:
        """Nothing that a quota counts."""
        return 0, 0

    def _read(
        self,
        location: str,
        tab: Tab,
        table: Listed,
        state: SourceState,
        spooled: Callable[[], Spool],
    ) -> TabExtract:
        path: Path = table.facts["path"]
        for _ in range(ROUNDS):
            try:
                before = stamp_of(path)
                self._opened += 1
                spool = spooled()
                if stamp_of(path) == before:
                    return extract_of(spool, location, table, state, ", the file at rest")
                spool.discard()
            except (UnreadableFileError, pa.ArrowException, OSError) as error:
                raise _error(tab, path, error) from error
            _settle({path: stamp_of(path)})
        raise SourceError(
            "changed_while_reading",
            f"{place(tab.workbook, tab.title)} changed during each of {ROUNDS} readings:"
            f" {path} is still being written",
            "run again when the file is complete",
            tab.workbook,
            tab.name,
        )

    def _spooled(self, table: Listed, facts: Any, most: int | None) -> Spool:
        path: Path = table.facts["path"]
        kind = SUFFIXES[path.suffix.casefold()]
        if kind == "parquet":
            return _spool_parquet(self._spools, path, most)
        rows: Iterator[list[xlsx.Cell]]
        if kind == "xlsx":
            rows = xlsx.rows_of(table.facts["reader"], table.facts["sheet"])
        else:
            delimiter = "\t" if path.suffix.casefold() == ".tsv" else facts.get("delimiter")
            read = csv_files.rows_of(path, delimiter=delimiter, encoding=facts.get("encoding"))
            rows = ([_cell(cell) for cell in row] for row in read)
        rows = islice(rows, most)
        return _spool_cells(self._spools, rows, lambda: _width(path, kind, table, facts))


def _cell(text: str) -> xlsx.Cell:
    return ("t", text) if text else xlsx.BLANK


def _width(path: Path, kind: str, table: Listed, facts: Any) -> int:
    """Return how many columns the widest row has."""
    if kind == "xlsx":
        read: Iterator[Any] = xlsx.rows_of(table.facts["reader"], table.facts["sheet"])
    else:
        delimiter = "\t" if path.suffix.casefold() == ".tsv" else facts.get("delimiter")
        read = csv_files.rows_of(path, delimiter=delimiter, encoding=facts.get("encoding"))
    return max((len(row) for row in read), default=0)


def _spool_cells(folder: Path, rows: Iterator[list[xlsx.Cell]], width: Callable[[], int]) -> Spool:
    """Write rows of cells as they come; the header is a row like any other."""
    columns = width()
    with spooling(folder, columns) as spool:
        while batch := list(islice(rows, _BATCH)):
            kinds = np.full((len(batch), columns), _BLANK, dtype=np.uint8)
            texts: list[list[str | None]] = [[None] * len(batch) for _ in range(columns)]
            for number, row in enumerate(batch):
                for position, (kind, text) in enumerate(row):
                    kinds[number, position] = ord(kind)
                    texts[position][number] = text
            spool.add(
                [pa.array(column, pa.string()) for column in texts],
                [kinds[:, position] for position in range(columns)],
            )
    return spool


def _spool_parquet(folder: Path, path: Path, most: int | None) -> Spool:
    with pq.ParquetFile(path) as file:
        names = [str(name) for name in file.schema_arrow.names]
        with spooling(folder, len(names)) as spool:
            spool.add_header(names)
            for batch in file.iter_batches(_BATCH):
                if most is not None and spool.rows > most:
                    break
                cells = [as_cells(column) for column in batch.columns]
                spool.add([text for text, _ in cells], [kinds for _, kinds in cells])
    return spool


def _settle(files: Mapping[Path, Stamp]) -> None:
    """Wait until the file changed last has been left alone for a moment."""
    newest = max((stamp.modified for stamp in files.values()), default=0) / 1e9
    left = SETTLING_SECONDS - (time.time() - newest)
    if 0 < left <= SETTLING_SECONDS:
        time.sleep(left)


def _with_faults(
    workbook: Workbook, found: SourceExtract, faults: Mapping[Path, UnreadableFileError]
) -> SourceExtract:
    """Tell of a table that is missing because its file cannot be opened what is wrong with it."""
    if not faults:
        return found
    tabs = dict(found.tabs)
    for name, outcome in tabs.items():
        if not isinstance(outcome, SourceError) or outcome.code != "tab_missing":
            continue
        tab = next((t for t in workbook.tabs if t.name == name), None)
        if tab is None:
            continue
        asked = tab.title.partition("/")[0].casefold()
        for path, error in faults.items():
            if asked in (path.stem.casefold(), path.name.casefold()) or len(faults) == 1:
                tabs[name] = _fault(tab, error)
                break
    return SourceExtract(found.state, tabs, found.unknown_titles, found.members, found.asked)


def _fault(tab: Tab, error: UnreadableFileError) -> SourceError:
    message = f"{place(tab.workbook, tab.title)} cannot be read: {error.message}"
    return SourceError("file_damaged", message, error.fix, tab.workbook, tab.name)


def _error(tab: Tab, path: Path, error: Exception) -> SourceError:
    where = place(tab.workbook, tab.title)
    if isinstance(error, UnreadableFileError):
        return _fault(tab, error)
    code: ErrorCode = "file_damaged"
    told, fix = f"{path} is damaged or cut off ({error})", EXPORT_AGAIN
    if isinstance(error, FileNotFoundError):
        code, told = "tab_missing", f"{path} is gone"
        fix = f"put the file back, or correct physicalName in {tab.path.name}"
    elif isinstance(error, PermissionError):
        code, told = "file_locked", f"{path} may not be opened"
        fix = "close the program that holds it open, or let the account that runs candid read it"
    return SourceError(code, f"{where} cannot be read: {told}", fix, tab.workbook, tab.name)


@contextmanager
def open_reader(settings: Settings) -> Iterator[FilesReader]:
    """Yield a reader; what it read and nobody kept goes with it."""
    with spool_folder(settings.landing_dir) as folder:
        yield FilesReader(folder)
