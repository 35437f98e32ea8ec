"""The period in the rows above a header, which gives days without a year (02/12) theirs."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

import duckdb

from candid_assets.cleaning.stated_period import StatedPeriod, goes_on, read_period
from candid_assets.contracts.custom_properties import ANY_CELL, DateOrder
from candid_assets.contracts.header_text import normalise
from candid_assets.names import column_letter
from candid_assets.sql import literal
from candid_assets.vocabulary import months
from candid_assets.warehouse.provenance import CELLS, SHOWN

_BETWEEN: Final = " :=-"
"""What stands between a label and its value."""
_YEARS: Final = frozenset({"tahun", "year", "periode", "period"})
"""Words of a label whose value may be nothing but a year; four figures alone may be any number."""


def rows_above(connection: duckdb.DuckDBPyConnection, raw: str, header_row: int) -> list[list[str]]:
    """Return the texts of the cells above a header that are not blank, by row.

    Args:
        connection: Where the raw table is.
        raw: The relation, quoted.
        header_row: Sheet row of the header.
    """
    described = {line[0] for line in connection.execute(f"describe {raw}").fetchall()}
    shown = SHOWN if SHOWN in described else "NULL"
    letters = [
        f"json_extract_string({shown}, '$.' || {literal(column_letter(place))})"
        for place in range(1, sum(name.isupper() for name in described) + 1)
    ]
    lines = connection.execute(
        f"select _kinds, [*{CELLS}], [{', '.join(letters)}]::varchar[] from {raw}"
        " where _row < ? order by _row",
        [header_row],
    ).fetchall()
    return [
        [
            text
            for kind, cell, as_shown in zip(kinds, cells, shown_cells, strict=False)
            if (text := _text(kind, cell, as_shown))
        ]
        for kinds, cells, shown_cells in lines
    ]


def _text(kind: str, cell: str | None, shown: str | None) -> str:
    """Return a cell's text; of a day that is shown as its month the month, else the day itself."""
    text = " ".join((cell or "").split()).lstrip("'")
    if kind not in {"d", "s"}:
        return text
    return shown if shown and read_period(shown) else text[:10]


def period_above(
    rows: Sequence[Sequence[str]], label: str, order: DateOrder
) -> StatedPeriod | None:
    """Return the one period beside a label, or None where there is none, or more than one.

    Args:
        rows: The texts above the header.
        label: What stands before the period, in its cell or to the left; `*` is nothing.
        order: Order of days that are written in figures.
    """
    readings: set[StatedPeriod | None] = set()
    for row in rows:
        for place, cell in enumerate(row):
            if label == ANY_CELL:
                readings |= {read_period(cell, order)} - {None} if not _is_year(cell) else set()
                continue
            rest = _behind(label, cell)
            if rest is not None:
                period = _longest([rest, *row[place + 1 :]], order)
                readings |= {period} if period or _is_value(rest) else set()
    return readings.pop() if len(readings) == 1 else None


def labels_of_periods(rows: Sequence[Sequence[str]], order: DateOrder) -> list[str]:
    """Return the labels above a header that stand before a period; `*` for one without a label."""
    labels: dict[str, None] = {}
    for row in rows:
        for place, cell in enumerate(row):
            for start in _starts(cell):
                value = [c for c in (cell[start:], *row[place + 1 :]) if c.strip(_BETWEEN)]
                label = cell[:start].strip(_BETWEEN)
                if _varies(label) or not _longest(value, order):
                    continue
                if _named(label) or not _is_year(value[0]):
                    labels[label or ANY_CELL] = None
                    break
    clearest = sorted(labels, key=lambda label: (label == ANY_CELL, not _named(label)))
    return [label for label in clearest if period_above(rows, label, order)]


def _varies(label: str) -> bool:
    """Whether a text is another one in the next extract: it holds figures or a month."""
    return any(sign.isdigit() for sign in label) or bool(
        set(re.findall(r"\w+", normalise(label))) & months().keys()
    )


def _named(label: str) -> bool:
    return bool(_YEARS & set(normalise(label).split()))


def _starts(cell: str) -> Iterator[int]:
    """Yield the places at which a value may begin in a cell, and the end of the cell."""
    before = " "
    for place, sign in enumerate(cell):
        if before in _BETWEEN and sign not in _BETWEEN:
            yield place
        before = sign
    yield len(cell)


def _behind(label: str, cell: str) -> str | None:
    """Return what stands behind a label in a cell that begins with it, or None in any other."""
    key, start = normalise(cell), normalise(label)
    rest = key.removeprefix(start)
    return rest.strip() if key.startswith(start) and not rest[:1].isalnum() else None


def _is_value(rest: str) -> bool:
    """Whether what stands behind a label is its value, and not more words of another label."""
    return not rest.strip(_BETWEEN) or rest[0] in ":=" or rest[0].isdigit()


def _longest(cells: Sequence[str], order: DateOrder) -> StatedPeriod | None:
    """Return the period of as many cells of a row, from the first on, as state one together.

    A period that the next cell goes on with, unreadable as that is, is none.
    """
    for count in range(len(cells), 0, -1):
        text = " ".join(cells[:count]).strip(_BETWEEN)
        period = read_period(text, order)
        if period:
            return None if any(map(goes_on, cells[count : count + 1])) else period
    return None


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isdecimal()
