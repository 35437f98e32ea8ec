"""Opens the reader of a kind: the only place where one is imported."""

from contextlib import AbstractContextManager
from importlib import import_module
from typing import cast

from candid_assets.settings import Settings
from candid_assets.sources.protocol import Publisher, Reader
from candid_assets.sources.registry import KINDS


def opened(kind: str, settings: Settings) -> AbstractContextManager[Reader]:
    """Return the reader of a kind, to be entered."""
    module = import_module(KINDS[kind].reader)
    return cast("AbstractContextManager[Reader]", module.open_reader(settings))


def publishing(kind: str, settings: Settings) -> AbstractContextManager[Publisher] | None:
    """Return what writes cells back into sources of a kind; None where nothing may."""
    if not KINDS[kind].publisher:
        return None
    module = import_module(KINDS[kind].publisher)
    return cast("AbstractContextManager[Publisher]", module.open_publisher(settings))
