"""Writes files whole or not at all: beside the target, then renamed over it.

What is being written is named `.part` and lies in the target's folder; a killed process may leave
it there, and nothing reads it.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

PRIVATE: Final = 0o600
"""Mode of a file that only its owner may read."""
READ_ONLY: Final = 0o444
"""Mode of a file that is never written again."""


def write_whole(
    path: Path, content: bytes | str, mode: int | None = None, *, durable: bool = True
) -> None:
    """Replace a file by one with other content; text is written as UTF-8.

    Args:
        path: The file; its folder is made where it is missing.
        content: All that the file will hold.
        mode: Its permissions; None for those of any new file.
        durable: Whether it is on the disk, safe from a power cut, before it takes the path.
    """
    with replacing(path, mode, durable=durable) as part:
        part.write_bytes(content.encode() if isinstance(content, str) else content)


def write_once(path: Path, content: bytes) -> None:
    """Write a file that is never written again.

    Raises:
        FileExistsError: The file is there already; it is left as it is.
    """
    part = new_part(path.parent, READ_ONLY)
    try:
        part.write_bytes(content)
        _settle(part, READ_ONLY)
        # A link, unlike a rename, never replaces a file that came in the meantime.
        path.hardlink_to(part)
    finally:
        part.unlink()
    force_to_disk(path.parent)


@contextmanager
def replacing(
    path: Path, mode: int | None = None, *, durable: bool = True, single_writer: bool = False
) -> Iterator[Path]:
    """Yield an empty file in a path's folder that replaces the path when the block ends.

    Where the block fails, or removes the file it was given, the path stays as it is.

    Args:
        path: The file to replace; its folder is made where it is missing.
        mode: Its permissions; None for those of any new file.
        durable: Whether it is on the disk, safe from a power cut, before it takes the path.
        single_writer: Whether no two processes ever write this path at once: then what a killed
            one left is removed, which matters where a file is large.
    """
    part = new_part(path.parent, mode, f".{path.name}.part" if single_writer else None)
    try:
        yield part
        if part.exists():
            put_in_place(part, path, mode, durable=durable)
    finally:
        part.unlink(missing_ok=True)


def new_part(folder: Path, mode: int | None = None, name: str | None = None) -> Path:
    """Make an empty file to write into, in a folder that is made where it is missing.

    One that will have a mode of its own is until then its owner's alone. A name is given only
    where nobody else writes under it; what lies there is removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / (name or f".{secrets.token_hex(8)}.part")
    part.unlink(missing_ok=True)
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
    os.close(os.open(part, flags, 0o666 if mode is None else PRIVATE))
    return part


def put_in_place(part: Path, path: Path, mode: int | None = None, *, durable: bool = True) -> None:
    """Rename a file that is written and closed over another of the same folder."""
    _settle(part, mode, durable=durable)
    part.replace(path)
    if durable:
        force_to_disk(path.parent)


def force_to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, would outlive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _settle(part: Path, mode: int | None, *, durable: bool = True) -> None:
    if mode is not None:
        part.chmod(mode)
    if durable:
        force_to_disk(part)
