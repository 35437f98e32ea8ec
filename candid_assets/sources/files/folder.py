"""The files of a folder: their tables, and the state by which a change is noticed."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from candid_assets.contracts.catalog import Workbook
from candid_assets.sources.files.file_errors import EXPORT_AGAIN, UnreadableFileError
from candid_assets.sources.files.open_file import open_file
from candid_assets.sources.files.xlsx import open_xlsx, sheets_of
from candid_assets.sources.listed_tables import version_of
from candid_assets.sources.protocol import EPOCH, SourceState
from candid_assets.sources.source_errors import SourceError
from candid_assets.sources.source_metadata import TabMetadata, typed_table, unreadable_table
from candid_assets.sources.table_limits import TableTooLargeError

SUFFIXES: Final = {
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
}
_NO_DATA: Final = frozenset(
    {
        *(".md", ".pdf", ".docx", ".pptx", ".py", ".sh", ".sql", ".yaml", ".yml", ".log"),
        *(".png", ".jpg", ".jpeg", ".gif", ".svg", ".ini", ".lock"),
    }
)
"""Suffixes of documents, pictures and programs, which nobody takes for tables."""
_ANOTHER_FORMAT: Final = "save it as .xlsx, .csv or .parquet, or take it out of the folder"
_FIXES: Final = {
    ".gz": "unpack it, so that a cut archive is noticed, and leave the unpacked file there",
    ".zip": "unpack it and leave the unpacked files there",
    "/": "move its files up, or describe it as a source of its own",
}


@dataclass(frozen=True, slots=True)
class Stamp:
    """Size, time and inode of a file, which change when the file does."""

    size: int
    modified: int
    node: int


def root_of(workbook: Workbook, location: str) -> Path:
    """Return the folder or file; a relative path begins at the catalog's folder."""
    path = Path(location.removeprefix("file://")).expanduser()
    return path if path.is_absolute() else workbook.path.parents[2] / path


def files_of(workbook: Workbook, env: str) -> dict[Path, Stamp]:
    """Return the files of a source with their stamps.

    Raises:
        SourceError: The folder is missing or may not be read.
    """
    root = root_of(workbook, workbook.locations[env])
    chosen = workbook.servers.get(env, {}).get("format")
    try:
        return dict(_stamped(sorted(_files(root, chosen))))
    except FileNotFoundError as error:
        raise SourceError(
            "not_found",
            f"workbook {workbook.name} was not found: there is no {error.filename}",
            f"put the folder back, or correct path: in {workbook.path}",
            workbook.name,
        ) from error
    except PermissionError as error:
        raise SourceError(
            "permission_denied",
            f"workbook {workbook.name} cannot be read: {error.filename} may not be opened",
            f"let the account that runs candid read {root}",
            workbook.name,
        ) from error


def _stamped(paths: Iterable[Path]) -> Iterator[tuple[Path, Stamp]]:
    """Yield files with their stamps; a link that leads nowhere has its own."""
    for path in paths:
        try:
            yield path, stamp_of(path)
        except (OSError, RuntimeError):
            with suppress(FileNotFoundError):  # it is gone since the folder was listed
                yield path, _stamp(path.lstat())


def _files(root: Path, chosen: str | None) -> Iterator[Path]:
    """Yield the files that may hold tables, of formats that are read and of others."""
    if root.is_file():
        yield root
        return
    for path in root.iterdir():
        suffix = path.suffix.casefold()
        kind = SUFFIXES.get(suffix)
        # Spreadsheet programs write lock files beside a file that is open.
        if path.name.startswith((".", "~$")) or path.name.casefold() == "thumbs.db":
            continue
        if path.is_dir():
            if chosen is None and (kind or _holds_tables(path)):
                yield path
        elif kind:
            if chosen in (None, kind):
                yield path
        elif chosen is None and suffix not in _NO_DATA:
            yield path


def _holds_tables(folder: Path) -> bool:
    """Return whether a folder holds files of tables, or may: what cannot be listed is named."""
    try:
        return any(path.suffix.casefold() in SUFFIXES for path in folder.iterdir())
    except OSError:
        return True


def format_of(path: Path) -> str:
    """Return the format of a file, such as `csv`.

    Raises:
        UnreadableFileError: It is a folder, or a file of a format that is not read.
    """
    if path.is_dir():
        raise UnreadableFileError(f"{path} is a folder inside the folder", _FIXES["/"])
    suffix = path.suffix.casefold()
    if suffix not in SUFFIXES:
        kind = f"a {suffix} file" if suffix else "a file without a suffix"
        message = f"{path} is {kind}, which is not read"
        raise UnreadableFileError(message, _FIXES.get(suffix, _ANOTHER_FORMAT))
    return SUFFIXES[suffix]


def stamp_of(path: Path) -> Stamp:
    """Return a file's stamp."""
    return _stamp(path.stat())


def _stamp(status: os.stat_result) -> Stamp:
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ino)


def state_of(workbook: Workbook, files: dict[Path, Stamp]) -> SourceState:
    """Return the state of a source: names, sizes and times of its files."""
    newest = max((stamp.modified for stamp in files.values()), default=0)
    parts = [f"{path.name} {s.size} {s.modified} {s.node}" for path, s in files.items()]
    moment = datetime.fromtimestamp(newest / 1e9, UTC) if newest else EPOCH
    return SourceState(moment, version_of(parts), workbook.title)


def tables_of(files: dict[Path, Stamp], *, single: bool) -> list[TabMetadata]:
    """Return the tables of the files, and the files that cannot be opened.

    A table of a .csv or .parquet file has the file's name; a sheet of an .xlsx file is
    `file/sheet`, or the sheet's title alone where the source is that one file, or the file's
    name alone where it has one sheet.
    """
    read = [path for path in files if path.suffix.casefold() in SUFFIXES]
    stems = Counter(path.stem.casefold() for path in read)
    tables: list[TabMetadata] = []
    for path in files:
        stem = path.stem if stems[path.stem.casefold()] <= 1 else path.name
        try:
            tables += _tables(path, stem, single=single)
        except (UnreadableFileError, TableTooLargeError) as error:
            name = stem if path.suffix.casefold() in SUFFIXES and path.is_file() else path.name
            tables.append(unreadable_table(name, error))
        except (OSError, MemoryError) as error:
            message = str(error) or f"{path} takes more memory than there is"
            tables.append(unreadable_table(stem, UnreadableFileError(message, EXPORT_AGAIN)))
    return tables


def _tables(path: Path, stem: str, *, single: bool) -> list[TabMetadata]:
    kind = format_of(path)
    if kind != "xlsx":
        with suppress(OSError):  # that it cannot be opened, its reading says
            open_file(path).close()
        return [typed_table(stem, path=path, separated=kind == "csv")]
    sheets = sheets_of(open_xlsx(path))
    return [
        typed_table(
            sheet.title if single else stem if len(sheets) == 1 else f"{stem}/{sheet.title}",
            hidden=sheet.hidden,
            path=path,
            sheet=sheet.title,
        )
        for sheet in sheets
    ]
