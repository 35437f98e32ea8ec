"""The extract that a tab's tables are built from; of a family, those of its members as one."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.titles import is_named
from candid_assets.warehouse.builds import UsedExtract


@dataclass(frozen=True, slots=True)
class CurrentExtract:
    """The extract that a tab's tables are built from; of a family, the extracts of all members."""

    content_hash: str
    spreadsheet_id: str
    sheet_id: int
    title: str
    rows: int
    hidden: bool = False
    tab: str = field(default="", compare=False)
    """The name it is landed under."""
    fetched_at: datetime | None = field(default=None, compare=False)
    """When this content was read for the last time after another one; None where not looked up."""
    members: tuple["CurrentExtract", ...] = field(default=(), compare=False)
    """Of a family, in the order in which they were first seen."""


def used_extracts(tab: Tab, extract: CurrentExtract) -> list[UsedExtract]:
    """Return what a build records of an extract; of a family, of each member's."""
    return [
        UsedExtract(
            tab.workbook,
            part.tab or tab.name,
            part.content_hash,
            part.spreadsheet_id,
            part.sheet_id,
            part.title,
            part.rows,
        )
        for part in extract.members or (extract,)
    ]


def replayed_extract(tab: Tab, used: Sequence[UsedExtract]) -> CurrentExtract | None:
    """Return the extract that a build recorded; of a family, its members' as one."""
    parts = [
        CurrentExtract(u.content_hash, u.spreadsheet_id, u.sheet_id, u.title, u.rows, tab=u.tab)
        for u in used
    ]
    return joined_extract(tab, parts) if tab.is_family else next(iter(parts), None)


def joined_extract(family: Tab, members: Sequence[CurrentExtract]) -> CurrentExtract | None:
    """Return a family's members as one extract; those that are retired are none of them."""
    kept = tuple(m for m in members if not is_named(family.options.retired_tabs, m.title))
    if not kept:
        return None
    parts = [f"{m.tab}\x1f{m.title}\x1f{m.sheet_id}\x1f{m.content_hash}" for m in kept]
    digest = hashlib.sha256("\x1e".join(parts).encode()).hexdigest()
    rows = sum(m.rows for m in kept)
    first = kept[0]
    return CurrentExtract(
        digest,
        first.spreadsheet_id,
        first.sheet_id,
        family.title,
        rows,
        tab=family.name,
        members=kept,
    )
