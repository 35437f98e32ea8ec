"""One beat: takes the tasks of an agent, works them, reports, logs and marks them, in this order.

A task is marked in progress before anything is done and done only after it is logged; the journal
tells how far it came, so that a crash at any moment is taken up where it happened.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from filelock import FileLock, Timeout

from candid_assets.agent.activity_log import Activity, ActivityError, log
from candid_assets.agent.graphql.client import Webserver
from candid_assets.agent.graphql.runs import jobs
from candid_assets.agent.heartbeat.contract_breaks import tell_of_breaks
from candid_assets.agent.heartbeat.journal import Entry, Journal
from candid_assets.agent.heartbeat.perform import (
    InProcess,
    InterruptedWorkError,
    Outcome,
    Performer,
    ThroughGraphQL,
    perform,
)
from candid_assets.agent.heartbeat.task_report import write_reason, write_report
from candid_assets.agent.heartbeat.understand import NotUnderstoodError, Work, understand
from candid_assets.agent.tasks.status_words import OPEN, Status
from candid_assets.agent.tasks.task import Task
from candid_assets.agent.tasks.task_document import TasksError
from candid_assets.agent.tasks.tasks_file import TaskChangedError, TasksFile
from candid_assets.contracts.load import load_catalog
from candid_assets.settings import Settings

Verdict = Literal["done", "failed", "left", "unfinished", "would_do"]
DESCRIBED: Final = 400


@dataclass(slots=True)
class Said:
    """What a beat says of one task."""

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
    tasks: list[Said] = field(default_factory=list)
    created: list[str] = field(default_factory=list)

    @property
    def succeeded(self) -> bool:
        """Whether everything that was taken is done and logged."""
        return all(t.verdict not in ("failed", "unfinished") for t in self.tasks)


@dataclass(slots=True)
class Heart:
    """Beats for one agent over one tasks file."""

    settings: Settings
    file: TasksFile
    tell: Callable[[str], None] = lambda _: None
    creates: bool = True
    """Whether it creates tasks for sheets that break their contract."""
    journal: Journal = field(init=False)

    def __post_init__(self) -> None:
        """Open the journal."""
        self.journal = Journal(self.settings.agent_dir, self.file.path, self.file.agent)

    def beat(self, *, dry_run: bool = False) -> Beat:
        """Work every task that is understood and return what came of it.

        Raises:
            TasksError: The tasks file cannot be read or written, or another heartbeat is at work.
            WebError: The webserver answers, and refuses the token or serves something else.
        """
        beat = Beat(self.settings.env, self.file.agent, str(self.file.path))
        if dry_run:
            for task, works in self._taken(beat):
                beat.tasks.append(Said(task.key, task.title, "would_do", _told(works)))
            return beat
        where = f"{self.file.path.resolve()}\n{self.file.agent}"
        name = hashlib.sha256(where.encode()).hexdigest()[:16]
        self.settings.locks_dir.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.settings.locks_dir / f"heartbeat-{name}.lock", timeout=0)
        try:
            with lock:
                self._work(beat)
        except Timeout as error:
            raise TasksError(
                f"another heartbeat works {self.file.path}", "wait until it ends"
            ) from error
        return beat

    def _work(self, beat: Beat) -> None:
        taken = self._taken(beat)
        for said in [s for s in beat.tasks if s.verdict == "left"]:
            task = self.file.read().find(said.task)
            if task is not None:
                said.report = str(write_reason(self.settings, task, self.file.agent, said.reason))
        if taken:
            performer = self._performer()
            beat.through = performer.name
            worked = [(task, self._one(task, works, performer)) for task, works in taken]
            beat.tasks += [said for _, said in worked]
            self._stand_by(worked)
        if self.creates:
            beat.created = tell_of_breaks(self.settings, self.file)

    def _taken(self, beat: Beat) -> list[tuple[Task, tuple[Work, ...]]]:
        """Return the open tasks that are understood; say of the others why they are left."""
        catalog = load_catalog(self.settings.catalog_dir)
        taken = []
        for task in self.file.read().tasks:
            if not task.is_for(self.file.agent) or (task.status and task.status not in OPEN):
                continue
            try:
                if task.problem:
                    raise NotUnderstoodError(task.problem)
                if task.status is None:
                    raise NotUnderstoodError(f"nobody knows the status '{_status(task)}'")
                taken.append((task, understand(task, catalog)))
            except NotUnderstoodError as error:
                beat.tasks.append(Said(task.key, task.title, "left", str(error)))
        return taken

    def _performer(self) -> Performer:
        web = Webserver(self.settings, tell=self.tell)
        if web.answers():
            # A server of another environment, or without its code, touches no task.
            jobs(web)
            self.tell(f"working through GraphQL at {web.url}")
            return ThroughGraphQL(web)
        self.tell(f"no webserver answers at {web.url}: working in process")
        return InProcess(self.settings)

    def _one(self, task: Task, works: tuple[Work, ...], performer: Performer) -> Said:
        said = Said(task.key, task.title, "unfinished")
        try:
            entry = self.journal.begin(task)
            self.file.set_status(task, OPEN, "in_progress")
            if entry.phase == "begun":
                entry = self._perform(task, entry, works, performer)
            said.report, said.runs = entry.report, list(entry.runs)
            if entry.phase == "worked":
                entry = self._log(task, entry)
            end: Status = "done" if entry.succeeded else "blocked"
            self.file.set_status(task, OPEN, end)
            self.journal.advance(task, entry, "done")
            said.verdict = "done" if entry.succeeded else "failed"
            said.reason = entry.description
        except (InterruptedWorkError, TaskChangedError) as error:
            said.reason = str(error)
        except ActivityError as error:
            said.reason = f"worked but not logged, tried again at the next beat: {error}"
        self.tell(f"{said.task}: {said.verdict}: {said.reason}")
        return said

    def _perform(
        self, task: Task, entry: Entry, works: tuple[Work, ...], performer: Performer
    ) -> Entry:
        outcomes: list[Outcome] = []
        for i, work in enumerate(works):
            order = entry.order if i == 0 else f"{entry.order}/{i + 1}"
            self.tell(f"{task.key}: {_told((work,))}")
            outcomes.append(perform(work, performer, self.settings, order, self.file.agent))
            if not outcomes[-1].succeeded:
                break
        agent = self.file.agent
        report = write_report(self.settings, task, entry, outcomes, agent, performer.name)
        return self.journal.advance(
            task,
            entry,
            "worked",
            succeeded=all(o.succeeded for o in outcomes),
            description=_described(task, outcomes),
            report=str(report),
            runs=tuple(o.run for o in outcomes if o.run),
        )

    def _log(self, task: Task, entry: Entry) -> Entry:
        status = "done" if entry.succeeded else "failed"
        activity = Activity(
            task.id or task.title,
            status,
            self.file.agent,
            entry.description,
            key=self.journal.key(entry),
        )
        log(self.settings, activity, tell=self.tell)
        return self.journal.advance(task, entry, "logged")

    def _stand_by(self, worked: list[tuple[Task, Said]]) -> None:
        """Write a status again that an editor has put back with its older copy of the file."""
        for task, said in worked:
            if said.verdict in ("done", "failed"):
                end: Status = "done" if said.verdict == "done" else "blocked"
                try:
                    self.file.set_status(task, OPEN, end)
                except TasksError as error:
                    self.tell(f"{task.key}: {error}")


def _told(works: tuple[Work, ...]) -> str:
    return ", ".join(
        " ".join(dict.fromkeys(p for p in (w.verb, w.job, w.workbook, w.table, w.name) if p))
        for w in works
    )


def _status(task: Task) -> str:
    return " ".join(mark.text for mark in task.marks)


def _described(task: Task, outcomes: list[Outcome]) -> str:
    told: list[Any] = [f"{task.title}:"]
    for outcome in outcomes:
        told.append(outcome.what + (" succeeded" if outcome.succeeded else " failed"))
        told += outcome.problems
    return " ".join(" ".join(told).split())[:DESCRIBED]
