"""What the commands share in how they print."""

from pathlib import Path


def shown(path: Path) -> str:
    """Return a path as short as an editor still opens it from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
