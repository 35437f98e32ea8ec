"""The folder in which tables that may be too large for memory are written as they are read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from candid_assets.atomic_files import owned_folder

SPOOL_PREFIX: Final = ".spool-"


@contextmanager
def spool_folder(landing: Path) -> Iterator[Path]:
    """Yield a folder inside the landing store, removed at the end with all that was not kept."""
    with owned_folder(landing, SPOOL_PREFIX) as folder:
        yield folder
