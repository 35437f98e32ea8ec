"""Opens the files of a source: regular files of its folder, and nothing that a link leads to."""

import os
import stat
from pathlib import Path
from typing import BinaryIO, Final

from candid_assets.sources.files.file_errors import UnreadableFileError

_LEAVES: Final = "put the file itself there, or describe its folder as a source of its own"


def open_file(path: Path) -> BinaryIO:
    """Open a file for reading, which may be a link to another file of its folder.

    What is opened is what was looked at: no link is followed while opening.

    Raises:
        UnreadableFileError: A link leads out of the folder, or it is no regular file.
        OSError: It is missing or may not be read.
    """
    try:
        real, folder = path.resolve(), path.parent.resolve()
    except RuntimeError as error:  # what Python before 3.13 raises of links in a circle
        raise UnreadableFileError(f"{path} is a link that leads to itself", _LEAVES) from error
    if not real.is_relative_to(folder):
        raise UnreadableFileError(f"{path} is a link that leaves its folder", _LEAVES)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        *inner, name = real.relative_to(folder).parts
        for part in inner:
            outer, handle = handle, _open_in(handle, part, path, os.O_DIRECTORY)
            os.close(outer)
        # A pipe would keep the reader waiting for a writer.
        opened = _open_in(handle, name, path, os.O_NONBLOCK)
    finally:
        os.close(handle)
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        raise UnreadableFileError(f"{path} is no regular file", "put a regular file there")
    return os.fdopen(opened, "rb")


def _open_in(folder: int, name: str, path: Path, more: int) -> int:
    """Open an entry of an open folder; raise the system's error about the path."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | more
    try:
        return os.open(name, flags, dir_fd=folder)
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(path)) from error
