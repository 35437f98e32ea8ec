"""Cells of clean rows in columns that the contract leaves out, which are reported."""

from collections.abc import Sequence
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
    places = free_places(connection, header, relations[0])
    if not places:
        return []
    counted = connection.execute(count_sql(places, relations)).fetchone()
    return reported(tab, header, places, counted or (), extract)


def free_places(
    connection: duckdb.DuckDBPyConnection, header: HeaderMap, raw: str
) -> tuple[int, ...]:
    """Return the columns of a raw relation that the contract leaves out, counted from 1."""
    columns = connection.execute(f"describe {raw}").fetchall()
    width = sum(not line[0].startswith("_") for line in columns)
    claimed = set(header.positions.values())
    return tuple(place for place in range(1, width + 1) if place not in claimed)


def count_sql(places: Sequence[int], relations: tuple[str, str]) -> str:
    """Return the query of one row: of each column its cells in clean rows, the first and the last.

    Args:
        places: The columns, counted from 1.
        relations: The raw relation and the staged clean one, quoted.
    """
    raw, clean = relations
    lines = ", ".join(
        f"count(clean_text({cell})), min(_row) filter (clean_text({cell}) is not null),"
        f" max(_row) filter (clean_text({cell}) is not null)"
        for cell in (quoted(column_letter(place)) for place in places)
    )
    return f"select {lines} from {raw} semi join {clean} using (_row)"


def reported(
    tab: Tab, header: HeaderMap, places: Sequence[int], counts: Sequence[Any], extract: str
) -> list[UndeclaredCells]:
    """Return the lines to report of what `count_sql` answers."""
    undeclared = []
    for index, place in enumerate(places):
        cells, first, last = counts[3 * index : 3 * index + 3] or (0, None, None)
        if cells:
            letter = column_letter(place)
            rule = "ignored_header" if place in header.ignored else "not_in_contract"
            line = (letter, rule, cells, f"{letter}{first}", f"{letter}{last}", extract)
            undeclared.append((tab.workbook, tab.name, tab.table, *line))
    return undeclared


def of_all_parts(answers: Sequence[Sequence[Any]]) -> list[Any]:
    """Return what `count_sql` answers for all rows, of what it answers for each part of them."""
    totals: list[Any] = []
    for index, values in enumerate(zip(*answers, strict=True)):
        present = [value for value in values if value is not None]
        combine = (sum, min, max)[index % 3]
        totals.append(combine(present) if present else None)
    return totals
