"""How pytest-xdist shares out the tests: what leans on one expensive fixture stays together.

A fixture of a session is made once by each worker that needs it; the sample's refresh costs a
minute. So a file goes to one worker whole, the files of a folder with such fixtures go together,
and what takes longest begins first, so that no worker ends long after the others.
"""

from pathlib import PurePosixPath

import pytest
from xdist.scheduler import LoadFileScheduling

TOGETHER = (
    ("end_to_end",),
    ("sources",),
    ("end_to_end/faults",),
    ("history",),
    ("web",),
    ("agent",),
    ("end_to_end/test_small_workbook.py",),
    ("discovery/test_corpus.py",),
    ("commands/test_discover.py",),
    ("sources/sheets",),
    ("gate", "deployment"),
    ("destinations",),
    ("end_to_end/served",),
)
"""Folders, and files that take long, whose tests go to one worker; the longest group first.

A file belongs to the deepest folder that is named.
"""
APART = ("end_to_end/test_models.py", "end_to_end/test_line_kinds.py")
"""Files of these folders that need nothing of theirs."""
PACKAGE = PurePosixPath(__file__).parent.name
GROUPS = {path: group[0] for group in TOGETHER for path in group}


def group_of(nodeid: str) -> str:
    """Return what a test goes to a worker with: the first folder of its group, or its file."""
    file = nodeid.partition("::")[0].removeprefix(f"{PACKAGE}/")
    if file in APART:
        return file
    above = [path for path in GROUPS if file == path or file.startswith(f"{path}/")]
    return GROUPS[max(above, key=len)] if above else file


def longest_first(items: list[pytest.Item]) -> None:
    """Put the groups first, and leave all else in its order."""
    place = {group[0]: number for number, group in enumerate(TOGETHER)}
    items.sort(key=lambda item: place.get(group_of(item.nodeid), len(TOGETHER)))


class ByGroup(LoadFileScheduling):
    """Hands out groups and files whole, in the order in which the tests were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)
