"""What passed before a plan: a refresh of the whole sample, a run of all tests.

Each is a file named by the content it passed with, so that it says nothing of other content.
They are this computer's own memory, no signed record: the person who approves weighs them.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from candid_assets.atomic_files import write_whole
from candid_assets.gate.content import Content, Installation, tests_of
from candid_assets.gate.plans import Evidence
from candid_assets.regular_files import read_bytes
from candid_assets.settings import Settings

Kind = Literal["sample", "tests"]
FOLDER: Final = "evidence"


def sample_key(content: Content) -> str:
    """Return what a refresh of the sample is remembered under."""
    return content.digest


def tests_key(installation: Installation, content: Content) -> str:
    """Return what a run of the tests is remembered under: the content and the tests."""
    return f"{content.digest[:32]}{tests_of(installation)[:32]}"


def remember(data_root: Path, kind: Kind, key: str, facts: Mapping[str, str | int]) -> Path:
    """Keep that something passed, now; `facts` are fields of `Evidence`."""
    path = data_root / FOLDER / kind / f"{key}.json"
    evidence = Evidence(at=datetime.now(UTC).isoformat(timespec="seconds"), **facts)
    write_whole(path, evidence.model_dump_json(exclude_unset=True))
    return path


def recall(roots: tuple[Path, ...], kind: Kind, key: str) -> Evidence | None:
    """Return what was remembered under a key, wherever it is kept; None if nothing was."""
    return next((e for root in roots if (e := _read(root / FOLDER / kind / f"{key}.json"))), None)


def built_before(data_root: Path, content: Content) -> bool:
    """Whether a whole sample was built with this code before, perhaps with another catalog."""
    files = (data_root / FOLDER / "sample").glob("*.json")
    return any(
        evidence is not None and (evidence.code, evidence.setup) == (content.code, content.setup)
        for evidence in map(_read, files)
    )


def roots_of(settings: Settings, installation: Installation) -> tuple[Path, ...]:
    """Return where evidence may be kept: the data folder in use and the repository's own."""
    return settings.data_root.resolve(), installation.root / "data"


def _read(path: Path) -> Evidence | None:
    try:
        return Evidence.model_validate_json(read_bytes(path))
    except (OSError, ValueError):
        return None
