"""Refreshes that are killed or whose disk fails: the next one alone must make up for them."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from candid_assets_tests.end_to_end.faults.killed import POINTS
from candid_assets_tests.torture import gate_steps
from candid_assets_tests.torture.comparison import check_same, good_of, in_words, outcome
from candid_assets_tests.torture.oracle import tables
from candid_assets_tests.torture.published import BrokenError, read_published, require_one_of
from candid_assets_tests.torture.shim import Disk

if TYPE_CHECKING:
    from candid_assets_tests.torture.sequence import Sequence


def kill(at: "Sequence") -> None:
    """Kill a refresh after an event, at a named point or at a change of a file."""
    way = at.rng.choice(["event", "point", "call", "call", "torn"])
    how: dict[str, Any]
    if way == "event":
        how = {"event": at.rng.choice([1, 2, 3, 5, 8, 13, 20, 30])}
    elif way == "point":
        how = {"point": at.rng.choice(list(POINTS))}
    else:
        mode = "kill" if way == "call" else "torn"
        how = {"disk": Disk(mode, at.rng.randint(1, 220))}
    disturbed(at, how)


def disk(at: "Sequence") -> None:
    """Refresh on a disk that fails."""
    kinds, mode, error = at.rng.choice(
        [
            (("write",), "fail", "ENOSPC"),
            (("write",), "fail", "EIO"),
            (("write",), "short", "ENOSPC"),
            (("sync",), "fail", "EIO"),
            (("rename",), "fail", "EIO"),
            (("write", "rename", "other"), "fail", "EROFS"),
        ]
    )
    number = at.rng.randint(1, 120 if "write" in kinds else 40)
    lasting = at.rng.random() < 0.5
    disturbed(at, {"disk": Disk(mode, number, kinds, error, lasting)})


def disturbed(at: "Sequence", how: dict[str, Any]) -> None:
    """Refresh under a kill or a disk fault; the next refresh alone must make up for it."""
    if not at.model.good:
        return
    if at.rng.random() < 0.85:
        at.edit()
    if at.rng.random() < 0.3:
        at.contract()
    if at.gate is not None and at.gate.refuses(at.model.rules):
        gate_steps.deploy(at)
        if at.gate.refuses(at.model.rules):
            return
    reference = undisturbed(at)
    at.log.append(f"disturbed: {how}")
    answer = at.once(**how)
    at.log.append(f"  {in_words(answer)}")
    at.tally.kills += answer.killed
    at.tally.disk_faults += bool(answer.happened)
    if answer.crash:
        raise BrokenError(f"the disturbed refresh crashed: {answer.crash}")
    must_be_made_up_for(at, reference)


def must_be_made_up_for(at: "Sequence", reference: Path) -> None:
    """Check that readers see what is whole, and that the next refresh alone heals the rest."""
    _check_whole(at, reference)
    again = at.once()
    at.log.append(f"  next: {in_words(again)}")
    at.judge(again, {})
    check_same(outcome(reference), outcome(at.plant.data), again)
    at.tally.healed += 1
    shutil.rmtree(reference)


def undisturbed(at: "Sequence") -> Path:
    """Refresh, put the data aside, and the data of before in its place; return the former."""
    plant = at.plant
    reference, spare = plant.root / "reference", plant.root / "spare"
    for folder in (reference, spare):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(plant.data, spare)
    at.once()
    plant.data.rename(reference)
    spare.rename(plant.data)
    return reference


def _check_whole(at: "Sequence", reference: Path) -> None:
    """Check that readers see a snapshot that is whole: each table is the last one or the new one.

    A tab whose news did not arrive may have been cleaned anew by a contract that is news itself.
    """
    try:
        now = read_published(at.plant.published).good
    except Exception as error:
        raise BrokenError(f"the snapshot is torn: {error}") from error
    new = good_of(reference)
    for key in tables():
        table = "__".join(key)
        before = at.model.good[table]
        # A member of a family that fails keeps no other from being read.
        for member in now[table].keys() | before.keys() | new[table].keys():
            allowed = [one.get(member, []) for one in (before, new[table])]
            allowed += at.model.by_the_contract_of_today(key, member)
            require_one_of(f"{table} after a disturbance", now[table].get(member, []), allowed)
