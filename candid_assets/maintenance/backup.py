"""Keeps a whole environment in one file: warehouse, snapshot, landing, reports, Dagster's history.

While a backup is made no refresh can write: the warehouse is held. SQLite files are copied by
SQLite itself, so that a webserver and a daemon may go on. The last member names every file with
its hash, so that a backup that was cut short or damaged is never restored.
"""

import hashlib
import re
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final

import duckdb
from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field

from candid_assets.atomic_files import PRIVATE, owned_folder, replacing
from candid_assets.errors import CandidError
from candid_assets.maintenance.leftovers import BACKUP_PREFIX
from candid_assets.storage_errors import storage_error
from candid_assets.warehouse.errors import WarehouseError, WarehouseHeldError
from candid_assets.warehouse.opening import opened_for_writing

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
WAREHOUSE: Final = "warehouse.duckdb"
WAIT_SECONDS: Final = 120
HOLD_SECONDS: Final = 1
"""How long to wait for a refresh to end."""
_PASSING: Final = re.compile(r"\.(wal|part|tmp|lock)$|-(wal|shm|journal)$|^duckdb_temp_")
"""What stands beside a database or half-written file and means nothing without its process."""
_SQLITE: Final = b"SQLite format 3\x00"


class BackupError(CandidError):
    """A backup that cannot be made or restored."""


class HeldError(BackupError):
    """A refresh, a backup or the removal of what is old is at work."""


class KeptFile(BaseModel):
    """What a backup says of one of its files."""

    model_config = ConfigDict(frozen=True, strict=True)

    sha256: str
    bytes: int = Field(ge=0)


class BackupManifest(BaseModel):
    """What a backup says of itself: whose it is, when it was made, and each of its files."""

    model_config = ConfigDict(frozen=True, strict=True)

    format: int
    env: str
    made_at: str
    files: dict[str, KeptFile] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup: its file, how many files it holds, and their bytes before compression."""

    file: Path
    files: int
    bytes: int


def back_up(data_dir: Path, env: str, target: Path) -> Backup:
    """Write everything below an environment's folder to one compressed file.

    Args:
        data_dir: The environment's folder.
        env: Its name; only the same environment takes the backup back.
        target: The file to write; it appears whole or not at all.

    Raises:
        BackupError: There is nothing to keep, a refresh is at work, or the file cannot be written.
    """
    if not (data_dir / WAREHOUSE).exists():
        raise BackupError(f"there is no warehouse in {data_dir} yet", "run `candid run`")
    if target.is_file() and not tarfile.is_tarfile(target):
        raise BackupError(f"{target} holds something else than a backup", "name another file")
    try:
        with (
            undisturbed(data_dir, WAIT_SECONDS),
            held(data_dir / WAREHOUSE),
            # A backup holds the tokens of users too.
            replacing(target, PRIVATE, single_writer=True) as part,
            tarfile.open(part, "w:gz", compresslevel=1) as archive,
        ):
            members = dict(_add_all(archive, data_dir, target.parent))
            manifest = BackupManifest(
                format=FORMAT,
                env=env,
                made_at=datetime.now(UTC).isoformat(),
                files={path: KeptFile(sha256=s, bytes=b) for path, (s, b) in members.items()},
            )
            content = manifest.model_dump_json(indent=2).encode()
            last = tarfile.TarInfo(MANIFEST)
            last.size = len(content)
            archive.addfile(last, BytesIO(content))
    except OSError as error:
        if (refused := storage_error(error, target)) is not None:
            raise BackupError(
                f"{target} cannot be written: {refused.message}", refused.fix
            ) from error
        raise BackupError(f"{target} cannot be written: {error}", "name another file") from error
    return Backup(target, len(members), sum(size for _, size in members.values()))


@contextmanager
def held(warehouse: Path) -> Iterator[None]:
    """Keep every refresh from writing, with all that was committed in the file itself.

    Raises:
        HeldError: A refresh holds the warehouse.
        BackupError: It cannot be opened at all.
    """
    try:
        with opened_for_writing(warehouse, HOLD_SECONDS) as connection:
            connection.execute("force checkpoint")
            yield
    except WarehouseHeldError as error:
        raise HeldError(f"a refresh holds {warehouse}: {error.message}", error.fix) from error
    except WarehouseError as error:
        raise BackupError(error.message, error.fix) from error
    except duckdb.Error as error:
        raise BackupError(f"{warehouse} cannot be written: {error}", "free disk space") from error


@contextmanager
def undisturbed(data_dir: Path, seconds: float = 0) -> Iterator[None]:
    """Keep a backup and the removal of what is old from meeting.

    Raises:
        HeldError: The other is at work, for longer than so many seconds.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(data_dir / "keeping.lock", timeout=seconds):
            yield
    except Timeout as error:
        message = f"a backup or `candid prune` is at work in {data_dir}"
        raise HeldError(message, "wait until it has ended") from error


def _add_all(
    archive: tarfile.TarFile, data_dir: Path, scratch: Path
) -> Iterator[tuple[str, tuple[str, int]]]:
    """Add every file and yield its path with its hash and size."""
    with owned_folder(scratch, BACKUP_PREFIX) as copies:
        for path in sorted(data_dir.rglob("*")):
            if path.is_symlink() or not path.is_file() or _PASSING.search(path.name):
                continue
            name = path.relative_to(data_dir).as_posix()
            source = _settled(path, copies) or path
            with source.open("rb") as file:
                digest, size = hash_of(source)
                member = archive.gettarinfo(arcname=f"data/{name}", fileobj=file)
                member.size = size
                archive.addfile(member, file)
            yield name, (digest, size)


def _settled(path: Path, copies: Path) -> Path | None:
    """Return a copy of an SQLite file that nobody writes to; None for other files."""
    with path.open("rb") as file:
        if file.read(len(_SQLITE)) != _SQLITE:
            return None
    copy = copies / "copy.db"
    copy.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as live, closing(sqlite3.connect(copy)) as still:
        live.backup(still)
    return copy


def hash_of(path: Path) -> tuple[str, int]:
    """Return a file's SHA-256 and size in bytes."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return digest.hexdigest(), file.tell()
