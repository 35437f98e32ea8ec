"""The schema that readers rely on, kept as text: what vanishes from it needs a word in the log."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from candid_assets.atomic_files import write_whole
from candid_assets.contract_changes.schema_log import (
    Heading,
    SchemaLogEntry,
    log_file,
    named,
    with_entries,
)
from candid_assets.contracts.catalog import Catalog
from candid_assets.contracts.load import load_catalog
from candid_assets.quality.table_rules import Subject, expected_columns, layer_of
from candid_assets.regular_files import read_text
from candid_assets.settings import Settings

GONE: Final = "(gone)"
_TOP: Final = (
    "# Every column of clean and ready with its type; written by `candid contracts snapshot`.\n"
    f"# What the catalog has no more stays, marked {GONE}.\n"
)
Schema = Mapping[str, str]
"""`layer.table.column` to its type; to the type and `(gone)` for what vanished."""


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A difference that the log does not hold."""

    name: str
    heading: Heading
    what: str

    def __str__(self) -> str:
        """Return what happened and the entry that is missing."""
        return f"{self.name} {self.what}; write it under {self.heading} in schema-changes.md"


def snapshot_file(log: Path) -> Path:
    """Return where the snapshot stands: beside the log."""
    return log.with_name("schema.txt")


def schema_of(catalog: Catalog) -> Schema:
    """Return the columns that the catalog promises to readers."""
    subjects: list[Subject] = [*catalog.tabs, *catalog.models]
    return {
        f"{layer_of(subject)}.{subject.table}.{name}": kind
        for subject in subjects
        for name, kind in expected_columns(subject)
        if not name.startswith("_")
    }


def written(schema: Schema) -> str:
    """Return a schema as text."""
    return _TOP + "".join(f"{name} {kind}\n" for name, kind in sorted(schema.items()))


def read(text: str) -> Schema:
    """Return the schema that a text holds."""
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return {name: kind for name, _, kind in (line.partition(" ") for line in lines)}


def updated(old: Schema, now: Schema) -> Schema:
    """Return the snapshot that follows: what is gone stays, marked so."""
    gone = {
        name: kind if kind.endswith(GONE) else f"{kind} {GONE}"
        for name, kind in old.items()
        if name not in now
    }
    return {**now, **gone}


def additions(old: Schema, now: Schema) -> list[SchemaLogEntry]:
    """Return an entry for each new table, and for each new column of a table that was there."""
    tables = {name.rpartition(".")[0] for name in old}
    fresh = [name for name in now if name not in old or old[name].endswith(GONE)]
    new_tables = dict.fromkeys(t for n in fresh if (t := n.rpartition(".")[0]) not in tables)
    entries = [SchemaLogEntry("Added", f"`{table}`: a new table") for table in new_tables]
    for name in fresh:
        if name.rpartition(".")[0] not in new_tables:
            entries.append(SchemaLogEntry("Added", f"`{name}`: {now[name]}"))
    return entries


def unexplained(old: Schema, now: Schema, log: str) -> Iterator[Unexplained]:
    """Yield each difference between the snapshot and the catalog that the log does not name."""
    named_in_log = named(log)
    for name, kind in old.items():
        table = name.rpartition(".")[0]
        names = {name, table}
        if name not in now:
            if not names & (named_in_log["Retired"] | named_in_log["Renamed"]):
                yield Unexplained(name, "Retired", "vanished")
        elif not kind.endswith(GONE) and kind != now[name] and not names & named_in_log["Retyped"]:
            yield Unexplained(name, "Retyped", f"is {now[name]}, after {kind}")
    if old:
        for entry in additions(old, now):
            name = entry.text.split("`")[1]
            if not {name, name.rpartition(".")[0]} & (
                named_in_log["Added"] | named_in_log["Renamed"]
            ):
                yield Unexplained(name, "Added", "is new")


@dataclass(frozen=True, slots=True)
class Kept:
    """The snapshot of a schema beside the catalog's present one."""

    path: Path
    columns: int
    additions: Sequence[SchemaLogEntry]
    unexplained: Sequence[Unexplained]
    is_stale: bool
    """Whether the file is not what the catalog and the log give."""


def keep_schema(settings: Settings, day: date, *, check: bool) -> Kept:
    """Write snapshot and log anew where the log explains every difference.

    Args:
        settings: Where the catalog is.
        day: The day of new entries in the log.
        check: Whether nothing is written.
    """
    log_path = log_file(settings)
    path = snapshot_file(log_path)
    log = read_text(log_path) if log_path.exists() else ""
    text = read_text(path) if path.exists() else ""
    old, now = read(text), schema_of(load_catalog(settings.catalog_dir))
    entries = additions(old, now) if old else []
    if not check:
        log = with_entries(log, day, entries)
    wrong = list(unexplained(old, now, log))
    new = written(updated(old, now))
    if not check and not wrong:
        write_whole(log_path, log)
        write_whole(path, new)
    return Kept(path, len(now), entries, wrong, check and new != text)
