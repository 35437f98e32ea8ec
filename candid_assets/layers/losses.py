"""Extracts that were read whole and are not taken: the tab is empty, or most of it is gone."""

from candid_assets.contracts.model import Tab
from candid_assets.layers.causes import Cause
from candid_assets.layers.context import Refresh
from candid_assets.layers.extracts import current_extract
from candid_assets.sheets.errors import place
from candid_assets.sheets.tables import TabExtract

FEW_ROWS = 50
"""Below so many rows a tab may lose any share of them unasked."""
LEAST_SHARE = 0.5
"""The share of its rows that a tab must keep to be taken unasked."""


def held_back(refresh: Refresh, tab: Tab, extract: TabExtract) -> Cause | None:
    """Return why an extract that was read whole is not taken: most of the tab is gone."""
    where = place(tab.workbook, extract.title)
    undo = "undo the deletion in the sheet (File > Version history)"
    if extract.rows == 0:
        empty = Cause(
            "tab_emptied", f"{where} is empty", f"{undo}, or set allowEmpty in {tab.path}"
        )
        return None if tab.options.allow_empty else empty
    before = current_extract(refresh.connection, tab)
    if before is None or before.rows < FEW_ROWS or refresh.accept_loss:
        return None
    if extract.rows >= before.rows * LEAST_SHARE:
        return None
    return Cause(
        "rows_vanished",
        f"{where} has {extract.rows:,} rows, after {before.rows:,} at the last refresh",
        f"{undo}; if it is meant, run `candid run --tab {tab.table} --accept-loss`",
    )
