"""What a raw table holds beside its texts, so that SQL is only written for what is there."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import duckdb

from candid_assets.cleaning.form_cells import FormValue
from candid_assets.cleaning.period_above import period_above, rows_above
from candid_assets.cleaning.stated_period import StatedPeriod
from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.header_map import HeaderMap
from candid_assets.names import column_letter
from candid_assets.sql import quoted
from candid_assets.warehouse.provenance import CELLS, MERGED, SHOWN

_DATES: Final = frozenset("ds")
MOST_CELLS: Final = 200_000
"""Cells of a table up to which lines take less time and memory than the plans of all columns: both
take as long at half a million."""
LONG: Final = 16
"""Figures from which on a number has more than a spreadsheet keeps."""


@dataclass(frozen=True, slots=True)
class RawContent:
    """What formats and merges say of a raw table's cells, and the kinds of these."""

    shown: frozenset[str] = frozenset()
    """Letters of the columns in which a format says more than a number or date."""
    merged: frozenset[str] = frozenset()
    """Letters of the columns in which cells are merged with the one that holds their text."""
    kinds: Mapping[str, int] = field(default_factory=dict)
    """The kinds of the cells of a row, and how many rows have them."""
    whole_figures: frozenset[str] = frozenset()
    """Letters of the columns whose numbers of 16 figures have kept the last ones."""
    percents: frozenset[str] = frozenset()
    """Letters of number columns that are nothing but text, some of it percentages."""
    periods: Mapping[str, StatedPeriod | None] = field(default_factory=dict)
    """The period above the header by the name of each column that takes its years from one."""

    forms: Mapping[str, FormValue] = field(default_factory=dict)
    """The values of columns that come from a form above the table."""
    plus: frozenset[str] = frozenset()
    """Letters of the columns in which a cell has a plus sign."""

    @property
    def rows(self) -> int:
        """Rows below the header; 0 where they were not counted."""
        return sum(self.kinds.values())

    def dates_and_texts(self, place: int) -> tuple[int, int]:
        """Return how many dates and how many texts a column holds, counted from 1."""
        counts = _kinds_at(self.kinds, place)
        return sum(counts[kind] for kind in _DATES), counts["t"]

    def kinds_of(self, place: int) -> frozenset[str] | None:
        """Return the kinds of a column's cells, counted from 1, and `+` where one has a plus."""
        if not self.kinds or not place:
            return None
        plus = "+" if column_letter(place) in self.plus else ""
        return frozenset(_kinds_at(self.kinds, place)) | frozenset(plus)


NOTHING_MORE: Final = RawContent()


def raw_content(
    connection: duckdb.DuckDBPyConnection, raw: str, tab: Tab, header: HeaderMap
) -> RawContent:
    """Return what a raw table holds beside its texts.

    Args:
        connection: Where the raw table is.
        raw: The relation, quoted.
        tab: The tab's contract.
        header: Where its header stands; kinds are counted below it.
    """
    described = {line[0] for line in connection.execute(f"describe {raw}").fetchall()}
    kinds = connection.execute(
        f"select _kinds, count(*) from {raw} where _row > {header.last_row} group by 1"
    ).fetchall()
    shown, merged = (
        _letters(connection, raw, name) if name in described else frozenset[str]()
        for name in (SHOWN, MERGED)
    )
    few = sum(count * len(row) for row, count in kinds) <= MOST_CELLS
    lengths, plus = _lengths_and_plus(connection, raw, header, few=few)
    whole_figures = _whole_figures(connection, raw, header, kinds, lengths)
    letters = _text_numbers(tab, header, dict(kinds))
    percents = _percents(connection, raw, letters, few=few) if letters else frozenset[str]()
    periods = _periods(connection, raw, tab, header)
    forms = dict(_forms(connection, raw, header))
    return RawContent(shown, merged, dict(kinds), whole_figures, percents, periods, forms, plus)


def _forms(
    connection: duckdb.DuckDBPyConnection, raw: str, header: HeaderMap
) -> Iterator[tuple[str, FormValue]]:
    """Yield the value of each column that comes from a form above the table."""
    for name, place in header.forms.items():
        letter = column_letter(place.place)
        line = connection.execute(
            f"select {quoted(letter)}, _kinds[{place.place}] from {raw} where _row = ?", [place.row]
        ).fetchone()
        text, kind = (place.text, "t") if place.text is not None else line or ("", "t")
        yield name, FormValue(f"{letter}{place.row}", text or "", kind)


def _periods(
    connection: duckdb.DuckDBPyConnection, raw: str, tab: Tab, header: HeaderMap
) -> dict[str, StatedPeriod | None]:
    """Return the periods of the columns that take their years from above the header."""
    labels = {c.name: c.options for c in tab.columns if c.options.year_from}
    if not labels:
        return {}
    rows = rows_above(connection, raw, header.header_row)
    return {
        name: period_above(rows, options.year_from or "", options.date_order)
        for name, options in labels.items()
    }


def _kinds_at(kinds: Mapping[str, int], place: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    for row, times in kinds.items():
        counts[row[place - 1 : place]] += times
    return counts


def _text_numbers(tab: Tab, header: HeaderMap, kinds: Mapping[str, int]) -> list[str]:
    """Return the letters of number columns whose cells are texts and no numbers."""
    letters = []
    for column in tab.columns:
        letter = header.letter(column.name)
        if letter and column.logical_type in {"number", "integer"}:
            counts = _kinds_at(kinds, header.positions[column.name])
            if counts["t"] and not counts["n"]:
                letters.append(letter)
    return letters


def _percents(
    connection: duckdb.DuckDBPyConnection, raw: str, letters: Sequence[str], *, few: bool
) -> frozenset[str]:
    """Return the columns that hold a percent sign."""
    if few:
        lines = connection.execute(
            f"select distinct place from {_lines(raw, 'true')} where contains(cell, '%')"
        )
        return frozenset(letters) & {column_letter(line[0]) for line in lines.fetchall()}
    tests = ", ".join(f"bool_or(contains({quoted(letter)}, '%'))" for letter in letters)
    answers = connection.execute(f"select {tests} from {raw}").fetchone() or ()
    return frozenset(letter for letter, holds in zip(letters, answers, strict=True) if holds)


def _lengths_and_plus(
    connection: duckdb.DuckDBPyConnection, raw: str, header: HeaderMap, *, few: bool
) -> tuple[dict[int, int], frozenset[str]]:
    """Return the longest text of each column of the contract, and which have a plus sign."""
    places = sorted(set(header.positions.values()))
    if not places:
        return {}, frozenset()
    if few:
        lines = connection.execute(
            "select place, max(length(cell)), bool_or(contains(cell, '+'))"
            f" from {_lines(raw, f'_row > {header.last_row}')} group by place"
        )
        cells = {place: rest for place, *rest in lines.fetchall()}
        longest = {place: cells.get(place, (0,))[0] or 0 for place in places}
        return longest, frozenset(column_letter(p) for p in places if p in cells and cells[p][1])
    names = [quoted(column_letter(place)) for place in places]
    asked = ", ".join(f"max(length({name})), bool_or(contains({name}, '+'))" for name in names)
    line = connection.execute(f"select {asked} from {raw} where _row > {header.last_row}")
    answers = line.fetchone() or ()
    lengths = dict(zip(places, (length or 0 for length in answers[::2]), strict=True))
    with_plus = zip(places, answers[1::2], strict=True)
    return lengths, frozenset(column_letter(place) for place, has_plus in with_plus if has_plus)


def _lines(raw: str, rows: str) -> str:
    """Return the relation of `cell, place` with a line for each cell of the rows of a test."""
    cells = f"(select [*{CELLS}] as cells from {raw} where {rows})"
    return f"(select unnest(cells) as cell, generate_subscripts(cells, 1) as place from {cells})"


def _whole_figures(
    connection: duckdb.DuckDBPyConnection,
    raw: str,
    header: HeaderMap,
    kinds: Sequence[tuple[str, int]],
    lengths: Mapping[int, int],
) -> frozenset[str]:
    """Return the columns in which at most half of the long numbers end in 0.

    Where a spreadsheet has cut numbers to 15 figures all of them do, by chance one in ten does.
    """
    with_numbers = [
        place
        for place, length in lengths.items()
        if length >= LONG and any(row_kinds[place - 1 : place] == "n" for row_kinds, _ in kinds)
    ]
    if not with_numbers:
        return frozenset()
    counts = ", ".join(
        f"{{long: count(*) filter ({is_long}),"
        f" cut: count(*) filter ({is_long} and ends_with({text}, '0'))}}"
        for is_long, text in map(_long, with_numbers)
    )
    line = connection.execute(
        f"select {counts} from {raw} where _row > {header.last_row}"
    ).fetchone()
    return frozenset(
        column_letter(place)
        for place, count in zip(with_numbers, line or (), strict=False)
        if count["long"] > 0 and 2 * count["cut"] <= count["long"]
    )


def _long(place: int) -> tuple[str, str]:
    """Return the test for a number of more figures than a spreadsheet keeps, and its text."""
    text = quoted(column_letter(place))
    is_long = (
        f"length({text}) >= {LONG} and _kinds[{place}] = 'n'"
        f" and regexp_full_match({text}, '-?[0-9]{{16,}}')"
    )
    return is_long, text


def _letters(connection: duckdb.DuckDBPyConnection, raw: str, name: str) -> frozenset[str]:
    letters = connection.execute(
        f"select distinct unnest(json_keys({name})) from {raw} where {name} is not null"
    ).fetchall()
    return frozenset(line[0] for line in letters)
