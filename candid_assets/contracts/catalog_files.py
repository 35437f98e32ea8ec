"""The files and folders of a catalog: hidden ones, and folders such as `__pycache__`, are none."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from candid_assets.regular_files import read_bytes

Entry = tuple[str, bytes | None]
"""A path below the catalog's folder, and the content of a file that can be read."""
Moment = tuple[str, int, int]
"""A path below the catalog's folder, its inode, and when that last changed."""

_MOST_LINKS: Final = 2
"""Links that a path which is read may go through: a folder of workbooks, and a workbook in it."""


def visible(folder: Path) -> list[Path]:
    """Return what lies in a folder of the catalog, in the order of its names."""
    return sorted(path for path in folder.iterdir() if not _is_hidden(path))


def entries_below(root: Path) -> Iterator[Entry]:
    """Yield every folder and every file of the catalog, files with their content."""
    for path in _below(root):
        content = None
        with suppress(OSError):
            content = read_bytes(path)
        yield path.relative_to(root).as_posix(), content


def moments_below(root: Path) -> Iterator[Moment]:
    """Yield when each folder and each file of the catalog was last changed, however it was."""
    for path in _below(root):
        with suppress(OSError):
            at = path.stat()
            yield path.relative_to(root).as_posix(), at.st_ino, at.st_ctime_ns


def _below(folder: Path, links: int = _MOST_LINKS) -> Iterator[Path]:
    """Yield a folder and all that lies in it, and what links lead to as far as readers follow."""
    yield folder
    inner: list[Path] = []
    with suppress(OSError):
        for path in visible(folder):
            if path.is_dir():
                inner.append(path)
            else:
                yield path
    for path in inner:
        left = links - path.is_symlink()
        if left >= 0:
            yield from _below(path, left)


def _is_hidden(path: Path) -> bool:
    return path.name.startswith(".") or (path.name.startswith("__") and path.is_dir())
