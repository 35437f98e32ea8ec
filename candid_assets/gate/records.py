"""Records that are written once: one file each, named by the hash of its canonical JSON."""

import hashlib
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from candid_assets.atomic_files import is_part, remove_unowned, write_once
from candid_assets.gate.errors import GateError
from candid_assets.regular_files import read_bytes

FORMAT: Final = 1
"""The version of plans, and of the decisions and deployments that name them."""
_SHORT: Final = re.compile(r"[0-9a-f]{8,64}")
R = TypeVar("R", bound="HashedRecord")


class Fact(BaseModel):
    """A part of a record. A field with a default is written only where it was set."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class HashedRecord(Fact):
    """The content of one file of records, with its hash."""

    @property
    def encoded(self) -> bytes:
        """The bytes of its file."""
        return canonical(self.as_json())

    @property
    def digest(self) -> str:
        """The hash of its file, which names it."""
        return hashlib.sha256(self.encoded).hexdigest()


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return a JSON object as the bytes that are hashed and signed: keys sorted, indented by 1."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1)
    return f"{text}\n".encode()


def digest_of(value: Mapping[str, Any]) -> str:
    """Return the hash of a JSON object."""
    return hashlib.sha256(canonical(value)).hexdigest()


def write_record(folder: Path, record: HashedRecord, prefix: str = "") -> Path:
    """Write a record unless its file exists already, and return the file."""
    path = folder / f"{prefix}{record.digest}.json"
    if path.exists():
        return path
    write_once(path, record.encoded)
    return path


def is_named_by(path: Path, content: bytes) -> bool:
    """Whether a file's name is the hash of a content, as that of every record is."""
    return hashlib.sha256(content).hexdigest() == path.stem.rpartition("-")[2]


def remove_half_written(folder: Path) -> None:
    """Remove what commands that were ended by force left of records they were writing."""
    for path in folder.rglob(".*"):
        if is_part(path.name):
            with suppress(OSError):  # of another owner: git status names it
                remove_unowned(path)


def read_record(path: Path, kind: TypeAdapter[R]) -> R:
    """Return the record of a file.

    Raises:
        GateError: The file is absent, a link, was edited, or holds no record of this kind.
    """
    restore = f"restore it: git checkout -- {path.parent.name}/{path.name}"
    try:
        if path.is_symlink():
            raise OSError("it is a symbolic link")
        content = read_bytes(path)
    except OSError as error:
        raise GateError(f"the record {path.name} cannot be read: {error}", restore) from None
    if not is_named_by(path, content):
        raise GateError(f"the record {path.name} was edited after it was written", restore)
    try:
        record = kind.validate_json(content)
    except ValidationError as error:
        _require_known_format(path, content)
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        problem = f"the record {path.name} cannot be read: {first['msg']} ({where})"
        raise GateError(problem, restore) from None
    if record.encoded != content:
        raise GateError(f"the record {path.name} is not in canonical JSON", restore)
    return record


def _require_known_format(path: Path, content: bytes) -> None:
    """Refuse a record of a newer version with a word of its own."""
    try:
        stored = int(json.loads(content)["format"])
    except (ValueError, KeyError, TypeError):
        return
    if stored > FORMAT:
        raise GateError(
            f"the record {path.name} is of version {stored}; this program (candid"
            f" {version('candid-assets')}) knows versions up to {FORMAT}",
            "install the candid that wrote it",
        )


def find_record(folder: Path, beginning: str) -> Path:
    """Return the file of the record whose digest begins with a text.

    Raises:
        GateError: There is none, or more than one.
    """
    listed = "see `candid plan --list`"
    if not _SHORT.fullmatch(beginning):
        raise GateError(
            f"{beginning!r} is no digest of a plan (8 to 64 hexadecimal digits)", listed
        )
    files = folder.glob(f"*{beginning}*.json") if folder.is_dir() else ()
    matching = [p for p in files if p.stem.rpartition("-")[2].startswith(beginning)]
    if len(matching) != 1:
        raise GateError(f"{len(matching)} plans have a digest that begins with {beginning}", listed)
    return matching[0]
