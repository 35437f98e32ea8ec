"""Extracts that were read whole and are not taken: the tab is empty, or most of it is gone."""

from datetime import UTC, datetime

from candid_assets.contracts.catalog import Tab
from candid_assets.gate.holds import is_accepted
from candid_assets.gate.plans import HeldContent
from candid_assets.gate.production import PRODUCTION
from candid_assets.names import tab_table
from candid_assets.refresh.context import Refresh
from candid_assets.refresh.failures import Cause
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.source_errors import place
from candid_assets.warehouse.current_extracts import CurrentExtract
from candid_assets.warehouse.database import WRITING
from candid_assets.warehouse.extracts import landed_extract
from candid_assets.warehouse.tab_changes import Hold, record_hold

FEW_ROWS = 50
"""Below so many rows an extract is judged by its keys alone, once it is clean."""
LARGE_SHARE = 0.5
"""The least share of its rows that must be gone for an extract to be held before it is landed."""


def held_back(refresh: Refresh, tab: Tab, extract: TabExtract) -> Cause | None:
    """Return why an extract that was read whole is not taken: most of the tab is gone."""
    before = _built_from(refresh, tab)
    cause = _loss(refresh, tab, extract, before)
    _note(refresh, tab, extract, before, cause)
    return cause


def share_held(tab: Tab) -> float | None:
    """Return the share of lost rows from which a tab is held; None where none is."""
    share = tab.options.loss_held_from
    return None if share == "never" else float(share)


def accepts_loss(refresh: Refresh, workbook: str, tab: str, contents: tuple[str, str]) -> bool:
    """Return whether a person takes this content of a tab, or member, in the other's place."""
    is_gated = refresh.settings.env == PRODUCTION
    held = HeldContent(workbook, tab, *contents)
    return (refresh.accept_loss and not is_gated) or is_accepted(refresh.settings, held)


def way_out(refresh: Refresh, tab: Tab, content: str) -> str:
    """Return what to do about a loss that is held, and how to accept it."""
    word = f"candid holds accept {content[:12]}"
    table = tab_table(tab.workbook, tab.family or tab.name)
    is_gated = refresh.settings.env == PRODUCTION
    meant = word if is_gated else f"{word}` or `candid run --tab {table} --accept-loss"
    return f"{tab.words.undo}; if it is meant, run `{meant}`"


def _built_from(refresh: Refresh, tab: Tab) -> CurrentExtract | None:
    """Return the extract that the clean table was built from; None where none was built."""
    layout = refresh.accepted_layouts(tab.workbook, [tab.name]).get(tab.name)
    if layout is None:
        return None
    return landed_extract(refresh.connection, tab, layout.content_hash)


def _loss(
    refresh: Refresh, tab: Tab, extract: TabExtract, before: CurrentExtract | None
) -> Cause | None:
    where = place(tab.workbook, extract.title)
    if extract.rows == 0:
        undo = tab.words.undo
        empty = Cause(
            "tab_emptied", f"{where} is empty", f"{undo}, or set allowEmpty in {tab.path}"
        )
        return None if tab.options.allow_empty else empty
    share = share_held(tab)
    if before is None or before.rows < FEW_ROWS or share is None:
        return None
    if extract.rows >= before.rows * (1 - max(LARGE_SHARE, share)):
        return None
    if accepts_loss(refresh, tab.workbook, tab.name, (before.content_hash, extract.content_hash)):
        return None
    return Cause(
        "rows_vanished",
        f"{where} has {extract.rows:,} rows; its table was built from {before.rows:,}",
        way_out(refresh, tab, extract.content_hash),
    )


def _note(
    refresh: Refresh,
    tab: Tab,
    extract: TabExtract,
    before: CurrentExtract | None,
    cause: Cause | None,
) -> None:
    """Record that an extract waits for a decision, and that those before it do not any more."""
    hold = (
        None
        if cause is None
        else Hold(
            tab.workbook,
            tab.name,
            tab_table(tab.workbook, tab.family or tab.name),
            extract.title,
            cause.code,
            before.content_hash if before else "",
            extract.content_hash,
            before.rows if before else 0,
            extract.rows,
            cause.message,
            datetime.now(UTC),
        )
    )
    content = extract.content_hash  # a hold of this very content is judged by its keys later on
    with WRITING:
        record_hold(refresh.connection, tab.workbook, tab.name, hold, refresh.run_id, content)
