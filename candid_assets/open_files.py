"""How many files this process may have open at once, and what a refresh needs of it."""

import resource
from typing import Final

from candid_assets.errors import CandidError

LEAST_FILES: Final = 64
"""Fewer end a refresh amid its work, wherever it opens one more; 30 are enough for a small one."""
_MANY_FILES: Final = 4_096


class FewFilesError(CandidError):
    """A process may open too few files."""


def allow_open_files() -> None:
    """Let this process open as many files as it may give itself, and refuse to begin with few.

    Raises:
        FewFilesError: They are too few for a refresh.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MANY_FILES if hard == resource.RLIM_INFINITY else min(hard, _MANY_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    if soft != resource.RLIM_INFINITY and soft < LEAST_FILES:
        raise FewFilesError(
            f"a program may have {soft} files open here, and a refresh needs {LEAST_FILES}",
            "raise the limit of open files (`ulimit -n 1024` in a new shell), then run again",
        )
