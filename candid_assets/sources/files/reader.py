"""The reader of folders of .xlsx, .csv and .parquet files: exports, and work without Google."""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyarrow as pa

from candid_assets.contracts.catalog import Tab, Workbook
from candid_assets.settings import Settings
from candid_assets.sources.arrow_values import as_cells
from candid_assets.sources.cell_kinds import BLANK_CELL
from candid_assets.sources.error_texts import kind_of_text
from candid_assets.sources.extract import Merge, TabExtract
from candid_assets.sources.files import csv_files
from candid_assets.sources.files.file_errors import EXPORT_AGAIN, UnreadableFileError
from candid_assets.sources.files.folder import (
    SUFFIXES,
    Stamp,
    files_of,
    format_of,
    root_of,
    stamp_of,
    state_of,
    tables_of,
)
from candid_assets.sources.files.open_file import open_file
from candid_assets.sources.files.parquet_pieces import batches_of, opened_parquet, pieces_of
from candid_assets.sources.files.parquet_types import declared_types
from candid_assets.sources.files.sheet_formats import Clocks, rows_with_formats
from candid_assets.sources.files.sheet_outline import outline_of
from candid_assets.sources.files.spool_rows import MOST_CELLS, MOST_CHARACTERS, Row, spool_rows
from candid_assets.sources.files.stored_formulas import FormulaResults
from candid_assets.sources.files.xlsx import XlsxBook, open_xlsx
from candid_assets.sources.files.xlsx_cells import SheetCells, shared_texts
from candid_assets.sources.listed_tables import extract_of, read_listed
from candid_assets.sources.protocol import (
    Advice,
    Conduct,
    Reader,
    ReadPart,
    Request,
    SourceExtract,
    StateOrError,
)
from candid_assets.sources.source_errors import ErrorCode, SourceError, place
from candid_assets.sources.source_metadata import (
    DeclaredConstraints,
    TabMetadata,
    WorkbookMetadata,
    typed_tables,
)
from candid_assets.sources.spool import Spool, spooling
from candid_assets.sources.spool_folder import spool_folder
from candid_assets.sources.table_limits import current_limits

ROUNDS: Final = 3
"""How often a file is read that changes meanwhile."""
SETTLING_SECONDS: Final = 1.0
"""How long a file must not have changed to be taken as complete."""


class _Spooled(NamedTuple):
    """The rows of a table in a file, and what its format says beside them."""

    spool: Spool
    merges: tuple[Merge, ...] = ()
    elapsed: frozenset[str] = frozenset()


class FilesReader(Reader):
    """Reads files that other programs write, completely or not at all."""

    def __init__(self, spools: Path) -> None:
        self._spools = spools
        self._opened = 0
        self._book: _OpenBook | None = None
        """The .xlsx file read last: its other sheets are often next."""

    def states(self, workbooks: Sequence[Workbook], env: str) -> dict[str, StateOrError]:
        """Return each workbook's state by the names, sizes and times of its files."""
        states: dict[str, StateOrError] = {}
        for workbook in workbooks:
            try:
                states[workbook.locations[env]] = state_of(workbook, files_of(workbook, env))
            except SourceError as error:
                states[workbook.locations[env]] = error
        return states

    def extract(self, workbook: Workbook, env: str, request: Request) -> SourceExtract:
        """Read the tables that have contracts."""
        files = files_of(workbook, env)
        state = state_of(workbook, files)
        _settle(files)
        location = workbook.locations[env]
        single = root_of(workbook, location).is_file()
        tables = _openable(workbook, tables_of(files, single=single), single=single)
        facts = workbook.servers.get(env, {})

        def read(tab: Tab, table: TabMetadata) -> TabExtract:
            rows = self._read(tab, table, facts, request.part)
            extract = extract_of(
                rows.spool, location, table, state, ", the file at rest", rows.merges
            )
            return replace(extract, elapsed=rows.elapsed)

        try:
            return read_listed(workbook, request, tables, state, read)
        finally:
            self._book = None

    def metadata(self, workbook: Workbook, env: str) -> WorkbookMetadata:
        """Return the tables of the files that can be opened."""
        location = workbook.locations[env]
        single = root_of(workbook, location).is_file()
        tables = tables_of(files_of(workbook, env), single=single)
        tables = _openable(workbook, tables, single=single)
        return typed_tables(location, workbook.name, tables)

    def declared(
        self, workbook: Workbook, env: str, titles: Collection[str]
    ) -> Mapping[str, DeclaredConstraints]:
        """Return the types that .parquet files declare."""
        single = root_of(workbook, workbook.locations[env]).is_file()
        # A file that no reader opens has no path among its facts.
        paths = {
            table.title: table.facts["path"]
            for table in tables_of(files_of(workbook, env), single=single)
            if table.title in titles and "path" in table.facts
        }
        types = {
            title: declared_types(path)
            for title, path in paths.items()
            if format_of(path) == "parquet"
        }
        return {
            title: DeclaredConstraints("the file's schema", types=declared)
            for title, declared in types.items()
            if declared
        }

    def advice(self, workbook: Workbook, env: str) -> Sequence[Advice]:
        """Return advice on files that cannot be opened, and on a folder without files."""
        files = files_of(workbook, env)
        root = root_of(workbook, workbook.locations[env])
        tables = tables_of(files, single=root.is_file())
        advice = [
            Advice(table.error.message, "its tables are not read", table.error.fix)
            for table in tables
            if table.error is not None
        ]
        if not any(path.suffix.casefold() in SUFFIXES for path in files):
            advice.append(
                Advice(
                    f"{root} holds no .xlsx, .csv or .parquet file",
                    "its tables keep their last good content",
                    f"export into it, or correct path: in {workbook.path}",
                )
            )
        return advice

    @property
    def conduct(self) -> Conduct:
        """Files are only ever opened for reading."""
        return Conduct(self._opened, description="files opened, for reading only")

    def _read(
        self, tab: Tab, table: TabMetadata, facts: Mapping[str, Any], part: ReadPart | None
    ) -> _Spooled:
        """Return the rows of a table whose file did not change while it was read."""
        path: Path = table.facts["path"]
        for _ in range(ROUNDS):
            try:
                before = stamp_of(path)
                self._opened += 1
                spooled = self._spooled(table, facts, part, before)
                if stamp_of(path) == before:
                    return spooled
                spooled.spool.discard()
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

    def _spooled(
        self, table: TabMetadata, facts: Mapping[str, Any], part: ReadPart | None, stamp: Stamp
    ) -> _Spooled:
        path: Path = table.facts["path"]
        if "sheet" in table.facts:
            return self._spooled_sheet(path, table.facts["sheet"], part, stamp)
        if format_of(path) == "parquet":
            return _Spooled(_spool_parquet(self._spools, path, part))
        delimiter = "\t" if path.suffix.casefold() == ".tsv" else facts.get("delimiter")
        rows = csv_files.rows_of(path, delimiter=delimiter, encoding=facts.get("encoding"))
        return _Spooled(spool_rows(self._spools, map(_text_row, rows), part=part))

    def _spooled_sheet(
        self, path: Path, title: str, part: ReadPart | None, stamp: Stamp
    ) -> _Spooled:
        if self._book is None or (self._book.book.path, self._book.stamp) != (path, stamp):
            self._book = None
            book = open_xlsx(path)
            self._book = _OpenBook(book, stamp, shared_texts(book))
        book, texts = self._book.book, self._book.texts
        if title not in book.sheets:
            raise UnreadableFileError(f"{path} has no sheet {title!r} any more", EXPORT_AGAIN)
        sheet, results = book.sheets[title], FormulaResults(book)
        merges = outline_of(book, sheet).merges
        cells = SheetCells(book, sheet, texts, results).rows()
        clocks = Clocks()
        spool = spool_rows(self._spools, rows_with_formats(book, cells, clocks), merges, part)
        try:
            results.require_stored()
        except UnreadableFileError:
            spool.discard()
            raise
        return _Spooled(spool, merges, clocks.elapsed)


@dataclass(frozen=True, slots=True)
class _OpenBook:
    book: XlsxBook
    stamp: Stamp
    texts: pa.LargeStringArray


def _text_row(row: Sequence[str]) -> Row:
    return [(kind_of_text(text), text) if text else BLANK_CELL for text in row], ()


def _spool_parquet(folder: Path, path: Path, part: ReadPart | None) -> Spool:
    with open_file(path) as opened, opened_parquet(opened) as file:
        names = [str(name) for name in file.schema_arrow.names]
        current_limits().require_size(file.metadata.num_rows, len(names))
        with spooling(folder, len(names)) as spool:
            spool.add_header(names)
            for batch in batches_of(file, max(1, MOST_CELLS // max(1, len(names)))):
                if part is not None and spool.rows > part.rows_of(len(names)):
                    break
                for rows in pieces_of(batch, MOST_CHARACTERS):
                    cells = [as_cells(column) for column in rows.columns]
                    spool.add([text for text, _ in cells], [kinds for _, kinds in cells])
    # What Arrow keeps for its next table is better DuckDB's, which is next.
    pa.default_memory_pool().release_unused()
    return spool


def _settle(files: Mapping[Path, Stamp]) -> None:
    """Wait until the newest file has not changed for `SETTLING_SECONDS`."""
    newest = max((stamp.modified for stamp in files.values()), default=0) / 1e9
    left = SETTLING_SECONDS - (time.time() - newest)
    if 0 < left <= SETTLING_SECONDS:
        time.sleep(left)


def _openable(workbook: Workbook, tables: list[TabMetadata], *, single: bool) -> list[TabMetadata]:
    """Return the tables; raise the error of a source that is one file which cannot be opened."""
    error = tables[0].error if single else None
    if error is not None:
        message = f"{place(workbook.name)} cannot be read: {error.message}"
        raise SourceError("file_damaged", message, error.fix, workbook.name)
    return tables


def _fault(tab: Tab, error: UnreadableFileError) -> SourceError:
    message = f"{place(tab.workbook, tab.title)} cannot be read: {error.message}"
    return SourceError("file_damaged", message, error.fix, tab.workbook, tab.name)


def _error(tab: Tab, path: Path, error: Exception) -> SourceError:
    where = place(tab.workbook, tab.title)
    if isinstance(error, UnreadableFileError):
        return _fault(tab, error)
    code: ErrorCode = "file_damaged"
    message, fix = f"{path} is damaged or cut off ({error})", EXPORT_AGAIN
    if isinstance(error, FileNotFoundError):
        code, message = "tab_missing", f"{path} is gone"
        fix = f"put the file back, or correct physicalName in {tab.path.name}"
    elif isinstance(error, PermissionError):
        code, message = "file_locked", f"{path} may not be opened"
        fix = "close the program that holds it open, or let the account that runs candid read it"
    return SourceError(code, f"{where} cannot be read: {message}", fix, tab.workbook, tab.name)


@contextmanager
def open_reader(settings: Settings) -> Iterator[FilesReader]:
    """Yield a reader; rows that were not kept are removed at the end."""
    with spool_folder(settings.landing_dir) as folder:
        yield FilesReader(folder)
