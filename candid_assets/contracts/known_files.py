"""What good files said, for as long as a process lives: a watched catalog is read at every save."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from candid_assets.regular_files import read_bytes

T = TypeVar("T")


class KnownFiles(Generic[T]):
    """The facts of each file, or of files that belong together, until their content changes."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._known: dict[tuple[str, ...], tuple[Sequence[bytes | None], T]] = {}

    def facts(
        self, words: tuple[str, ...], paths: Sequence[Path], read: Callable[[], T | None]
    ) -> T | None:
        """Return what files say; nothing is kept of files that change while they are read.

        Args:
            words: What it depends on beside the files' content: names, and where they lie.
            paths: The files.
            read: Reads them; None where they have problems, which are to be found again.
        """
        before = [_content(path) for path in paths]
        known = self._known.get(words)
        if known is not None and known[0] == before:
            return known[1]
        self._known.pop(words, None)
        facts = read()
        if facts is not None and [_content(path) for path in paths] == before:
            self._known[words] = before, facts
        return facts

    def forget(self) -> None:
        """Know nothing, as a new process."""
        self._known.clear()


def _content(path: Path) -> bytes | None:
    try:
        return read_bytes(path)
    except OSError:
        return None
