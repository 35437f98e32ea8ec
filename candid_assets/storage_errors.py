"""Recognises errors of the disk in what Python, DuckDB, SQLite and Arrow raise of them."""

import errno
import os
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from candid_assets.errors import CandidError

_NUMBERS: Final = {
    errno.ENOSPC: ("the disk is full", "free disk space"),
    errno.EDQUOT: ("the disk quota is used up", "free disk space, or raise the quota"),
    errno.EROFS: ("the disk is read-only", "mount it writable"),
    errno.EACCES: ("permission is denied", "give this user the right to write there"),
    errno.EPERM: ("the system does not permit it", "give this user the right to write there"),
    errno.EFBIG: (
        "a file would be larger than is allowed",
        "raise its limit (ulimit -f unlimited)",
    ),
    errno.EIO: ("the disk fails", "look at the disk's health; `candid restore` on another disk"),
    errno.EMFILE: ("too many files are open", "raise the limit of open files (ulimit -n 1024)"),
    errno.ENFILE: ("too many files are open", "raise the system's limit of open files"),
}
FULL_BYTES: Final = 4_000_000
FEW_FILES: Final = 8
"""So few files more are none for a library that opens several at once."""
_WORDS: Final = {
    **{os.strerror(number): number for number in _NUMBERS},
    "database or disk is full": errno.ENOSPC,
    "readonly database": errno.EROFS,
    "unable to open database file": errno.EACCES,
    "disk I/O error": errno.EIO,
}
SAFE: Final = (
    "what was published and recorded before stays as it is, and the next run makes up for the rest"
)


class StorageError(CandidError):
    """The disk refuses to take or give what is written or read."""


def storage_error(error: BaseException, folder: object) -> StorageError | None:
    """Return the error of the disk that is behind an error; None where there is none.

    Args:
        error: What was raised.
        folder: Where the platform keeps its data, named where the error names no path.
    """
    for cause in chain_of(error):
        number = _number_of(cause)
        if number is not None:
            path = getattr(cause, "filename", None) or _path_in(str(cause)) or folder
            return _refused(number if _is_exact(cause) else _likely(number, folder), path)
    return None


def _is_exact(error: BaseException) -> bool:
    """Whether an error has the system's own number; SQLite has one for many."""
    return isinstance(error, OSError) and error.errno in _NUMBERS and error.errno != errno.EIO


def _likely(number: int, folder: object) -> int:
    """Return why the system refused where SQLite says no more than that it did."""
    if number == errno.EIO and _is_full(folder):
        return errno.ENOSPC
    if number == errno.EIO and resource.getrlimit(resource.RLIMIT_FSIZE)[0] >= 0:
        return errno.EFBIG
    if number == errno.EACCES and not room_for_files(FEW_FILES):
        return errno.EMFILE
    return number


def room_for_files(count: int) -> bool:
    """Whether this process may open so many files more."""
    handles: list[int] = []
    try:
        handles.extend(os.open(os.devnull, os.O_RDONLY) for _ in range(count))
    except OSError:
        return False
    finally:
        for handle in handles:
            os.close(handle)
    return True


def _is_full(folder: object) -> bool:
    there = Path(str(folder))
    return there.exists() and shutil.disk_usage(there).free < FULL_BYTES


def storage_error_in(text: str, folder: object) -> StorageError | None:
    """Return the error of the disk that a text is about; None where it is about none."""
    number = _number_in(text)
    return None if number is None else _refused(_likely(number, folder), _path_in(text) or folder)


def is_held(error: BaseException) -> bool:
    """Whether DuckDB cannot open a file because another process holds it."""
    return "Could not set lock" in str(error) or "onflicting lock" in str(error)


def _number_of(error: BaseException) -> int | None:
    if isinstance(error, OSError) and error.errno in _NUMBERS:
        return error.errno
    module = type(error).__module__.partition(".")[0]
    if module not in ("_duckdb", "duckdb", "sqlite3", "sqlalchemy", "pyarrow", "builtins"):
        return None
    if module == "builtins" and not isinstance(error, OSError):
        return None
    return _number_in(str(error))


def _number_in(text: str) -> int | None:
    return next((number for words, number in _WORDS.items() if words in text), None)


def _refused(number: int, path: object) -> StorageError:
    what, fix = _NUMBERS[number]
    return StorageError(f"{path}: {what}; {SAFE}", f"{fix}, then run again")


def _path_in(text: str) -> str | None:
    quoted = [part for part in text.split('"')[1::2] if part.startswith("/")]
    return quoted[0] if quoted else None


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those that it was raised from, the outermost first."""
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or following.__context__


@contextmanager
def naming(path: str | os.PathLike[str]) -> Iterator[None]:
    """Name a file in errors of the disk that name none: reading and writing know no path.

    Args:
        path: The file that is read or written in the block.
    """
    try:
        yield
    except OSError as error:
        if error.filename is None and error.errno in _NUMBERS:
            error.filename = os.fspath(path)
        raise
