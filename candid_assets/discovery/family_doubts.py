"""Asks which tabs are of one table: tabs of equal headers, of a few others, or of much the same."""

from collections.abc import Iterator, Sequence
from typing import Final

from candid_assets.discovery.find_tables import TableGroup, TableTab
from candid_assets.discovery.proposal import ColumnProposal, TableProposal
from candid_assets.discovery.questions import ContractAnswer, ContractQuestion, Damage
from candid_assets.discovery.table_groups import with_titles

_NAMED: Final = 6
Near = tuple[TableTab, dict[str, str]]
"""A tab that may be of a family, and its own headers by the family's."""


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
    for count in range(1, len(group.near) + 1):
        yield _near(group, group.near[:count], columns)


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
    group: TableGroup, near: Sequence[Near], columns: dict[str, ColumnProposal]
) -> ContractQuestion:
    """Ask about the last of some tabs that may be of the family, alone and with those before it."""
    (*before, (tab, _)), first = near, group.members[0]
    answers = _joining(group, near[-1:], columns, "yes; then remove the contract of its own")
    if before:
        others = _quoted([other.tab.title for other, _ in before])
        when = f"yes, and {others} too; then remove their contracts"
        answers += _joining(group, near, columns, when)
    return ContractQuestion(
        Damage.WRONG_SUMS,
        f"Does '{tab.tab.title}' list the same things as '{first.tab.title}'?"
        f" {_differences(group, tab, columns)}.",
        "It is a table of its own.",
        answers,
        tab.tab.title,
    )


def _joining(
    group: TableGroup, near: Sequence[Near], columns: dict[str, ColumnProposal], when: str
) -> tuple[ContractAnswer, ...]:
    """Return what makes tabs members of the family."""
    titles = [tab.tab.title for tab, _ in near]
    if not group.pattern:
        titles.insert(0, group.members[0].tab.title)
    pattern = with_titles(group.pattern or "", titles)
    answers = [ContractAnswer(when, "titlePattern", pattern)]
    for header, column in columns.items():
        named = [t.layout.headers[t.headers[p[header]] - 1] for t, p in near if header in p]
        if named:
            names = list(dict.fromkeys([*column.other_headers, *named]))
            answers.append(ContractAnswer(when, "otherHeaders", names, column.name))
    for header, column in columns.items():
        lacking = any(header not in tab.headers and header not in p for tab, p in near)
        if lacking and not column.optional:
            answers.append(ContractAnswer(when, "optional", True, column.name))
    return tuple(answers)


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
