"""The machine that a refresh runs on: its time zone, its cores, and how much it lets open."""

import os
import resource
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

ZONES: Final = (
    *("Asia/Jakarta", "Europe/Berlin", "America/St_Johns", "Pacific/Kiritimati", "Etc/GMT+12"),
    "Australia/Lord_Howe",
)
"""East and west of everybody, with and without daylight saving, by half hours too."""
FEW_FILES: Final = 256
ADDRESSES: Final = 1024**3
"""Bytes of address space beyond what the forking process has mapped, which is any amount."""


@dataclass(frozen=True)
class Machine:
    """A machine; as it stands, the one that the torture runs on."""

    zone: str = ""
    few_files: bool = False
    one_core: bool = False
    little_memory: bool = False

    def become(self) -> None:
        """Let this process, which ends with its refresh, run on such a machine."""
        if self.zone:
            os.environ["TZ"] = self.zone
            time.tzset()
        if self.few_files:
            resource.setrlimit(resource.RLIMIT_NOFILE, (FEW_FILES, FEW_FILES))
        if self.one_core:
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        if self.little_memory:
            most = _mapped() + ADDRESSES
            resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _mapped() -> int:
    """Return the bytes of address space that this process has mapped."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


THIS: Final = Machine()


def some_machine(rng: Random) -> Machine:
    """Return the machine that a refresh runs on: in three cases of four this one."""
    if rng.random() < 0.75:
        return THIS
    return Machine(rng.choice(("", *ZONES)), *(rng.random() < 0.5 for _ in range(3)))
