"""The one list of rooms that read sources; what is asked of a kind is found through it.

Adding a kind is adding its room and a line here. Everything is declared by the room's `kind.py`;
readers and their libraries are only imported when the first source is opened.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from importlib import import_module
from typing import Final, cast

from candid_assets.settings import Settings
from candid_assets.source_kinds.kind import Kind
from candid_assets.source_kinds.places import Place

READERS: Final = ("sheets", "postgres", "api", "files")
"""The folders of `candid_assets/sources/`, each one kind."""

KINDS: Final[dict[str, Kind]] = {
    kind.name: kind
    for kind in (
        cast("Kind", import_module(f"candid_assets.sources.{name}.declaration").KIND)
        for name in READERS
    )
}
"""Every kind by its name, the type of a head's server."""
TYPES: Final[dict[str, Kind]] = {
    word: kind for kind in KINDS.values() for word in (kind.name, *kind.aliases)
}
"""Every kind by each type of server that means it."""
DEFAULT: Final = TYPES[""]
"""The kind of a source whose head does not say it."""
SOURCES: Final = tuple(kind.layer for kind in KINDS.values())
"""Every first part of a source table's key."""
BY_LAYER: Final[dict[str, Kind]] = {kind.layer: kind for kind in KINDS.values()}


def kind_at(location: str) -> Kind:
    """Return the kind of source that a location is one of."""
    scheme, found, _ = location.partition("://")
    fitting = (kind for kind in KINDS.values() if found and scheme in kind.schemes)
    return next(fitting, DEFAULT)


def source_link(location: str) -> str:
    """Return the address under which a person opens a source."""
    return kind_at(location).link(location)


def cell_link(location: str, number: int, cell: str, title: str = "") -> str:
    """Return the link to a cell such as `D17`, which opens it where the kind of source can.

    Args:
        location: Where the source stands.
        number: The table's number in it.
        cell: The cell, counted with the header as the first row.
        title: The table's own name, by which it is searched where numbers lead nowhere.
    """
    return kind_at(location).cell(location, number, cell, title)


def recognised(told: str, name: str | None = None) -> Place:
    """Return the place that a person names, of any kind or of the one given.

    Raises:
        ValueError: It is no place of that kind, or the place is not whole.
    """
    chosen = list(KINDS.values()) if name is None else [KINDS[name]]
    for kind in sorted(chosen, key=lambda kind: (not _is_said(kind, told), kind.any_word)):
        place = kind.place_of(told)
        if place is not None:
            return place
    raise ValueError(f"{told!r} is no place of type {name}")


def _is_said(kind: Kind, told: str) -> bool:
    """Whether an address is written as only those of a kind are."""
    return "://" in told and kind.said is not None and kind.said.fullmatch(told) is not None


def stand_in(kind: Kind, settings: Settings) -> AbstractContextManager[Settings]:
    """Return what gives the settings under which a kind's sources can be read.

    In the sample environment without a way to the source, a local server with the generated
    sample is started for as long as it is entered.
    """
    if settings.env != "sample" or not kind.stand_in or not kind.needs_stand_in(settings):
        return nullcontext(settings)
    module = import_module(kind.stand_in)
    return cast("AbstractContextManager[Settings]", module.sample_settings(settings))


@contextmanager
def stand_ins(settings: Settings) -> Iterator[Settings]:
    """Yield the settings under which every kind that has a sample is stood in for."""
    with ExitStack() as stack:
        for kind in KINDS.values():
            settings = stack.enter_context(stand_in(kind, settings))
        yield settings
