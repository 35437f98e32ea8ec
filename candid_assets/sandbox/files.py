"""Any folder of files as workbooks, mirrored as the server's own JSON.

A sub-folder is a workbook; of the files directly in the folder each .xlsx is a workbook, and
the .csv files together are one that is named after the folder. A folder at any depth that holds
a `workbook.json` is a recorded workbook (see `recorded_workbook`).
"""

import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson

from candid_assets.atomic_files import write_whole
from candid_assets.sandbox.delimited import read_delimited
from candid_assets.sandbox.recorded_workbook import HEAD, read_recorded, recorded_files
from candid_assets.sandbox.store import workbook_name_problem
from candid_assets.sandbox.workbook import SampleTab, SampleWorkbook
from candid_assets.sources.files.file_errors import UnreadableFileError

_STATE: Final = ".imported"
_STATE_VERSION: Final = 3
_SHEETS: Final = (".xlsx", ".xlsm")
_TEXTS: Final = (".csv", ".tsv")


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a folder: the workbooks served, and what is wrong with the files."""

    workbooks: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def import_folder(files: Path, folder: Path, *, locale: str = "in_ID") -> Imported:
    """Mirror a folder of files as workbooks; only what changed since the last time is read."""
    if not files.is_dir():
        raise FileNotFoundError(f"{files} is no folder: name one that holds .xlsx or .csv files")
    folder.mkdir(parents=True, exist_ok=True)
    state_file = folder / _STATE
    state = _read_state(state_file)
    fresh: dict[str, Any] = {}
    for name, sources in find_workbooks(files).items():
        mark = [_STATE_VERSION, locale, *(_mark(path) for path in sources)]
        known = state.get(name)
        if known and known["mark"] == mark:
            fresh[name] = known
            continue
        fresh[name] = {"mark": mark, "problems": _import(name, sources, folder, locale)}
    for gone in set(state) - set(fresh):
        (folder / f"{gone}.json").unlink(missing_ok=True)
    if fresh != state:
        write_whole(state_file, orjson.dumps(fresh), durable=False)
    served = [name for name in sorted(fresh) if (folder / f"{name}.json").exists()]
    return Imported(served, [text for name in sorted(fresh) for text in fresh[name]["problems"]])


def find_workbooks(files: Path) -> dict[str, list[Path]]:
    """Return the files that make up each workbook, by the workbook's id."""
    workbooks: dict[str, list[Path]] = {}
    loose = _readable(files)
    texts = [path for path in loose if path.suffix.lower() in _TEXTS]
    if texts:
        workbooks[files.resolve().name] = texts
    for folder in sorted(path for path in files.iterdir() if path.is_dir()):
        inside = [] if folder.name.startswith(".") else _readable(folder)
        if inside:
            workbooks[_free(workbooks, folder.name, "folder")] = inside
    for path in loose:
        if path not in texts:
            workbooks[_free(workbooks, path.stem, path.suffix[1:])] = [path]
    for head in sorted(files.rglob(HEAD)):
        workbooks[_free(workbooks, head.resolve().parent.name, "recorded")] = [
            head,
            *recorded_files(head),
        ]
    return workbooks


def _free(workbooks: dict[str, list[Path]], name: str, kind: str) -> str:
    return name if name not in workbooks else f"{name} ({kind})"


def _readable(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in _SHEETS + _TEXTS
        and path.is_file()
        and not path.name.startswith((".", "~$"))
    )


def _import(name: str, sources: list[Path], folder: Path, locale: str) -> list[str]:
    """Write one workbook, or remove it when no file of it can be read; return what is wrong."""
    problem = workbook_name_problem(name)
    if problem:
        return [f"{sources[0].parent}: {problem}"]
    book, problems = SampleWorkbook(name, name, [], locale=locale), list[str]()
    if sources[0].name == HEAD:
        try:
            book, sources = read_recorded(sources[0], name), sources[:1]
        except (ValueError, TypeError, KeyError, OSError) as error:
            problems.append(f"{sources[0]} is no recorded workbook: {error}")
    for path in sources if not book.tabs and not problems else ():
        try:
            tabs, notes = _read(path, locale)
        except (UnreadableFileError, OSError) as error:
            problems.append(str(error))
            continue
        problems += notes
        for tab in tabs:
            _add(book, tab, path)
    target = folder / f"{name}.json"
    if not book.tabs:
        target.unlink(missing_ok=True)
        return problems
    book.version = SampleWorkbook.head(target).version + 1 if target.exists() else 1
    newest = max(path.stat().st_mtime for path in sources)
    stamp = datetime.fromtimestamp(newest, UTC).isoformat(timespec="milliseconds")
    book.modified_time = stamp.replace("+00:00", "Z")
    book.save(folder)
    return problems


def _read(path: Path, locale: str) -> tuple[list[SampleTab], list[str]]:
    if path.suffix.lower() in _SHEETS:
        # Imported here: openpyxl is slow to load and files that did not change need it not.
        from candid_assets.sandbox.xlsx import read_xlsx

        return read_xlsx(path, locale=locale)
    return [SampleTab(0, path.stem, read_delimited(path))], []


def _add(book: SampleWorkbook, tab: SampleTab, path: Path) -> None:
    """Add a tab under a title and an id that no other has, the same at every import."""
    titles = {other.title.casefold() for other in book.tabs}
    if tab.title.casefold() in titles:
        tab.title = f"{tab.title} ({path.stem})"
    while tab.title.casefold() in titles:
        tab.title += "'"
    used = {other.sheet_id for other in book.tabs}
    tab.sheet_id = zlib.crc32(f"{path.name}/{tab.title}".encode()) & 0x7FFFFFFF
    while tab.sheet_id in used:
        tab.sheet_id += 1
    book.tabs.append(tab)


def _mark(path: Path) -> list[Any]:
    status = path.stat()
    return [path.name, status.st_mtime_ns, status.st_size]


def _read_state(path: Path) -> dict[str, Any]:
    try:
        state: dict[str, Any] = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return state
