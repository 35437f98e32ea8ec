"""Ends a restore that was killed when its data was whole; every run looks whether there was one."""

from pathlib import Path
from typing import Final

from candid_assets.atomic_files import unowned

RESTORE_PREFIX: Final = ".restore-"
"""How the name of a folder begins that a backup is unpacked into."""
WHOLE: Final = ".whole"
"""How the name of a mark ends, behind the name of the environment's folder."""


def end_interrupted_restore(data_dir: Path) -> Path | None:
    """Put the data in place of a restore that was killed after it had put the former data away.

    Returns:
        The folder that the data came from; None where there was no such restore.
    """
    if data_dir.exists() and any(data_dir.iterdir()):
        return None
    for folder in sorted(data_dir.parent.glob(f"{RESTORE_PREFIX}*")):
        if not (folder / f"{data_dir.name}{WHOLE}").exists():
            continue
        with unowned(folder) as free:
            if free and (folder / "data").is_dir():
                if data_dir.exists():
                    data_dir.rmdir()
                (folder / "data").replace(data_dir)
                return folder
    return None
