"""A folder of files as a person names it: by its path."""

from pathlib import Path

from candid_assets.sources.places import Place


def place_of(told: str) -> Place | None:
    """Return the place; None for what is no path."""
    written = told.startswith(("/", "./", "../", "~", "file://"))
    path = Path(told.removeprefix("file://")).expanduser()
    if "://" in told.removeprefix("file://") or not (written or path.exists()):
        return None
    whole = str(path.resolve())
    return Place("local", "local", f"file://{whole}", {"path": whole})
