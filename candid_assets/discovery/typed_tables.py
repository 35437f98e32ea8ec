"""Tables of databases, Parquet and JSON: their columns have names, and every row is data."""

import pyarrow.compute as pc

from candid_assets.contracts.header_text import header_texts
from candid_assets.discovery.grid import Grid
from candid_assets.discovery.table_layout import TableLayout
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.read_undescribed import UndescribedTab


def is_typed(tab: UndescribedTab, extract: TabExtract) -> bool:
    """Return whether a source types the columns of a table, which no person typed by hand.

    An empty table is known by what its source declares.
    """
    if tab.declared is not None:
        return True
    kinds = extract.table.column("_kinds").slice(1)
    return bool(pc.any(pc.match_substring_regex(kinds, "[xm]")).as_py())


def typed_layout(grid: Grid) -> TableLayout:
    """Return the layout of such a table, whose first row holds the names."""
    places = tuple(range(1, grid.width + 1))
    texts = [grid.text(1, place) for place in places]
    return TableLayout(
        header_row=1,
        header_rows=1,
        headers=tuple(header_texts(texts)),
        places=places,
        ignored=(),
        blank=frozenset(place for place, text in zip(places, texts, strict=True) if not text),
        column_numbers=False,
        last_row=grid.rows,
    )


def typed_rows(grid: Grid) -> list[int]:
    """Return the rows of data: all in which a column has a value."""
    return [row for row in range(2, grid.rows + 1) if grid.kinds[row - 1].strip("-")]
