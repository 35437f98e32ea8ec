"""One beat: takes the tasks of an agent, works them, reports, logs and marks them, in this order.

A task is marked in progress before anything is done and done only after it is logged; the journal
records how far it came, so that a crash at any moment is taken up where it happened.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from filelock import FileLock, Timeout

from candid_assets.agent.activity_log import Activity, ActivityError, log
from candid_assets.agent.graphql.client import Webserver
from candid_assets.agent.graphql.runs import jobs
from candid_assets.agent.heartbeat.contract_breaks import add_break_tasks
from candid_assets.agent.heartbeat.journal import AttemptEntry, AttemptJournal
from candid_assets.agent.heartbeat.perform import (
    InProcess,
    InterruptedWorkError,
    PartOutcome,
    Performer,
    ThroughGraphQL,
    perform,
)
from candid_assets.agent.heartbeat.task_report import write_reason, write_report
from candid_assets.agent.heartbeat.understand import NotUnderstoodError, Work, understand
from candid_assets.agent.task_words import Status
from candid_assets.agent.tasks.status_words import OPEN
from candid_assets.agent.tasks.task import Task
from candid_assets.agent.tasks.tasks_file import TaskChangedError, TasksError, TasksFile
from candid_assets.contracts.load import load_catalog
from candid_assets.settings import Settings

Verdict = Literal["done", "failed", "left", "unfinished", "would_do"]
DESCRIBED: Final = 400
BLOCKED: Final = "it is blocked: set it to pending once nothing stands in its way"


@dataclass(slots=True)
class TaskResult:
    """What a beat did about one task."""

    task: str
    title: str
    verdict: Verdict
    reason: str = ""
    report: str | None = None
    runs: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Beat:
    """The outcome of one beat."""

    env: str
    agent: str
    tasks_file: str
    through: str = ""
    tasks: list[TaskResult] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)
    """Lines that name the agent in a form that is not read as a task, counted from 1."""

    @property
    def succeeded(self) -> bool:
        """Whether everything that was taken is done and logged."""
        return all(t.verdict not in ("failed", "unfinished") for t in self.tasks)


@dataclass(slots=True)
class Heart:
    """Beats for one agent over one tasks file."""

    settings: Settings
    file: TasksFile
    progress: Callable[[str], None] = lambda _: None
    """Called with a line about every step."""
    creates: bool = True
    """Whether it creates tasks for sheets that break their contract."""

    @property
    def journal(self) -> AttemptJournal:
        """What was done about each task so far."""
        return AttemptJournal(self.settings.agent_dir, self.file.path, self.file.agent)

    def beat(self, *, dry_run: bool = False) -> Beat:
        """Work every task that is understood and return what came of it.

        Raises:
            TasksError: The tasks file cannot be read or written, or another heartbeat is at work.
            WebError: The webserver answers, and refuses the token or serves something else.
        """
        beat = Beat(self.settings.env, self.file.agent, str(self.file.path))
        if dry_run:
            for task, works in self._taken(beat):
                beat.tasks.append(TaskResult(task.key, task.title, "would_do", _words(works)))
            return beat
        where = f"{self.file.path.resolve()}\n{self.file.agent}"
        name = hashlib.sha256(where.encode()).hexdigest()[:16]
        self.settings.locks_dir.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.settings.locks_dir / f"heartbeat-{name}.lock", timeout=0):
                self._work(beat)
        except Timeout as error:
            raise TasksError(
                f"another heartbeat works {self.file.path}", "wait until it ends"
            ) from error
        return beat

    def _work(self, beat: Beat) -> None:
        taken = self._taken(beat)
        for left in beat.tasks:
            # The report of what blocked it stays.
            if left.reason != BLOCKED and (task := self.file.read().find(left.task)):
                left.report = str(write_reason(self.settings, task, self.file.agent, left.reason))
        if taken:
            performer = self._performer()
            beat.through = performer.name
            results = [self._one(task, works, performer) for task, works in taken]
            beat.tasks += results
            self._restore_statuses([task for task, _ in taken], results)
        if self.creates:
            beat.created = add_break_tasks(self.settings, self.file)

    def _taken(self, beat: Beat) -> list[tuple[Task, tuple[Work, ...]]]:
        """Return the open tasks that are understood; add to the beat why the others are left."""
        catalog = load_catalog(self.settings.catalog_dir)
        taken = []
        document = self.file.read()
        beat.unread += document.unread_lines
        for task in document.tasks:
            if not task.is_for(self.file.agent) or task.status in ("done", "cancelled"):
                continue
            try:
                if task.status == "blocked":
                    raise NotUnderstoodError(BLOCKED)
                if task.problem:
                    raise NotUnderstoodError(task.problem)
                if task.status is None:
                    written = " ".join(mark.text for mark in task.marks)
                    raise NotUnderstoodError(f"the status '{written}' is unknown")
                taken.append((task, understand(task, catalog)))
            except NotUnderstoodError as error:
                beat.tasks.append(TaskResult(task.key, task.title, "left", str(error)))
        return taken

    def _performer(self) -> Performer:
        web = Webserver(self.settings, progress=self.progress)
        if web.answers():
            # A server of another environment, or without its code, touches no task.
            jobs(web)
            self.progress(f"working through GraphQL at {web.url}")
            return ThroughGraphQL(web)
        self.progress(f"no webserver answers at {web.url}: working in process")
        return InProcess(self.settings)

    def _one(self, task: Task, works: tuple[Work, ...], performer: Performer) -> TaskResult:
        result = TaskResult(task.key, task.title, "unfinished")
        try:
            entry = self.journal.begin(task)
            self.file.set_status(task, OPEN, "in_progress")
            if entry.phase == "begun":
                entry = self._perform(task, entry, works, performer)
            result.report, result.runs = entry.report, list(entry.runs)
            if entry.phase == "worked":
                entry = self._log(task, entry)
            self.file.set_status(task, OPEN, "done" if entry.succeeded else "blocked")
            self.journal.advance(task, entry, "done")
            result.verdict = "done" if entry.succeeded else "failed"
            result.reason = entry.description
        except (InterruptedWorkError, TaskChangedError) as error:
            result.reason = str(error)
        except ActivityError as error:
            result.reason = f"worked but not logged, tried again at the next beat: {error}"
        self.progress(f"{result.task}: {result.verdict}: {result.reason}")
        return result

    def _perform(
        self, task: Task, entry: AttemptEntry, works: tuple[Work, ...], performer: Performer
    ) -> AttemptEntry:
        outcomes: list[PartOutcome] = []
        agent = self.file.agent
        for i, work in enumerate(works):
            order = entry.order if i == 0 else f"{entry.order}/{i + 1}"
            self.progress(f"{task.key}: {_words((work,))}")
            outcomes.append(perform(work, performer, self.settings, order, agent))
            if not outcomes[-1].succeeded:
                break
        report = write_report(self.settings, task, entry, outcomes, agent, performer.name)
        return self.journal.advance(
            task,
            entry,
            "worked",
            succeeded=all(outcome.succeeded for outcome in outcomes),
            description=_description(task, outcomes),
            report=str(report),
            runs=tuple(outcome.run for outcome in outcomes if outcome.run),
        )

    def _log(self, task: Task, entry: AttemptEntry) -> AttemptEntry:
        activity = Activity(
            task.id or task.title,
            "done" if entry.succeeded else "failed",
            self.file.agent,
            entry.description,
            key=self.journal.key(entry),
        )
        log(self.settings, activity, progress=self.progress)
        return self.journal.advance(task, entry, "logged")

    def _restore_statuses(self, tasks: list[Task], results: list[TaskResult]) -> None:
        """Write a status again that an editor has put back with its older copy of the file."""
        statuses: dict[Verdict, Status] = {"done": "done", "failed": "blocked"}
        for task, result in zip(tasks, results, strict=True):
            if result.verdict in statuses:
                try:
                    self.file.set_status(task, OPEN, statuses[result.verdict])
                except TasksError as error:
                    self.progress(f"{task.key}: {error}")


def _words(works: tuple[Work, ...]) -> str:
    return ", ".join(
        " ".join(dict.fromkeys(p for p in (w.verb, w.job, w.workbook, w.table, w.name) if p))
        for w in works
    )


def _description(task: Task, outcomes: list[PartOutcome]) -> str:
    parts = [f"{task.title}:"]
    for outcome in outcomes:
        parts.append(outcome.what + (" succeeded" if outcome.succeeded else " failed"))
        parts += outcome.problems
    return " ".join(" ".join(parts).split())[:DESCRIBED]
