"""Normalises header texts, joins those of several rows, and makes them unique."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from candid_assets.names import column_letter

MOST_HEADER_ROWS: Final = 5
TITLE_HEADER: Final = "_tab"
"""The physicalName of a column that receives the title of the row's tab."""
PARENT_HEADER: Final = "_parent"
OF_ROWS: Final = frozenset({"_row", PARENT_HEADER})
"""That of columns for the number of a line's own row, and of the line that it belongs to."""
SECTION_HEADER: Final = "_section"
"""That of a column that receives the heading of the section in which the row stands."""
OF_OTHER_CELLS: Final = OF_ROWS | {SECTION_HEADER}
"""Those whose values no parser reads in a cell of their own."""
WITHOUT_CELL: Final = OF_OTHER_CELLS | {TITLE_HEADER}
FORM_MARK: Final = "_form."
"""What stands before the label of a form above the table (`_form.Nama Barang`) in the physicalName
of a column that receives the label's value in every row."""
_LONGEST_SHOWN: Final = 120
_ZERO_WIDTH: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))

_REMEMBERED: Final = 100
"""Characters of a text that is remembered as it is compared: headers come again and again."""

Row = Sequence[str | None]


def normalise(text: str | None) -> str:
    """Return a header as it is compared: spaces collapsed (NBSP too), without letter case."""
    return _short(text) if text and len(text) <= _REMEMBERED else _normalised(text)


@lru_cache(8192)
def _short(text: str) -> str:
    return _normalised(text)


def _normalised(text: str | None) -> str:
    bare = unicodedata.normalize("NFC", text or "").translate(_ZERO_WIDTH)
    return " ".join(bare.split()).casefold()


def form_label(header: str) -> str | None:
    """Return the label in a form above the table whose value a column receives, else None."""
    return header.removeprefix(FORM_MARK).strip() if header.startswith(FORM_MARK) else None


def is_in_sheet(header: str) -> bool:
    """Return whether a column's values are cells below a header in the sheet."""
    return header not in WITHOUT_CELL and form_label(header) is None


def in_message(header: str) -> str:
    """Return a header as messages name it: in quotes, cut where it is very long."""
    bare = " ".join(header[: 4 * _LONGEST_SHOWN].split())
    return f"'{bare}'" if len(bare) <= _LONGEST_SHOWN else f"'{bare[: _LONGEST_SHOWN - 1]}…'"


def joined(rows: Sequence[Row]) -> list[str | None]:
    """Return the header of several rows: texts joined from the top, one for each column.

    A text above the last row spreads to the right over blank cells, as a merged cell shows it,
    as long as it and they have text below; a header merged downwards therefore stays one, and so
    does a text that stands again in the next column.
    """
    width = max(map(len, rows), default=0)
    texts = [[" ".join((c or "").split()) for c in row] + [""] * (width - len(row)) for row in rows]
    for number, row in enumerate(texts[:-1]):
        spread = own = ""
        for place in range(width):
            below = any(lower[place] for lower in texts[number + 1 :])
            if row[place] or not below:
                # What is written over each column does not spread.
                again = row[place] == own
                own = row[place]
                spread = own if below and not again else ""
            else:
                row[place] = spread
    return [_joined_cell([row[place] for row in texts]) for place in range(width)]


def _joined_cell(parts: Sequence[str]) -> str | None:
    different = [p for i, p in enumerate(parts) if p and p not in parts[:i]]
    return " ".join(different) or None


def header_texts(cells: Row) -> list[str]:
    """Return the headers by which a contract names columns, each once.

    A blank header in column C is `(column C)`; the second of two equal ones has ` (2)` behind it.
    """
    taken = {normalise(cell) for cell in cells}
    texts: list[str] = []
    seen: Counter[str] = Counter()
    for place, cell in enumerate(cells, start=1):
        text = (
            " ".join((cell or "").split())
            if normalise(cell)
            else f"(column {column_letter(place)})"
        )
        key = normalise(text)
        seen[key] += 1
        if seen[key] > 1:
            number = seen[key]
            while normalise(f"{text} ({number})") in taken:
                number += 1
            text = f"{text} ({number})"
            taken.add(normalise(text))
        texts.append(text)
    return texts
