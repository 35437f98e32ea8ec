"""Writes proposed contracts into a catalog; an existing contract is kept unless forced."""

import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from candid_assets.atomic_files import write_whole
from candid_assets.contracts.catalog import ContractProblem, Tab
from candid_assets.contracts.families import may_claim_title
from candid_assets.contracts.file_schemas import FOLDER, write_schemas
from candid_assets.contracts.load import load_catalog
from candid_assets.contracts.titles import folded_title
from candid_assets.contracts.workbook_file import HEAD, read_workbook
from candid_assets.contracts.yaml_edits import YamlFile
from candid_assets.discovery.contract_text import head_yaml, table_yaml
from candid_assets.discovery.offered import Offered
from candid_assets.discovery.outer_references import workbooks_of
from candid_assets.discovery.proposal import Proposal

UNKNOWN_OWNER: Final = "unknown"


@dataclass(frozen=True, slots=True)
class ExistingContracts:
    """The contracts that a workbook's folder holds already."""

    folder: Path
    tabs: tuple[Tab, ...] = ()
    files: frozenset[str] = frozenset()
    """Names of all files of tabs, readable or not."""
    ignored: tuple[str, ...] = ()
    """Titles and patterns of tabs that the head says are to be ignored."""
    owner: str = ""
    locations: Mapping[str, str] = field(default_factory=dict)
    servers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def facts_of(self, env: str, location: str) -> Mapping[str, Any] | None:
        """Return what the head says of a source's server; None where it names another or none."""
        return self.servers.get(env) if self.locations.get(env) == location else None

    def contract_of(self, title: str) -> str | None:
        """Return the name of the contract that a tab has, by title or title pattern."""
        for tab in self.tabs:
            if may_claim_title(tab, title) or folded_title(tab.title) == folded_title(title):
                return tab.name
        return None

    def as_offered(self) -> Offered:
        """Return what the contracts declare as what was offered, where nobody noted it."""
        offered = Offered()
        for tab in self.tabs:
            offered.add_contract(tab)
        return offered


@dataclass(slots=True)
class Written:
    """The files that were written, and the problems that kept others from it."""

    files: list[Path] = field(default_factory=list)
    contracts: Mapping[str, YamlFile] = field(default_factory=dict)
    """What was written, or would have been but for problems, by the file's name; the head too."""
    problems: list[ContractProblem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Head:
    """What the workbook's head contract says."""

    environment: str
    server: str
    """Type and place of the server, as keys of a flow mapping."""
    other: str
    """The same where it is not connected."""
    owner: str
    domain: str


def existing_contracts(folder: Path) -> ExistingContracts:
    """Return the contracts that a workbook's folder holds."""
    if not folder.is_dir():
        return ExistingContracts(folder)
    draft = read_workbook(folder)
    tabs = tuple(tab for tab in draft.tabs.values() if tab is not None)
    head = draft.head
    names = frozenset(path.stem for path in draft.tabs)
    return ExistingContracts(
        folder, tabs, names, head.ignored, head.owner, head.locations, head.servers
    )


def write(proposal: Proposal, folder: Path, head: Head, scratch: Path, *, force: bool) -> Written:
    """Write the contracts that are valid; one that is not is reported and keeps no other back.

    Without a valid head nothing is written, nor a table that refers to one that is not.

    Args:
        proposal: What to write.
        folder: The workbook's folder in the catalog.
        head: The facts of its head contract.
        scratch: An empty folder in which the whole is validated first.
        force: Whether existing files are overwritten.
    """
    files = _files(proposal, folder, head, force=force)
    trial = scratch / "workbooks" / folder.name
    if folder.is_dir():
        shutil.copytree(folder, trial)
    trial.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (trial / name).write_text(content, encoding="utf-8")
    _copy_others(proposal, folder, scratch)
    problems: list[ContractProblem] = []
    valid = dict(files)
    while refused := _refused(scratch, trial, valid):
        problems += refused
        for name in {problem.path.name for problem in refused}:
            del valid[name]
            (trial / name).unlink()
            if (folder / name).exists():
                shutil.copy(folder / name, trial / name)
    contracts = {name: YamlFile(folder / name, content) for name, content in files.items()}
    if HEAD not in contracts:
        contracts[HEAD] = YamlFile.read(folder / HEAD)
    written = Written(contracts=contracts, problems=problems)
    if problems and (not valid.keys() - {HEAD} or HEAD in files.keys() - valid.keys()):
        return written
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in valid.items():
        write_whole(folder / name, content)
        written.files.append(folder / name)
    write_schemas(folder.parent.parent / FOLDER)
    return written


def _copy_others(proposal: Proposal, folder: Path, scratch: Path) -> None:
    """Put the contracts of other workbooks that columns refer to beside those that are tried."""
    columns = (column for table in proposal.tables for column in table.columns)
    for name in workbooks_of(column.reference for column in columns) - {folder.name}:
        shutil.copytree(folder.parent / name, scratch / "workbooks" / name)


def _refused(scratch: Path, trial: Path, files: Collection[str]) -> list[ContractProblem]:
    """Return what is wrong with the files of a folder that is tried."""
    problems = load_catalog(scratch).problems
    return [p for p in problems if p.path.parent == trial and p.path.name in files]


def _files(proposal: Proposal, folder: Path, head: Head, *, force: bool) -> Mapping[str, str]:
    files: dict[str, str] = {}
    if force or not (folder / HEAD).exists():
        files[HEAD] = head_yaml(
            folder.name,
            proposal.title,
            environment=head.environment,
            server=head.server,
            other=head.other,
            owner=head.owner,
            domain=head.domain,
        )
    for table in proposal.tables:
        files[f"{table.name}.yaml"] = table_yaml(table, family=True)
    return files
