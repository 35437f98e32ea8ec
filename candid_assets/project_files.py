"""Writes the files of a new project folder from `project_template/`."""

from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

DOTTED: Final = {"env.example": ".env.example", "gitignore": ".gitignore"}
"""Files whose names begin with a dot only in the project."""


def write_project(folder: Path, *, sample: bool = False) -> list[Path]:
    """Write what is missing of a project and return the files that were written.

    Args:
        folder: The project's folder.
        sample: Whether it gets the sample company's catalog as its own.
    """
    with as_file(files("candid_assets")) as package:
        written = _copy(package / "catalog", folder / "catalog") if sample else []
        return written + _copy(package / "project_template", folder)


def _copy(template: Path, folder: Path) -> list[Path]:
    """Copy the files that are not there yet and return the copies."""
    written: list[Path] = []
    for source in sorted(path for path in template.rglob("*") if path.is_file()):
        relative = source.relative_to(template)
        if "__pycache__" in relative.parts:
            continue
        target = folder / relative.with_name(DOTTED.get(relative.name, relative.name))
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
            written.append(target)
    return written
