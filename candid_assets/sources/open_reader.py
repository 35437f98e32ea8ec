"""Opens the reader or the publisher of a kind; readers are imported nowhere else."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from typing import cast

from candid_assets.settings import Settings
from candid_assets.source_kinds.registry import KINDS, stand_in
from candid_assets.sources.protocol import Publisher, Reader


@contextmanager
def open_reader(kind: str, settings: Settings) -> Iterator[Reader]:
    """Yield the reader of a kind; in the sample environment, of the generated sample."""
    with stand_in(KINDS[kind], settings) as local:
        module = import_module(KINDS[kind].reader)
        with module.open_reader(local) as reader:
            yield cast("Reader", reader)


def open_publisher(kind: str, settings: Settings) -> AbstractContextManager[Publisher] | None:
    """Return a context of what writes cells of a kind of source; None where nothing may.

    In the sample environment it writes into the generated sample.
    """
    return _opened_publisher(kind, settings) if KINDS[kind].publisher else None


@contextmanager
def _opened_publisher(kind: str, settings: Settings) -> Iterator[Publisher]:
    module = import_module(KINDS[kind].publisher)
    with stand_in(KINDS[kind], settings) as local, module.open_publisher(local) as publisher:
        yield cast("Publisher", publisher)
