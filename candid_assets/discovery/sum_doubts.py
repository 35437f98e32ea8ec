"""Asks about totals that say another sum than their lines have, and about headings of sections."""

from collections.abc import Iterator
from typing import Final

from candid_assets.discovery.find_tables import TableGroup, TableTab
from candid_assets.discovery.noted_answers import noted_answer
from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.discovery.questions import (
    COLUMN_LINE,
    ContractAnswer,
    ContractQuestion,
    Damage,
)
from candid_assets.discovery.shown_rows import row_runs
from candid_assets.names import column_letter

_NAMED: Final = 6
LINES_STAND: Final = (
    "The lines are read as they stand, and the total is left out; correct them at their source"
    " where a line is missing, counted twice or no number."
)
"""What is done where a total disagrees with its lines."""


def other_totals(table: TableProposal, group: TableGroup) -> Iterator[ContractQuestion]:
    """Yield a question about each total that disagrees with the lines above it."""
    for member in group.members:
        columns = columns_by_place(table, group, member)
        for total in member.summaries.other_totals:
            letter = column_letter(total.place)
            rows = [r for r in member.data_rows if r < total.row]
            column = columns.get(total.place)
            right = lines_are_right(table, column, f"{letter}{total.row}", member.tab.title)
            yield ContractQuestion(
                Damage.WRONG_SUMS,
                f"{letter}{total.row} says {total.stated:,.10g}, but the lines above it add up to"
                f" {total.summed:,.10g}. Which is right?",
                LINES_STAND,
                (right,),
                member.tab.title,
                (f"{letter}{total.row}", f"{letter}{rows[0]}:{letter}{rows[-1]}") if rows else (),
            )


def columns_by_place(
    table: TableProposal, group: TableGroup, member: TableTab
) -> dict[int, ColumnProposal]:
    """Return the columns of a table by their places in one of its tabs."""
    paired = zip(group.headers, table.columns, strict=True)
    return {member.headers[h]: column for h, column in paired if h in member.headers}


def lines_are_right(
    table: TableProposal, column: ColumnProposal | None, cell: str, title: str
) -> ContractAnswer:
    """Return the answer that the lines of a column are right, and a total of them is not."""
    note = f"The total in {cell} of '{title}' is wrong, the lines are right."
    return noted_answer(table, column, "the lines are right", note)


def computed_lines(table: TableProposal, group: TableGroup) -> Iterator[ContractQuestion]:
    """Yield a question about the rows of data of each tab that are worked out of rows above."""
    for member in group.members:
        rows = member.summaries.computed
        if not rows:
            continue
        phrases = list(dict.fromkeys(rows.values()))
        named = [*table.options.get("summaryRows", ()), *phrases]
        yield ContractQuestion(
            Damage.WRONG_SUMS,
            f"Row{'s' * (len(rows) > 1)} {row_runs(list(rows))} ({' · '.join(phrases[:_NAMED])}):"
            " worked out of rows above, of whose numbers its own are the sum or the difference?",
            "Lines like the others, which every sum adds up once more.",
            (ContractAnswer("yes, and left out", "summaryRows", named),),
            member.tab.title,
            tuple(f"{row}:{row}" for row in list(rows)[:_NAMED]),
        )


def section_headings(table: TableProposal, group: TableGroup) -> Iterator[ContractQuestion]:
    """Yield a question about the rows whose text becomes a column of the lines below them."""
    for member in group.members:
        rows = member.sections.rows
        if not rows or "sectionColumn" not in table.options or not member.sections.name:
            continue
        letter = column_letter(member.sections.place)
        name = table.line_columns[-1].name
        yield ContractQuestion(
            Damage.LOST_ROWS,
            f"Do {len(rows):,} rows with nothing but a text in column {letter} head the lines below"
            " them?",
            f"Their text is the column {name} of those lines.",
            (
                ContractAnswer("they are lines themselves", "sectionColumn", None),
                ContractAnswer("they are lines themselves", COLUMN_LINE, None, name),
            ),
            member.tab.title,
            tuple(f"{letter}{row}" for row in rows[:_NAMED]),
        )
