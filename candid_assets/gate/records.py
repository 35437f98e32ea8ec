"""Records that are written once: one file each, named by the hash of what it says."""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from candid_assets.gate.errors import GateError

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_SHORT: Final = re.compile(r"[0-9a-f]{8,64}")
Told = Mapping[str, Any]


def canonical(told: Told) -> bytes:
    """Return a record as the bytes that are hashed and signed: JSON with sorted keys."""
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1)
    return f"{text}\n".encode()


def digest_of(told: Told) -> str:
    """Return the hash of what a record says."""
    return hashlib.sha256(canonical(told)).hexdigest()


def write_record(folder: Path, told: Told, prefix: str = "") -> Path:
    """Write a record that is not there yet and return its file; what is there is left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{prefix}{digest_of(told)}.json"
    if path.exists():
        return path
    part = folder / f".{path.name}.{os.getpid()}.part"
    part.write_bytes(canonical(told))
    part.chmod(0o444)
    try:
        # A link, unlike a rename, never replaces a file that came in the meantime.
        path.hardlink_to(part)
    finally:
        part.unlink()
    return path


def read_record(path: Path) -> dict[str, Any]:
    """Return what a record says.

    Raises:
        GateError: It is absent, a link, or says something else than when it was written.
    """
    try:
        if path.is_symlink():
            raise OSError("it is a symbolic link")
        content = path.read_bytes()
        told = json.loads(content)
    except (OSError, ValueError) as error:
        raise GateError(f"the record {path.name} cannot be read: {error}", _restore(path)) from None
    wanted = path.stem.rpartition("-")[2]
    if not isinstance(told, dict) or hashlib.sha256(content).hexdigest() != wanted:
        raise GateError(f"the record {path.name} was edited after it was written", _restore(path))
    return told


def find_record(folder: Path, named: str) -> Path:
    """Return the file of the record with a digest, or with the beginning of one.

    Raises:
        GateError: There is none, or more than one.
    """
    listed = "see `candid plan --list`"
    if not _SHORT.fullmatch(named):
        raise GateError(f"{named!r} is no digest of a plan (8 to 64 hexadecimal digits)", listed)
    files = folder.glob(f"*{named}*.json") if folder.is_dir() else ()
    found = [p for p in files if p.stem.rpartition("-")[2].startswith(named)]
    if len(found) != 1:
        raise GateError(f"{len(found)} plans have a digest that begins with {named}", listed)
    return found[0]


def is_digest(text: object) -> bool:
    """Whether a text is a whole digest."""
    return isinstance(text, str) and _DIGEST.fullmatch(text) is not None


def _restore(path: Path) -> str:
    return f"restore it: git checkout -- {path.parent.name}/{path.name}"
