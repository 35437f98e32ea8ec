"""The files of a folder: their tables, and the state by which a change is noticed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from candid_assets.contracts.catalog import Workbook
from candid_assets.sources.files.file_errors import EXPORT_AGAIN, UnreadableFileError
from candid_assets.sources.files.xlsx import open_xlsx, sheets_of
from candid_assets.sources.listed_tables import version_of
from candid_assets.sources.protocol import EPOCH, SourceState
from candid_assets.sources.source_errors import SourceError
from candid_assets.sources.source_metadata import TabMetadata, typed_table

SUFFIXES: Final = {
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
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
        return {path: stamp_of(path) for path in sorted(_files(root, chosen))}
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


def _files(root: Path, chosen: str | None) -> Iterator[Path]:
    if root.is_file():
        yield root
        return
    for path in root.iterdir():
        kind = SUFFIXES.get(path.suffix.casefold())
        # Spreadsheet programs write lock files beside a file that is open.
        hidden = path.name.startswith((".", "~$"))
        if kind and not hidden and chosen in (None, kind) and path.is_file():
            yield path


def stamp_of(path: Path) -> Stamp:
    """Return a file's stamp."""
    status = path.stat()
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ino)


def state_of(workbook: Workbook, files: dict[Path, Stamp]) -> SourceState:
    """Return the state of a source: names, sizes and times of its files."""
    newest = max((stamp.modified for stamp in files.values()), default=0)
    parts = [f"{path.name} {s.size} {s.modified} {s.node}" for path, s in files.items()]
    moment = datetime.fromtimestamp(newest / 1e9, UTC) if newest else EPOCH
    return SourceState(moment, version_of(parts), workbook.title)


def tables_of(
    files: dict[Path, Stamp], *, single: bool
) -> tuple[list[TabMetadata], dict[Path, UnreadableFileError]]:
    """Return the tables of the files, and why others cannot be read.

    A table of a .csv or .parquet file has the file's name; a sheet of an .xlsx file is
    `file/sheet`, or the sheet's title alone where the source is that one file, or the file's
    name alone where it has one sheet.
    """
    stems = Counter(path.stem.casefold() for path in files)
    tables: list[TabMetadata] = []
    faults: dict[Path, UnreadableFileError] = {}
    for path in files:
        stem = path.stem if stems[path.stem.casefold()] == 1 else path.name
        if SUFFIXES[path.suffix.casefold()] != "xlsx":
            tables.append(typed_table(stem, path=path))
            continue
        try:
            reader = open_xlsx(path)
        except UnreadableFileError as error:
            faults[path] = error
            continue
        except OSError as error:
            faults[path] = UnreadableFileError(str(error), EXPORT_AGAIN)
            continue
        sheets = sheets_of(reader)
        for title, hidden in sheets:
            name = title if single else stem if len(sheets) == 1 else f"{stem}/{title}"
            tables.append(typed_table(name, hidden=hidden, path=path, sheet=title, reader=reader))
    return tables, faults
