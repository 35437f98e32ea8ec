"""The log of the schema, `schema-changes.md`: dated entries under four headings, newest first."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal

from candid_assets.settings import PACKAGE, Settings, project_dir

Heading = Literal["Added", "Renamed", "Retyped", "Retired"]
HEADINGS: Final[tuple[Heading, ...]] = ("Added", "Renamed", "Retyped", "Retired")
_TOP: Final = """# Schema changes

What tables and columns readers gained, lost or must read otherwise, newest first, in the manner
of [Keep a Changelog](https://keepachangelog.com). `candid contracts diff --write` and `candid
contracts snapshot` write the entries; what is retired stays in this record for good.
"""
_NAME: Final = re.compile(r"`((?:clean|ready)\.[a-z0-9_]+(?:\.[a-z0-9_]+)?)`")


@dataclass(frozen=True, slots=True)
class SchemaLogEntry:
    """One line of the log."""

    heading: Heading
    text: str


def log_file(settings: Settings) -> Path:
    """Return where the log stands: beside the catalog, for the package's own one in docs/."""
    if settings.catalog_dir.resolve() == (PACKAGE / "catalog").resolve():
        return project_dir() / "docs" / "schema-changes.md"
    return settings.catalog_dir / "schema-changes.md"


def with_entries(log: str, day: date, entries: Iterable[SchemaLogEntry]) -> str:
    """Return the log with entries under a day, each once."""
    lines = (log or _TOP).split("\n")
    for entry in entries:
        _insert(lines, f"## {day.isoformat()}", f"### {entry.heading}", f"- {entry.text}")
    return "\n".join(_spaced(lines)) + "\n"


def _insert(lines: list[str], day: str, heading: str, line: str) -> None:
    if day not in lines:
        lines.insert(_next(lines, 0, "## "), day)
    start = lines.index(day)
    end = _next(lines, start + 1, "## ")
    if heading not in lines[start:end]:
        lines.insert(end, heading)
    start = lines.index(heading, start)
    end = min(_next(lines, start + 1, "### "), _next(lines, start + 1, "## "))
    if line not in lines[start:end]:
        while not lines[end - 1].strip():
            end -= 1
        lines.insert(end, line)


def _next(lines: list[str], start: int, mark: str) -> int:
    return next((n for n in range(start, len(lines)) if lines[n].startswith(mark)), len(lines))


def _spaced(lines: list[str]) -> list[str]:
    """Return lines with one blank line around each heading and none at the end."""
    spaced: list[str] = []
    for line in lines:
        is_break = line.startswith("#") or (spaced and spaced[-1].startswith("#"))
        if spaced and spaced[-1] and (is_break or not line.strip()):
            spaced.append("")
        if line.strip():
            spaced.append(line)
    while spaced and not spaced[-1]:
        spaced.pop()
    return spaced


def named(log: str) -> Mapping[Heading, frozenset[str]]:
    """Return the tables and columns that the log names in backticks, by heading."""
    names_by_heading: dict[Heading, set[str]] = {heading: set() for heading in HEADINGS}
    heading: Heading | None = None
    for line in log.splitlines():
        if line.startswith("#"):
            heading = next((h for h in HEADINGS if line == f"### {h}"), None)
        elif heading is not None:
            names_by_heading[heading] |= set(_NAME.findall(line))
    return {heading: frozenset(names) for heading, names in names_by_heading.items()}
