"""What a proposal leaves to a person: the question, what a wrong answer costs, the YAML for it.

Whatever looks at cells may ask: `table.questions.append(ContractQuestion(…))`. Where a line of
YAML goes is looked up in the contract as it was written (`answer_lines.py`).
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

COLUMN_LINE: Final = "properties"
"""The key of an answer that takes out the whole line of its column."""


class Damage(Enum):
    """What a wrong answer does to the figures, the worst first; the value says it in words."""

    WRONG_SUMS = "sums would be wrong"
    """Rows counted twice, totals among the lines, lines of two units or scales added up."""
    LOST_ROWS = "rows would be missing"
    """Rows, tabs or columns left out or sent to quarantine."""
    MISREAD_VALUES = "values would be misread"
    """Days and months exchanged, 1.250 read as 1,25, codes without their zeros."""
    COSMETIC = "only names and notes"

    @property
    def code(self) -> str:
        """Return the word for it in JSON, such as `wrong_sums`."""
        return self.name.lower()

    @property
    def rank(self) -> int:
        """Return its place among the others, 0 for the worst."""
        return list(Damage).index(self)


@dataclass(frozen=True, slots=True)
class ContractAnswer:
    """An answer other than what the proposal takes already, as one setting of the contract."""

    when: str
    """The answer in words, such as `they are lines of data`."""
    key: str
    """A custom property, or a key of the standard (`primaryKey`, `logicalType`, `enum` …)."""
    value: Any
    """Its whole new value: of a list that the contract has already, with what stays of it."""
    column: str | None = None
    """The column whose line takes it; None for the table."""
    in_head: bool = False
    """Whether it goes to the workbook's head contract instead of the table's."""


@dataclass(frozen=True, slots=True)
class ContractQuestion:
    """One doubt, as a question that a person can answer."""

    damage: Damage
    text: str
    """A question in plain words that names cells: `Is row 27, 'Jumlah', a total of the lines?`."""
    taken: str
    """What the proposal takes until somebody answers: `It is left out as a total.`."""
    answers: tuple[ContractAnswer, ...] = ()
    """None where only the source can answer; `taken` says what to do there then."""
    tab: str = ""
    """Title of the tab that it is about; blank for the whole table."""
    cells: tuple[str, ...] = ()
    """Cells or ranges that show it, such as `A27:D27`; some of them where there are many."""
