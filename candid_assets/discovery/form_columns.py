"""Columns for the values of a form above the tables of a family, where its tabs differ in them."""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

from candid_assets.cleaning.form_cells import BETWEEN, form_values, is_label
from candid_assets.contracts.header_map import FormCell
from candid_assets.contracts.header_text import FORM_MARK, Row, normalise
from candid_assets.discovery.column_facts import ColumnFacts
from candid_assets.discovery.find_tables import TableGroup, TableTab
from candid_assets.discovery.naming import identifier
from candid_assets.discovery.office_words import names_codes, words_of
from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.discovery.type_guess import TypeGuess
from candid_assets.sources.content_hash import letters_of

_MOST: Final = 12
_WORDS: Final = 4
"""A label without a colon has no more words than this."""
_OFTEN: Final = 0.5
"""The part of a family's tabs that have a label for which a column is proposed."""


def add_forms(table: TableProposal, tabs: TableGroup) -> None:
    """Propose columns for what stands in forms above a family's tables; note it for others.

    Args:
        table: The proposal, which is added to.
        tabs: The tabs that make it.
    """
    forms = [_form(member) for member in tabs.members]
    labels = list(dict.fromkeys(label for form in forms for label in form))[:_MOST]
    taken = {column.name for column in table.columns}
    same: list[str] = []
    for label in labels:
        cells = [form[label] for form in forms if label in form]
        if len({normalise(text) for text, _ in cells}) > 1 and len(cells) > _OFTEN * len(forms):
            column = _column(label, cells, taken)
            column.optional = len(cells) < len(forms)
            table.form_columns.append(column)
        else:
            same.append(f"{label}: {cells[0][0]}")
    if same:
        note = f"Above the table: {'; '.join(same)}"
        table.notes.append(f"{note}; a column with physicalName {FORM_MARK}LABEL would hold one.")


def _column(label: str, cells: Sequence[tuple[str, str]], taken: set[str]) -> ColumnProposal:
    name = identifier(label, digit_prefix="c_") or "form"
    while name in taken:
        name += "_form"
    taken.add(name)
    guess = TypeGuess(_logical(label, cells), fitting=len(cells), cells=len(cells))
    column = ColumnProposal(name, f"{FORM_MARK}{label}", 0, ColumnFacts(cells=len(cells)), guess)
    column.description = f"{label}, as the form above the tab's table says."
    column.notes.append(f"{guess.logical}: {len(cells)} tabs, such as {cells[0][0]}")
    return column


def _logical(
    label: str, cells: Sequence[tuple[str, str]]
) -> Literal["string", "integer", "number", "date"]:
    kinds = {kind for _, kind in cells}
    if kinds == {"d"}:
        return "date"
    if kinds == {"n"} and not names_codes(words_of(label)):
        return "number" if any("." in text for text, _ in cells) else "integer"
    return "string"


def _form(member: TableTab) -> dict[str, tuple[str, str]]:
    """Return the values and their kinds by label, of labels that stand above the table once."""
    last = member.layout.header_row - 1
    head = member.extract.table.slice(0, last)
    letters = letters_of(head.column_names)
    rows: list[Row] = [list(row.values()) for row in head.select(letters).to_pylist()]
    kinds = head.column("_kinds").to_pylist()
    region = None
    if member.which is not None:
        region = (member.layout.places[0], member.layout.places[-1])
    values: dict[str, tuple[str, str]] = {}
    for label in _labels(rows, kinds, region):
        cells = list(form_values(rows, label, region))
        if len(cells) == 1 and (value := _value(rows, kinds, cells[0])) is not None:
            values[label] = value
    return values


def _labels(
    rows: Sequence[Row], kinds: Sequence[str], region: tuple[int, int] | None
) -> dict[str, None]:
    labels: dict[str, None] = {}
    for row, row_kinds in zip(rows, kinds, strict=True):
        first, last = region or (1, len(row))
        cells = [
            (text, row_kinds[n - 1])
            for n, cell in enumerate(row, 1)
            if first <= n <= last and (text := " ".join((cell or "").split()))
        ]
        labels |= dict.fromkeys(_labels_of_row(cells))
    return labels


def _labels_of_row(cells: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield the labels of a row: `Gudang: Solo`, `Gudang:` beside `Solo`, or both without colon."""
    marked = any(is_label(text) or text[0] in ":=" for text, _ in cells)
    rest = list(cells)
    while rest:
        text, kind = rest.pop(0)
        label, _, value = text.partition(":") if is_label(text) else (text, "", "")
        label = label.strip(BETWEEN)
        has_value = bool(rest) and not is_label(rest[0][0])
        if not value.strip() and not is_label(text):
            words = len(text.split()) <= _WORDS and (marked or len(cells) in (2, 4, 6))
            if not (kind == "t" and has_value and (rest[0][0][0] in ":=" or words)):
                continue
        if _is_name(label):
            yield label
        if not value.strip() and has_value:
            rest.pop(0)


def _is_name(label: str) -> bool:
    """Whether a text can be the name of a column that stays the same from tab to tab."""
    return 1 < len(label) <= 40 and not any(sign.isdigit() for sign in label)


def _value(rows: Sequence[Row], kinds: Sequence[str], cell: FormCell) -> tuple[str, str] | None:
    """Return a value and its kind; None for a blank one."""
    if cell.text is not None:
        return (cell.text, "t") if cell.text else None
    text = rows[cell.row - 1][cell.place - 1]
    return (text, kinds[cell.row - 1][cell.place - 1]) if text else None
