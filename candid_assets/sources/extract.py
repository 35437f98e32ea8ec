"""One table as a reader read it: text and kind of every cell, named by its content."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from candid_assets.sources.spool import Spool

Merge = tuple[int, int, int, int]
"""Start row, end row, start column, end column: 0-based, end exclusive."""


@dataclass(frozen=True, slots=True)
class TabExtract:
    """One tab's content at one moment."""

    spreadsheet_id: str
    sheet_id: int
    title: str
    hidden: bool
    rows: int
    columns: int
    table: "pa.Table"
    """`_row`, `_kinds`, a text column per letter, `<letter>.shown` where there are dates,
    `<letter>.text` where formats say more than numbers, `_merged` where cells are merged."""
    content_hash: str
    fetched_at: datetime
    modified_time: datetime
    """When the source changed last, by its own account before the read."""
    locale: str
    time_zone: str
    merges: tuple[Merge, ...]
    elapsed: frozenset[str] = frozenset()
    """Letters of columns whose clocks are lengths of time by their format, as far as that is known:
    it is asked where nobody has described the tab."""
    assurance: str = ""
    """How it is known that the table was read completely, for messages."""
    spooled: "Spool | None" = None
    """The file that holds the rows, where they may be too many for memory; `table` is then empty,
    or holds `_kinds` alone."""
