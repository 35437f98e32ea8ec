"""Asks about a workbook as a whole: whose it is, and whether tabs that are no table are needed."""

from collections.abc import Iterator, Sequence
from typing import Final

from candid_assets.discovery.proposal import Proposal
from candid_assets.discovery.questions import ContractAnswer, ContractQuestion, Damage

_WITHOUT_ROWS: Final = frozenset({"chart", "connected_data", "not_grid", "empty", "note"})
"""Codes of tabs that hold no rows which a table could have."""
_NAMED: Final = 6


def workbook_questions(
    proposal: Proposal, ignored: Sequence[str], *, owned: bool
) -> Iterator[ContractQuestion]:
    """Yield the questions about a workbook; the answers go to its head contract.

    Args:
        proposal: What is proposed for it.
        ignored: Titles and patterns that the head says are to be ignored.
        owned: Whether somebody said who owns it.
    """
    rows = [item for item in proposal.left_out if item.code not in _WITHOUT_ROWS]
    others = [item for item in proposal.left_out if item.code in _WITHOUT_ROWS]
    for damage, items in ((Damage.LOST_ROWS, rows), (Damage.COSMETIC, others)):
        if not items:
            continue
        several = len(items) > 1
        titles = ", ".join(f"'{item.title}' ({item.reason})" for item in items[:_NAMED])
        more = f" and {len(items) - _NAMED} more" if len(items) > _NAMED else ""
        every = [*ignored, *(item.title for item in items)]
        yield ContractQuestion(
            damage,
            f"{'Are' if several else 'Is'} {titles}{more} needed?",
            "Nothing is read of it.",
            (ContractAnswer("no, and no run shall mention it", "ignore", every, in_head=True),),
            items[0].title if not several else "",
        )
    if not owned:
        yield ContractQuestion(
            Damage.COSMETIC,
            "Who owns this workbook, and whom do its alerts reach?",
            "Nobody: its owner is unknown.",
            (ContractAnswer("it is the team sales", "team", {"name": "sales"}, in_head=True),),
        )
