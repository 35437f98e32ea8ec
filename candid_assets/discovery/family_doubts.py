"""Asks which tabs are of one table: tabs of equal headers, of a few others, or of much the same."""

from collections.abc import Iterator, Sequence
from typing import Final

from candid_assets.discovery.find_tables import TableGroup, TableTab
from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.discovery.questions import ContractAnswer, ContractQuestion, Damage
from candid_assets.discovery.table_groups import with_titles

_NAMED: Final = 6


def family_questions(table: TableProposal, group: TableGroup) -> Iterator[ContractQuestion]:
    """Yield the questions about the tabs of a family, and about those that may be of it.

    Args:
        table: The family's proposal.
        group: Its tabs.
    """
    columns = dict(zip(group.headers, table.columns, strict=True))
    if group.listed:
        yield _same_things(group)
    for member in group.members:
        if member.renamed:
            yield _other_names(member, columns)
    for tab, pairs in group.near:
        yield _near(group, tab, pairs, columns)


def _same_things(group: TableGroup) -> ContractQuestion:
    titles = [member.tab.title for member in group.members]
    more = f" and {len(titles) - _NAMED} more" if len(titles) > _NAMED else ""
    return ContractQuestion(
        Damage.WRONG_SUMS,
        f"Do {_quoted(titles[:_NAMED])}{more} list things of one kind? Their headers"
        " say so, their titles do not.",
        "They are read as one table; each row has its tab's title.",
        (
            ContractAnswer(
                f"no, each is a table: this one is '{titles[0]}', and `discover --again --tab`"
                " describes each of the others",
                "titlePattern",
                with_titles("", [titles[0]]),
            ),
        ),
        titles[0],
    )


def _other_names(member: TableTab, columns: dict[str, ColumnProposal]) -> ContractQuestion:
    pairs = {columns[header].header: own for header, own in member.renamed.items()}
    named = ", ".join(f"'{own}' what '{header}' is" for header, own in pairs.items())
    when = "they are two things"
    names = [columns[header].name for header in member.renamed]
    return ContractQuestion(
        Damage.WRONG_SUMS,
        f"Is in '{member.tab.title}' {named} in the other tabs? Cells of the same kind and size"
        " stand at the same place.",
        "It is read as the same column.",
        (
            *(ContractAnswer(when, "otherHeaders", None, name) for name in names),
            *(ContractAnswer(when, "optional", True, name) for name in names),
        ),
        member.tab.title,
        tuple(f"{member.letter(h)}{member.layout.header_row}" for h in member.renamed),
    )


def _near(
    group: TableGroup, tab: TableTab, pairs: dict[str, str], columns: dict[str, ColumnProposal]
) -> ContractQuestion:
    """Ask about a tab that may be of the family."""
    lacking = [h for h in group.headers if h not in tab.headers and h not in pairs]
    first, when = group.members[0], "yes; then remove the contract of its own"
    titles = [tab.tab.title] if group.pattern else [first.tab.title, tab.tab.title]
    pattern = with_titles(group.pattern or "", titles)
    answers = [ContractAnswer(when, "titlePattern", pattern)]
    for header, own in pairs.items():
        written = tab.layout.headers[tab.headers[own] - 1]
        named = [*columns[header].other_headers, written]
        answers.append(ContractAnswer(when, "otherHeaders", named, columns[header].name))
    for column in (columns[header] for header in lacking):
        if not column.optional:
            answers.append(ContractAnswer(when, "optional", True, column.name))
    return ContractQuestion(
        Damage.WRONG_SUMS,
        f"Does '{tab.tab.title}' list the same things as '{first.tab.title}'?"
        f" {_differences(group, tab, columns)}.",
        "It is a table of its own.",
        tuple(answers),
        tab.tab.title,
    )


def _differences(group: TableGroup, tab: TableTab, columns: dict[str, ColumnProposal]) -> str:
    """Return which headers a tab has and lacks, in words."""
    more = [tab.layout.headers[p - 1] for h, p in tab.headers.items() if h not in columns]
    fewer = [columns[h].header for h in group.headers if h not in tab.headers]
    said = [_quoted(more)] if more else []
    if not more and not fewer:
        return "Their headers are equal"
    return "It has " + " and ".join([*said, *([f"no {_quoted(fewer)}"] if fewer else [])])


def _quoted(texts: Sequence[str]) -> str:
    return ", ".join(f"'{text}'" for text in texts)
