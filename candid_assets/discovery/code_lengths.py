"""The length of codes that zeros pad to one length, so that a code which lost them is no code."""

from typing import Final

from candid_assets.discovery.proposal import ColumnProposal

_FEWEST: Final = 5


def propose_length(column: ColumnProposal) -> None:
    """Propose the least length of a text column whose figures all have one length.

    A number among such codes, as 7 among 00007, was typed without its zeros or has lost its format.
    """
    facts = column.facts
    if column.logical != "string" or column.guess.options.get("phone") or facts.exact_text:
        return
    padded = facts.leading_zero and facts.shortest_code == facts.longest_code
    texts = facts.text - facts.blank_words
    if padded and facts.codes == texts and texts >= max(_FEWEST, facts.number):
        column.min_length = facts.longest_code
        column.notes.append(f"{facts.codes:,} codes of {facts.longest_code} figures")
