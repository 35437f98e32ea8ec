"""Reads a source that nobody described and writes its contracts."""

import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from candid_assets.atomic_files import write_whole
from candid_assets.contracts.load import load_catalog
from candid_assets.discovery.offered import OFFERED, read_offered
from candid_assets.discovery.outer_references import OtherTables, other_tables
from candid_assets.discovery.proposal import Proposal
from candid_assets.discovery.propose import propose
from candid_assets.discovery.read_source import read_source
from candid_assets.discovery.workbook_questions import workbook_questions
from candid_assets.discovery.write_contracts import (
    UNKNOWN_OWNER,
    Head,
    Written,
    existing_contracts,
    write,
)
from candid_assets.refresh.context import Progress
from candid_assets.settings import Settings
from candid_assets.source_kinds.places import Place
from candid_assets.sources.read_undescribed import UndescribedWorkbook


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was proposed for a source, and what became of the files."""

    env: str
    workbook: str
    location: str
    folder: Path
    """The workbook's folder in the catalog."""
    proposal: Proposal
    kept: Mapping[str, str]
    """Tabs that have a contract already, and its name."""
    written: Written


def discover_source(  # noqa: PLR0913 - what a command says
    settings: Settings,
    place: Place,
    folder: Path,
    *,
    tabs: Collection[str],
    owner: str,
    domain: str,
    force: bool,
    progress: Progress | None = None,
) -> Discovery:
    """Write the contracts of a source.

    Args:
        settings: The environment that the source is connected to.
        place: The source.
        folder: The workbook's folder in the catalog; its name is the workbook's.
        tabs: Titles of the tables to read; none means all.
        owner: Team or e-mail address.
        domain: The hub or a spoke.
        force: Whether contracts that are there already are written anew.
        progress: Where it is shown how far it is.

    Raises:
        SourceError: The source cannot be read.
    """
    name = folder.name
    before = existing_contracts(folder)
    facts = None if force else before.facts_of(settings.env, place.location)
    book = read_source(settings, place, name, folder, tabs, progress, facts)
    if facts is not None:
        book = _read_by_tables(book)
    names = {tab.title: before.contract_of(tab.title) for tab in book.tabs if not force}
    kept = {title: contract for title, contract in names.items() if contract}
    fresh = UndescribedWorkbook(book.metadata, tuple(t for t in book.tabs if t.title not in kept))
    with tempfile.TemporaryDirectory(prefix="candid-discover-") as scratch:
        skip = frozenset() if force else before.files
        rehearsal, published = Path(scratch) / "rehearsal", settings.published_file
        others = _others(folder, published)
        proposal = propose(fresh, name, rehearsal, skip, progress, others)
        place = replace(place, custom={**place.custom, **book.server_options})
        head = Head(settings.env, place.server, place.other, owner, domain)
        owned = UNKNOWN_OWNER not in (before.owner or owner)
        proposal.questions += workbook_questions(proposal, before.ignored, owned=owned)
        offered = read_offered(folder) or before.as_offered()
        for table in proposal.tables:
            offered.add_table(table)
        written = write(proposal, folder, head, Path(scratch) / "trial", force=force)
        if written.files:
            write_whole(folder / OFFERED, offered.text)
    return Discovery(settings.env, name, place.location, folder, proposal, kept, written)


def _others(folder: Path, published: Path) -> OtherTables:
    """Return the tables of the catalog's other workbooks; none of a catalog that is not there."""
    if not folder.parent.is_dir():
        return OtherTables()
    return other_tables(load_catalog(folder.parent.parent), folder.name, published)


def _read_by_tables(book: UndescribedWorkbook) -> UndescribedWorkbook:
    """Return a source whose head stays as it is: what its server lacks, each table says itself."""
    if not book.server_options:
        return book
    none = {"pagination": "none"}
    tabs = (
        replace(tab, reading={} if tab.reading == none else tab.reading or book.server_options)
        for tab in book.tabs
    )
    return replace(book, tabs=tuple(tabs), server_options={})
