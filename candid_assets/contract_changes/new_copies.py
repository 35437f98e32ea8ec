"""A new tab that is called a copy of another is left to a person: its rows would count twice."""

from candid_assets.contracts.titles import folded_title
from candid_assets.discovery.title_families import copied_title
from candid_assets.sources.read_undescribed import UndescribedTab, UndescribedWorkbook


def copy_by_hand(tab: UndescribedTab, book: UndescribedWorkbook) -> str | None:
    """Return what a person has to decide of a copy; None where a tab is not called one.

    Args:
        tab: The new tab.
        book: The workbook with all of its tabs.
    """
    copied = folded_title(copied_title(tab.title) or "")
    first = next((each for each in book.tabs if folded_title(each.title) == copied), None)
    if first is None or first is tab:
        return None
    return (
        f"'{tab.title}' is called a copy of '{first.title}', whose rows would count twice: name it"
        f" in the custom property ignore of contract.yaml; --tab '{tab.title}' offers it"
    )
