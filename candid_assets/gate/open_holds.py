"""The holds that wait for a decision, read from the published snapshot."""

from typing import Any, Final

from candid_assets.settings import Settings
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.errors import WarehouseError

ACCEPTABLE: Final = frozenset({"rows_vanished"})
"""Causes that lie in the content alone; others need a word in the contract, and so a plan."""


def held(settings: Settings) -> list[dict[str, Any]]:
    """Return what is held back in an environment, as the published snapshot tells."""
    try:
        with open_published(settings.published_file) as snapshot:
            result = snapshot.execute(
                'select workbook, tab, "table", title, cause, content_before, content_hash,'
                " rows_before, rows_now, message, strftime(first_seen, '%Y-%m-%d %H:%M:%S') as"
                " first_seen from meta.holds where resolved_at is null order by all"
            )
            names = [column[0] for column in result.description or []]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    except WarehouseError:
        return []
