"""The notes of publications that were begun and may have set cells before they were recorded."""

from pathlib import Path
from typing import Final

from candid_assets.settings import Settings

NOTES: Final = Path("gate", "begun")
"""The folder of the notes, below the environment's folder."""


def note_of(settings: Settings, digest: str) -> Path:
    """Return the file that says that a plan was begun: its name and all it holds are the plan."""
    return settings.data_dir / NOTES / digest


def begun_plans(settings: Settings) -> list[str]:
    """Return the digests of the plans that were begun and are not known to be recorded."""
    folder = settings.data_dir / NOTES
    return sorted(path.name for path in folder.glob("[!.]*")) if folder.is_dir() else []
