"""Finds and removes what killed processes left: half-written files, scratch folders, spilled rows.

Whoever lives holds a lock on what it works in (`atomic_files`), so that nothing of a live process
is ever taken for a leftover.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from candid_assets.atomic_files import is_part, remove_unowned, unowned
from candid_assets.environment import SettingsError
from candid_assets.findings import Finding, note, ok
from candid_assets.maintenance.interrupted_restore import RESTORE_PREFIX, end_interrupted_restore
from candid_assets.settings import Settings
from candid_assets.sources.spool_folder import SPOOL_PREFIX
from candid_assets.warehouse.memory import is_dead_spill

BACKUP_PREFIX: Final = ".backup-"
"""How the name of a folder begins in which a backup is made."""
SHOWN: Final = 5
_FOLDERS: Final = (BACKUP_PREFIX, RESTORE_PREFIX, SPOOL_PREFIX)
_HISTORY: Final = "dagster"
"""Dagster's own folder, in which nothing of ours is half-written."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """A file or folder of a process that is gone, and its size in bytes."""

    path: Path
    bytes: int


def find_leftovers(settings: Settings) -> list[Leftover]:
    """Return what killed processes left in an environment's folder and beside it."""
    return [Leftover(path, _size(path)) for path in _candidates(settings) if _is_free(path)]


def remove_leftovers(settings: Settings) -> list[Leftover]:
    """Remove what killed processes left and return it; what cannot be removed is left out.

    A restore that was killed when its data was whole is ended instead.
    """
    end_interrupted_restore(settings.data_dir)
    gone = []
    for path in _candidates(settings):
        leftover = Leftover(path, _size(path))
        try:
            if remove_unowned(path):
                gone.append(leftover)
        except OSError:
            continue
    return gone


def check_leftovers(read_settings: Callable[[], Settings]) -> Iterator[Finding]:
    """Yield for `candid doctor` what killed processes left, unless the settings are wrong."""
    try:
        settings = read_settings()
    except SettingsError:
        return
    left = find_leftovers(settings)
    if not left:
        yield ok("leftovers", "killed processes left nothing")
        return
    size = sum(leftover.bytes for leftover in left)
    first = ", ".join(str(leftover.path) for leftover in left[:SHOWN])
    what = f"killed processes left {len(left)} files and folders of {size:,} bytes: {first}"
    fix = "the next `candid run` or `candid prune --delete` removes them"
    yield note("leftovers", what, "they take space, and nothing reads them", fix)


def _candidates(settings: Settings) -> Iterator[Path]:
    root = settings.data_root.resolve()
    for folder in (root, root / "backups"):
        for path in sorted(folder.glob(".*")) if folder.is_dir() else ():
            if path.name.startswith(_FOLDERS) or is_part(path.name):
                yield path
    for path in sorted(settings.data_dir.glob("*")) if settings.data_dir.is_dir() else ():
        if path.name != _HISTORY:
            yield from _inside(path)


def _inside(path: Path) -> Iterator[Path]:
    if path.name.startswith(_FOLDERS) or is_part(path.name) or is_dead_spill(path):
        yield path
    elif path.is_dir() and not path.is_symlink():
        with os.scandir(path) as entries:
            names = sorted(entry.name for entry in entries if _may_be(entry))
        for name in names:
            yield from _inside(path / name)


def _may_be(entry: os.DirEntry[str]) -> bool:
    return entry.name.startswith(".") or entry.is_dir(follow_symlinks=False)


def _is_free(path: Path) -> bool:
    with unowned(path) as free:
        return free


def _size(path: Path) -> int:
    files = [path, *path.rglob("*")] if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())
