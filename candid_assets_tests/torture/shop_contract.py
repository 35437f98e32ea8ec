"""A contract without columns for the tabs of a workbook, to read them and no more."""

from collections.abc import Sequence
from pathlib import Path

from candid_assets.contracts.catalog import Tab, Workbook


def shop_contract(title: str, tabs: Sequence[str]) -> Workbook:
    """Return the contract of a workbook whose tabs are named by their titles."""
    named = tuple(
        Tab(title, tab, tab, "", (), "team:shop", Path(f"{title}/{tab}.yaml"), "") for tab in tabs
    )
    return Workbook(title, title, "", "team:shop", "1.0.0", "sales", {}, Path(title), named)
