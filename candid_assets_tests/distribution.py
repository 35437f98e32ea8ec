"""How pytest-xdist shares out the tests: what leans on one expensive fixture stays together.

A fixture of a session is made once by each worker that needs it; the sample's refresh costs a
minute. So a file goes to one worker whole, the files of a room with such fixtures go together,
and what takes longest begins first, so that no worker ends long after the others.
"""

from pathlib import PurePosixPath

import pytest
from xdist.scheduler import LoadFileScheduling

ROOMS = (
    "end_to_end",
    "under_fire",
    "layers/timemachine",
    "discovery/test_corpus.py",
    "sources",
    "web",
    "sheets",
    "destinations",
    "governance",
    "agent",
)
"""Folders that stay whole and files that take long, the longest first."""
APART = ("end_to_end/test_faults.py",)
"""Files of these folders that need nothing of theirs."""
PACKAGE = PurePosixPath(__file__).parent.name


def room_of(nodeid: str) -> str:
    """Return what a test goes to a worker with: a room, or else its file."""
    file = nodeid.partition("::")[0].removeprefix(f"{PACKAGE}/")
    if file in APART:
        return file
    return next((room for room in ROOMS if file == room or file.startswith(f"{room}/")), file)


def longest_first(items: list[pytest.Item]) -> None:
    """Put the rooms first, and leave all else in its order."""
    place = {room: number for number, room in enumerate(ROOMS)}
    items.sort(key=lambda item: place.get(room_of(item.nodeid), len(ROOMS)))


class ByRoom(LoadFileScheduling):
    """Hands out rooms and files whole, in the order in which the tests were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return room_of(nodeid)
