"""Cells of clean rows in columns that the contract leaves out, which are reported."""

from typing import Any

import duckdb

from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.header_map import HeaderMap
from candid_assets.names import column_letter
from candid_assets.sql import quoted

UndeclaredCells = tuple[Any, ...]
"""One line of `meta.outside_cells`."""


def undeclared_cells(
    connection: duckdb.DuckDBPyConnection,
    tab: Tab,
    header: HeaderMap,
    relations: tuple[str, str],
    extract: str,
) -> list[UndeclaredCells]:
    """Return the columns that the contract leaves out and that hold cells in clean rows.

    Args:
        connection: Where the relations are.
        tab: The tab's contract.
        header: Where its columns stand.
        relations: The raw relation and the staged clean one, quoted.
        extract: Hash of the extract.
    """
    raw, clean = relations
    columns = connection.execute(f"describe {raw}").fetchall()
    width = sum(not line[0].startswith("_") for line in columns)
    claimed = set(header.positions.values())
    free = [place for place in range(1, width + 1) if place not in claimed]
    if not free:
        return []
    lines = ", ".join(
        f"count(clean_text({cell})), min(_row) filter (clean_text({cell}) is not null),"
        f" max(_row) filter (clean_text({cell}) is not null)"
        for cell in (quoted(column_letter(place)) for place in free)
    )
    counted = connection.execute(f"select {lines} from {raw} semi join {clean} using (_row)")
    flat = counted.fetchone() or ()
    undeclared = []
    for index, place in enumerate(free):
        cells, first, last = flat[3 * index : 3 * index + 3]
        if cells:
            letter = column_letter(place)
            rule = "ignored_header" if place in header.ignored else "not_in_contract"
            line = (letter, rule, cells, f"{letter}{first}", f"{letter}{last}", extract)
            undeclared.append((tab.workbook, tab.name, tab.table, *line))
    return undeclared
