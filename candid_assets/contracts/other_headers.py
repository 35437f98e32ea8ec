"""Headers that tabs of a family have instead of the contract's own: `Qty` for `Jumlah`."""

from collections.abc import Sequence

from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.header_text import Row, normalise


def with_own_headers(tab: Tab, rows: Sequence[Row]) -> Sequence[Row]:
    """Return rows with the contract's headers in place of those that stand for them.

    A row that has a column's own header keeps the other one, which is then another column's.
    """
    instead = {normalise(text): c.header for c in tab.columns for text in c.options.other_headers}
    if not instead:
        return rows
    named = {normalise(column.header) for column in tab.columns}
    return [
        _renamed(row, {key: h for key, h in instead.items() if key not in named}) for row in rows
    ]


def _renamed(row: Row, instead: dict[str, str]) -> Row:
    keys = [normalise(cell) for cell in row]
    headers = [instead.get(key) for key in keys]
    return [
        header if header and normalise(header) not in keys else cell
        for cell, header in zip(row, headers, strict=True)
    ]
