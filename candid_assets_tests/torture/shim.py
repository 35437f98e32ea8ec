"""Compiles the preloaded shim, and arms it in the process that it was preloaded into."""

import ctypes
import errno
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal, get_args

SOURCE: Final = Path(__file__).with_name("shim.c")
KINDS: Final = {"write": 1, "sync": 2, "rename": 4, "other": 8, "read": 16}
EVERY_KIND: Final = ("write", "sync", "rename", "other")
"""The calls that change files."""
Mode = Literal["count", "kill", "fail", "short", "torn", "stop before", "stop amid"]
_MODES: Final = {mode: number for number, mode in enumerate(get_args(Mode))}
"""As the shim numbers them."""


@dataclass(frozen=True)
class Disk:
    """What becomes of the n-th call that changes a file, or of other kinds where they are named."""

    mode: Mode
    at: int = 0
    kinds: tuple[str, ...] = EVERY_KIND
    error: str = "ENOSPC"
    lasting: bool = False
    """Whether every later call fails, too, as on a disk that stays full."""
    shadow: Path | None = None
    """A folder for copies of what was forced to disk, from which `cut_power` makes the rest."""
    watched: tuple[Path, Path] | None = None
    """Pipes to who watches each call and from it, in the modes that stop; see `moments.py`."""


class NoCompilerError(RuntimeError):
    """There is no C compiler."""


def compiler() -> str:
    """Return the C compiler of this machine."""
    path = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if path is None:
        raise NoCompilerError(
            "the kills and disk faults need a C compiler: apt-get install -y gcc libc6-dev"
        )
    return path


def compiled(folder: Path) -> Path:
    """Compile the shim into a folder and return the library to preload."""
    library = folder / "torture-shim.so"
    command = [compiler(), "-shared", "-fPIC", "-O2", "-o", str(library), str(SOURCE), "-ldl"]
    subprocess.run(command, check=True)
    return library


@cache
def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(None)
    library.torture_seen.restype = ctypes.c_long
    library.torture_happened.restype = ctypes.c_char_p
    library.torture_arm.argtypes = [
        *(ctypes.c_char_p, ctypes.c_int, ctypes.c_long),
        *(ctypes.c_int, ctypes.c_int, ctypes.c_int),
    ]
    library.torture_clock.argtypes = [ctypes.c_long]
    library.torture_shadow.argtypes = [ctypes.c_char_p]
    library.torture_watched.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
    return library


def arm(folder: Path, disk: Disk) -> None:
    """Let the n-th change of a file below a folder be killed, failed or halved."""
    kinds = sum(KINDS[kind] for kind in disk.kinds)
    code = getattr(errno, disk.error)
    _library().torture_shadow(os.fsencode(disk.shadow) if disk.shadow else b"")
    if disk.watched:
        _library().torture_watched(*map(os.fsencode, disk.watched))
    _library().torture_arm(
        os.fsencode(folder), _MODES[disk.mode], disk.at, kinds, code, int(disk.lasting)
    )


def cut_power(folder: Path, shadow: Path, before: dict[int, bytes]) -> int:
    """Leave of every file what was forced to disk, and return how many files that changed.

    Names are kept, as a journaling file system keeps them; contents that were not forced are not.

    Args:
        folder: The folder whose process was killed.
        shadow: What the shim copied there.
        before: Contents of the files that were there before, by inode.
    """
    changed = 0
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            inode = path.stat().st_ino
            copy = shadow / str(inode)
            kept = copy.read_bytes() if copy.exists() else before.get(inode, b"")
            if path.read_bytes() != kept:
                changed += 1
                mode = path.stat().st_mode
                path.chmod(0o600)
                path.write_bytes(kept)
                path.chmod(mode)
    return changed


def disarm() -> tuple[int, str]:
    """Stop, and return how many calls were counted and what happened at the n-th."""
    _library().torture_disarm()
    return _library().torture_seen(), os.fsdecode(_library().torture_happened())


def set_clock(seconds: int) -> None:
    """Let this process read a clock that differs from the real one."""
    _library().torture_clock(seconds)
