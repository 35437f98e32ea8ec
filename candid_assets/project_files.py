"""Writes the files of a new project folder from `project_template/`."""

from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

DOTTED: Final = {"env.example": ".env.example", "gitignore": ".gitignore"}
"""Files whose names begin with a dot only in the project."""


def write_project(folder: Path) -> list[Path]:
    """Write what is missing of a project and return the files that were written."""
    written: list[Path] = []
    with as_file(files("candid_assets") / "project_template") as template:
        for source in sorted(path for path in template.rglob("*") if path.is_file()):
            relative = source.relative_to(template)
            target = folder / relative.with_name(DOTTED.get(relative.name, relative.name))
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(source.read_bytes())
                written.append(target)
    return written
