"""Does one thing: through GraphQL where the webserver answers, else with the same command here."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from candid_assets.agent.graphql import answers, runs
from candid_assets.agent.graphql.client import LostError, WebError, Webserver
from candid_assets.agent.heartbeat.understand import Work
from candid_assets.errors import CandidError
from candid_assets.names import BUILT_LAYERS, REFRESH_ALL, REFRESH_PREFIX
from candid_assets.settings import Settings

COMMAND_SECONDS: Final = 7200
BUSY: Final = ("another refresh holds", "Could not set lock on file")
LINES_SHOWN: Final = 12


class InterruptedWorkError(CandidError):
    """It could not be finished now and is taken up again; the message says why."""


@dataclass(slots=True)
class Outcome:
    """What came of one thing."""

    what: str
    succeeded: bool
    facts: list[str] = field(default_factory=list)
    """Sentences for the report."""
    problems: list[str] = field(default_factory=list)
    run: str | None = None


class Performer(Protocol):
    """What runs a job."""

    name: str

    def run(self, work: Work, order: str, agent: str) -> Outcome:
        """Run a job and return what came of it."""


@dataclass(slots=True)
class ThroughGraphQL:
    """Runs jobs through the webserver."""

    web: Webserver
    name: str = "GraphQL"

    def run(self, work: Work, order: str, agent: str) -> Outcome:
        """Launch the job once for the task and wait for its end.

        Raises:
            InterruptedWorkError: The webserver was lost meanwhile.
        """
        what = f"job {work.job}" + (f" for {work.table or work.name}" if _part(work) else "")
        asked = runs.Order(work.job, self._assets(work), order, agent)
        try:
            run = runs.launch(self.web, asked)
            run = runs.wait(self.web, run["run_id"])
            told = answers.report(self.web, run["run_id"])
        except LostError as error:
            raise InterruptedWorkError(str(error)) from error
        except WebError as error:
            return Outcome(what, False, problems=[str(error)])
        facts = [
            f"Run [`{run['run_id'][:8]}`]({run['url']}) ended as {run['status']}"
            + (f" after {run['seconds']} s" if run["seconds"] is not None else "")
            + f"; {run['materializations']} assets were built."
        ]
        if told["report"]:
            facts.append(f"Its own report: `{told['report']}`.")
        problems = [" ".join(p.split()) for p in told["failures"]]
        if run["status"] != "SUCCESS":
            problems += [
                f"{c['asset']} {c['check']}: {c['message']}" for c in told["checks_failed"]
            ]
            problems = problems or [f"the run ended as {run['status']}"]
        return Outcome(what, run["status"] == "SUCCESS", facts, problems, run["run_id"])

    def _assets(self, work: Work) -> tuple[str, ...]:
        """Return the assets of a part of a job with all that hangs on them."""
        if work.verb == "job" or not _part(work):
            return ()
        starts = (
            [f"{layer}.{work.table}" for layer in (work.source, *BUILT_LAYERS)]
            if work.table
            else [work.name]
        )
        below = [a for s in starts[:1] for a in answers.lineage(self.web, s, up=False)["assets"]]
        return tuple(dict.fromkeys([*starts, *below]))


@dataclass(slots=True)
class InProcess:
    """Runs the same jobs on this machine, without the webserver."""

    settings: Settings
    name: str = "in process"

    def run(self, work: Work, order: str, agent: str) -> Outcome:
        """Refresh with `candid run`, which does nothing twice.

        Raises:
            InterruptedWorkError: Another refresh is at work.
        """
        arguments = ["run", "--json"]
        if work.verb == "refresh" and work.table:
            arguments += ["--tab", work.table]
        elif work.job != REFRESH_ALL:
            if not work.job.startswith(REFRESH_PREFIX):
                fix = "start the webserver with `candid serve`"
                return Outcome(f"job {work.job}", False, problems=[f"not run in process; {fix}"])
            arguments += ["--workbook", work.job.removeprefix(REFRESH_PREFIX)]
        done = candid(arguments)
        told = done.told if isinstance(done.told, dict) else {}
        facts = _refreshed(told) if told else []
        problems = [f"{f['message']}; fix: {f['fix']}" for f in told.get("failures", [])]
        if done.code and not problems:
            problems = [done.said]
        return Outcome(done.what, done.code == 0, facts, problems, told.get("run_id"))


def _refreshed(told: dict[str, Any]) -> list[str]:
    return [
        f"Refreshed in process in {told['seconds']} s: {told['assets_built']} tables built, "
        f"{told['assets_unchanged']} unchanged, {told['rows_quarantined']} rows in quarantine.",
        f"Its own report: `{told['report']}`.",
    ]


@dataclass(frozen=True, slots=True)
class Done:
    """What a command of `candid` did."""

    what: str
    code: int
    told: Any
    """The JSON on its stdout."""
    said: str


def candid(arguments: Sequence[str]) -> Done:
    """Run a command of `candid` in a process of its own.

    Raises:
        InterruptedWorkError: It did not end in time, or another refresh holds the warehouse.
    """
    what = " ".join(["candid", *arguments])
    try:
        # The project's own command, run without a shell.
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "candid_assets.cli", *arguments],
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InterruptedWorkError(f"`{what}` did not end within {COMMAND_SECONDS} s") from error
    if any(text in done.stderr for text in BUSY):
        raise InterruptedWorkError("another refresh is at work; it is tried again")
    try:
        told = json.loads(done.stdout) if done.stdout.strip() else None
    except ValueError:
        told = None
    said = done.stderr.strip().splitlines() + ([] if told is not None else done.stdout.splitlines())
    return Done(what, done.returncode, told, "\n".join(said[-LINES_SHOWN:]))


def perform(
    work: Work, performer: Performer, settings: Settings, order: str, agent: str
) -> Outcome:
    """Do one thing and return what came of it.

    Raises:
        InterruptedWorkError: It is to be taken up again.
    """
    if work.verb in ("refresh", "job"):
        return performer.run(work, order, agent)
    arguments = {
        "validate": ["contracts", "validate", "--json"],
        "discover": [
            *("discover", work.place, "--workbook", work.workbook, "--json"),
            *("--into", str(_proposals(settings, order))),
        ],
        "document": ["docs", "build", "--into", str(settings.data_dir / "docs")],
        "report": ["status", "--json"],
        "history": ["history", work.table, "--json"],
        "lineage": ["lineage", work.name, "--json"],
    }[work.verb]
    done = candid(arguments)
    # The status of a snapshot in which something failed is a report all the same.
    succeeded = done.code == 0 or (work.verb == "report" and done.told is not None)
    outcome = Outcome(done.what, succeeded, _facts(work, done))
    if not succeeded:
        outcome.problems = [done.said or f"it exited with {done.code}"]
    return outcome


def _facts(work: Work, done: Done) -> list[str]:
    if work.verb == "document":
        return [done.said.splitlines()[-1] if done.said else "The pages were written."]
    return _TOLD[work.verb](work, done.told) if done.told is not None else []


def _validated(_: Work, told: Any) -> list[str]:
    problems = told if isinstance(told, list) else told.get("problems", [])
    return [f"The contracts have {len(problems)} problems."]


def _discovered(work: Work, _: Any) -> list[str]:
    return [
        f"The proposal for {work.workbook} stands in the folder that the command names; nothing "
        "of the catalog was changed: review it and move it there."
    ]


def _reported(_: Work, told: Any) -> list[str]:
    checks = told["checks"]
    return [
        f"Last refresh {told['last_run']}; {checks['passed']} checks passed, {checks['failed']} "
        f"failed; {len(told['failures'])} tables show an older state."
    ]


def _remembered(work: Work, told: Any) -> list[str]:
    contents = told["contents"]
    lines = [f"{work.table} had {len(contents)} contents."]
    return lines + [f"from {c['first_seen']}: {c['rows']} rows" for c in contents[:LINES_SHOWN]]


def _followed(_: Work, told: Any) -> list[str]:
    return ["```json\n" + json.dumps(told, ensure_ascii=False, indent=1)[:6000] + "\n```"]


_TOLD: Final[dict[str, Callable[[Work, Any], list[str]]]] = {
    "validate": _validated,
    "discover": _discovered,
    "report": _reported,
    "history": _remembered,
    "lineage": _followed,
}


def _part(work: Work) -> str:
    return work.table or (work.name if work.verb == "refresh" else "")


def _proposals(settings: Settings, order: str) -> Path:
    plain = "".join(c if c.isalnum() or c in "-_." else "_" for c in order)
    return settings.data_dir / "proposals" / plain
