"""A folder of files, or one file, as a kind of source: its path."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from candid_assets.near_names import nearest
from candid_assets.source_kinds.kind import NOT_CONNECTED, Kind, ServerFaultError, Words
from candid_assets.source_kinds.places import Place

FORMATS = ("xlsx", "csv", "parquet")


@dataclass(frozen=True, slots=True)
class FilesOptions:
    """A server of files has no custom properties: the standard's keys are enough."""


def place_of(source: str) -> Place | None:
    """Return the folder or file at a path; None for what is no path."""
    written = source.removeprefix("file://")
    path = Path(written).expanduser()
    is_path = source.startswith(("/", "./", "../", "~", "file://")) or path.exists()
    if "://" in written or not is_path:
        return None
    absolute = str(path.resolve())
    return Place(KIND.name, KIND.name, f"file://{absolute}", {"path": absolute})


def location_of(env: str, keys: Mapping[str, Any]) -> str:
    """Return the folder or file as an address."""
    chosen = keys.get("format")
    if chosen not in (None, *FORMATS):
        fix = f"the nearest known one is {nearest(str(chosen), FORMATS)!r}"
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
        task_words=("file", "files", "folder", "folders"),
        address="the path of a folder of files",
    ),
    reader="candid_assets.sources.files.reader",
    place_of=place_of,
    location_of=location_of,
    options=FilesOptions,
    examples=("~/exports --workbook exports --type local",),
)
