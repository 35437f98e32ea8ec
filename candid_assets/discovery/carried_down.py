"""Asks about first columns that are typed once for several lines and blank in those below."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from candid_assets.discovery.find_tables import TableGroup, TableTab
from candid_assets.discovery.noted_answers import noted_answer
from candid_assets.discovery.proposal import TableProposal
from candid_assets.discovery.questions import ContractQuestion, Damage
from candid_assets.discovery.read_source import grid_of

_FEWEST: Final = 6
"""Fewer lines with a blank may be unfinished."""
_LEAST_BLANK: Final = 0.3
_MOST_COLUMNS: Final = 3


def carried_down(table: TableProposal, group: TableGroup) -> Iterator[ContractQuestion]:
    """Yield a question about the first columns of each tab that may mean what stands above.

    Args:
        table: The proposal.
        group: The tabs that make it.
    """
    columns = dict(zip(group.headers, table.columns, strict=True))
    for member in group.members:
        headers = _typed_once(member)
        named = [columns[header] for header in headers if not columns[header].filled_cells]
        if not named:
            continue
        first = member.data_rows[0]
        yield ContractQuestion(
            Damage.MISREAD_VALUES,
            f"Do blank cells of {', '.join(column.header for column in named)} mean what stands"
            " above them? They are typed once for several lines.",
            "They are blank. To have them filled, write them into each line, or merge them over"
            " their lines and give the column fillMerged.",
            tuple(
                noted_answer(table, column, "no", "A blank cell has no value.") for column in named
            ),
            member.tab.title,
            tuple(f"{member.letter(h)}{first}" for h in headers if columns[h] in named),
        )


def _typed_once(member: TableTab) -> list[str]:
    """Return the first columns that the first line has and many others lack, in runs."""
    grid, rows = grid_of(member.tab, member.extract), member.data_rows
    once: list[str] = []
    blank: set[int] = set(rows)
    for header, place in sorted(member.headers.items(), key=lambda item: item[1])[:_MOST_COLUMNS]:
        lacking = {row for row in rows if grid.kind(row, place) == "-"}
        least = max(_FEWEST, _LEAST_BLANK * len(rows))
        # A column to the right is typed where the one before it is, or more often.
        if not rows or rows[0] in lacking or len(lacking) < least or not lacking <= blank:
            break
        filled = [grid.text(row, place) for row in rows if row not in lacking]
        if len(filled) < 2 or any(a == b for a, b in pairwise(filled)):
            break
        blank = lacking
        once.append(header)
    return once if len(once) < len(member.headers) - 1 else []
