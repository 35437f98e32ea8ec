"""Asks about amounts that a note or a header says to be in thousands or millions."""

import re
from collections.abc import Iterator
from typing import Final

from candid_assets.discovery.find_tables import TableGroup, TableTab
from candid_assets.discovery.keys import is_counter
from candid_assets.discovery.office_words import names_codes, words_of
from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.discovery.questions import ContractAnswer, ContractQuestion, Damage
from candid_assets.discovery.read_source import grid_of
from candid_assets.names import column_letter

_SCALE: Final = (
    r"(?:(?:ribu|juta|miliar|milyar|triliun|trilyun)(?:an)?|thousands?|millions?|billions?"
    r"|['’]?000(?:[.,]000)*|x ?1[.,]?000(?:[.,]000)*)"
)
_MONEY: Final = r"(?:rp\.?|rupiah|idr|usd|us\$|\$|unit)?"
_BRACKETED: Final = re.compile(
    rf"[(\[](?:dalam |in |disajikan dalam )?{_MONEY} ?{_SCALE} ?(?:of |dari )?{_MONEY}[)\]]"
)
"""A scale in brackets, behind a header or alone: (Rp juta), (dalam ribuan rupiah), (000)."""
_SAID: Final = re.compile(
    rf"(?:(?:disajikan |dinyatakan |angka )?dalam|(?:figures |amounts |stated )?in|satuan ?:?"
    rf"|units? ?:?) {_MONEY} ?{_SCALE}\b.{{0,20}}|(?:rp|idr)\.? ?{_SCALE}"
)
"""A note of nothing but a scale: Dalam ribuan rupiah, Satuan: Jutaan Rupiah."""
_FIRST_ROWS: Final = 15
"""Rows right above the header in which such a note is looked for."""


def scale_questions(table: TableProposal, group: TableGroup) -> Iterator[ContractQuestion]:
    """Ask about each scale that stands above the table or in a header of its amounts."""
    for column in table.columns:
        scale = _BRACKETED.search(_plain(column.header))
        if scale and _is_amount(column):
            words = scale[0].strip("()[] ")
            says = f"Its header says '{scale[0]}'"
            yield _question([column], words, says, "", (f"{column_letter(column.place)}:",))
    for member in group.members[:1]:
        for cell, words in _notes_above(member):
            columns = [c for c in table.columns if _is_money(c)]
            if columns:
                says = f"{cell} says '{words}'"
                yield _question(columns, words.strip("()[] "), says, member.tab.title, (cell,))


def _question(
    columns: list[ColumnProposal], words: str, says: str, tab: str, cells: tuple[str, ...]
) -> ContractQuestion:
    names = ", ".join(column.name for column in columns)
    several = len(columns) > 1
    return ContractQuestion(
        Damage.WRONG_SUMS,
        f"{'Are' if several else 'Is'} {names} in thousands or millions? {says}.",
        "The figures are kept as they stand; a model that adds them to others must multiply them.",
        tuple(
            ContractAnswer(f"{'they are' if several else 'it is'}: say so", "unit", words, c.name)
            for c in columns
        ),
        tab,
        tuple(cell.rstrip(":") for cell in cells),
    )


def _notes_above(member: TableTab) -> Iterator[tuple[str, str]]:
    """Yield the cells above a table's header that say a scale, and what they say."""
    grid, header = grid_of(member.tab, member.extract), member.layout.header_row
    for row in range(max(1, header - _FIRST_ROWS), header):
        for place in grid.filled(row):
            text = grid.text(row, place)
            plain = _plain(text)
            bracketed = _BRACKETED.search(plain)
            if bracketed or _SAID.fullmatch(plain):
                words = bracketed[0] if bracketed else text
                yield f"{column_letter(place)}{row}", words


def _is_amount(column: ColumnProposal) -> bool:
    return column.logical in {"number", "integer"} and column.key_position is None


def _is_money(column: ColumnProposal) -> bool:
    """Whether a scale above the table is one of a column's numbers: of amounts, not of counters."""
    unit = column.unit or column.guess.options.get("unit")
    if not _is_amount(column) or unit or column.guess.options.get("shownAs") == "%":
        return False
    return not is_counter(column) and not names_codes(words_of(column.header))


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
