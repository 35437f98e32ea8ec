"""The version of an environment's folder: of all its files beside the warehouse and its snapshots.

Landing, catalogs, reports, logs, users and what APIs were asked are files of their own kinds; one
number stands for them all. A folder that says none is of version 1.
"""

from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

import orjson

from candid_assets.atomic_files import write_whole
from candid_assets.warehouse.errors import WarehouseError

FOLDER_VERSION: Final = 1
"""Raised when any file of the folder is written so that an older program would misread it."""
FILE: Final = "candid-data.json"


def require_known_folder(folder: Path, name: str = "") -> int | None:
    """Return the version of a folder, or None where it says none.

    Args:
        folder: An environment's folder of data.
        name: What it is called in messages; the folder itself by default.

    Raises:
        WarehouseError: It is of a newer version than this program knows, or does not say which.
    """
    file = folder / FILE
    try:
        stored = int(orjson.loads(file.read_bytes())["version"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WarehouseError(
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
