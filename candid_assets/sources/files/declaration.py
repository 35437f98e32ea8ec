"""What a folder of files is as a kind of source: a path."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from candid_assets.source_kinds.kind import NOT_CONNECTED, Kind, ServerFaultError, Words
from candid_assets.source_kinds.places import Place

FORMATS = ("xlsx", "csv", "parquet")


@dataclass(frozen=True, slots=True)
class Options:
    """All that a folder needs to be told are keys of the standard."""


def place_of(told: str) -> Place | None:
    """Return the place; None for what is no path."""
    written = told.startswith(("/", "./", "../", "~", "file://"))
    path = Path(told.removeprefix("file://")).expanduser()
    if "://" in told.removeprefix("file://") or not (written or path.exists()):
        return None
    whole = str(path.resolve())
    return Place(KIND.name, KIND.name, f"file://{whole}", {"path": whole})


def location_of(env: str, keys: Mapping[str, Any]) -> str:
    """Return the folder or file as an address."""
    chosen = keys.get("format")
    if chosen not in (None, *FORMATS):
        near = get_close_matches(str(chosen), FORMATS, 1, 0.0)[0]
        fix = f"the nearest known one is {near!r}"
        raise ServerFaultError("format", f"unknown format {chosen!r}", fix)
    path = keys.get("path") if keys.get("path") is not None else keys.get("location")
    if path is None:
        fix = 'write path: and the folder, or path: "" while it is not connected'
        raise ServerFaultError("", f"the {env} server has no path", fix)
    path = str(path).strip()
    return f"file://{path}" if path else NOT_CONNECTED


KIND = Kind(
    name="local",
    layer="files",
    schemes=("file",),
    words=Words(
        table="The table '{}' in a folder of files",
        tables=" in a folder of files",
        inside="in the file",
        undo="export the file again, with all of its rows",
        spoken=("file", "files", "folder", "folders"),
        named="the path of a folder of files",
    ),
    reader="candid_assets.sources.files.reader",
    place_of=place_of,
    location_of=location_of,
    options=Options,
    examples=("~/exports --workbook exports --type local",),
)
