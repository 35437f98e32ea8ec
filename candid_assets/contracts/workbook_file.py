"""Reads one workbook's folder: the head contract and a file for each tab."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from open_data_contract_standard.model import (
    OpenDataContractStandard,
    SchemaObject,
    ServiceLevelAgreementProperty,
    Team,
)

from candid_assets.contracts.catalog import BrokenTab, ContractProblem, Tab, Workbook
from candid_assets.contracts.catalog_files import visible
from candid_assets.contracts.columns import IDENTIFIER, check_identifier
from candid_assets.contracts.families import may_claim_title
from candid_assets.contracts.known_files import KnownFiles
from candid_assets.contracts.line_kinds import kinds_problem
from candid_assets.contracts.odcs_vocabulary import custom_place, custom_values, parse
from candid_assets.contracts.servers import read_servers
from candid_assets.contracts.tab_file import read_tab
from candid_assets.contracts.tables_in_tab import shares_tab
from candid_assets.contracts.titles import folded_title
from candid_assets.contracts.undescribed import ignored_titles
from candid_assets.contracts.yaml_document import Step, YamlDocument, read_document
from candid_assets.names import HUB, SPOKES
from candid_assets.near_names import nearest
from candid_assets.source_kinds.registry import KINDS

HEAD: Final = "contract.yaml"
NO_OWNER: Final = "team:unknown"
"""Owner of a workbook whose head declares none; Dagster requires a well-formed one."""
_MAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
FRESHNESS: Final = frozenset({"freshness", "latency"})
_HOURS: Final = {
    **dict.fromkeys(("min", "minute", "minutes"), 1 / 60),
    **dict.fromkeys(("h", "hour", "hours"), 1),
    **dict.fromkeys(("d", "day", "days"), 24),
}
_TEAM: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_KNOWN_TABS: Final = KnownFiles[Tab]()


@dataclass(slots=True)
class WorkbookDraft:
    """A workbook while the rest of the catalog is read."""

    head: Workbook
    head_problems: list[ContractProblem]
    tabs: dict[Path, Tab | None] = field(default_factory=dict)
    tab_problems: dict[Path, list[ContractProblem]] = field(default_factory=dict)

    def finished(self) -> Workbook:
        """Return the workbook: a tab with a problem, or under a bad head, is a broken one."""
        tabs: list[Tab] = []
        broken: list[BrokenTab] = []
        for path, tab in self.tabs.items():
            problems = (*self.head_problems, *self.tab_problems[path])
            if tab is not None and not problems:
                tabs.append(replace(tab, source=self.head.layer))
            elif IDENTIFIER.fullmatch(path.stem):
                book = self.head
                broken.append(
                    BrokenTab(book.name, path.stem, book.owner, path, problems, book.layer)
                )
        return replace(self.head, tabs=tuple(tabs), broken_tabs=tuple(broken))

    @property
    def problems(self) -> list[ContractProblem]:
        """Every problem of the head and the tabs, each once."""
        return [*self.head_problems, *(p for some in self.tab_problems.values() for p in some)]


def read_workbook(folder: Path) -> WorkbookDraft:
    """Return what a workbook's folder declares, as far as it could be read."""
    head, document = _read_head(folder)
    draft = WorkbookDraft(head, document.problems)
    for path in visible(folder):
        if path.name == HEAD:
            continue
        if path.is_dir() or path.suffix != ".yaml":
            problem = stray(path, "a workbook's folder holds contract.yaml and one .yaml per tab")
            draft.head_problems.extend(problem)
            continue
        draft.tabs[path], draft.tab_problems[path] = _read_tab(path, head)
    _check_titles(draft)
    _check_engines(draft)
    return draft


def _read_tab(path: Path, head: Workbook) -> tuple[Tab | None, list[ContractProblem]]:
    """Return the tab that a file declares, and the problems of the file."""
    problems: list[ContractProblem] = []

    def read() -> Tab | None:
        tab, document = read_tab(path, head.name, head.owner)
        problems.extend(document.problems)
        return None if problems else tab

    return _KNOWN_TABS.facts((str(path), head.name, head.owner), (path,), read), problems


def stray(path: Path, rule: str) -> list[ContractProblem]:
    """Return the problem of a file or folder that is not read; none for `.md` and `.txt`."""
    if path.suffix in {".md", ".txt"}:
        return []
    what = "folder" if path.is_dir() else "file"
    return [
        ContractProblem(path, 1, f"{what} {path.name!r} is not read: {rule}", "move or rename it")
    ]


def _read_head(folder: Path) -> tuple[Workbook, YamlDocument]:
    """Return the workbook without its tabs, with placeholders for what cannot be read."""
    path = folder / HEAD
    if path.is_file():
        document = read_document(path)
    else:
        document = YamlDocument(path)
        document.report(1, "the workbook has no contract.yaml", "write its head contract")
    check_identifier(document, (), folder.name, "workbook folder", part=True)
    odcs = parse(document, OpenDataContractStandard)
    if odcs is None:
        return Workbook(folder.name, folder.name, "", NO_OWNER, "0", HUB, {}, path), document
    _check_head(document, odcs, folder.name)
    custom = custom_values(document, (), odcs.customProperties, "workbook")
    description = odcs.description.purpose if odcs.description else None
    if not (description or "").strip():
        fix = "write description: {purpose: …}"
        document.fault(("description",), "the workbook has no description", fix)
    servers = read_servers(document, odcs.servers or ())
    head = Workbook(
        name=folder.name,
        title=(odcs.name or folder.name).strip(),
        description=(description or "").strip(),
        owner=read_owner(document, odcs.team),
        version=odcs.version or "0",
        domain=_domain(document, odcs.domain),
        kind=servers.kind,
        locations=servers.locations,
        servers=servers.facts,
        path=path,
        volatile=bool(custom.get("volatile", False)),
        retention_days=custom.get("retention"),
        ignored=ignored_titles(document, odcs.customProperties, custom.get("ignore", ())),
        fresh_hours=_fresh_hours(document, odcs.slaProperties or ()),
    )
    return head, document


def _check_head(document: YamlDocument, odcs: OpenDataContractStandard, name: str) -> None:
    """Report head keys that are missing or that contradict the folder."""
    for key in (
        "apiVersion",
        "kind",
        "id",
        "name",
        "version",
        "status",
        "domain",
        "team",
        "servers",
    ):
        if getattr(odcs, key) in (None, "", []):
            document.report(1, f"the head has no {key!r}", f"add `{key}:`")
    if odcs.id and odcs.id != name:
        message = f"id {odcs.id!r} is not that of the folder, {name!r}"
        document.fault(("id",), message, f"write id: {name} or rename the folder")
    if odcs.kind not in {None, "DataContract"}:
        message = f"kind is 'DataContract', not {odcs.kind!r}"
        document.fault(("kind",), message, "write kind: DataContract")
    if odcs.apiVersion and not odcs.apiVersion.startswith("v3."):
        message = f"apiVersion {odcs.apiVersion!r} is not of ODCS 3"
        document.fault(("apiVersion",), message, "write apiVersion: v3.2.0")
    if odcs.schema_ is not None:
        message = "the head describes tables, which nothing would read"
        document.fault(("schema",), message, "write each in a file of its own, <tab>.yaml")


def check_owner(document: YamlDocument, where: tuple[Step, ...], owner: str) -> str:
    """Return the owner; report one that Dagster does not accept and return NO_OWNER."""
    team = owner.removeprefix("team:")
    if _MAIL.fullmatch(owner) or (owner.startswith("team:") and _TEAM.fullmatch(team)):
        return owner
    message = f"owner {owner!r} is neither a team nor an e-mail address"
    document.fault(where, message, "name it as team:sales-ops or as an e-mail address")
    return NO_OWNER


def read_owner(document: YamlDocument, team: object) -> str:
    """Return a document's owner from `team: {name: …}`."""
    if team is None:
        return NO_OWNER
    name = team.name if isinstance(team, Team) else None
    if not name:
        document.fault(("team",), "the team has no name", "write team: {name: sales-ops}")
        return NO_OWNER
    owner = name if "@" in name or name.startswith("team:") else f"team:{name}"
    return check_owner(document, ("team", "name"), owner)


def _fresh_hours(
    document: YamlDocument, promises: Sequence[ServiceLevelAgreementProperty]
) -> float | None:
    """Return the hours within which the workbook is to be read again, from `slaProperties`."""
    for i, promise in enumerate(promises):
        if promise.property not in FRESHNESS:
            continue
        hours = _HOURS.get((promise.unit or "").casefold())
        value = promise.value
        if hours and isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
            return value * hours
        document.fault(
            ("slaProperties", i),
            f"the freshness {value!r} {promise.unit or ''} is no time",
            "write {property: freshness, value: 26, unit: h}; units are min, h and d",
        )
    return None


def _domain(document: YamlDocument, domain: str | None) -> str:
    """Return the hub or spoke that the workbook serves."""
    known = (HUB, *SPOKES)
    if domain in known:
        return domain
    if domain:
        fix = f"the nearest known one is {nearest(domain, known)!r}"
        document.fault(("domain",), f"domain {domain!r} is neither hub nor spoke", fix)
    return HUB


def _check_titles(draft: WorkbookDraft) -> None:
    """Report tabs of one workbook that claim the same tab of the sheet."""
    titled: dict[str, list[Tab]] = {}
    for path, tab in draft.tabs.items():
        if tab is None or tab.is_family:
            continue
        others = titled.setdefault(folded_title(tab.title), [])
        other = next((o for o in others if not shares_tab(tab, o)), None)
        if other is not None:
            message = f"title {tab.title!r} is that of {other.path.name} too"
            _fault_title(draft, path, message, "write each tab's own title as physicalName")
        else:
            others.append(tab)
    for sharing in titled.values():
        problem = kinds_problem(sharing) if sharing[0].options.lines_where else None
        if problem is not None:
            _fault_title(draft, problem[0].path, *problem[1:])
    _check_families(draft)


def _check_families(draft: WorkbookDraft) -> None:
    """Report tabs that a family claims too, and families in a source that lists no tables."""
    tabs = [tab for tab in draft.tabs.values() if tab is not None]
    families = [tab for tab in tabs if tab.is_family]
    for family in families if not KINDS[draft.head.kind].lists_tables else ():
        message = "a source of this type does not list its tables: a titlePattern finds none"
        _fault_title(draft, family.path, message, "write a contract for each table")
    for tab in tabs:
        for family in families:
            if (
                not tab.is_family
                and may_claim_title(family, tab.title)
                and not shares_tab(tab, family)
            ):
                message = f"tab {tab.title!r} is claimed by the titlePattern of {family.path.name}"
                fix = f"leave it out there with (?!{re.escape(tab.title)}$), or remove this file"
                _fault_title(draft, tab.path, message, fix)


def _check_engines(draft: WorkbookDraft) -> None:
    """Report tabs that are to go to a cluster, in a source of which no table goes there."""
    kind = KINDS[draft.head.kind]
    for path, tab in draft.tabs.items() if kind.fits_one_machine else ():
        if tab is None or tab.reading.engine is None:
            continue
        message = (
            f"engine {tab.reading.engine!r} of tab {tab.title!r} would be ignored:"
            f" no table{kind.words.tables} goes to a cluster"
        )
        schema = parse(read_document(path), SchemaObject)
        at = custom_place((), schema.customProperties if schema else None, "engine")
        _fault(draft, path, at, message, "remove it; a model that reads the tab may go there")


def _fault_title(draft: WorkbookDraft, path: Path, message: str, fix: str) -> None:
    _fault(draft, path, ("physicalName",), message, fix)


def _fault(
    draft: WorkbookDraft, path: Path, where: tuple[Step, ...], message: str, fix: str
) -> None:
    document = read_document(path)
    before = len(document.problems)
    document.fault(where, message, fix)
    draft.tab_problems[path].extend(document.problems[before:])
