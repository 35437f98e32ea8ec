"""Seals a Parquet file: a SHA-256 of all its other bytes lies in the file itself.

The seal lies between the last page and the footer, where no reader of Parquet looks. Checksums of
pages, Parquet's own, say nothing of the footer, which names columns, counts and places of pages,
and DuckDB does not compare them.
"""

import hashlib
import os
from pathlib import Path
from typing import BinaryIO, Final

from candid_assets.regular_files import require_regular

MARK: Final = b"candid-sha256:"
_END: Final = b"PAR1"
_TAIL: Final = 8
"""Bytes behind the footer: its length and `PAR1`."""
_SEAL: Final = len(MARK) + hashlib.sha256().digest_size
_CHUNK: Final = 1 << 20


def seal(path: Path) -> None:
    """Put a seal into a Parquet file that has none.

    Raises:
        OSError: It cannot be read or written, or is no Parquet file.
    """
    with path.open("r+b") as file:
        at = _footer_at(file)
        if at is None:
            raise OSError(f"{path} has no footer of Parquet")
        digest = _digest(file, ((0, at), (at, None)))
        file.seek(at)
        footer = file.read()
        file.seek(at)
        file.write(MARK + digest + footer)


def is_sealed(path: Path) -> bool | None:
    """Whether every byte of a Parquet file is as it was sealed; None for one without a seal.

    Raises:
        OSError: It cannot be read.
    """
    require_regular(path)
    with path.open("rb") as file:
        at = _footer_at(file)
        if at is None:
            return False
        start = at - _SEAL
        file.seek(max(start, 0))
        kept = file.read(_SEAL)
        if start < 0 or not kept.startswith(MARK):
            return None
        return _digest(file, ((0, start), (at, None))) == kept[len(MARK) :]


def _footer_at(file: BinaryIO) -> int | None:
    """Return where the footer begins; None where the file does not end as Parquet does."""
    size = file.seek(0, os.SEEK_END)
    if size < _TAIL:
        return None
    file.seek(size - _TAIL)
    tail = file.read(_TAIL)
    at = size - _TAIL - int.from_bytes(tail[:4], "little")
    return at if tail[4:] == _END and at > 0 else None


def _digest(file: BinaryIO, ranges: tuple[tuple[int, int | None], ...]) -> bytes:
    digest = hashlib.sha256()
    for start, end in ranges:
        file.seek(start)
        left = (file.seek(0, os.SEEK_END) if end is None else end) - start
        file.seek(start)
        while left > 0 and (block := file.read(min(_CHUNK, left))):
            digest.update(block)
            left -= len(block)
    return digest.digest()
