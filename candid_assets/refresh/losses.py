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
from candid_assets.warehouse.extracts import current_extract
from candid_assets.warehouse.tab_changes import Hold, record_hold

FEW_ROWS = 50
"""Below so many rows a tab may lose any share of them unasked."""
LEAST_SHARE = 0.5
"""The share of its rows that a tab must keep to be taken unasked."""


def held_back(refresh: Refresh, tab: Tab, extract: TabExtract) -> Cause | None:
    """Return why an extract that was read whole is not taken: most of the tab is gone."""
    before = current_extract(refresh.connection, tab)
    cause = _loss(refresh, tab, extract, before)
    _note(refresh, tab, extract, before, cause)
    return cause


def _loss(
    refresh: Refresh, tab: Tab, extract: TabExtract, before: CurrentExtract | None
) -> Cause | None:
    where = place(tab.workbook, extract.title)
    undo = tab.words.undo
    if extract.rows == 0:
        empty = Cause(
            "tab_emptied", f"{where} is empty", f"{undo}, or set allowEmpty in {tab.path}"
        )
        return None if tab.options.allow_empty else empty
    if before is None or before.rows < FEW_ROWS or extract.rows >= before.rows * LEAST_SHARE:
        return None
    is_gated = refresh.settings.env == PRODUCTION
    held = HeldContent(tab.workbook, tab.name, before.content_hash, extract.content_hash)
    if (refresh.accept_loss and not is_gated) or is_accepted(refresh.settings, held):
        return None
    word = f"candid holds accept {extract.content_hash[:12]}"
    table = tab_table(tab.workbook, tab.family or tab.name)
    meant = word if is_gated else f"{word}` or `candid run --tab {table} --accept-loss"
    return Cause(
        "rows_vanished",
        f"{where} has {extract.rows:,} rows, after {before.rows:,} at the last refresh",
        f"{undo}; if it is meant, run `{meant}`",
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
    record_hold(refresh.connection, tab.workbook, tab.name, hold, refresh.run_id)
