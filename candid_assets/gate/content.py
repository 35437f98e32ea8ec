"""What an installation consists of, as hashes: the same in a git tree, a container and a copy.

A commit says less: an ignored file, a link or an index entry marked as unchanged would stay
behind it unseen. What is hashed here are the bytes that Python and the catalog's reader read.
"""

import hashlib
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from candid_assets.gate.errors import GateError
from candid_assets.regular_files import read_bytes
from candid_assets.settings import PACKAGE, REPOSITORY, Settings
from candid_assets.warehouse.catalog_archive import catalog_hash

RECORDS: Final = "deployments"
APPROVERS: Final = f"{RECORDS}/allowed_approvers"
TESTS: Final = "candid_assets_tests"
SANDBOX: Final = "sandbox"
"""The room of the sample company and the local Google, which production never loads."""
PRODUCTION_SETTINGS: Final = "production.env"
"""The settings that decide what production reads and publishes; see `deployed_settings.py`."""
SETUP: Final = (
    *("requirements.lock", "requirements-engines.lock"),
    *("pyproject.toml", "dagster.yaml", "workspace.yaml"),
    PRODUCTION_SETTINGS,
)
_WORDS: Final = {
    "code": "the code of candid_assets",
    "catalog": "the catalog (contracts, models, metrics)",
    "setup": f"the setup ({', '.join(SETUP)})",
    "approvers": f"the list of approvers ({APPROVERS})",
}


@dataclass(frozen=True, slots=True)
class Installation:
    """The folders of code, catalog and records of one installation."""

    root: Path
    """The repository, or the folder that a container has of it."""
    catalog: Path

    @classmethod
    def of(cls, settings: Settings) -> "Installation":
        """Return the installation that this process runs from: no variable moves its root."""
        return cls(REPOSITORY, Path(os.path.abspath(settings.catalog_dir)))  # noqa: PTH100, links stay

    @property
    def package(self) -> Path:
        """The folder of the code."""
        return self.root / PACKAGE.name

    @property
    def records(self) -> Path:
        """The folder of plans, decisions and deployments."""
        return self.root / RECORDS

    @property
    def approvers(self) -> Path:
        """The list of people who may approve, as OpenSSH's `allowed_signers`."""
        return self.root / APPROVERS


@dataclass(frozen=True, slots=True)
class Content:
    """Hashes of the four parts that a deployment fixes."""

    code: str
    catalog: str
    setup: str
    approvers: str

    @property
    def digest(self) -> str:
        """One hash over all parts."""
        return hashlib.sha256("\n".join(asdict(self).values()).encode()).hexdigest()

    def as_dict(self) -> dict[str, str]:
        """Return the parts by name."""
        return asdict(self)

    def differing(self, other: "Content") -> list[str]:
        """Return in words which parts differ."""
        mine, theirs = asdict(self), asdict(other)
        return [words for name, words in _WORDS.items() if mine[name] != theirs[name]]


def content_of(installation: Installation) -> Content:
    """Return the content of an installation as it is on disk now.

    Raises:
        GateError: A file or folder is a link.
    """
    package = installation.package
    code = files_below(package, skipped=(package / "catalog", package / SANDBOX))
    setup = {name: _read(installation.root / name) for name in SETUP}
    return Content(
        catalog_hash(code),
        catalog_hash(files_below(installation.catalog, dunder=False)),
        catalog_hash({name: text for name, text in setup.items() if text is not None}),
        hashlib.sha256(_read(installation.approvers) or b"").hexdigest(),
    )


def tests_of(installation: Installation) -> str:
    """Return the hash of the tests."""
    return catalog_hash(files_below(installation.root / TESTS))


def files_below(
    root: Path, *, skipped: tuple[Path, ...] = (), dunder: bool = True
) -> dict[str, bytes]:
    """Return every file below a folder that is not hidden, by its path.

    Args:
        root: The folder.
        skipped: Folders that do not belong to it.
        dunder: Whether folders such as `__x__` belong to it: to code, but not to a catalog.

    Raises:
        GateError: The folder, or something in it, is a link: what it leads to is nobody's word.
    """
    _refuse_link(root)
    files: dict[str, bytes] = {}
    for folder, folders, names in os.walk(root):
        kept = [n for n in folders if not n.startswith("." if dunder else (".", "__"))]
        folders[:] = sorted(
            n for n in kept if n != "__pycache__" and Path(folder, n) not in skipped
        )
        for name in (*folders, *names):
            if not name.startswith("."):
                _refuse_link(Path(folder, name))
        # What was compiled counts only where no source is: Python would load it as a module.
        for name in sorted(n for n in names if not n.startswith(".")):
            path = Path(folder, name)
            files[path.relative_to(root).as_posix()] = read_bytes(path)
    return files


def _refuse_link(path: Path) -> None:
    if path.is_symlink():
        raise GateError(
            f"{path} is a symbolic link", "put the file or folder itself in its place and commit it"
        )


def _read(path: Path) -> bytes | None:
    _refuse_link(path)
    return read_bytes(path) if path.is_file() else None
