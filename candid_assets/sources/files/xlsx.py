"""Opens .xlsx files: their sheets, and what is needed to read the cells of these.

Of a file nothing is read here but its list of sheets, its number formats and its calendar: cells
are streamed by `xlsx_cells`, and looks, properties, names, filters and validations, which exporters
often write in ways that the standard does not know, are never looked at.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import IO, BinaryIO, Final
from xml.etree.ElementTree import Element, fromstring
from zipfile import ZipFile

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from candid_assets.errors import CandidError
from candid_assets.sources.files.file_content import other_content
from candid_assets.sources.files.file_errors import UnreadableFileError
from candid_assets.sources.files.open_file import open_file
from candid_assets.sources.table_limits import current_limits

_OLE_FILE: Final = b"\xd0\xcf\x11\xe0"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
DOCUMENT_TYPE: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_SMALL: Final = 64_000_000
"""Bytes that a part may unpack to however small it is packed."""
_MOST_PACKED: Final = 200
"""Times its size that a larger part may unpack to; sheets of a million alike rows reach fifty."""
_LARGEST_DESCRIPTION: Final = 32_000_000
"""Bytes of a part that is read as one: the list of sheets, the number formats."""
_TRUE: Final = frozenset({"1", "true"})


@dataclass(frozen=True, slots=True)
class XlsxSheet:
    """A sheet of a file."""

    title: str
    part: str
    """Its name in the archive."""
    hidden: bool
    is_chart: bool


@dataclass(frozen=True)
class XlsxBook:
    """A file as it was when it was opened; cells are read from it again and again."""

    path: Path
    sheets: Mapping[str, XlsxSheet]
    """By title, charts too."""
    strings_part: str | None
    formats: tuple[str, ...]
    """The number format of each style that cells name by its position."""
    epoch: datetime
    calculates: bool
    """Whether the file asks to be calculated when it is opened."""

    def format_of(self, style: int) -> str:
        """Return the number format of a style; the plain one where the file has no such style."""
        return self.formats[style] if 0 <= style < len(self.formats) else "General"

    @cached_property
    def dates(self) -> frozenset[int]:
        """The styles whose numbers are dates, times or durations."""
        return frozenset(n for n, form in enumerate(self.formats) if is_date_format(form))

    @cached_property
    def durations(self) -> frozenset[int]:
        """The styles whose numbers are durations."""
        return frozenset(n for n, form in enumerate(self.formats) if is_timedelta_format(form))


def open_xlsx(path: Path) -> XlsxBook:
    """Return a file's sheets and what its cells are read by.

    Raises:
        UnreadableFileError: The file is no .xlsx, is encrypted, cut off or damaged.
        TableTooLargeError: What describes its sheets unpacks to more than is allowed.
    """
    with open_file(path) as file:
        if file.read(4) == _OLE_FILE:
            raise _not_zipped(path, file)
        with _as_unreadable(path), ZipFile(file) as archive:
            return _opened(path, archive)


@contextmanager
def streamed(path: Path, part: str) -> Iterator[IO[bytes]]:
    """Open a part of a file; whatever is raised while it is read says that the file is damaged.

    Raises:
        UnreadableFileError: The file or the part is damaged.
        TableTooLargeError: The part unpacks to more than is allowed.
    """
    with open_file(path) as whole, _as_unreadable(path), ZipFile(whole) as archive:
        _require_plausible(archive, part)
        with archive.open(part) as file:
            yield file


@contextmanager
def _as_unreadable(path: Path) -> Iterator[None]:
    """Raise the error of a damaged file for whatever taking it apart raises."""
    try:
        yield
    except (CandidError, OSError, MemoryError):
        raise
    except Exception as error:  # a damaged archive or part raises almost anything
        raise unreadable(path, error) from error


def _require_plausible(archive: ZipFile, part: str) -> None:
    """Refuse a part that unpacks to more than is allowed, or to as much as only zeros do."""
    info = archive.getinfo(part)
    current_limits().require_unpacked(info.file_size, part)
    if info.file_size > max(_SMALL, _MOST_PACKED * info.compress_size):
        times = info.file_size // max(1, info.compress_size)
        raise ValueError(f"{part} unpacks to {info.file_size:,} bytes, {times:,} times its size")


def unreadable(path: Path, error: Exception) -> UnreadableFileError:
    """Return the error of a file that could not be taken apart, with what it is instead."""
    if (other := other_content(path)) is not None:
        return UnreadableFileError(*other)
    return UnreadableFileError(
        f"{path} is not a readable .xlsx file ({type(error).__name__}: {error})",
        "open it in a spreadsheet program and save it again as .xlsx",
    )


def sheets_of(book: XlsxBook) -> list[XlsxSheet]:
    """Return every sheet that has cells."""
    return [sheet for sheet in book.sheets.values() if not sheet.is_chart]


def local_name(element: Element) -> str:
    """Return an element's name without its namespace, of which the standard has two."""
    return element.tag.rpartition("}")[2]


def _opened(path: Path, archive: ZipFile) -> XlsxBook:
    ((_, part),) = [t for t in _targets(archive, "").values() if t[0] == "officeDocument"]
    targets = _targets(archive, part)
    workbook = _part(archive, part)
    parts = set(archive.namelist())
    sheets = {}
    for element in (e for e in workbook.iter() if local_name(e) == "sheet"):
        link = next((v for name, v in element.items() if name.endswith("}id")), "")
        kind, target = targets.get(link, ("", ""))
        if target in parts:
            title, hidden = element.get("name", ""), element.get("state", "visible") != "visible"
            sheets[title] = XlsxSheet(title, target, hidden, kind == "chartsheet")
    by_kind = dict(targets.values())
    properties = {local_name(e): e for e in workbook}
    old = "workbookPr" in properties and properties["workbookPr"].get("date1904") in _TRUE
    calculation = properties.get("calcPr")
    return XlsxBook(
        path,
        sheets,
        by_kind.get("sharedStrings"),
        _formats(archive, by_kind.get("styles")),
        CALENDAR_MAC_1904 if old else CALENDAR_WINDOWS_1900,
        calculation is not None and calculation.get("fullCalcOnLoad") in _TRUE,
    )


def _targets(archive: ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Return the kind and the name of each part that a part refers to, by the reference's id."""
    folder, name = posixpath.split(part)
    targets = {}
    for relation in _part(archive, posixpath.join(folder, "_rels", f"{name}.rels")):
        kind = relation.get("Type", "").rpartition("/")[2]
        target = posixpath.join("/", folder, relation.get("Target", ""))
        targets[relation.get("Id", "")] = kind, posixpath.normpath(target).lstrip("/")
    return targets


def _formats(archive: ZipFile, part: str | None) -> tuple[str, ...]:
    """Return the number format of each style of a file; one plain style where it has none."""
    if part is None or part not in archive.namelist():
        return ("General",)
    tables = {local_name(e): e for e in _part(archive, part)}
    known = dict(BUILTIN_FORMATS)
    for element in tables.get("numFmts", ()):
        with suppress(ValueError):
            known[int(element.get("numFmtId", ""))] = element.get("formatCode", "General")
    styles = [style.get("numFmtId", "0") for style in tables.get("cellXfs", ())]
    return tuple(known.get(int(style), "General") for style in styles) or ("General",)


def _part(archive: ZipFile, name: str) -> Element:
    _require_plausible(archive, name)
    if archive.getinfo(name).file_size > _LARGEST_DESCRIPTION:
        raise ValueError(f"{name} is larger than {_LARGEST_DESCRIPTION:,} bytes")
    content = archive.read(name)
    if DOCUMENT_TYPE.search(content):
        raise ValueError(f"{name} has a document type, which is refused")
    return fromstring(content)  # noqa: S314 - entities are refused above


def _not_zipped(path: Path, file: BinaryIO) -> UnreadableFileError:
    again = "save it again as .xlsx"
    pieces = iter(lambda: file.read(1 << 20), b"")
    before = b""
    is_encrypted = False
    for piece in pieces:
        is_encrypted = is_encrypted or _ENCRYPTED in before + piece
        before = piece[-len(_ENCRYPTED) :]
    if is_encrypted:
        return UnreadableFileError(f"{path} is encrypted", f"remove its password, then {again}")
    return UnreadableFileError(f"{path} is an old .xls file under the name .xlsx", again)
