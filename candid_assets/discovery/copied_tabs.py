"""Asks about tabs of a table that are copies of others, or that may be no part of it."""

from collections.abc import Iterator

from candid_assets.discovery.find_tables import TableGroup
from candid_assets.discovery.questions import ContractAnswer, ContractQuestion, Damage
from candid_assets.discovery.title_families import copied_title


def copies(group: TableGroup) -> Iterator[ContractQuestion]:
    """Ask about tabs of a family that are copies: their rows would count twice.

    They hold the same cells, or are called copies of another of its tabs.
    """
    alike: dict[str, list[str]] = {}
    for member in group.members:
        if member.data_rows:
            alike.setdefault(member.extract.content_hash, []).append(member.tab.title)
    why = "They hold the same cells."
    for first, *others in alike.values():
        if others:
            yield _question(first, others, why)
    same = {title for titles in alike.values() for title in titles[1:]}
    for first, others in _called_copies(group).items():
        changed = [title for title in others if title not in same]
        if changed:
            yield _question(
                first, changed, "They are called so." if len(changed) > 1 else "It is called so."
            )


def _called_copies(group: TableGroup) -> dict[str, list[str]]:
    """Return the tabs that are called copies of others, by those."""
    titles = {member.tab.title.casefold(): member.tab.title for member in group.members}
    copied: dict[str, list[str]] = {}
    for title in titles.values():
        first = titles.get((copied_title(title) or "").casefold())
        if first is not None and first != title:
            copied.setdefault(first, []).append(title)
    return copied


def _question(first: str, others: list[str], why: str) -> ContractQuestion:
    several = len(others) > 1
    titles = ", ".join(f"'{title}'" for title in others)
    what = f"{'copies' if several else 'a copy'} of '{first}'"
    return ContractQuestion(
        Damage.WRONG_SUMS,
        f"{'Are' if several else 'Is'} {titles} {what}? {why}",
        "All of them are read, so that each of their rows counts more than once.",
        (ContractAnswer(f"yes, {what}", "retiredTabs", others),),
        first,
    )


def joined(group: TableGroup) -> Iterator[ContractQuestion]:
    """Ask about tabs that a family has by their headers alone: other things may be listed alike."""
    titles = group.joined
    if titles:
        several = len(titles) > 1
        named = ", ".join(f"'{title}'" for title in titles)
        first = next(m.tab.title for m in group.members if m.tab.title not in titles)
        yield ContractQuestion(
            Damage.WRONG_SUMS,
            f"{'Do' if several else 'Does'} {named} list the same things as '{first}'?"
            f" {'Their' if several else 'Its'} columns say so, {'their' if several else 'its'}"
            f" title{'s do' if several else ' does'} not.",
            f"{'They are' if several else 'It is'} read as part of the same table.",
            (ContractAnswer("no, and nothing is read of it", "retiredTabs", titles),),
            titles[0],
        )
