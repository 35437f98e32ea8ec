"""What is declared of each kind of source: its names, its words and its modules.

The `declaration.py` of each kind holds one `KIND`. It imports no reader, so that any module can
use it without loading Google's, PostgreSQL's or dlt's libraries.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from re import Pattern
from typing import Any, Final

from candid_assets.errors import CandidError
from candid_assets.settings import Settings
from candid_assets.source_kinds.places import Place


class ServerFaultError(CandidError):
    """A server of a head from which no place can be read: the key, what is wrong and the fix."""

    def __init__(self, key: str, message: str, fix: str) -> None:
        super().__init__(message, fix)
        self.key = key


@dataclass(frozen=True, slots=True)
class Words:
    """The words for a kind's sources in messages, documents and tasks."""

    table: str
    """How a table is described, around its name: `The table '{}' in PostgreSQL`."""
    tables: str
    """The source, written behind a list of tables: ` in PostgreSQL`."""
    inside: str
    """Where a person opens a table: `in the database`."""
    undo: str
    """How a person brings back what was deleted there."""
    task_words: tuple[str, ...] = ()
    """Words in a task that mean a source of the kind and name none: `database`."""
    address: str = ""
    """What a person gives to name such a source: `the path of a folder of files`."""


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
    """Returns the source that a person names on the command line, None if it is of another kind;
    raises `ValueError` for an address that is incomplete."""
    location_of: Callable[[str, Mapping[str, Any]], str]
    """Returns a server's location, given the environment and the server's keys; raises
    `ServerFaultError`."""
    options: type
    """A dataclass: the custom properties that a server of the kind may have."""
    aliases: tuple[str, ...] = ()
    """Other types of server that mean it; the empty one makes it what an untyped server is."""
    schemes: tuple[str, ...] = ()
    """Schemes of the addresses that are its locations; none where a location is no address."""
    link: Callable[[str], str] | None = None
    """Returns where a person opens the source, given its location; None where its location is
    that address."""
    cell_link: Callable[[str, int, str], str] | None = None
    """Returns where a person opens a cell, given location, table number and cell; None where
    nothing opens cells."""
    lists_tables: bool = True
    """Whether a source says which tables it has, so that a pattern of titles can find some."""
    accepts_any_text: bool = False
    """Whether any text may name a source of the kind, so that the other kinds are tried first."""
    address_pattern: Pattern[str] | None = None
    """Finds the address of a source of the kind in a sentence."""
    examples: tuple[str, ...] = ()
    """Arguments of `candid discover`, for its help."""
    doctor: str = "candid_assets.sources.doctor"
    """The module whose `findings(settings, workbooks)` checks whether sources can be read."""
    stand_in: str = ""
    """The module whose `sample_settings(settings)` starts a local server with the sample."""
    needs_stand_in: Callable[[Settings], bool] = lambda _: False
    """Whether the settings name no server, so that the sample needs the local one."""
    fits_one_machine: bool = False
    """Whether its tables are never so large that a cluster cleans them sooner than one machine."""
    publisher: str = ""
    """The module whose `open_publisher(settings)` writes cells back; empty where nothing may."""


NOT_CONNECTED: Final = ""
"""The location of a source that is not connected in an environment."""
