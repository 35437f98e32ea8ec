"""Writes files whole or not at all: beside the target, then renamed over it.

What is being written is named `.part` and lies in the target's folder. Its process holds a lock on
it, as it does on the folders it works in, which the kernel releases when the process ends: what
nobody holds was left by a killed one, is read by nothing and may be removed.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from candid_assets.storage_errors import naming

PRIVATE: Final = 0o600
"""Mode of a file that only its owner may read."""
PRIVATE_READ_ONLY: Final = 0o400
"""Mode of a file that only its owner may read, and that is never written again."""
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
    with naming(path), _owned_part(path.parent, READ_ONLY) as part:
        part.write_bytes(content)
        _settle(part, READ_ONLY)
        # A link, unlike a rename, never replaces a file that came in the meantime.
        path.hardlink_to(part)
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
    name = f".{path.name}.part" if single_writer else None
    with naming(path), _owned_part(path.parent, mode, name) as part:
        yield part
        if part.exists():
            put_in_place(part, path, mode, durable=durable)


@contextmanager
def owned_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """Yield a new folder that is this process's own, and remove it at the end with all in it.

    Args:
        parent: The folder that it is made in.
        prefix: How its name begins.
    """
    parent.mkdir(parents=True, exist_ok=True)
    while True:
        folder = parent / f"{prefix}{secrets.token_hex(8)}"
        folder.mkdir(mode=0o700)
        lock = _locked(folder)
        if lock is not None:
            break
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def is_part(name: str) -> bool:
    """Whether a file of this name is one that is being written, or what DuckDB keeps beside it."""
    return name.startswith(".") and name.endswith((".part", ".part.wal", ".part.tmp"))


def remove_unowned(path: Path) -> bool:
    """Remove a file or folder that no process holds as its own; return whether it is gone."""
    with unowned(path) as free:
        if not free:
            return False
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        return True


@contextmanager
def unowned(path: Path) -> Iterator[bool]:
    """Yield whether no process holds a file or folder as its own; none can until the block ends."""
    is_file = path.is_file()
    try:
        flags = os.O_RDWR if is_file and os.access(path, os.W_OK) else os.O_RDONLY
        handle = os.open(path, flags | os.O_NONBLOCK)  # a pipe would wait for a writer
    except FileNotFoundError:
        yield False
        return
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_RDWR:
                # DuckDB makes its files itself and holds them so.
                fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


@contextmanager
def _owned_part(folder: Path, mode: int | None, name: str | None = None) -> Iterator[Path]:
    while True:
        part = new_part(folder, mode, name)
        lock = _locked(part)
        if lock is not None:
            break
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)
        os.close(lock)


def _locked(path: Path) -> int | None:
    """Hold a new file or folder; None where it was taken for a leftover before that."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    fcntl.flock(handle, fcntl.LOCK_EX)
    if path.exists() and path.stat().st_ino == os.fstat(handle).st_ino:
        return handle
    os.close(handle)
    return None


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
