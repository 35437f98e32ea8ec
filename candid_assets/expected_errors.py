"""The one boundary between errors and people: what a person's mistake raises, in plain words.

Rooms raise a `CandidError` where they know what it is about. What Python's files, DuckDB, SQLite,
YAML and pydantic raise beneath them is translated here, so that no command ends in a traceback
for a wrong path, a damaged file or a broken setting. What is left is a fault of the program.
"""

import errno
import os
import socket
from typing import Final

from candid_assets.errors import CandidError
from candid_assets.regular_files import IrregularFileError
from candid_assets.storage_errors import chain_of, storage_error

_PATHS: Final = {
    errno.ENOENT: ("is not there", "check the path, or make what it names"),
    errno.EISDIR: ("is a folder where a file belongs", "move the folder away, or name a file"),
    errno.ENOTDIR: ("lies below a file", "move the file away, or name another folder"),
    errno.EEXIST: ("is a file where a folder belongs", "move the file away, or name a folder"),
    errno.ENOTEMPTY: ("is a folder that is not empty", "empty it, or name another"),
    errno.ENAMETOOLONG: ("is too long for a name of a file", "choose a shorter one"),
    errno.ELOOP: ("is a link that leads to itself", "correct the link"),
    errno.EINVAL: ("is no valid path", "correct it"),
}
DOCTOR: Final = "`candid doctor` looks at every store and says how to mend it"
_STORES: Final = ("duckdb", "_duckdb", "sqlite3", "sqlalchemy", "pyarrow", "alembic")
_YAML: Final = ("yaml", "ruamel")


class UnexpectedInputError(CandidError):
    """A file, a setting or a store is not as it should be; met beneath what knows its meaning."""


def expected_error(error: BaseException, folder: object) -> CandidError | None:
    """Return what a person is told of an error; None for a fault of the program.

    Args:
        error: What was raised.
        folder: Where the platform keeps its data, named where the error names no path.
    """
    for cause in chain_of(error):
        if isinstance(cause, CandidError):
            return cause
    refused = storage_error(error, folder)
    if refused is not None:
        return refused
    for cause in chain_of(error):
        translated = file_error(cause) or _of_store(cause) or _of_text(cause)
        if translated is not None:
            return translated
    return None


def file_error(error: BaseException) -> CandidError | None:
    """Return what is told of a path that is not as it must be; None for any other error."""
    if isinstance(error, IrregularFileError):
        return error
    if not isinstance(error, OSError) or error.errno is None:
        return None
    if isinstance(error, ConnectionError | TimeoutError | socket.gaierror):
        return UnexpectedInputError(
            f"the connection failed: {error.strerror or error}",
            "check the address and that its server runs",
        )
    if error.errno == errno.EADDRINUSE:
        return UnexpectedInputError("the port is taken", "choose another with --port")
    path = error.filename2 or error.filename
    if path is None:
        return _of_gone_folder(error)
    what, fix = _PATHS.get(error.errno, (os.strerror(error.errno), "check the path"))
    return UnexpectedInputError(f"{os.fsdecode(path)} {what}", fix)


def _of_gone_folder(error: OSError) -> CandidError | None:
    """Return what is told where the system says that there is no file, and names none."""
    if error.errno != errno.ENOENT:
        return None
    message = "the folder in which this command was started is gone"
    return UnexpectedInputError(message, "run it in one that is there")


def _of_store(error: BaseException) -> CandidError | None:
    module, name = type(error).__module__.partition(".")[0], type(error).__name__
    if module in _STORES and name not in ("NotImplementedException", "ArgumentError"):
        return UnexpectedInputError(f"stored data cannot be used: {_first_line(error)}", DOCTOR)
    return None


def _of_text(error: BaseException) -> CandidError | None:
    module = type(error).__module__.partition(".")[0]
    if isinstance(error, UnicodeDecodeError):
        where = f"byte {error.object[error.start]:#04x} at place {error.start + 1}"
        return UnexpectedInputError(f"a file is no UTF-8 text: {where}", "save it as UTF-8")
    if module in _YAML:
        mark = getattr(error, "problem_mark", None)
        place = f"{mark.name}, line {mark.line + 1}: " if mark is not None else ""
        problem = getattr(error, "problem", None) or _first_line(error)
        return UnexpectedInputError(f"{place}this is no YAML: {problem}", "correct the file")
    if isinstance(error, ValueError) and "null byte" in str(error):
        return UnexpectedInputError("a path has a null byte", "correct it")
    return None


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
