"""What the system lets this process have, files and addresses, and what a refresh needs of it."""

import resource
from typing import Final

from candid_assets.errors import CandidError

LEAST_FILES: Final = 64
"""Fewer end a refresh amid its work, wherever it opens one more; 30 are enough for a small one."""
LEAST_ADDRESSES: Final = 1_500_000_000
"""Bytes; with fewer a thread may die before it has said that it began, which is waited for."""
_MANY_FILES: Final = 4_096


class ProcessLimitError(CandidError):
    """A process may have too little."""


def allow_open_files() -> None:
    """Let this process open as many files as it may give itself, and refuse to begin with few.

    Raises:
        ProcessLimitError: They are too few for a refresh.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MANY_FILES if hard == resource.RLIM_INFINITY else min(hard, _MANY_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    if soft != resource.RLIM_INFINITY and soft < LEAST_FILES:
        raise ProcessLimitError(
            f"a program may have {soft} files open here, and a refresh needs {LEAST_FILES}",
            "raise the limit of open files (`ulimit -n 1024` in a new shell), then run again",
        )


def require_addresses() -> None:
    """Refuse to begin with less address space than a refresh needs.

    Raises:
        ProcessLimitError: It is too little.
    """
    most, _ = resource.getrlimit(resource.RLIMIT_AS)
    if most != resource.RLIM_INFINITY and most < LEAST_ADDRESSES:
        raise ProcessLimitError(
            f"a program may have {most / 1e9:.2f} GB of memory mapped here, and a refresh needs"
            f" {LEAST_ADDRESSES / 1e9:.1f} GB",
            "raise the limit of addresses (`ulimit -v unlimited` in a new shell), then run again",
        )


def require_room() -> None:
    """Let this process, and those that it starts, have what a refresh needs.

    Raises:
        ProcessLimitError: The system does not let it.
    """
    allow_open_files()
    require_addresses()
