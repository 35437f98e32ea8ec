"""Whether the libraries installed are those of the lock, to the byte.

Every file of `site-packages` is compared with the hash that its distribution recorded. What was
compared is remembered by the files' sizes and change times: a change time cannot be set by who may
write the file, so that a start after the first one only looks at each file, and reads none.
"""

import base64
import csv
import hashlib
import json
import os
import sysconfig
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path
from typing import Final

from candid_assets.atomic_files import write_whole
from candid_assets.gate.content import Installation
from candid_assets.gate.errors import GateError
from candid_assets.regular_files import read_bytes, read_text
from candid_assets.settings import Settings

LOCK: Final = "requirements.lock"
EXTRAS_LOCK: Final = "requirements-engines.lock"
"""What may be installed beside it: the libraries of the project's extras, of these versions."""
UNLOCKED: Final = frozenset({"candid-assets", "pip", "setuptools", "uv", "wheel"})
"""The project itself, and what installs the rest; each may be absent."""
_FIX: Final = "install them anew: rm -rf .venv && make .venv/installed"
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Libraries:
    """The folder of installed libraries and the lock that says which they are."""

    folder: Path
    lock: Path
    extras_lock: Path | None = None
    """The lock of libraries that may be absent, where there is one."""

    @classmethod
    def of(cls, installation: Installation) -> "Libraries":
        """Return the libraries that this process imports."""
        extras = installation.root / EXTRAS_LOCK
        return cls(
            Path(sysconfig.get_path("purelib")),
            installation.root / LOCK,
            extras if extras.is_file() else None,
        )


def require_locked(settings: Settings, installation: Installation, deployment: str) -> None:
    """Return if what is installed is what the lock says, and unchanged since the first run of it.

    Args:
        settings: The settings of production.
        installation: What runs.
        deployment: The digest of the deployment that runs.

    Raises:
        GateError: A library is another or is altered, or a file belongs to none; it is named.
    """
    libraries = Libraries.of(installation)
    file = libraries_file(settings)
    seen = _remembered(file)
    looked = _looked_at(libraries)
    if seen.get("looked_at") == looked and seen.get("records"):
        if seen.get("deployment") == deployment:
            return
        # Another deployment with the same lock and the very files that were compared before.
        records = seen["records"]
    else:
        records = compare(libraries)
    if seen.get("deployment") == deployment and seen.get("records") != records:
        raise GateError(
            "the libraries' own records of their files are others than at the first run of this"
            " deployment",
            f"{_FIX}, then candid apply it once more",
        )
    facts = {"deployment": deployment, "looked_at": looked, "records": records}
    write_whole(file, json.dumps(facts, indent=1))


def libraries_file(settings: Settings) -> Path:
    """Return where production keeps which libraries it has compared."""
    return settings.data_dir / "gate" / "libraries.json"


def compare(libraries: Libraries) -> str:
    """Compare every installed file with its distribution's record; return the records' hash.

    Raises:
        GateError: As `require_locked` says.
    """
    # Read here and not by what finds distributions, which a library may put another in place of.
    there = map(PathDistribution, sorted(libraries.folder.glob("*.dist-info")))
    installed: dict[str, Distribution] = {_name(d.metadata["Name"]): d for d in there}
    _require_versions(libraries, installed)
    expected: dict[Path, str] = {}
    records = hashlib.sha256()
    for _, distribution in sorted(installed.items()):
        text = distribution.read_text("RECORD") or ""
        records.update(text.encode())
        expected |= _recorded(libraries.folder, text)
    here = _files(libraries.folder)
    stray = sorted(path for path in here if path not in expected or path.suffix == ".pyc")
    if stray:
        raise GateError(f"{_few(stray)} in the libraries' folder belong to no library", _FIX)
    with ThreadPoolExecutor() as pool:
        hashed = {path: known for path, known in expected.items() if known}
        same = pool.map(_is_same, hashed, hashed.values())
        altered = sorted(path for path, is_same in zip(hashed, same, strict=True) if not is_same)
    if altered:
        raise GateError(f"{_few(altered)} differ from what was installed", _FIX)
    return records.hexdigest()


def _require_versions(libraries: Libraries, installed: dict[str, Distribution]) -> None:
    wanted = _pinned(libraries.lock)
    extras = _pinned(libraries.extras_lock) if libraries.extras_lock is not None else {}
    allowed = {name: extras[name] for name in extras.keys() & installed.keys()} | wanted
    problems = [f"{n} is not in {LOCK}" for n in {*installed} - {*allowed} - UNLOCKED]
    for name, version in allowed.items():
        here = installed[name].version if name in installed else "absent"
        if here != version:
            where = LOCK if name in wanted else EXTRAS_LOCK
            problems.append(f"{name} is {here}, {version} in {where}")
    if problems:
        raise GateError("; ".join(sorted(problems)[:_SHOWN]), _FIX)


def _pinned(lock: Path) -> dict[str, str]:
    """Return the version of each library that a lock wants on this machine."""
    # Only a whole comparison needs it.
    from packaging.requirements import Requirement

    wanted: dict[str, str] = {}
    for line in read_text(lock).splitlines():
        if line[:1].isalnum():
            requirement = Requirement(line.rstrip("\\ "))
            if requirement.marker is None or requirement.marker.evaluate():
                (pinned,) = requirement.specifier
                wanted[_name(requirement.name)] = pinned.version
    return wanted


def _recorded(folder: Path, record: str) -> dict[Path, str]:
    """Return each file that a library recorded with its hash; blank for those that have none."""
    files = {}
    for name, known, _ in csv.reader(record.splitlines()):
        path = Path(os.path.normpath(folder / name))
        algorithm, _, files[path] = known.partition("=")
        if algorithm not in ("", "sha256"):
            raise GateError(f"{path} is recorded by {algorithm}", _FIX)
    return files


def _is_same(path: Path, recorded: str) -> bool:
    try:
        with path.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").digest()
    except OSError:
        return False
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == recorded


def _files(folder: Path) -> Iterator[Path]:
    """Yield every file of a folder but what Python compiled, which production does not read."""
    for inner, folders, names in os.walk(folder):
        links = [name for name in folders if Path(inner, name).is_symlink()]
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield from (Path(inner, name) for name in (*names, *links))


def _looked_at(libraries: Libraries) -> str:
    """Return one hash of what the system says of every file, without reading any."""
    looked = hashlib.sha256(read_bytes(libraries.lock))
    looked.update(read_bytes(libraries.extras_lock) if libraries.extras_lock else b"")
    waiting = [str(libraries.folder)]
    while waiting:
        folder, lines, inner = waiting.pop(), [], []
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    inner.append(entry.path)
                    continue
                s = entry.stat(follow_symlinks=False)
                lines.append(
                    f"{entry.name} {s.st_size} {s.st_mtime_ns} {s.st_ctime_ns} {s.st_ino}"
                    f" {s.st_mode}"
                )
        waiting += sorted(path for path in inner if not path.endswith("/__pycache__"))
        looked.update("\n".join((folder, *sorted(lines))).encode())
    return looked.hexdigest()


def _remembered(file: Path) -> dict[str, str]:
    try:
        facts = json.loads(read_text(file))
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}


def _name(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def _few(paths: list[Path]) -> str:
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(str(path) for path in paths[:_SHOWN]) + more
