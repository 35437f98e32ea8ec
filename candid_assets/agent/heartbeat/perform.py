"""Does one thing: through GraphQL where the webserver answers, else with the same command here."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from candid_assets.agent.graphql import answers, runs
from candid_assets.agent.graphql.client import LostError, WebError, Webserver
from candid_assets.agent.graphql.launch import LaunchOrder, launch_run
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
class PartOutcome:
    """What came of one thing."""

    what: str
    succeeded: bool
    facts: list[str] = field(default_factory=list)
    """Sentences for the report."""
    problems: list[str] = field(default_factory=list)
    run: str | None = None


class Performer(Protocol):
    """Runs the jobs that tasks ask for."""

    name: str

    def run(self, work: Work, order: str, agent: str) -> PartOutcome:
        """Run a job and return what came of it."""


@dataclass(slots=True)
class ThroughGraphQL:
    """Runs jobs through the webserver."""

    web: Webserver
    name: str = "GraphQL"

    def run(self, work: Work, order: str, agent: str) -> PartOutcome:
        """Launch the job once for the task and wait for its end.

        Raises:
            InterruptedWorkError: The webserver was lost meanwhile.
        """
        what = f"job {work.job}" + (f" for {work.table or work.name}" if _part(work) else "")
        try:
            run = launch_run(self.web, LaunchOrder(work.job, self._assets(work), order, agent))
            run = runs.wait(self.web, run["run_id"])
            report = answers.report(self.web, run["run_id"])
        except LostError as error:
            raise InterruptedWorkError(str(error)) from error
        except WebError as error:
            return PartOutcome(what, False, problems=[str(error)])
        after = f" after {run['seconds']} s" if run["seconds"] is not None else ""
        facts = [
            f"Run [`{run['run_id'][:8]}`]({run['url']}) ended as {run['status']}{after}; "
            f"{run['materializations']} assets were built."
        ]
        if report["report"]:
            facts.append(f"Its own report: `{report['report']}`.")
        problems = [" ".join(problem.split()) for problem in report["failures"]]
        succeeded = run["status"] == "SUCCESS"
        if not succeeded:
            failed = report["checks_failed"]
            problems += [f"{c['asset']} {c['check']}: {c['message']}" for c in failed]
            problems = problems or [f"the run ended as {run['status']}"]
        return PartOutcome(what, succeeded, facts, problems, run["run_id"])

    def _assets(self, work: Work) -> tuple[str, ...]:
        """Return the assets of a part of a job, and all that are made from them."""
        if work.verb == "job" or not _part(work):
            return ()
        layers = (work.source, *BUILT_LAYERS)
        starts = [f"{layer}.{work.table}" for layer in layers] if work.table else [work.name]
        below = answers.lineage(self.web, starts[0], up=False)["assets"]
        return tuple(dict.fromkeys([*starts, *below]))


@dataclass(slots=True)
class InProcess:
    """Runs the same jobs on this machine, without the webserver."""

    settings: Settings
    name: str = "in process"

    def run(self, work: Work, order: str, agent: str) -> PartOutcome:
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
                return PartOutcome(
                    f"job {work.job}", False, problems=[f"not run in process; {fix}"]
                )
            arguments += ["--workbook", work.job.removeprefix(REFRESH_PREFIX)]
        done = candid(arguments)
        summary = done.answer if isinstance(done.answer, dict) else {}
        problems = [f"{f['message']}; fix: {f['fix']}" for f in summary.get("failures", [])]
        if done.code and not problems:
            problems = [done.output]
        facts = []
        if summary:
            built = (
                f"{summary['assets_built']} tables built, {summary['assets_unchanged']} unchanged"
            )
            facts = [
                f"Refreshed in process in {summary['seconds']} s: {built}, "
                f"{summary['rows_quarantined']} rows in quarantine.",
                f"Its own report: `{summary['report']}`.",
            ]
        return PartOutcome(done.what, done.code == 0, facts, problems, summary.get("run_id"))


@dataclass(frozen=True, slots=True)
class Done:
    """What a command of `candid` did."""

    what: str
    code: int
    answer: Any
    """The JSON on its stdout; None where there is none or it is an error."""
    output: str
    """The last lines of what else it printed."""


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
    lines, answer = done.stderr.strip().splitlines(), None
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        lines += done.stdout.splitlines()
    if isinstance(answer, dict) and answer.keys() & {"error", "refused"}:
        answer = None  # stderr says the same
    return Done(what, done.returncode, answer, "\n".join(lines[-LINES_SHOWN:]))


def perform(
    work: Work, performer: Performer, settings: Settings, order: str, agent: str
) -> PartOutcome:
    """Do one thing and return what came of it.

    Raises:
        InterruptedWorkError: It is to be taken up again.
    """
    if work.verb in ("refresh", "job"):
        return performer.run(work, order, agent)
    proposals = settings.data_dir / "proposals" / re.sub(r"[^\w.-]", "_", order)
    where = ["--workbook", work.workbook, "--into", str(proposals)]
    done = candid(
        {
            "validate": ["contracts", "validate", "--json"],
            "discover": ["discover", work.place, "--json", *where],
            "document": ["docs", "build", "--into", str(settings.data_dir / "docs")],
            "report": ["status", "--json"],
            "history": ["history", work.table, "--json"],
            "lineage": ["lineage", work.name, "--json"],
        }[work.verb]
    )
    # The status of a snapshot in which something failed is a report all the same.
    succeeded = done.code == 0 or (work.verb == "report" and done.answer is not None)
    problems = [] if succeeded else [done.output or f"it exited with {done.code}"]
    return PartOutcome(done.what, succeeded, list(_facts(work, done)), problems)


def _facts(work: Work, done: Done) -> Iterator[str]:
    """Yield sentences about what a command answered."""
    answer = done.answer
    if work.verb == "document":
        yield done.output.splitlines()[-1] if done.output else "The pages were written."
    elif answer is None:
        return
    elif work.verb == "validate":
        problems = answer if isinstance(answer, list) else answer.get("problems", [])
        yield f"The contracts have {len(problems)} problems."
    elif work.verb == "discover":
        yield (
            f"The proposal for {work.workbook} is in the folder that the command names; nothing of "
            "the catalog was changed: review it and move it there."
        )
    elif work.verb == "report":
        yield (
            f"Last refresh {answer['last_run']}; {answer['checks']['passed']} checks passed, "
            f"{answer['checks']['failed']} failed; {len(answer['failures'])} tables show an older "
            "state."
        )
    elif work.verb == "history":
        yield f"{work.table} had {len(answer['contents'])} contents."
        for content in answer["contents"][:LINES_SHOWN]:
            yield f"from {content['first_seen']}: {content['rows']} rows"
    elif work.verb == "lineage":
        yield f"```json\n{json.dumps(answer, ensure_ascii=False, indent=1)[:6000]}\n```"


def _part(work: Work) -> str:
    return work.table or (work.name if work.verb == "refresh" else "")
