"""What was made of source files, kept for the next process where Python keeps its bytecode.

That is `__pycache__` beside the sources; in production, as for every module, a folder of its own
(see `isolation.py`). Whoever can write there decides what runs without it. A file holds the hash
of all that it was made of, and is used for the same sources, code, libraries and Python alone; one
that is damaged is none.
"""

import hashlib
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path
from typing import Final

from candid_assets.atomic_files import write_whole
from candid_assets.regular_files import read_bytes
from candid_assets.settings import PACKAGE

_DIGEST_BYTES: Final = 32


def compiled_file(source: Path, key: bytes) -> bytes | None:
    """Return what was kept under a key; None where nothing was, or it is damaged.

    Args:
        source: The module in whose name it is kept; there need not be one.
        key: What `hash_of` gave of all that it was made of.
    """
    try:
        content = read_bytes(_file(source))
    except OSError:
        return None
    head, made = content[: 2 * _DIGEST_BYTES], content[2 * _DIGEST_BYTES :]
    return made if head == key + hashlib.sha256(made).digest() else None


def keep_compiled(source: Path, key: bytes, made: bytes) -> None:
    """Keep what was made; where Python keeps no bytecode either, or cannot, nothing is kept."""
    if sys.dont_write_bytecode:
        return
    with suppress(OSError):
        content = key + hashlib.sha256(made).digest() + made
        write_whole(_file(source), content, durable=False)


def hash_of(parts: Iterable[str | bytes | None], *code: str) -> bytes:
    """Return the hash of some parts, and of the package's files that make something of them.

    Args:
        parts: All that it is made of.
        code: Patterns of files of the package.
    """
    digest = hashlib.sha256(_code_hash(*code))
    for part in parts:
        content = part.encode() if isinstance(part, str) else part or b""
        digest.update(f"{part is None} {len(content)} ".encode())
        digest.update(content)
    return digest.digest()


@cache
def _code_hash(*patterns: str) -> bytes:
    """Hash Python, the libraries that are installed, and files of the package with their names."""
    digest = hashlib.sha256(sys.version.encode())
    for text in _libraries():
        digest.update(f"{text}\n".encode())
    for path in sorted({path for pattern in patterns for path in PACKAGE.glob(pattern)}):
        digest.update(f"{path}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.digest()


def _libraries() -> Iterator[str]:
    for folder in sys.path:
        with suppress(OSError):
            yield from sorted(p.name for p in Path(folder).iterdir() if p.suffix == ".dist-info")


def _file(source: Path) -> Path:
    # Named like bytecode, so that whatever leaves that out leaves this out; never Python's own.
    return Path(cache_from_source(str(source), optimization="kept"))
