"""The holds that wait for a decision, read from the published snapshot."""

from typing import Final

from candid_assets.gate.errors import GateError
from candid_assets.settings import Settings
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.errors import WarehouseError
from candid_assets.warehouse.tab_changes import Hold, open_holds

SHORTEST: Final = 8
ACCEPTABLE: Final = frozenset({"rows_vanished"})
"""Causes that lie in the content alone; others need a word in the contract, and so a plan."""


def held(settings: Settings) -> list[Hold]:
    """Return what is held back in an environment, as the published snapshot says."""
    try:
        with open_published(settings.published_file) as snapshot:
            return open_holds(snapshot)
    except WarehouseError:
        return []


def find_hold(settings: Settings, content: str) -> Hold:
    """Return the hold whose content's hash begins so, with 8 digits or more.

    Raises:
        GateError: There is none, or more than one.
    """
    chosen = [h for h in held(settings) if h.content_hash.startswith(content)]
    if len(content) < SHORTEST or len(chosen) != 1:
        raise GateError(f"no single hold has a content {content!r}", "candid holds")
    return chosen[0]
