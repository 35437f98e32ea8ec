"""Accepts differences into the contracts: edits the files, raises the version, writes the log."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from candid_assets.atomic_files import write_whole
from candid_assets.contract_changes.differences import ContractDifference, differences, with_detail
from candid_assets.contract_changes.proposals import Proposals
from candid_assets.contract_changes.schema_log import SchemaLogEntry, log_file, with_entries
from candid_assets.contract_changes.schema_snapshot import (
    read,
    schema_of,
    snapshot_file,
    updated,
    written,
)
from candid_assets.contracts.catalog import Catalog, ContractProblem, Tab
from candid_assets.contracts.load import load_catalog
from candid_assets.contracts.workbook_file import HEAD
from candid_assets.contracts.yaml_edits import ByHandError, YamlFile
from candid_assets.errors import CandidError
from candid_assets.near_names import hint
from candid_assets.refresh.undescribed import still_undescribed
from candid_assets.regular_files import read_text
from candid_assets.settings import ZONE, Settings
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.tab_changes import UndescribedTable, undescribed_tables


@dataclass(slots=True)
class Acceptance:
    """What differs, what of it is accepted or left to a person, and the files that change."""

    differences: Sequence[ContractDifference] = ()
    accepted: list[tuple[ContractDifference, SchemaLogEntry]] = field(default_factory=list)
    by_hand: list[tuple[ContractDifference, str]] = field(default_factory=list)
    files: dict[Path, YamlFile] = field(default_factory=dict)
    problems: list[ContractProblem] = field(default_factory=list)
    """What would be wrong with the edited contracts; then nothing is written."""
    undescribed: list[UndescribedTable] = field(default_factory=list)
    """Tables of the sources that no contract names."""
    is_written: bool = False
    """Whether what is accepted was written, if there is any."""

    @property
    def is_settled(self) -> bool:
        """Whether nothing differs any more."""
        return not self.differences or (self.is_written and not self.by_hand)

    def facts(self, env: str) -> dict[str, Any]:
        """Return the object of `candid contracts diff --json`."""
        by_hand = {id(d): reason for d, reason in self.by_hand}
        return {
            "env": env,
            "compared_with": "newest landed extracts",
            "differences": [d.facts() | {"by_hand": by_hand.get(id(d))} for d in self.differences],
            "undescribed": [table.as_dict() for table in self.undescribed],
            "entries": [f"{entry.heading}: {entry.text}" for _, entry in self.accepted],
            "problems": [str(problem) for problem in self.problems],
            "written": [str(path) for path in self.files]
            if self.is_written and self.accepted
            else [],
        }


def compare(
    settings: Settings,
    catalog: Catalog,
    names: Sequence[str],
    kinds: Sequence[str],
    *,
    accept: bool,
) -> Acceptance:
    """Compare contracts with the newest extracts, and accept what differs where asked to.

    Args:
        settings: Where snapshot, landing and catalog are.
        catalog: The contracts.
        names: Workbooks and tables to compare; none compares all.
        kinds: Kinds of change; none takes all.
        accept: Whether the contracts are edited.

    Raises:
        CandidError: The catalog has no such workbook or table.
        WarehouseError: Nothing is published.
    """
    known = {w.name for w in catalog.workbooks} | {t.table for t in catalog.tabs}
    for name in names:
        if name not in known:
            message = f"no workbook or tab is called {name!r}{hint(name, known)}"
            raise CandidError(message, exit_code=2)
    with open_published(settings.published_file) as snapshot:
        all_differences = differences(settings, catalog, snapshot, names or None)
        undescribed = still_undescribed(catalog, undescribed_tables(snapshot))
    today = datetime.now(ZONE).date()
    chosen = [with_detail(d) for d in all_differences if not kinds or d.change.kind in kinds]
    result = plan(chosen, settings, today)
    if not kinds or "undescribed" in kinds:
        result.undescribed = [t for t in undescribed if not names or t.workbook in names]
    if accept:
        write(result, settings, catalog, today)
        result.is_written = not result.problems
    return result


def plan(to_accept: Sequence[ContractDifference], settings: Settings, today: date) -> Acceptance:
    """Return the edits that accept differences, without writing anything."""
    result = Acceptance(to_accept)
    proposals = Proposals(settings, today, result.files)
    for difference in to_accept:
        try:
            entry = proposals.accept(difference)
        except ByHandError as reason:
            result.by_hand.append((difference, str(reason)))
        else:
            result.accepted.append((difference, entry))
    proposals.finish()
    _raise_versions(result)
    return result


def write(result: Acceptance, settings: Settings, catalog: Catalog, today: date) -> None:
    """Write all files and the log, or nothing where the catalog would have new problems."""
    if not result.accepted:
        return
    texts = {path: file.edited for path, file in result.files.items()}
    entries = [entry for _, entry in result.accepted]
    result.problems = write_texts(texts, entries, settings, catalog, today)


def write_texts(
    texts: Mapping[Path, str],
    entries: Sequence[SchemaLogEntry],
    settings: Settings,
    catalog: Catalog,
    today: date,
) -> list[ContractProblem]:
    """Write files of the catalog and the log; or nothing, and return the new problems they bring.

    Args:
        texts: The files, edited or new, with what they are to say.
        entries: What the log of the schema gets.
        settings: Where the log is.
        catalog: The catalog as it is.
        today: The day of the entries.
    """
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / "catalog"
        shutil.copytree(catalog.root, trial)
        for path, text in texts.items():
            (trial / path.relative_to(catalog.root)).write_text(text, encoding="utf-8", newline="")
        after = load_catalog(trial)
    known = {(p.path.relative_to(catalog.root), p.message) for p in catalog.problems}
    problems = [p for p in after.problems if (p.path.relative_to(trial), p.message) not in known]
    if problems:
        return problems
    for path, text in texts.items():
        write_whole(path, text)
    if not entries:
        return []
    log = log_file(settings)
    before = read_text(log) if log.exists() else ""
    write_whole(log, with_entries(before, today, entries))
    snapshot = snapshot_file(log)
    if snapshot.exists():
        old = read(read_text(snapshot))
        write_whole(snapshot, written(updated(old, schema_of(after))))
    return []


def _raise_versions(result: Acceptance) -> None:
    """Raise the version of each workbook's head: major where something breaking is accepted."""
    workbooks: dict[Path, list[ContractDifference]] = {}
    for difference, _ in result.accepted:
        workbooks.setdefault(difference.tab.path.with_name(HEAD), []).append(difference)
    for head, changes in workbooks.items():
        file = YamlFile.read(head)
        breaking = any(d.change.breaking for d in changes)
        try:
            file.set(("version",), next_version(_version(changes[0].tab, file), breaking=breaking))
        except ByHandError as reason:
            result.by_hand.append((changes[0], f"raise the version in {head.name}: {reason}"))
            continue
        result.files[head] = file


def next_version(version: str, *, breaking: bool) -> str:
    """Return the version after a breaking or an additive change, as semver has it."""
    parts = version.strip().split(".")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        raise ByHandError(f"version {version!r} is not three numbers such as 1.4.0")
    major, minor, _ = map(int, parts)
    return f"{major + 1}.0.0" if breaking else f"{major}.{minor + 1}.0"


def _version(tab: Tab, file: YamlFile) -> str:
    version = file.value(("version",))
    if version is None:
        raise ByHandError(f"the head contract of {tab.workbook} has no version")
    return version
