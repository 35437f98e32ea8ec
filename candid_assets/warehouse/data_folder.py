"""An environment's folder: its version, and who may read it.

The version is that of all files beside the warehouse and its snapshots.

Landing, catalogs, reports, logs, users and what APIs were asked are files of their own kinds; one
number stands for them all. A folder that says none is of version 1.
"""

import os
import stat
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

import orjson

from candid_assets.atomic_files import write_whole
from candid_assets.regular_files import MOVE_AWAY, irregular_kind, read_bytes
from candid_assets.storage_errors import storage_error
from candid_assets.warehouse.errors import WarehouseError

FOLDER_VERSION: Final = 1
"""Raised when any file of the folder is written so that an older program would misread it."""
FILE: Final = "candid-data.json"
_FILES: Final = (
    *(FILE, "clock.json", "looks.json", "tidied", "alerts.jsonl"),
    *("warehouse.duckdb", "warehouse.lock", "keeping.lock", "agent/alerts.json"),
)
"""Files by which a refresh goes; those that it makes anew from their content are not among them."""
_BITS: Final = {"nobody": 0, "group": 0o050, "everyone": 0o055}
_SHARED: Final = ("published", "reports")


def require_known_folder(folder: Path, name: str = "") -> int | None:
    """Return the version of a folder, or None where it says none.

    Args:
        folder: An environment's folder of data.
        name: What it is called in messages; the folder itself by default.

    Raises:
        WarehouseError: It is of a newer version than this program knows, or does not say which.
        StorageError: The disk refuses to say it.
    """
    file = folder / FILE
    try:
        stored = int(orjson.loads(read_bytes(file))["version"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise storage_error(error, file) or WarehouseError(
            f"{file} does not say which version the folder has: {error}",
            "remove the file if no newer candid was used here; else restore a backup",
        ) from error
    if stored > FOLDER_VERSION:
        raise WarehouseError(
            f"the data in {name or folder} are of version {stored}; this program"
            f" (candid {version('candid-assets')}) knows versions up to {FOLDER_VERSION}",
            "install the candid that wrote them, or restore a backup of an older version",
        )
    return stored


def require_files(folder: Path) -> None:
    """Refuse a folder in which something else stands in the place of a file.

    Raises:
        WarehouseError: A pipe, a socket, a device or a folder does.
    """
    for name in _FILES:
        path = folder / name
        kind = "a folder" if path.is_dir() else irregular_kind(path)
        if kind:
            raise WarehouseError(f"{path} is {kind} where a file belongs", MOVE_AWAY)


def keep_private(folder: Path, share_with: str) -> None:
    """Make a folder its owner's alone but for what a setting gives to others.

    Args:
        folder: An environment's folder of data; made where it is missing.
        share_with: CANDID_SHARE_WITH: who may read the published snapshot and the reports.

    Raises:
        OSError: It belongs to another user.
    """
    shared = _BITS[share_with]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Of before, or made under another umask.
    if stat.S_IMODE(folder.stat().st_mode) & 0o077 & ~shared:
        for inner, folders, files in os.walk(folder):
            for name in (*folders, *files):
                _restrict(Path(inner, name))
    for name in _SHARED:
        part = folder / name
        part.mkdir(exist_ok=True, mode=0o700)
        _give(part, shared)
        for file in part.iterdir():
            if not file.name.startswith(".") and file.is_file():
                _give(file, shared)
    # To be passed through is enough: its names stay its owner's.
    _give(folder, shared & 0o011)
    if shared:
        root = folder.parent
        root.chmod(stat.S_IMODE(root.stat().st_mode) | shared & 0o011)


def _give(path: Path, bits: int) -> None:
    if path.is_symlink():
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    wanted = mode & 0o700 | (bits if path.is_dir() else bits & 0o044)
    if mode != wanted:
        path.chmod(wanted)


def _restrict(path: Path) -> None:
    # Sockets, and what is removed in the meantime, are nobody's loss.
    with suppress(FileNotFoundError):
        if not path.is_symlink():
            path.chmod(stat.S_IMODE(path.stat().st_mode) & 0o700)


def mark_folder(folder: Path) -> None:
    """Write the version into a folder that says none; its files are those of version 1.

    Raises:
        WarehouseError: As `require_known_folder` says.
    """
    if require_known_folder(folder) is None:
        facts = {
            "version": FOLDER_VERSION,
            "program": f"candid {version('candid-assets')}",
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        write_whole(folder / FILE, orjson.dumps(facts, option=orjson.OPT_INDENT_2))
