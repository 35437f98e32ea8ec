"""What sequences do at the gate: deploy, roll back, accept what is held, restore production.

Production runs what is deployed and nothing else: until a change is planned, approved by a person
and applied, every refresh is refused and readers see what they saw. Each act may be killed at a
change of a file; done once more it comes to the same.
"""

from contextlib import suppress
from copy import deepcopy
from typing import TYPE_CHECKING, Final

from candid_assets.gate.open_holds import ACCEPTABLE, held
from candid_assets.warehouse.tab_changes import Hold
from candid_assets_tests.torture.comparison import in_words
from candid_assets_tests.torture.desk import Nothing
from candid_assets_tests.torture.published import BrokenError
from candid_assets_tests.torture.shim import Disk
from candid_assets_tests.torture.wire import Answer

if TYPE_CHECKING:
    from candid_assets_tests.torture.sequence import Sequence

CHANGES: Final = {"approve": 40, "publish": 81}
"""Changes of files among which an act at the gate is killed, 30 where none are named; some make
fewer."""


def act(at: "Sequence", *what: str, kill: float = 1 / 6) -> str:
    """Do one thing at the gate, killed in one case of six and then done once more."""
    was_killed = at.rng.random() < kill
    if was_killed:
        disk = Disk("kill", at.rng.randint(1, CHANGES.get(what[0], 30)))
        killed = at.plant.act(*what, disk=disk)
        at.log.append(f"  {what[0]} with {disk}: {in_words(killed)}")
        if killed.crash or killed.error:
            raise BrokenError(f"{what[0]} went wrong: {killed.error or killed.crash}")
        if not killed.killed:  # it made fewer changes of files
            return killed.said
        at.tally.kills += 1
    answer = at.plant.act(*what)
    if what[0] in ("refuse", "reject") and "was refused by" in answer.error:
        return what[1]  # it was killed after the refusal stood
    if was_killed and what[0] == "publish" and "was published already" in answer.error:
        return what[1]  # it was killed after it was recorded
    if answer.error or answer.crash or answer.killed:
        raise BrokenError(f"{what[0]} is not done: {answer.error or answer.crash}")
    at.log.append(f"  {what[0]}: {answer.said[:12]}")
    return answer.said


def refused(at: "Sequence", words: str, *what: str) -> None:
    """Do something at the gate that must be refused in so many words."""
    answer = at.plant.act(*what)
    at.log.append(f"  {what[0]}: {answer.error}")
    if words not in answer.error:
        raise BrokenError(f"{what[0]} is not refused with {words!r}: {in_words(answer)}")


def deploy(at: "Sequence") -> None:
    """Plan what is committed, or a rollback, let a person approve it, and apply it."""
    gate, rules = at.gate, at.model.rules
    if gate is None:
        return at.refresh()
    at.log.append(f"deploy {len(gate.deployments)} + 1")
    if gate.known < len(gate.deployments):
        act(at, "apply", gate.deployments[-1].plan)
        gate.known = len(gate.deployments)
    if len(gate.deployments) > 1 and at.rng.random() < 0.2:
        return roll_back(at)
    if rules == gate.deployments[-1].rules:
        refused(at, "runs this already", "plan")
        at.change_contract()
    if any(rule.broken for rule in rules.values()):
        return refused(at, "the catalog has problems", "plan")
    plan = act(at, "plan")
    if at.rng.random() < 0.15:
        refused(at, "is not approved", "apply", plan)
        refused(at, "not in deployments/allowed_approvers", "approve", plan, at.plant.key("agent"))
    if at.rng.random() < 0.1:
        act(at, "refuse", plan, at.plant.key("budi"))
        refused(at, "was refused by budi", "approve", plan, at.plant.key("ani"))
        return refused(at, "was refused by budi", "apply", plan)
    act(at, "approve", plan, at.plant.key(at.rng.choice(["ani", "budi"])))
    act(at, "apply", plan)
    gate.note(plan, rules)
    return None


def roll_back(at: "Sequence") -> None:
    """Bring back what an earlier deployment holds."""
    gate = at.gate
    assert gate is not None
    number = at.rng.randint(1, len(gate.deployments) - 1)
    target = gate.deployments[number - 1].rules
    at.log.append(f"roll back to deployment {number}")
    if target == gate.deployments[-1].rules:
        return refused(at, "runs this already", "plan", str(number))
    plan = act(at, "plan", str(number))
    act(at, "approve", plan, at.plant.key("ani"))
    act(at, "apply", plan)
    at.model.rules = deepcopy(target)
    gate.note(plan, target)
    return None


def settle(at: "Sequence") -> None:
    """Accept or reject one content that is held, as a person or as an agent that may not."""
    if not _held(at) and at.model.good:
        with suppress(Nothing):
            workbook = at.rng.choice(sorted(at.plant.books))
            tab, place, _ = at.desk.table(workbook, least=6)
            del tab.rows[place + 1 : place + 1 + (len(tab.rows) - place) // 2]
            tab.merges.clear()
            at.plant.save(workbook)
            at.log.append(f"{workbook}: half of {tab.title} is deleted")
        at.refresh()
    holds = _held(at)
    if not holds:
        return at.refresh()
    hold, key = at.rng.choice(holds), at.plant.key("ani")
    digest = hold.content_hash
    at.log.append(f"hold of {hold.title!r} of {hold.table}, {hold.rows_before} to {hold.rows_now}")
    way = at.rng.choices(["accept", "agent", "reject"], [8, 1, 1])[0]
    if way == "agent" and at.gate is not None:
        words = "not in deployments/allowed_approvers"
        refused(at, words, "accept", digest, at.plant.key("agent"))
    elif way == "reject":
        act(at, "reject", digest, key)
        if at.gate is not None:
            refused(at, "was refused by ani", "accept", digest, key)
            at.rejected.add((hold.content_before, digest))
    elif (hold.content_before, digest) in at.rejected:
        refused(at, "was refused by ani", "accept", digest, key)
    else:
        act(at, "accept", digest, key)
        at.model.accept(hold.table, hold.title)
    return at.refresh()


def _held(at: "Sequence") -> list[Hold]:
    return [hold for hold in held(at.plant.settings) if hold.cause in ACCEPTABLE]


def must_be_refused(at: "Sequence", answer: Answer, words: str, before: bytes) -> None:
    """Check that production refused to run what is not deployed, and left everything."""
    if "GateError" not in answer.error or words not in answer.error:
        raise BrokenError(f"not refused with {words!r}: {in_words(answer)}")
    if before != published_bytes(at):
        raise BrokenError("a refresh that was refused has changed what is published")


def published_bytes(at: "Sequence") -> bytes:
    """Return what readers see, to the byte; nothing where nothing is published."""
    return at.plant.published.read_bytes() if at.plant.published.exists() else b""
