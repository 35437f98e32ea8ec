"""What a room of readers declares of its kind of source: its names, its words and its parts.

A room's `kind.py` holds one `KIND`. It imports nothing of the package but this and `places`, so
that the whole platform can ask a kind what it needs without loading any reader.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from re import Pattern
from typing import Any, Final

from candid_assets.settings import Settings
from candid_assets.source_kinds.places import Place


class ServerFaultError(Exception):
    """A server of a head from which no place can be read: the key, what is wrong and the fix."""

    def __init__(self, key: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.key, self.message, self.fix = key, message, fix


@dataclass(frozen=True, slots=True)
class Words:
    """How a kind's sources are spoken of."""

    table: str
    """How a table is described, around its name: `The table '{}' in PostgreSQL`."""
    tables: str
    """The same behind many tables: ` in PostgreSQL`."""
    inside: str
    """Where a person looks at a table: `in the database`."""
    undo: str
    """How a person brings back what was deleted there."""
    spoken: tuple[str, ...] = ()
    """Words of tasks that only say that a source of the kind is meant."""
    named: str = ""
    """What a person names such a source by: `the path of a folder of files`."""


def own_link(location: str) -> str:
    """Return the address of a source that is its location."""
    return location


def own_cell(location: str, _: int, cell: str, title: str) -> str:
    """Return the address of a cell of a source that opens none: by the table's own name."""
    return f"{location}/{title}#{cell}" if title else f"{location}#{cell}"


def never(_: Settings) -> bool:
    """Tell that nothing has to stand in."""
    return False


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of source."""

    name: str
    """The type of the head's server."""
    layer: str
    """The first part of its tables' keys."""
    words: Words
    reader: str
    """The module whose `open_reader(settings)` gives a reader for as long as it is open."""
    place_of: Callable[[str], Place | None]
    """Reads what a person names on the command line; raises ValueError for a place not whole."""
    location_of: Callable[[str, Mapping[str, Any]], str]
    """Reads environment and keys of a server as its location; raises `ServerFaultError`."""
    options: type
    """A dataclass: the custom properties that a server of the kind may have."""
    aliases: tuple[str, ...] = ()
    """Other types of server that mean it; the empty one makes it what an untyped server is."""
    schemes: tuple[str, ...] = ()
    """How its locations begin; none where a location is no address."""
    link: Callable[[str], str] = own_link
    """Returns where a person opens the source, given its location."""
    cell: Callable[[str, int, str, str], str] = own_cell
    """Returns where a person opens a cell, given location, table number, cell and title."""
    any_word: bool = False
    """Whether any word may name a place of it, so that it is asked last."""
    said: Pattern[str] | None = None
    """How a place of it is written in a sentence."""
    examples: tuple[str, ...] = ()
    """How `candid discover` is asked for it, behind `candid discover`."""
    doctor: str = "candid_assets.sources.doctor"
    """The module whose `findings(settings, workbooks)` tells whether sources can be read."""
    stand_in: str = ""
    """The module whose `sample_settings(settings)` stands in for it in the sample."""
    needs_stand_in: Callable[[Settings], bool] = never
    """Whether the settings lead to no source of the kind by themselves."""
    publisher: str = ""
    """The module whose `open_publisher(settings)` writes cells back; none where nothing may."""


NOT_CONNECTED: Final = ""
"""The location of a source that an environment has not."""
