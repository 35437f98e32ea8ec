"""`candid serve` over the company, one of whose processes is killed while it refreshes.

Staging is served from this checkout, production from the repository that is deployed. The daemon's
sensor finds the edits and launches a run by itself; then the webserver, the code server, the daemon
or the run is killed. Nothing of them stays, readers see the old snapshot or the new one, and the
next refresh alone reaches what an undisturbed one reaches.
`python -m candid_assets_tests.torture.servers --rounds 8` does that again and again; what is killed
is in the seed, the moment only by the clock.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from candid_assets.settings import Environment, Settings
from candid_assets.web.users import User, Users
from candid_assets_tests.end_to_end.served.conftest import ADDRESS, processes_of, serving
from candid_assets_tests.torture import disturbances
from candid_assets_tests.torture.published import BrokenError
from candid_assets_tests.torture.tally import Tally

if TYPE_CHECKING:
    from candid_assets_tests.torture.sequence import Sequence

VICTIMS: Final = {
    "code server": "code-server",
    "daemon": "dagster._daemon",
    "run": "multiprocessing.spawn",
}
"""What the command line of each process holds; the webserver is `candid serve` itself."""
ENVIRONMENTS: Final[tuple[Environment, ...]] = ("production", "staging")
"""Where even and odd seeds of the rounds serve."""
LOOKING: Final = 180.0
"""Seconds until the sensor of a new daemon has launched its run, on a busy machine."""
GONE_WITHIN: Final = 30.0
"""Seconds until nothing is left of a server that was killed."""


def serve_and_kill(at: "Sequence") -> None:
    """Let the served platform refresh what was edited, and kill one of its processes amid it.

    Production is served where all of the code is in its repository.
    """
    if not at.model.good or (at.gate is not None and not at.plant.is_served):
        return at.refresh()
    at.right_clock()
    at.edit()
    victim = at.rng.choice(["webserver", *VICTIMS])
    delay = at.rng.uniform(0.0, 3.0)
    at.log.append(f"served; the {victim} is killed {delay:.1f} s after a run has begun")
    reference = disturbances.undisturbed(at)
    at.log.append(f"  {_served(at, victim, delay)}")
    at.tally.kills += 1
    return disturbances.must_be_made_up_for(at, reference)


def _served(at: "Sequence", victim: str, delay: float) -> str:
    plant = at.plant
    users = Users(plant.settings.data_dir)
    if not users.all():
        users.add(User(name="rina", role="operator"))
    log = plant.root / "serve.log"
    family: set[int] = set()
    served = serving(_environment(at), log, ADDRESS, at.plant.code)
    with suppress(AssertionError), served as (process, _):
        begun = _until(lambda: _of("run", processes_of(process.pid)), LOOKING)
        time.sleep(delay)
        family = processes_of(process.pid)
        victims = {process.pid} if victim == "webserver" else _of(victim, family)
        for pid in victims:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if victim != "run":
            process.wait()
    _until(lambda: not _alive(family), GONE_WITHIN)
    left = _alive(family)
    if left or not family:
        raise BrokenError(f"of {family or 'no server'} are left: {left}; {log.read_text()[-2000:]}")
    return (
        f"{len(victims)} of {len(family)} processes killed, {'amid' if begun else 'without'} a run"
    )


def _environment(at: "Sequence") -> dict[str, str]:
    settings = at.plant.settings
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("CANDID_", "LD_PRELOAD"))}
    return {
        **kept,
        **settings.variables_beside(Settings()),
        "PYTHONPATH": str(at.plant.code),
        "DAGSTER_HOME": str(at.plant.root),
        "CANDID_LOOK_SECONDS": "3600",
    }


def _of(victim: str, family: set[int]) -> set[int]:
    """Return the processes of one kind."""
    return {pid for pid in family if VICTIMS[victim] in _words(pid)}


def _words(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def _alive(family: set[int]) -> set[int]:
    return {pid for pid in family if _words(pid)}


def _until(look: Callable[[], object], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if look():
            return True
        time.sleep(0.1)
    return False


@click.command()
@click.option("--seed", default=1, show_default=True, help="What is edited, and what is killed.")
@click.option("--rounds", default=8, show_default=True, help="How many rounds.")
def main(seed: int, rounds: int) -> None:
    """Serve and kill again and again; exit with 1 if anything went wrong."""
    from candid_assets_tests.torture.plant import Plant
    from candid_assets_tests.torture.sequence import Sequence

    tally = Tally()
    with Plant(is_served=True) as plant:
        for number in range(seed, seed + rounds):
            sequence = Sequence(plant, number, tally)
            try:
                sequence.begin(empty=False, env=ENVIRONMENTS[number % 2])
                serve_and_kill(sequence)
                verdict = "nothing broken"
            except BrokenError as broken:
                tally.broken[number] = verdict = str(broken)
            print(f"seed {number}", *sequence.log, verdict, sep="\n  ", flush=True)
    print(
        f"{rounds} servers, {tally.healed} made up for by the next refresh alone,"
        f" {len(tally.broken)} broken"
    )
    sys.exit(1 if tally.broken else 0)


if __name__ == "__main__":
    main()
