"""Publishing back into a source: a plan of every cell that changes, and doing exactly that."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from candid_assets.contracts.catalog import Catalog, Workbook
from candid_assets.contracts.families import may_claim_title
from candid_assets.contracts.load import load_catalog
from candid_assets.contracts.titles import folded_title
from candid_assets.deployment.cell_changes import Rows, cells_hash, changed_cells, taken_back
from candid_assets.deployment.one_at_a_time import one_at_a_time
from candid_assets.deployment.plan import record_plan, require_append_only, verified_chain
from candid_assets.deployment.planned_cells import forget, set_planned_cells, was_set
from candid_assets.deployment.proposers import proposers
from candid_assets.deployment.sheet_boards import board, width_of
from candid_assets.deployment.stale_plans import require_fresh, require_same
from candid_assets.gate.content import Installation
from candid_assets.gate.deployments import Records, approvers_of
from candid_assets.gate.errors import GateError
from candid_assets.gate.git import Git, require_clean
from candid_assets.gate.memory import require_undecided_against
from candid_assets.gate.plans import Cell, Plan, PublicationPlan, TabPublication
from candid_assets.gate.production import PRODUCTION, deployed
from candid_assets.gate.records import write_record
from candid_assets.settings import Settings
from candid_assets.source_kinds.registry import KINDS
from candid_assets.sources.open_reader import open_publisher
from candid_assets.sources.protocol import Publisher
from candid_assets.sources.source_errors import SourceError
from candid_assets.sources.source_metadata import TabMetadata
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.errors import WarehouseError
from candid_assets.warehouse.extracts import tab_at

PUBLISHED: Final = "published"


@contextmanager
def _refusals() -> Iterator[None]:
    """Raise what a source or the snapshot refuses as a `GateError`."""
    try:
        yield
    except (SourceError, WarehouseError) as error:
        raise GateError(error.message, error.fix or "candid doctor") from error


@_refusals()
def plan_publication(
    settings: Settings, installation: Installation, source: str, workbook: str, title: str
) -> PublicationPlan:
    """Return the plan that writes a ready table or a board of metrics into a tab.

    Raises:
        GateError: The tab is read by a contract, holds formulas, is too small, is absent, or
            cannot be read.
    """
    git = require_clean(installation)
    plan = _computed(settings, installation, workbook, title, source=source)
    record_plan(git, installation, plan, " of a publication")
    return plan


@_refusals()
def plan_undo(settings: Settings, installation: Installation, digest: str) -> PublicationPlan:
    """Return the plan that gives a published tab back the cells it had.

    Raises:
        GateError: The plan was no publication, was not published, or the tab changed since.
    """
    git = require_clean(installation)
    done = _published(installation, digest)
    plan = _computed(settings, installation, done.workbook, done.title, undone=done)
    record_plan(git, installation, plan, " of a publication")
    return plan


@_refusals()
def publication_again(
    settings: Settings, installation: Installation, plan: PublicationPlan
) -> PublicationPlan:
    """Return what a publication would change now, from the tab and from what is published.

    Raises:
        GateError: As `plan_publication` and `plan_undo` say.
    """
    undone = _published(installation, plan.undo_of) if plan.undo_of else None
    now = _computed(
        settings, installation, plan.workbook, plan.title, source=plan.source, undone=undone
    )
    return now.model_copy(update={"commit": plan.commit})


@_refusals()
def publish(settings: Settings, installation: Installation, plan: Plan) -> TabPublication:
    """Write what an approved plan says, if the tab is as it was planned, and record it.

    Raises:
        GateError: The plan is not approved or stale, somebody edited the tab, another process
            applies a plan, or the source refused.
    """
    # All that is read of the records and the tab holds until the cells are set and recorded.
    with one_at_a_time(settings, installation):
        return _publish(settings, installation, plan)


def _publish(settings: Settings, installation: Installation, plan: Plan) -> TabPublication:
    git = require_clean(installation)
    require_append_only(git)
    if settings.env == PRODUCTION:
        deployed(settings, installation)
    records = Records(installation)
    if not isinstance(plan, PublicationPlan) or plan.env != settings.env:
        env = plan.env if isinstance(plan, PublicationPlan) else PRODUCTION
        raise GateError(
            f"plan {plan.digest[:12]} is a {plan.kind} of {env}",
            f"CANDID_ENV={env} candid apply {plan.digest[:12]}",
        )
    require_undecided_against(settings, records, plan)
    base = require_fresh(installation, records, plan)
    if base is None:
        raise GateError("nothing is deployed yet", "candid plan, candid approve, candid apply")
    who = records.require_approved(
        plan,
        approvers_of(installation),
        base.approvers,
        proposers=proposers(installation, plan),
    )
    if _written(installation, plan):
        forget(settings, plan)
        raise GateError(f"plan {plan.digest[:12]} was published already", "candid plan --publish")
    book = _workbook(load_catalog(settings.catalog_dir), plan.workbook, settings)
    if book.locations[settings.env] != plan.spreadsheet_id:
        raise GateError(f"{book.name} is at another place now", "candid plan --publish")
    with _publisher(settings, book) as publisher:
        tab = _tab(publisher, book, plan.spreadsheet_id, plan.title)
        _require_own(settings, book, tab)
        now = publisher.cells(book, plan.spreadsheet_id, tab.title)
        if not was_set(settings, book, plan, tab.sheet_id, now):
            if (tab.sheet_id, cells_hash(now)) != (plan.sheet_id, plan.before):
                raise GateError(f"tab '{tab.title}' was edited since it was planned", _again(plan))
            require_same(plan, publication_again(settings, installation, plan), _again(plan))
            set_planned_cells(settings, publisher, book, plan)
    record = _recorded(installation, git, plan, who)
    forget(settings, plan)
    return record


def _recorded(
    installation: Installation, git: Git, plan: PublicationPlan, who: list[str]
) -> TabPublication:
    """Record in git that a plan was published, and by whose approval."""
    record = TabPublication(
        format=1,
        kind="published",
        plan=plan.digest,
        approved_by=tuple(who),
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        cells=len(plan.cells),
    )
    path = write_record(installation.records / PUBLISHED / plan.digest, record)
    git.commit([path], f"chore: publication of plan {plan.digest[:12]}")
    return record


def _computed(
    settings: Settings,
    installation: Installation,
    workbook: str,
    title: str,
    *,
    source: str = "",
    undone: PublicationPlan | None = None,
) -> PublicationPlan:
    """Return the plan that makes a tab hold a source, or what it held before a publication."""
    book = _workbook(load_catalog(settings.catalog_dir), workbook, settings)
    location = undone.spreadsheet_id if undone else book.locations[settings.env]
    with _publisher(settings, book) as publisher:
        tab = _tab(publisher, book, location, title)
        now = publisher.cells(book, location, tab.title)
    if undone is not None:
        if cells_hash(now) != undone.after:
            raise GateError(
                f"tab '{tab.title}' was edited since plan {undone.digest[:12]} was published",
                f"plan a publication anew, or {KINDS[book.kind].words.undo}",
            )
        wanted = taken_back(now, undone.cells)
    else:
        with open_published(settings.published_file) as snapshot:
            wanted = board(snapshot, source)
        _require_own(settings, book, tab)
    cells = _cells(book, tab, now, wanted)
    chain = verified_chain(Records(installation))
    if not chain:
        raise GateError(
            "nothing is deployed yet, so that no list of approvers is in force",
            "deploy first, as docs/gate.md walks it: name who may approve in"
            " deployments/allowed_approvers and commit it; candid run && make test; candid plan,"
            " candid approve, candid apply",
        )
    why = {"undo_of": undone.digest} if undone else {"source": source}
    return PublicationPlan(
        format=1,
        kind="publication",
        env=settings.env,
        base=chain[-1].digest,
        commit=Git(installation.root).planned(),
        workbook=book.name,
        spreadsheet_id=location,
        sheet_id=tab.sheet_id,
        title=tab.title,
        before=cells_hash(now),
        after=cells_hash(wanted),
        cells=cells,
        **why,
    )


def _cells(
    book: Workbook, tab: TabMetadata, now: Rows, wanted: Rows
) -> dict[str, tuple[Cell, Cell]]:
    """Return the cells that change, if the tab has room for them and no formula is lost."""
    if len(wanted) > tab.grid_rows or width_of(wanted) > tab.grid_columns:
        raise GateError(
            f"tab '{tab.title}' has {tab.grid_rows} rows and {tab.grid_columns} columns,"
            f" {len(wanted)} and {width_of(wanted)} are needed",
            f"add rows or columns at its end {KINDS[book.kind].words.inside}",
        )
    cells = changed_cells(now, wanted)
    formulas = [at for at, (before, _) in cells.items() if str(before).startswith("=")]
    if formulas:
        raise GateError(
            f"tab '{tab.title}' has formulas where values would go ({', '.join(formulas[:3])})",
            "publish into a tab of its own",
        )
    if not cells:
        raise GateError(f"tab '{tab.title}' holds this already", "nothing is to be done")
    return cells


def _workbook(catalog: Catalog, name: str, settings: Settings) -> Workbook:
    named = [w for w in catalog.workbooks if name.casefold() in (w.name, w.title.casefold())]
    if not named or not named[0].locations.get(settings.env):
        known = ", ".join(w.name for w in catalog.workbooks)
        raise GateError(f"no workbook {name!r} is connected in {settings.env}", f"one of {known}")
    return named[0]


@contextmanager
def _publisher(settings: Settings, book: Workbook) -> Iterator[Publisher]:
    """Yield what writes into the workbook, if its kind of source takes cells at all."""
    opened = open_publisher(book.kind, settings)
    if opened is None:
        raise GateError(
            f"{book.name} takes no cells: its source is only read",
            "deliver to a destination (catalog/destinations, candid export)",
        )
    with opened as publisher:
        yield publisher


def _tab(publisher: Publisher, book: Workbook, location: str, title: str) -> TabMetadata:
    tab = publisher.table(book, location, title)
    if tab is not None:
        return tab
    raise GateError(f"{book.title} has no tab '{title}'", "add an empty tab of that name in it")


def _require_own(settings: Settings, book: Workbook, tab: TabMetadata) -> None:
    """Refuse a tab that a contract reads: what people type there is never written over."""
    with open_published(settings.published_file) as snapshot:
        # A tab that was renamed in the sheet is still the one that was read under its old title.
        read = tab_at(snapshot, book.locations[settings.env], tab.sheet_id)
    if read:
        raise GateError(f"tab '{tab.title}' is read as {read}", "publish into another tab")
    for contract in book.tabs:
        named = folded_title(contract.title) == folded_title(tab.title)
        if named or may_claim_title(contract, tab.title):
            raise GateError(
                f"tab '{tab.title}' is read by {contract.path.name}", "publish into another tab"
            )


def _published(installation: Installation, digest: str) -> PublicationPlan:
    done = Records(installation).plan(digest)
    if isinstance(done, PublicationPlan) and _written(installation, done):
        return done
    raise GateError(f"plan {done.digest[:12]} was not published", "candid plan --list")


def _written(installation: Installation, plan: PublicationPlan) -> bool:
    folder = installation.records / PUBLISHED / plan.digest
    return any(folder.glob("*.json"))


def _again(plan: PublicationPlan) -> str:
    if plan.undo_of:
        return f"candid plan --undo {plan.undo_of[:12]}"
    return f'candid plan --publish {plan.source} --into "{plan.workbook}!{plan.title}"'
