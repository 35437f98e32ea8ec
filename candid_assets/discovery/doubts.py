"""Asks about what a proposal takes for granted: totals, keys, dates, rows that it leaves out."""

from collections.abc import Iterator, Sequence
from typing import Final

from candid_assets.discovery.carried_down import carried_down
from candid_assets.discovery.cell_unit_doubts import cell_units
from candid_assets.discovery.copied_tabs import copies, joined
from candid_assets.discovery.counted_day_doubts import counted_day_questions
from candid_assets.discovery.date_order_doubts import date_orders
from candid_assets.discovery.family_doubts import family_questions
from candid_assets.discovery.find_tables import TableGroup
from candid_assets.discovery.noted_answers import noted_answer
from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.discovery.quarantine_doubts import quarantined_rows
from candid_assets.discovery.questions import ContractAnswer, ContractQuestion, Damage
from candid_assets.discovery.rehearsal import Rehearsed
from candid_assets.discovery.scale_notes import scale_questions
from candid_assets.discovery.shown_rows import row_runs
from candid_assets.discovery.sum_doubts import computed_lines, other_totals, section_headings
from candid_assets.discovery.tab_evidence import tab_evidence
from candid_assets.discovery.totals_above import totals_above

_CELLS: Final = 6


def show_and_ask(table: TableProposal, group: TableGroup, outcome: Rehearsed) -> None:
    """Add what was read of a rehearsed table's tabs, and the questions about it.

    Args:
        table: The proposal, whose evidence and questions are added to.
        group: The tabs that make it.
        outcome: What a run would do with their rows.
    """
    names = dict(zip(group.headers, (column.name for column in table.columns), strict=False))
    for member in group.members:
        dropped = outcome.dropped_rows.get(member.number, {})
        held = outcome.held_rows.get(member.number, ())
        table.evidence.append(tab_evidence(member, names, dropped, held))
    table.questions += [
        *copies(group),
        *joined(group),
        *family_questions(table, group),
        *_totals(table, group, outcome),
        *other_totals(table, group),
        *totals_above(table, group),
        *computed_lines(table, group),
        *section_headings(table, group),
        *scale_questions(table, group),
        *_kept_out(table),
        *quarantined_rows(table, group, outcome),
        *_regions(table),
        *_prepared(table, group, outcome),
        *date_orders(table, group),
        *counted_day_questions(table.columns),
        *cell_units(table, group),
        *carried_down(table, group),
        *_nameless(table, group),
    ]


def _totals(
    table: TableProposal, group: TableGroup, outcome: Rehearsed
) -> Iterator[ContractQuestion]:
    for member in group.members:
        for rule in ("total_row", "summary_row"):
            rows = outcome.dropped_rows.get(member.number, {}).get(rule, [])
            if not rows:
                continue
            texts = [member.summaries.labelled.get(row, "") for row in rows]
            words = " · ".join(dict.fromkeys(filter(None, texts)))
            answers = _as_lines(table, rule)
            yield ContractQuestion(
                Damage.WRONG_SUMS,
                f"{_rows(rows)}{f' ({words})' if words else ''}: sums of other rows?",
                "Left out as such; as lines they would be added to every sum once more.",
                answers,
                member.tab.title,
                tuple(f"{row}:{row}" for row in rows[:_CELLS]),
            )


def _as_lines(table: TableProposal, rule: str) -> tuple[ContractAnswer, ...]:
    """Return what makes the rows that a rule drops as totals lines like the others."""
    when = "they are lines like the others"
    if rule == "total_row":
        return (ContractAnswer(when, "totalWords", []),)
    keys = [key for key in ("summaryRows", "totalColumns") if key in table.options]
    if not keys:
        return (noted_answer(table, None, "yes", "Rows that sum others up are left out."),)
    return tuple(ContractAnswer(when, key, None) for key in keys)


def _kept_out(table: TableProposal) -> Iterator[ContractQuestion]:
    """Ask about cells that a column keeps out because the sheet cannot be trusted with them."""
    columns = {column.name: column for column in table.columns}
    for item in table.blocked:
        misread = bool(columns[item.column].blocked)
        what, _, fix = item.reason.partition("; ")
        yield ContractQuestion(
            Damage.MISREAD_VALUES if misread else Damage.WRONG_SUMS,
            f"Are {item.count:,} cells of {item.column} right as they stand? They look wrong:"
            f" {what}.",
            f"Their rows go to quarantine{f': {fix}' if fix else ''}.",
            (
                ContractAnswer(
                    "they are right",
                    "blocked" if misread else "logicalTypeOptions",
                    None,
                    item.column,
                ),
            ),
            item.title,
            item.cells[:_CELLS],
        )


def _regions(table: TableProposal) -> Iterator[ContractQuestion]:
    for title, region in table.regions:
        if region.rule == "below_table":
            note = f"What stands in {region.cells} of '{title}' is no part of it."
            answers = [noted_answer(table, None, "it does", note)]
            if "endsAt" in table.options:
                answers = [ContractAnswer("they are part of the table", "endsAt", None)]
            yield ContractQuestion(
                Damage.LOST_ROWS,
                f"Does the table end above {region.cells}?",
                "What stands there is not read.",
                tuple(answers),
                title,
                (region.cells,),
            )
        elif region.rule == "side_table":
            yield ContractQuestion(
                Damage.LOST_ROWS,
                f"Is the table in {region.cells} needed as well?",
                "It is not read; move it into a tab of its own to have it read.",
                (
                    noted_answer(
                        table,
                        None,
                        "no",
                        f"The table in {region.cells} of '{title}' is not needed.",
                    ),
                ),
                title,
                (region.cells,),
            )


def _prepared(
    table: TableProposal, group: TableGroup, outcome: Rehearsed
) -> Iterator[ContractQuestion]:
    for member in group.members:
        rows = outcome.dropped_rows.get(member.number, {}).get("prefilled_row", [])
        if rows and "prefilled" in table.options:
            yield ContractQuestion(
                Damage.LOST_ROWS,
                f"{_rows(rows)}: prepared, and nobody has typed in them yet?",
                "Left out until somebody types in them.",
                (ContractAnswer("they are rows of data", "prefilled", None),),
                member.tab.title,
            )


def _nameless(table: TableProposal, group: TableGroup) -> Iterator[ContractQuestion]:
    first = group.members[0]
    if not first.layout.header_rows:
        names = ", ".join(column.name for column in table.columns)
        yield ContractQuestion(
            Damage.MISREAD_VALUES,
            f"The tab has no header: row {first.layout.header_row} is data as the rows below it"
            f" are. Are its columns {names}?",
            "Its columns are read by their letters, under names guessed from what they hold; change"
            " the names in the contract, or write a header above the data and run discover anew.",
            tuple(_renamed(table, column, f"{column.header} holds") for column in table.columns),
            first.tab.title,
            (f"{first.layout.header_row}:{first.layout.header_row}",),
        )
        return
    for column in table.columns:
        if column.place in first.layout.blank and column.facts.cells:
            letter = first.letter(group.headers[table.columns.index(column)])
            yield ContractQuestion(
                Damage.COSMETIC,
                f"What does column {letter} hold? Its header is blank.",
                f"It is called {column.name}; write a header to give it a name of its own.",
                (_renamed(table, column, "it holds"),),
                first.tab.title,
                (f"{letter}{first.layout.header_row}",),
            )


def _renamed(table: TableProposal, column: ColumnProposal, what: str) -> ContractAnswer:
    """Return an answer that names a column, with a name as an example.

    What other lines of the contract refer to cannot be renamed in one place.
    """
    if column.name in repr((table.options, [rule.broken for rule in table.row_rules])):
        return noted_answer(table, column, f"{what} what it is called", "Its name is right.")
    name = f"{column.name}_or_what_it_is"
    return ContractAnswer(f"{what} something else: name it", "name", name, column.name)


def _rows(rows: Sequence[int]) -> str:
    return f"{'Rows' if len(rows) > 1 else 'Row'} {row_runs(rows)}"
