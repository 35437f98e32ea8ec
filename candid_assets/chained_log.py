"""A log of JSON lines in which no line is changed, removed or added later without being noticed.

Each line carries its number, `n`, and the SHA-256 of the line before it, `before`, also across the
files of earlier months. Beside the log lies its head: number and hash of the last line that had to
be on the disk, without which lines cut off at the end would not be missed. Whoever may write the
folder could write all of it anew: a head that is noted elsewhere shows that, too.
"""

import hashlib
import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from filelock import FileLock

from candid_assets.atomic_files import PRIVATE, write_whole
from candid_assets.regular_files import read_bytes

BEGINNING: Final = ""
"""What the first line of all says came before it."""
REMOVED: Final = "log removed"
"""What a line says of a file of earlier months that goes, with the number of its last line."""
_BLOCK: Final = 65_536
_PATIENCE: Final = 30
"""Seconds that another process may take to write its line."""


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """The last line of a log: how many there have been, and its hash."""

    lines: int
    sha256: str


class ChainedLog:
    """Appends lines to a log; many processes may do so at once."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._one_thread = threading.Lock()
        self._known: tuple[tuple[int, int], ChainEnd] | None = None

    def append(self, fields: Mapping[str, Any], *, durable: bool) -> None:
        """Append one line.

        Args:
            fields: What it says; what is not JSON is written as its text, in ASCII.
            durable: Whether it is on the disk when this returns, and missed if it is cut off.

        Raises:
            OSError: It could not be written; nothing of it remains.
        """
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._one_thread, lock_of(self.file):
            handle = os.open(self.file, os.O_RDWR | os.O_APPEND | os.O_CREAT, PRIVATE)
            try:
                end = self._append(handle, fields)
                if durable:
                    os.fsync(handle)
                    head = json.dumps({"lines": end.lines, "sha256": end.sha256})
                    write_whole(head_file(self.file), head, PRIVATE)
            finally:
                os.close(handle)

    def _append(self, handle: int, fields: Mapping[str, Any]) -> ChainEnd:
        before = self._end(handle)
        size = os.fstat(handle).st_size
        links = {"n": before.lines + 1, "before": before.sha256}
        line = json.dumps({**fields, **links}, default=str).encode("ascii")
        try:
            written = os.write(handle, line + b"\n")
            if written <= len(line):
                raise OSError(f"{self.file} took {written} of {len(line) + 1} bytes")
        except OSError:
            os.ftruncate(handle, size)
            raise
        end = ChainEnd(before.lines + 1, hash_of(line))
        status = os.fstat(handle)
        self._known = ((status.st_ino, status.st_size), end)
        return end

    def _end(self, handle: int) -> ChainEnd:
        status = os.fstat(handle)
        if self._known is not None and self._known[0] == (status.st_ino, status.st_size):
            return self._known[1]
        if not status.st_size:
            # Without any file the head says how far it went, for as long as it is there itself.
            return _end_of(files_of(self.file), self.file) or head_of(self.file)
        last = _last_line(handle, status.st_size)
        if not last.endswith(b"\n"):
            # The power went while it was written; what it has is kept as a line that is no JSON.
            os.write(handle, b"\n")
        return _end_after(self.file, last, self.file)

    def record_removal(self, former: Path) -> None:
        """Append the line that says that a file of earlier months goes, as long as it is kept."""
        end = _end_of([former], self.file)
        if end is not None:
            fields = {"file": former.name, "through": end.lines, "sha256": end.sha256}
            when = datetime.now(UTC).isoformat(timespec="milliseconds")
            self.append({"when": when, "event": REMOVED, **fields}, durable=True)


def files_of(file: Path) -> list[Path]:
    """Return a log's files in the order in which they were written, the present one last."""
    former = file.parent.glob(f"{file.stem}-[0-9]*{file.suffix}")
    # Among several of one month the second has a later number in its name.
    ordered = sorted(former, key=lambda p: (p.stem[: len(file.stem) + 8], len(p.stem), p.stem))
    return [*ordered, *([file] if file.exists() else [])]


def head_file(file: Path) -> Path:
    """Return where the head of a log is kept."""
    return file.with_suffix(".head")


def head_of(file: Path) -> ChainEnd:
    """Return the head of a log; nothing where it has none or its file cannot be read."""
    try:
        said = json.loads(read_bytes(head_file(file)))
        return ChainEnd(int(said["lines"]), str(said["sha256"]))
    except (OSError, ValueError, TypeError, KeyError):
        return ChainEnd(0, BEGINNING)


@contextmanager
def lock_of(file: Path) -> Iterator[None]:
    """Keep every other process from appending to a log, and from putting its file aside."""
    with FileLock(file.with_suffix(".lock"), timeout=_PATIENCE, mode=PRIVATE):
        yield


def number_of(line: Any) -> int | None:
    """Return the number of a parsed line; None where it has none."""
    number = line.get("n") if isinstance(line, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def hash_of(line: bytes) -> str:
    """Return the hash of a line without its end."""
    return hashlib.sha256(line).hexdigest()


def _end_of(files: list[Path], log: Path) -> ChainEnd | None:
    """Return the last line of files; None where there is no line."""
    for file in reversed(files):
        with file.open("rb") as lines:
            size = os.fstat(lines.fileno()).st_size
            if size:
                return _end_after(file, _last_line(lines.fileno(), size), log)
    return None


def _end_after(file: Path, last: bytes, log: Path) -> ChainEnd:
    text = last.removesuffix(b"\n")
    number = _parsed_number(text)
    if number is None:
        # Cut off by a power cut, or of before lines were numbered: the last that has one counts.
        numbers = (_parsed_number(line) for line in reversed(read_bytes(file).splitlines()))
        number = next((n for n in numbers if n is not None), head_of(log).lines)
    return ChainEnd(number, hash_of(text))


def _parsed_number(text: bytes) -> int | None:
    try:
        return number_of(json.loads(text))
    except (ValueError, RecursionError):
        return None


def _last_line(handle: int, size: int) -> bytes:
    taken = b""
    while size and b"\n" not in taken[:-1]:
        begin = max(0, size - _BLOCK)
        taken, size = os.pread(handle, size - begin, begin) + taken, begin
    return taken[taken[:-1].rfind(b"\n") + 1 :]
