"""Lines of a .csv file with more cells than its header: a comma within a value was not quoted.

Which of their cells belong to which column nobody can tell. Their surplus columns are not declared
as notes beside the table, so that each such line goes to quarantine.
"""

from dataclasses import replace

from candid_assets.discovery.grid import Grid
from candid_assets.discovery.table_layout import TableLayout


def without_overfull(grid: Grid, layout: TableLayout) -> TableLayout:
    """Return a layout that takes the surplus cells of overfull lines for no notes.

    Surplus are the columns without a header right of the last one that has one, where every line
    with a cell in them is filled from its first column on.
    """
    last = max(layout.places, default=0)
    surplus = {p for p in layout.ignored if p > last}
    rows = [
        filled
        for row in range(layout.first_row, layout.last_row + 1)
        if surplus.intersection(filled := grid.filled(row))
    ]
    if not rows or any(filled != tuple(range(1, max(filled) + 1)) for filled in rows):
        return layout
    header = set(grid.filled(layout.header_row))
    if surplus & header:
        return layout
    return replace(
        layout,
        ignored=tuple(p for p in layout.ignored if p not in surplus),
        regions=tuple(r for r in layout.regions if r.rule != "side_note"),
    )
