"""Whether a tab lost its header row: rows of data stand where the header should."""

from collections.abc import Sequence
from typing import Final

import duckdb

from candid_assets.cleaning.header_search import SEARCHED_ROWS, HeaderProblem
from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.header_text import in_message, normalise
from candid_assets.names import column_letter
from candid_assets.sql import literal, quoted
from candid_assets.warehouse.raw_query import extract_rows
from candid_assets.warehouse.tab_changes import Change, Layout

_MOST: Final = 0.5
"""Share of a row's cells that must be like data, or share of the headers that must be missing."""
_TEXT_KINDS: Final = frozenset("t-e")
_COMPARED: Final = 40
"""Columns that are compared with data, from the left."""


def header_gone(
    connection: duckdb.DuckDBPyConnection,
    tab: Tab,
    problem: HeaderProblem,
    before: Layout | None,
    sources: tuple[str, str],
) -> Change | None:
    """Return the change of a tab whose header row is gone, or None where a header stands.

    Args:
        connection: Where the sources are read.
        tab: The contract.
        problem: What is missing, and from which row.
        before: The layout that the clean table was last made from.
        sources: Relations of the extract as it is and as it was then, with the sheet's letters.
    """
    wanted = {normalise(c.header) for c in tab.columns if c.in_sheet}
    if not problem.missing:
        return None
    rows = extract_rows(connection, sources[0], 1, SEARCHED_ROWS)
    widths = [sum(bool(normalise(cell)) for cell in cells) for cells in rows]
    # A line of few cells, such as a title, is no header that was renamed.
    candidates = range(problem.best_row or 1, len(rows) + 1)
    row = next((n for n in candidates if widths[n - 1] >= _MOST * len(wanted)), None)
    if row is None:
        return None
    cells = [normalise(cell) for cell in rows[row - 1]]
    if len(wanted.intersection(cells)) >= _MOST * len(wanted):
        return None
    compared = [f"{sources[0]} WHERE _row > {row}"]
    if before is not None:
        compared.append(f"{sources[1]} WHERE _row > {before.header_row}")
    if not _is_data(connection, (row, cells), sources[0], compared):
        return None
    texts = [" ".join((cell or "").split()) for cell in rows[row - 1]]
    shown = ", ".join(f"'{text}'" for text in texts if text)
    detail = f"the header row is gone: row {row} is a row of data ({_cut(shown)})"
    return _gone(tab, before, detail)


def headers_gone(tab: Tab, before: Layout | None) -> Change:
    """Return the change of a tab in which no row holds any header of the contract."""
    detail = f"the header row is gone: no row among the first {SEARCHED_ROWS} holds any header"
    return _gone(tab, before, detail)


def _gone(tab: Tab, before: Layout | None, detail: str) -> Change:
    headers = list(before.headers) if before else [c.header for c in tab.columns if c.in_sheet]
    expected = ", ".join(in_message(header) for header in headers if header)
    fix = f"{tab.words.undo}, or insert a row above the data with the headers {expected}"
    return Change("header_gone", detail, breaking=True, fix=fix)


def _is_data(
    connection: duckdb.DuckDBPyConnection,
    line: tuple[int, list[str]],
    source: str,
    compared: Sequence[str],
) -> bool:
    """Return whether most cells of a row are numbers or dates, or stand elsewhere in their column.

    Texts are looked up in what is compared: relations with a condition, as behind FROM. One with
    digits is like a text of the same shape, as S99 is like S07.
    """
    row, cells = line
    kinds_of_row = connection.execute(f"SELECT _kinds FROM {source} WHERE _row = {row}").fetchone()
    kinds = kinds_of_row[0] if kinds_of_row else ""
    columns = [set(_letters(connection, relation)) for relation in compared]
    filled = like_data = 0
    for place, cell in list(enumerate(cells))[:_COMPARED]:
        if not cell:
            continue
        filled += 1
        if kinds[place : place + 1] not in _TEXT_KINDS:
            like_data += 1
            continue
        letter = column_letter(place + 1)
        for relation, letters in zip(compared, columns, strict=True):
            value = f"lower(trim({quoted(letter)}))"
            test = f"({value} = {literal(cell)}"
            if any(character.isdigit() for character in cell):
                test += f" OR {_shape(value)} = {_shape(literal(cell))}"
            test += ")"
            if (
                letter in letters
                and connection.execute(f"SELECT 1 FROM {relation} AND {test} LIMIT 1").fetchone()
            ):
                like_data += 1
                break
    return filled > 0 and like_data >= _MOST * filled


def _shape(value: str) -> str:
    """Return SQL for a text with its runs of digits and of letters brought to one each."""
    digits = f"regexp_replace({value}, '[0-9]+', '9', 'g')"
    return f"regexp_replace({digits}, '[a-z]+', 'a', 'g')"


def _letters(connection: duckdb.DuckDBPyConnection, relation: str) -> list[str]:
    described = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    return [line[0] for line in described]


def _cut(text: str) -> str:
    return text if len(text) <= 120 else text[:119] + "…"
