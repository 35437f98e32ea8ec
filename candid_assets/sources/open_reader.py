"""Opens the reader of a kind: the only place where one is imported."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from typing import cast

from candid_assets.settings import Settings
from candid_assets.source_kinds.registry import KINDS, stand_in
from candid_assets.sources.protocol import Publisher, Reader


@contextmanager
def opened(kind: str, settings: Settings) -> Iterator[Reader]:
    """Yield the reader of a kind; in the sample environment, of what stands in for it."""
    module = import_module(KINDS[kind].reader)
    with stand_in(KINDS[kind], settings) as local, module.open_reader(local) as reader:
        yield cast("Reader", reader)


def publishing(kind: str, settings: Settings) -> AbstractContextManager[Publisher] | None:
    """Return what writes cells back into sources of a kind; None where nothing may."""
    if not KINDS[kind].publisher:
        return None
    module = import_module(KINDS[kind].publisher)
    return cast("AbstractContextManager[Publisher]", module.open_publisher(settings))
