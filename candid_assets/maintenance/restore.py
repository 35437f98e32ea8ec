"""Takes a backup back: unpacked beside, compared with its hashes, then put in place by a rename.

What is compared is marked `whole`: a restore that was killed between its two renames, when neither
the former data nor the new is in place, is ended by the next run.
"""

import shutil
import tarfile
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Final

import duckdb
import orjson

from candid_assets.archives import unpack
from candid_assets.atomic_files import owned_folder, write_whole
from candid_assets.gate.memory import REFUSED
from candid_assets.maintenance.backup import (
    FORMAT,
    MANIFEST,
    WAREHOUSE,
    Backup,
    BackupError,
    BackupManifest,
    HeldError,
    KeptFile,
    hash_of,
    held,
)
from candid_assets.maintenance.interrupted_restore import RESTORE_PREFIX, WHOLE
from candid_assets.regular_files import read_bytes, read_text
from candid_assets.warehouse.data_folder import require_known_folder
from candid_assets.warehouse.memory import open_file
from candid_assets.warehouse.versions import environment_of, require_not_newer, stored_version

_DAMAGE: Final = (
    *(tarfile.TarError, zlib.error, EOFError, OSError),
    *(ValueError, KeyError, TypeError, AttributeError),
)
"""What reading a backup raises that is none, or whose manifest is of another shape."""
_LARGEST_MANIFEST: Final = 100_000_000
"""Bytes of the list of all files."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, when the backup was made, and the folder of the data it replaced."""

    backup: Backup
    made_at: str
    former: Path | None


def restore(file: Path, data_dir: Path, env: str, *, replace: bool) -> Restored:
    """Put an environment back as a backup holds it; the data that was there is renamed.

    Args:
        file: The backup.
        data_dir: The environment's folder.
        env: The environment's name.
        replace: Whether data that stands there may be put aside.

    Raises:
        BackupError: The backup is damaged or another environment's, data would be replaced that
            may not be, or a refresh is at work.
    """
    occupied = data_dir.exists() and any(data_dir.iterdir())
    if occupied and not replace:
        raise BackupError(f"{data_dir} holds data", "put it aside and restore with --replace")
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    with owned_folder(data_dir.parent, RESTORE_PREFIX) as folder:
        manifest = _unpacked(file, folder)
        if manifest.env != env:
            raise BackupError(
                f"{file} is a backup of {manifest.env} and cannot be restored with CANDID_ENV={env}"
            )
        content = folder / "data"
        total = _verify(file, content, manifest.files)
        require_known_folder(content, str(file))
        _verify_warehouse(file, content / WAREHOUSE, env)
        _keep_refusals(data_dir, content)
        write_whole(folder / f"{env}{WHOLE}", "")
        former = _rename_former(data_dir) if occupied else None
        if data_dir.exists():
            data_dir.rmdir()
        content.replace(data_dir)
    return Restored(Backup(file, len(manifest.files), total), manifest.made_at, former)


def _unpacked(file: Path, folder: Path) -> BackupManifest:
    """Unpack a backup and return its manifest."""
    try:
        with tarfile.open(file, "r:gz") as archive:
            _require_plausible(archive, folder)
            unpack(archive, folder)
        content = read_bytes(folder / MANIFEST)
        written = int(orjson.loads(content)["format"])
        if written <= FORMAT:
            return BackupManifest.model_validate_json(content)
    except FileNotFoundError as error:
        raise BackupError(f"{error.filename} does not exist") from error
    except _DAMAGE as error:
        raise BackupError(f"{file} is damaged or no backup: {error}", "use another") from error
    raise BackupError(
        f"{file} is a backup of version {written}; this program"
        f" (candid {version('candid-assets')}) knows versions up to {FORMAT}",
        "restore it with the candid that made it",
    )


def _require_plausible(archive: tarfile.TarFile, folder: Path) -> None:
    """Refuse, before anything is unpacked, what no backup holds or what the disk cannot take.

    Raises:
        tarfile.TarError: A member is no file or folder below `data`, comes twice, or has another
            size than the manifest says; or all of them are larger than the disk has room for.
    """
    sizes: dict[str, int] = {}
    room, total = shutil.disk_usage(folder).free, 0
    for member in archive:
        path = PurePosixPath(member.name)
        inside = path.parts[:1] == ("data",) and ".." not in path.parts
        if inside and member.isdir():  # an archive that tar packed again has its folders, too
            continue
        is_data = inside and len(path.parts) > 1
        if not member.isreg() or member.name in sizes or not (is_data or member.name == MANIFEST):
            raise tarfile.ReadError(f"{member.name[:200]!r} has no place in a backup")
        sizes[member.name] = member.size
        total += member.size
        if total > room:
            raise tarfile.ReadError(f"it unpacks to more than {room:,} bytes, which are free")
    size = sizes.get(MANIFEST, 0)
    if size > _LARGEST_MANIFEST:
        raise tarfile.ReadError(f"its manifest has {size:,} bytes")
    content = archive.extractfile(MANIFEST)
    files = orjson.loads(content.read())["files"] if content is not None else {}
    for name, size in sizes.items():
        entry = files.get(name.removeprefix("data/"))
        if entry is not None and entry["bytes"] < size:
            raise tarfile.ReadError(f"{name!r} has more bytes than the manifest says")


def _verify(file: Path, folder: Path, files: dict[str, KeptFile]) -> int:
    """Compare every file with the manifest and return their bytes."""
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    for path in sorted(there ^ set(files)):
        raise BackupError(f"{file} is damaged: {path} is missing or was added", "use another")
    for path, entry in files.items():
        if hash_of(folder / path) != (entry.sha256, entry.bytes):
            raise BackupError(f"{file} is damaged: {path} is not what was kept", "use another")
    return sum(entry.bytes for entry in files.values())


def _verify_warehouse(file: Path, warehouse: Path, env: str) -> None:
    try:
        with open_file(warehouse) as connection:
            require_not_newer(stored_version(connection), f"the warehouse in {file}")
            owner = environment_of(connection)
    except duckdb.Error as error:
        raise BackupError(f"{file} holds a warehouse that cannot be read: {error}") from error
    if owner != env:
        raise BackupError(f"{file} holds a warehouse of {owner}, not of {env}")


def _keep_refusals(data_dir: Path, content: Path) -> None:
    """Carry over which plans were refused: a backup of an earlier day does not know it."""
    if (data_dir / REFUSED).is_file():
        (content / REFUSED).parent.mkdir(exist_ok=True)
        write_whole(content / REFUSED, read_text(data_dir / REFUSED))


def _rename_former(data_dir: Path) -> Path:
    """Rename the folder of the data that is replaced, and return its new path."""
    former = data_dir.with_name(f"{data_dir.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    if (data_dir / WAREHOUSE).exists():
        try:
            with held(data_dir / WAREHOUSE):
                data_dir.replace(former)
        except HeldError:
            raise
        except BackupError:
            # A warehouse that cannot be opened is a reason to restore, not to refuse.
            data_dir.replace(former)
    else:
        data_dir.replace(former)
    return former
