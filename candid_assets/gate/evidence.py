"""What was seen to work before a plan: a green refresh of the sample, a green run of all tests.

Each is a file named by the content it was seen with, so that it says nothing of other content.
They are this computer's own memory, no signed record: the person who approves weighs them.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

from candid_assets.gate.content import Content, Installation, tests_of
from candid_assets.settings import Settings

Kind = Literal["sample", "tests"]
FOLDER: Final = "evidence"


def sample_key(content: Content) -> str:
    """Return what a refresh of the sample is remembered under."""
    return content.digest


def tests_key(installation: Installation, content: Content) -> str:
    """Return what a run of the tests is remembered under: the content and the tests."""
    return f"{content.digest[:32]}{tests_of(installation)[:32]}"


def remember(data_root: Path, kind: Kind, key: str, told: dict[str, Any]) -> Path:
    """Keep that something was green."""
    path = data_root / FOLDER / kind / f"{key}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    part = path.with_suffix(".part")
    part.write_text(json.dumps({"at": at, **told}, sort_keys=True), encoding="utf-8")
    part.replace(path)
    return path


def recall(roots: tuple[Path, ...], kind: Kind, key: str) -> dict[str, Any] | None:
    """Return what was remembered under a key, wherever it is kept; None if nothing was."""
    for root in roots:
        try:
            found = json.loads((root / FOLDER / kind / f"{key}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(found, dict):
            return found
    return None


def built_before(data_root: Path, content: Content) -> bool:
    """Whether a whole sample was built with this code before, perhaps with another catalog."""
    for path in (data_root / FOLDER / "sample").glob("*.json"):
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if told.get("code") == content.code and told.get("setup") == content.setup:
            return True
    return False


def roots_of(settings: Settings, installation: Installation) -> tuple[Path, ...]:
    """Return where evidence may be kept: the data folder in use and the repository's own."""
    return settings.data_root.resolve(), installation.root / "data"
