"""Starts `candid` again in production so that nothing but the installation's code gets into it.

Variables that let other folders into a process are left out, and Python keeps what it compiles in
a folder of production's own: what lies in `__pycache__` folders is compared with nothing.
"""

import os
import site
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from candid_assets.settings import PACKAGE, REPOSITORY, Settings

_HARMLESS: Final = frozenset(
    {
        *("PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED", "PYTHONUTF8"),
        *("PYTHONIOENCODING", "PYTHONFAULTHANDLER", "PYTHONTRACEMALLOC"),
    }
)
_LOADERS: Final = ("LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH", "DYLD_INSERT_LIBRARIES")
_RESTARTED: Final = "CANDID_RESTARTED"
"""Says that a process was started again; whoever sets it by hand is refused by what is checked."""


def bytecode_folder(settings: Settings) -> Path:
    """Return where production's processes keep what Python compiled."""
    return settings.data_root.resolve() / "bytecode"


def isolated_environment(settings: Settings, variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of a process that loads the installation's code and nothing else."""
    kept = {
        name: value
        for name, value in variables.items()
        if name not in _LOADERS and (not name.startswith("PYTHON") or name in _HARMLESS)
    }
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | _wanted(settings)


def _wanted(settings: Settings) -> dict[str, str]:
    return {
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONSAFEPATH": "1",
        "PYTHONNOUSERSITE": "1",
        "PYTHONPYCACHEPREFIX": str(bytecode_folder(settings)),
    }


def restart_isolated(settings: Settings) -> None:
    """Start `candid` again as `isolated_environment` says, if it was not started so.

    It does not return then. Another program that calls the command line stays as it is.
    """
    program = Path(sys.argv[0])
    is_candid = program.name == "candid" or program.resolve() == PACKAGE / "cli.py"
    if not is_candid or _RESTARTED in os.environ or not open_to_other_code(settings):
        return
    variables = isolated_environment(settings, os.environ) | {_RESTARTED: "1"}
    command = [sys.executable, "-m", f"{PACKAGE.name}.cli", *sys.argv[1:]]
    # This program itself, no shell.
    os.execve(sys.executable, command, variables)  # noqa: S606


def open_to_other_code(settings: Settings) -> str:
    """Return what lets other code into this process, in words; blank if nothing does."""
    wanted = _wanted(settings)
    for name, value in sorted(os.environ.items()):
        if name in _LOADERS or (name.startswith("PYTHON") and name not in {*wanted, *_HARMLESS}):
            return f"{name} is set"
        if name == "PYTHONPATH" and Path(value).resolve() != REPOSITORY:
            return f"PYTHONPATH is {value}"
    if not sys.flags.safe_path or site.ENABLE_USER_SITE:
        return "it may load modules of the working directory or of the user"
    if sys.pycache_prefix is None or Path(sys.pycache_prefix) != bytecode_folder(settings):
        return "it reads bytecode that nobody has compared with its source"
    return ""
