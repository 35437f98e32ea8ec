"""Where git and ssh-keygen are: in the system's folders, whatever PATH says."""

import os
import stat
from pathlib import Path
from typing import Final

from candid_assets.gate.errors import GateError

FOLDERS: Final = ("/usr/bin", "/bin", "/usr/local/bin", "/run/current-system/sw/bin")
"""Folders that only the system's administrator writes to."""
_LOADED: Final = ("LD_", "DYLD_")
"""Variables that load code into every program begin so."""


class ToolError(GateError):
    """A program that the gate needs is not among the system's."""


def system_tool(name: str) -> str:
    """Return the absolute path of a program that belongs to the system.

    Raises:
        ToolError: None of the system's folders has it, or others may write there.
    """
    for folder in FOLDERS:
        file = Path(folder, name)
        if file.is_file() and all(_is_roots(p) for p in (file.resolve(), file.resolve().parent)):
            return str(file)
    raise ToolError(
        f"{name} is in none of {', '.join(FOLDERS)}, or others than root may write to it",
        f"install it from the system's packages ({name} in PATH elsewhere is not used)",
    )


def tool_environment() -> dict[str, str]:
    """Return the variables for a program of the system: nothing that loads code into it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_LOADED)}
    return {**kept, "PATH": os.pathsep.join(FOLDERS), "LC_ALL": "C"}


def _is_roots(path: Path) -> bool:
    facts = path.stat()
    return facts.st_uid == 0 and not facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
