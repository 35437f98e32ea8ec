"""Reads files whole, and never waits for what stands in their place: pipes, sockets, devices.

A pipe keeps whoever opens it waiting until somebody writes, and a device may never end.
"""

import errno
import os
import stat
from pathlib import Path
from typing import Final

from candid_assets.errors import CandidError
from candid_assets.storage_errors import naming

_KINDS: Final = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
MOVE_AWAY: Final = "move it away, or put the file back"


class IrregularFileError(CandidError, OSError):
    """A pipe, a socket or a device stands where a file belongs."""

    def __init__(self, path: str | os.PathLike[str], kind: str) -> None:
        super().__init__(f"{os.fspath(path)} is {kind} where a file belongs", MOVE_AWAY)
        self.errno, self.strerror, self.filename = errno.EINVAL, self.message, os.fspath(path)


def read_bytes(path: Path) -> bytes:
    """Return the content of a file.

    Raises:
        IrregularFileError: Something else stands there.
        OSError: It is missing, a folder, or may not be read.
    """
    with naming(path), open(path, "rb", opener=_opened) as file:
        return file.read()


def read_text(path: Path, errors: str = "strict") -> str:
    """Return the content of a file of UTF-8 text, with every end of line as `\\n`.

    Raises:
        UnicodeDecodeError: It is no such text.
        OSError: As `read_bytes` says.
    """
    with naming(path), open(path, encoding="utf-8", errors=errors, opener=_opened) as file:
        return file.read()


def irregular_kind(path: Path) -> str:
    """Return what stands in the place of a file, in words; empty for a file or a folder."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return ""  # whoever opens it says so
    return _KINDS.get(stat.S_IFMT(mode), "")


def require_regular(path: Path) -> None:
    """Refuse what stands in the place of a file that a library opens; a missing one is let be.

    Raises:
        IrregularFileError: It is no file and no folder.
    """
    kind = irregular_kind(path)
    if kind:
        raise IrregularFileError(path, kind)


def _opened(path: str, flags: int) -> int:
    try:
        handle = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ENXIO:  # of a socket
            raise IrregularFileError(path, _KINDS[stat.S_IFSOCK]) from error
        raise
    mode = os.fstat(handle).st_mode
    if stat.S_ISREG(mode):
        return handle
    os.close(handle)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    raise IrregularFileError(path, _KINDS.get(stat.S_IFMT(mode), "no regular file"))
