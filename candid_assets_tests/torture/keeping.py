"""Backups, restores, and the removal of what is past its time."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from candid_assets.maintenance.backup import back_up
from candid_assets.maintenance.record_retention import tidy_daily
from candid_assets.maintenance.restore import restore
from candid_assets_tests.torture import gate_steps
from candid_assets_tests.torture.gate_acts import behind_the_gate
from candid_assets_tests.torture.published import check_clock

if TYPE_CHECKING:
    from candid_assets_tests.torture.sequence import Sequence


def keep(at: "Sequence") -> None:
    """Make a backup."""
    target = at.plant.root / "backup.tar.gz"
    if not at.model.good:
        return
    target.unlink(missing_ok=True)
    back_up(at.plant.home, at.plant.env, target)
    known = at.gate.known if at.gate else 0
    at.backup = deepcopy((at.model.good, at.model.known, at.model.taken, known))
    at.log.append("backup")


def prune(at: "Sequence") -> None:
    """Remove what is past its time, by a clock that may be 400 days ahead, beside a refresh."""
    settings = at.plant.settings
    now = datetime.now(UTC) + timedelta(seconds=at.clock)
    check_clock(settings, now)
    mark = settings.data_dir / "tidied"
    mark.unlink(missing_ok=True)
    days_fast = at.rng.choice([0, 0, 400])
    with ThreadPoolExecutor(1) as pool:
        with behind_the_gate(at.plant.root):
            tidied = pool.submit(tidy_daily, settings, now + timedelta(days=days_fast))
            at.refresh()
            result = tidied.result()
        at.log.append(f"beside it, a clock {days_fast} days fast: {result}")
    mark.unlink(missing_ok=True)
    at.refresh()


def bring_back(at: "Sequence") -> None:
    """Restore the last backup, or make one."""
    if at.backup is None:
        return keep(at)
    target = at.plant.root / "backup.tar.gz"
    if at.gate is not None and not _may_restore(at, str(target)):
        return None
    restore(target, at.plant.home, at.plant.env, replace=True)
    for former in at.plant.data.glob(f"{at.plant.env}.replaced-*"):
        shutil.rmtree(former)
    model = at.model
    model.good, model.known, model.taken, known = deepcopy(at.backup)
    model.forget_accepted()
    if at.gate is not None:
        at.gate.known = known
    at.log.append("restore")
    return None


def _may_restore(at: "Sequence", file: str) -> bool:
    """Let a person sign that production is put back as a backup holds it."""
    gate_steps.refused(at, "no approved plan restores", "may restore", file)
    plan = gate_steps.act(at, "plan a restore", file)
    if at.rng.random() < 0.2:
        gate_steps.act(at, "refuse", plan, at.plant.key("budi"), file)
        gate_steps.refused(at, "refused", "may restore", file)
        at.backup = None
        return False
    gate_steps.act(at, "approve", plan, at.plant.key("ani"), file)
    gate_steps.act(at, "may restore", file)
    return True
