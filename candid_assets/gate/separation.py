"""Separation of duties: whose approvals of a plan count, and how many it takes.

Two comments in the list of approvers change the rule for everybody: `# candid: self-approval`, and
`# candid: approvals=2`. They are deployed with the list.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from candid_assets.gate.errors import GateError
from candid_assets.gate.plans import Plan

_SELF: Final = re.compile(r"^#\s*candid:\s*self-approval\s*$", re.MULTILINE)
_NUMBER: Final = re.compile(r"^#\s*candid:\s*approvals=(\d+)\s*$", re.MULTILINE)
_KEY: Final = re.compile(r"(?:sk-)?(?:ssh|ecdsa)-[\w@.-]+\s+(\S+)")
_IDENTITY: Final = re.compile(r"(?P<name>.*?)\s*<(?P<mail>[^>]*)>")


def approvals_needed(plan: Plan, listed: str) -> int:
    """Return how many people have to approve a plan: as it asks, and as the list does."""
    return max([plan.approvals, *(int(number) for number in _NUMBER.findall(listed))])


def counting(approved_by: Iterable[str], proposers: Sequence[str], listed: str) -> list[str]:
    """Return whose approvals count, each person once, by whatever name of the list.

    Args:
        approved_by: Names in the list that approved.
        proposers: Who proposed, as `Name <e-mail>`.
        listed: The list of approvers.
    """
    keys = _keys(listed)
    own = {key for name, of in keys.items() if _is_one_of(name, proposers) for key in of}
    others = {key for of in keys.values() for key in of} - own
    excluded = own if others and not _SELF.search(listed) else set()
    names: list[str] = []
    used: set[str] = set()
    for name in approved_by:
        of = keys.get(name, frozenset({name}))
        if not of & (used | excluded):
            names.append(name)
            used |= of
    return names


def require_enough(
    plan: Plan, approved_by: Sequence[str], proposers: Sequence[str], listed: str
) -> list[str]:
    """Return whose approvals of a plan count, if they are as many as it takes.

    Raises:
        GateError: They are too few.
    """
    counted = counting(approved_by, proposers, listed)
    needed = approvals_needed(plan, listed)
    if len(counted) >= needed:
        return counted
    void = [name for name in approved_by if name not in counted]
    why = f"; {', '.join(void)} proposed it, or counts already" if void else ""
    raise GateError(
        f"plan {plan.digest[:12]} has {len(counted)} of {needed} approvals that it takes{why}",
        f"have another person in deployments/allowed_approvers run"
        f" `candid approve {plan.digest[:12]}`",
    )


def _keys(listed: str) -> dict[str, frozenset[str]]:
    """Return the keys of each name in the list; names that share a key are one person."""
    keys: dict[str, set[str]] = {}
    for line in listed.splitlines():
        matched = _KEY.search(line)
        if matched is None or line.lstrip().startswith("#"):
            continue
        for name in line.split()[0].split(","):
            keys.setdefault(name, set()).add(matched[1])
    return {name: frozenset(of) for name, of in keys.items()}


def _is_one_of(name: str, proposers: Sequence[str]) -> bool:
    """Whether a name of the list is that of a proposer: the name, the e-mail, or its first part."""
    for proposer in proposers:
        matched = _IDENTITY.fullmatch(proposer)
        words = {proposer} if matched is None else {matched["name"], matched["mail"]}
        words |= {word.partition("@")[0] for word in words}
        if name.casefold() in {word.casefold() for word in words}:
            return True
    return False
