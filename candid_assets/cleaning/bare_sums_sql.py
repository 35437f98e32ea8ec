"""Rows of nothing but sums or averages of other rows, in SQL: totals without a word."""

from collections.abc import Sequence
from typing import Final

from candid_assets.cleaning.column_sql import Placed
from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.header_map import HeaderMap
from candid_assets.sql import literal, quoted

SUMMED_ROWS: Final = 3
"""Fewer rows are added up to another by chance, or two where two columns hold sums."""
AVERAGED: Final = 3
"""Fewer rows have another as their average by chance, in two columns or more."""
AVERAGED_ALONE: Final = 8
"""The same where one column alone holds the average."""
_ABOVE: Final = "ORDER BY _row ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
_BELOW: Final = "ORDER BY _row ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING"


def part_sql(tab: Tab, header: HeaderMap) -> str:
    """Return the column `_part`: how many rows above hold nothing beside the total columns.

    It is blank where the contract names no such column.
    """
    places = _total_places(tab, header)
    if not places:
        return ""
    bare = f"_row > {header.last_row} AND {_bare_sql(places, header)}"
    return f",\n    count(*) FILTER ({bare}) OVER ({_ABOVE}) AS _part"


def sums_sql(tab: Tab, header: HeaderMap, present: Sequence[Placed], labelled: str) -> str:
    """Return the test for a row of nothing but the sums of all rows of data above, or of a part.

    A part ends at a row that holds nothing beside the total columns. Averages of all rows above
    are such a row too, and so is the first row where it holds the sums of all below.

    Args:
        tab: The tab's contract.
        header: Where its columns stand.
        present: The columns that the sheet has.
        labelled: The test for a row that is a sum by its words.
    """
    places = set(_total_places(tab, header))
    named = [p for p in present if p.place in places]
    if not named:
        return ""
    bare = _bare_sql([p.place for p in named], header)
    data = f"_row > {header.last_row}"
    data += f" AND NOT coalesce({labelled}, FALSE)" if labelled else ""
    filled = " + ".join(f"({p.text} IS NOT NULL)::INT" for p in named)
    fewest = f"CASE WHEN {filled} > 1 THEN 2 ELSE {SUMMED_ROWS} END"
    ways = [
        _sums_of(named, data, f"OVER ({_ABOVE})", str(SUMMED_ROWS)),
        _sums_of(named, f"{data} AND NOT ({bare})", f"OVER ({_ABOVE})", str(SUMMED_ROWS)),
        _sums_of(named, f"{data} AND NOT ({bare})", f"OVER (PARTITION BY _part {_ABOVE})", fewest),
    ]
    for counted in (data, f"{data} AND NOT ({bare})"):
        ways += [_averages_of(named, counted, filled), _sums_below(named, counted)]
    return f"{bare}\n        AND (" + "\n        OR ".join(f"({way})" for way in ways) + ")"


def _averages_of(named: Sequence[Placed], counted: str, filled: str) -> str:
    """Return the test that each number of a row is the average of those above, not all equal."""
    fewest = f"CASE WHEN {filled} > 1 THEN {AVERAGED} ELSE {AVERAGED_ALONE} END"
    tests = []
    for p in named:
        number, above = _number(p), f"CASE WHEN {counted} THEN {_number(p)} END"
        mean = f"(avg({above}) OVER ({_ABOVE}))"
        many = f"count({above}) OVER ({_ABOVE}) >= {fewest}"
        unlike = f"min({above}) OVER ({_ABOVE}) < max({above}) OVER ({_ABOVE})"
        near = f"abs({number}::DOUBLE - {mean}) <= greatest(abs({mean}), 1) / 1000000"
        tests.append(f"coalesce({many} AND {unlike} AND {near}, {number} IS NULL)")
    return "\n        AND ".join(tests)


def _sums_below(named: Sequence[Placed], counted: str) -> str:
    """Return the test that no row of data stands above, and each number is the sum of those below.

    The rows below it that hold sums are left aside.
    """
    tests = [f"count(*) FILTER ({counted}) OVER ({_ABOVE}) = 0"]
    for p in named:
        number, below = _number(p), f"CASE WHEN {counted} THEN {_number(p)} END"
        sums = f"sum({below}) OVER ({_BELOW})"
        many = f"count({below}) OVER ({_BELOW}) >= {SUMMED_ROWS}"
        near = f"abs({number} - {sums}) <= greatest(abs({sums}), 1) / 1000000"
        tests.append(f"coalesce({many} AND {near}, {number} IS NULL)")
    return "\n        AND ".join(tests)


def numbers_sql(tab: Tab, header: HeaderMap, placed: Sequence[Placed]) -> str:
    """Return the columns that `sums_sql` compares: the numbers of the total columns' cells.

    They are read before they are compared, for the comparison names each number dozens of times.
    """
    places = set(_total_places(tab, header))
    numbers = []
    for p in placed:
        if p.letter and p.place in places:
            notation = literal(p.column.options.notation)
            read = f"read_number({p.text}, _kinds[{p.place}], {notation})"
            numbers.append(f",\n    wide_number({read}) AS {_number(p)}")
    return "".join(numbers)


def _number(placed: Placed) -> str:
    """Return the name of a cell's number, which is NULL where the cell holds none."""
    return quoted(f"{placed.column.name}: number")


def only_sql(places: Sequence[int], header: HeaderMap) -> str:
    """Return the test for a row without a cell beside some columns and those left out by name."""
    free = ", ".join(str(place) for place in (*places, *header.ignored))
    return (
        "len(list_filter(_cleaned, lambda cell, place: cell IS NOT NULL"
        f" AND NOT list_contains([{free}], place))) = 0"
    )


def _sums_of(named: Sequence[Placed], counted: str, over: str, fewest: str) -> str:
    """Return the test that each number of a row is the sum of some of those above.

    It may be greater by what unread cells among them can have held, each no more than the greatest
    number: a sum was made before somebody typed a word over an amount.
    """
    tests = []
    for p in named:
        number = _number(p)
        above = f"CASE WHEN {counted} THEN {number} END"
        unread = f"count(*) FILTER ({counted} AND {p.text} IS NOT NULL AND {number} IS NULL)"
        sums = f"sum({above}) {over}"
        tests.append(
            f"coalesce(count({above}) {over} >= {fewest} AND (abs({number} - {sums})"
            f" <= greatest(abs({sums}), 1) / 1000000"
            f" OR (min({above}) {over} >= 0 AND ({number} - {sums})::DOUBLE"
            f" BETWEEN 0 AND ({unread} {over}) * (max({above}) {over})::DOUBLE * 1.000001)),"
            f" {number} IS NULL)"
        )
    return "\n        AND ".join(tests)


def _total_places(tab: Tab, header: HeaderMap) -> list[int]:
    """Return the sheet columns whose sums make a row a total."""
    places = (header.positions.get(name, 0) for name in tab.options.total_columns)
    return [place for place in places if place]


def _bare_sql(places: Sequence[int], header: HeaderMap) -> str:
    """Return the test for a row with cells in some columns, and in no others."""
    some = " OR ".join(f"_cleaned[{place}] IS NOT NULL" for place in places)
    return f"({some}) AND {only_sql(places, header)}"
