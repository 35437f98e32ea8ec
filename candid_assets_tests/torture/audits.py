"""Audits of what is published, killed at a change of a file or not.

An audit changes nothing that readers see, Great Expectations and SQL agree on every rule, none is
broken where the refresh before it was green, and a killed one leaves nothing behind that the next
refresh does not take away.
"""

import json
from typing import TYPE_CHECKING, Final

from candid_assets_tests.torture import gate_steps
from candid_assets_tests.torture.comparison import in_words
from candid_assets_tests.torture.published import BrokenError, check_files
from candid_assets_tests.torture.shim import Disk

if TYPE_CHECKING:
    from candid_assets_tests.torture.sequence import Sequence

CHANGES: Final = 91
"""Changes of files among which an audit is killed."""


def audit(at: "Sequence") -> None:
    """Audit what is published, in half of the cases after one that was killed."""
    if not at.model.good:
        return at.refresh()
    at.refresh()
    before = gate_steps.published_bytes(at)
    if at.rng.random() < 0.5:
        disk = Disk("kill", at.rng.randint(1, CHANGES))
        killed = at.plant.act("audit", disk=disk)
        at.log.append(f"audit with {disk}: {in_words(killed)}")
        at.tally.kills += killed.killed
        if killed.crash or killed.error:
            raise BrokenError(f"an audit went wrong: {killed.error or killed.crash}")
    if at.rng.random() < 0.7:
        _audit(at)
    if before != gate_steps.published_bytes(at):
        raise BrokenError("an audit has changed what is published")
    at.refresh()
    return check_files(at.plant.home)


def _audit(at: "Sequence") -> None:
    answer = at.plant.act("audit")
    if answer.killed or answer.hung or answer.crash or answer.error:
        raise BrokenError(f"an audit went wrong: {answer}")
    report = json.loads(answer.said)
    at.log.append(f"audit: {report}")
    if report["disputed"]:
        raise BrokenError(f"Great Expectations and SQL differ: {report['disputed']}")
    if report["broken"] and at.last.succeeded:
        raise BrokenError(f"rules of what is published are broken: {report['broken']}")
    pages = {path.stem for path in (at.plant.home / "reports" / "audit").glob("*.html")}
    if pages != set(report["tables"]):
        raise BrokenError(f"an audit of {report['tables']} has pages of {sorted(pages)}")
