"""What a file under the name .xlsx is instead, by its first bytes and the parts of its archive."""

from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final
from zipfile import ZipFile

from candid_assets.sources.files.file_errors import UnreadableFileError
from candid_assets.sources.files.open_file import open_file

_ZIP: Final = b"PK"
_START: Final = 512
_WORKBOOK: Final = "[Content_Types].xml"
_AGAIN: Final = "save it again as .xlsx"


def other_content(path: Path) -> tuple[str, str] | None:
    """Return what a file is that is no .xlsx, and what to do; None for a damaged workbook.

    Args:
        path: A file that could not be read as .xlsx.
    """
    with suppress(OSError, UnreadableFileError), open_file(path) as file:
        start = file.read(_START)
        if not start.strip(b"\0 \r\n\t"):
            return f"{path} is empty", "export it again, or take it out of the folder"
        if start.startswith(_ZIP):
            return _archive(path, file)
        return _text(path, start)
    return None


def _archive(path: Path, file: BinaryIO) -> tuple[str, str] | None:
    with suppress(Exception), ZipFile(file) as archive:  # a damaged one raises almost anything
        names = archive.namelist()
        if "mimetype" in names and b"opendocument" in archive.open("mimetype").read(_START):
            return f"{path} is an OpenDocument file (.ods) under the name .xlsx", _AGAIN
        if "xl/workbook.bin" in names:
            return f"{path} is a binary workbook (.xlsb) under the name .xlsx", _AGAIN
        if _WORKBOOK not in names:
            return f"{path} is a .zip archive and no workbook", "unpack it into the folder"
    return None


def _text(path: Path, start: bytes) -> tuple[str, str] | None:
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return (
            f"{path} is a web page or XML under the name .xlsx",
            f"open it in a spreadsheet program and {_AGAIN}",
        )
    if b"\0" not in start and start.isascii():
        return f"{path} is text under the name .xlsx", "rename it to .csv"
    return None
