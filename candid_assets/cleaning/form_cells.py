"""Finds the values of a form above a table by their labels: `Nama Barang : Paving 6 cm`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from candid_assets.contracts.catalog import Column, Tab
from candid_assets.contracts.header_map import FormCell, HeaderMap
from candid_assets.contracts.header_text import Row, form_label, in_message, normalise
from candid_assets.sql import literal

BETWEEN: Final = " :="
"""What stands between a label and its value."""


@dataclass(frozen=True, slots=True)
class FormValue:
    """A value of a form above the table."""

    cell: str
    """Its cell, such as `C3`."""
    text: str
    kind: str

    @property
    def cleaned(self) -> str:
        """The value as cells are cleaned, as SQL."""
        return f"clean_text({literal(self.text)})"


def with_forms(tab: Tab, rows: Sequence[Row], header: HeaderMap) -> HeaderMap | str:
    """Return a header with the cells of a form's values, or what is wrong with the form.

    Args:
        tab: The contract.
        rows: The tab's first rows, those above the header among them.
        header: Where the header stands.
    """
    cells: dict[str, FormCell] = {}
    above = rows[: header.header_row - 1]
    for column in tab.columns:
        label = form_label(column.header)
        if label is None:
            continue
        values = list(form_values(above, label, header.region))
        different = {_text(above, cell) for cell in values}
        if len(different) > 1:
            places = " and ".join(f"row {cell.row}" for cell in values)
            return f"label {in_message(label)} of {column.name} stands above the table in {places}"
        if values:
            cells[column.name] = values[0]
        elif not column.options.may_lack:
            return _gone(column, label, header)
    return replace(header, forms=cells) if cells else header


def _gone(column: Column, label: str, header: HeaderMap) -> str:
    above = f"no cell in rows 1 to {header.header_row - 1} holds it"
    where = above if header.header_row > 1 else "no row stands above the table"
    return f"label {in_message(label)} of {column.name} is gone: {where}"


def form_values(
    rows: Sequence[Row], label: str, region: tuple[int, int] | None = None
) -> Iterator[FormCell]:
    """Yield the cells of a label's value: behind it in its own cell, or in the next one.

    Args:
        rows: The rows above a table.
        label: The label, without its colon.
        region: First and last column of the table, where its tab holds several.
    """
    first, last = region or (1, max(map(len, rows), default=0))
    wanted = normalise(label)
    for number, row in enumerate(rows, 1):
        cells = [
            (place, " ".join((cell or "").split()))
            for place, cell in enumerate(row, 1)
            if first <= place <= last and normalise(cell)
        ]
        for index, (place, text) in enumerate(cells):
            key = normalise(text)
            rest = text[len(label) :].lstrip()
            if key.rstrip(BETWEEN) == wanted:
                yield _beside(number, place, cells[index + 1 :])
            elif key.startswith(wanted) and rest[:1] in (":", "="):
                yield FormCell(number, place, rest.strip(BETWEEN))


def _beside(row: int, label: int, cells: Sequence[tuple[int, str]]) -> FormCell:
    """Return the value to the right of a label; blank where another label follows."""
    for place, text in cells:
        if not text.strip(BETWEEN):
            continue
        if text[0] in ":=":
            return FormCell(row, place, text.strip(BETWEEN))
        if is_label(text):
            break
        return FormCell(row, place)
    return FormCell(row, label, "")


def is_label(text: str) -> bool:
    """Return whether a text is a label with its colon, with or without its value."""
    front, mark, behind = text.partition(":")
    words = any(sign.isalpha() for sign in front) and not front[-1:].isdigit()
    return bool(mark) and words and not behind.startswith("//")


def _text(rows: Sequence[Row], cell: FormCell) -> str:
    return cell.text if cell.text is not None else normalise(rows[cell.row - 1][cell.place - 1])
