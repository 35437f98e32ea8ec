"""The one list of kinds of source.

A new kind is a folder of `candid_assets/sources/` and its name here. The folder's `declaration.py`
says the rest; readers and their libraries are only imported when the first source is opened.
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
"""The kind of a source whose head names no type of server."""
SOURCES: Final = tuple(kind.layer for kind in KINDS.values())
"""Every first part of a source table's key."""
BY_LAYER: Final[dict[str, Kind]] = {kind.layer: kind for kind in KINDS.values()}


def kind_at(location: str) -> Kind:
    """Return the kind of the source at a location."""
    scheme, separator, _ = location.partition("://")
    fitting = (kind for kind in KINDS.values() if separator and scheme in kind.schemes)
    return next(fitting, DEFAULT)


def recognise_place(source: str, name: str | None = None) -> Place:
    """Return the place of the source that a person names, of any kind or of the one given.

    Raises:
        ValueError: It is no source of that kind, or its address is incomplete.
    """
    chosen = list(KINDS.values()) if name is None else [KINDS[name]]
    chosen.sort(key=lambda kind: (not _has_address_of(kind, source), kind.accepts_any_text))
    for kind in chosen:
        place = kind.place_of(source)
        if place is not None:
            return place
    raise ValueError(f"{source!r} is no place of type {name}")


def _has_address_of(kind: Kind, source: str) -> bool:
    """Whether a text is an address that only sources of the kind have."""
    pattern = kind.address_pattern
    return "://" in source and pattern is not None and pattern.fullmatch(source) is not None


def stand_in(kind: Kind, settings: Settings) -> AbstractContextManager[Settings]:
    """Return a context of the settings under which a kind's sources can be read.

    In the sample environment, if the settings name no server of the kind, a local server with the
    generated sample runs while the context is open.
    """
    if settings.env != "sample" or not kind.stand_in or not kind.needs_stand_in(settings):
        return nullcontext(settings)
    module = import_module(kind.stand_in)
    return cast("AbstractContextManager[Settings]", module.sample_settings(settings))


@contextmanager
def stand_ins(settings: Settings) -> Iterator[Settings]:
    """Yield the settings under which the sample's sources of every kind can be read."""
    with ExitStack() as stack:
        for kind in KINDS.values():
            settings = stack.enter_context(stand_in(kind, settings))
        yield settings
