"""Answers that are right, but not to the call: of another workbook or tab, or of before an edit."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from candid_assets.sandbox.query import Query
from candid_assets.sandbox.store import WorkbookFolder, workbook_files

_BEFORE: Final = ".before"
"""The folder of workbooks as they were before the first change."""


def other_path(folder: WorkbookFolder, path: str, workbook: str, do: Mapping[str, Any]) -> str:
    """Return the path of a call with another workbook in it: `do["of"]`, or the first other one."""
    others = [file.stem for file in workbook_files(folder.folder) if file.stem != workbook]
    other = str(do.get("of") or (others[0] if others else workbook))
    return path.replace(f"/{workbook}", f"/{other}", 1)


def other_query(
    folder: WorkbookFolder, query: Query, workbook: str, do: Mapping[str, Any]
) -> Query:
    """Return the query of a call with another tab in each of its ranges."""
    served = folder.get(workbook)
    titles = [tab.tab.title for tab in served.tabs] if served else []
    pairs = []
    for name, value in query.pairs:
        title, mark, cells = value.rpartition("!") if "!" in value else (value, "", "")
        bare = title.strip("'").replace("''", "'")
        if name == "ranges" and bare in titles:
            other = do.get("of") or next((t for t in titles if t != bare), bare)
            value = "'" + str(other).replace("'", "''") + "'" + mark + cells  # noqa: PLW2901
        pairs.append((name, value))
    return Query(urlencode(pairs))


def folder_before(folder: Path, originals: Mapping[str, bytes]) -> WorkbookFolder:
    """Return the workbooks as they were before the first change that was asked for here."""
    before = folder / _BEFORE
    before.mkdir(exist_ok=True)
    for path in workbook_files(folder):
        content = originals.get(path.stem) or path.read_bytes()
        target = before / path.name
        if not target.exists() or target.read_bytes() != content:
            target.write_bytes(content)
    return WorkbookFolder(before)


def kinds_of(faults: Sequence[Any]) -> dict[str, Mapping[str, Any]]:
    """Return what each fault that is met does, by its name."""
    return {str(fault.do["do"]): fault.do for fault in faults}
