"""Launches runs: for a task once, however many clients ask at the same time."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from filelock import FileLock

from candid_assets.agent.graphql import queries
from candid_assets.agent.graphql.client import (
    ConflictError,
    LostError,
    UnknownNameError,
    WebError,
    Webserver,
)
from candid_assets.agent.graphql.runs import (
    ENDED,
    REPOSITORY,
    cancel,
    chosen_assets,
    find_run,
    jobs,
    refusal,
    runs_of_task,
)
from candid_assets.agent.graphql.task_runs import (
    ATTEMPT,
    LAUNCH_ID,
    last_attempt,
    launched_by,
    run_of_task,
)
from candid_assets.names import REFRESH_ALL
from candid_assets.near_names import hint

LOCK_SECONDS: Final = 180


@dataclass(frozen=True, slots=True)
class LaunchOrder:
    """What is to be launched, for which task and by whom."""

    job: str = REFRESH_ALL
    assets: tuple[str, ...] = ()
    """Only these assets of the job, as `layer.table`; all where there is none."""
    task: str | None = None
    requested_by: str = "data-eng"
    again: bool = False
    """Whether a task that already ran runs once more."""
    tags: Mapping[str, str] | None = None


def launch_run(web: Webserver, order: LaunchOrder) -> dict[str, Any]:
    """Launch a run, or return the one that the task already has.

    Raises:
        UnknownNameError: No such job or asset.
        ConflictError: The task has a run of another job or selection.
        WebError: The webserver refuses, or cannot be reached.
    """
    _require_job(web, order.job)
    selection = _selection(web, order.assets)
    if order.task is None:
        return _launched(web, _launch(web, order, selection, {}), new=True)
    name = hashlib.sha256(f"{web.url}\n{order.task}".encode()).hexdigest()[:16]
    folder = web.settings.locks_dir
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / f"task-{name}.lock", timeout=LOCK_SECONDS):
        before = runs_of_task(web, order.task)
        current = run_of_task(before)
        if current is not None and not order.again:
            return _launched(web, _same(current, order, selection), new=False)
        return _launch_once(web, order, selection, last_attempt(before) + 1)


def _launch_once(
    web: Webserver, order: LaunchOrder, selection: list[list[str]], attempt: int
) -> dict[str, Any]:
    """Launch for a task; of clients that launch the same attempt, all but the first withdraw."""
    task, launch_id = str(order.task), uuid.uuid4().hex
    tags = {"task": task, ATTEMPT: str(attempt), LAUNCH_ID: launch_id}
    try:
        _launch(web, order, selection, tags)
    except LostError:
        # It may have arrived all the same: a run then has the tag of this launch.
        if not launched_by(runs_of_task(web, task), launch_id):
            _launch(web, order, selection, tags)
    runs = runs_of_task(web, task)
    current = run_of_task(runs)
    if current is None:
        raise WebError(f"the run of task {task} is not in the history of {web.url}")
    mine = launched_by(runs, launch_id)
    for run in mine:
        if run["runId"] != current["runId"]:
            _withdraw(web, run["runId"])
    if any(run["runId"] == current["runId"] for run in mine):
        return _launched(web, current["runId"], new=True)
    return _launched(web, _same(current, order, selection), new=False)


def _withdraw(web: Webserver, run_id: str) -> None:
    try:
        cancel(web, run_id)
    except WebError:
        if find_run(web, run_id)["status"] not in ENDED:
            raise


def _launch(
    web: Webserver, order: LaunchOrder, selection: list[list[str]], task_tags: Mapping[str, str]
) -> str:
    tags = dict(order.tags or {}) | {"requested_by": order.requested_by} | dict(task_tags)
    selector: dict[str, Any] = REPOSITORY | {"jobName": order.job}
    if selection:
        selector["assetSelection"] = [{"path": path} for path in selection]
    params = {
        "selector": selector,
        "runConfigData": {},
        "executionMetadata": {"tags": [{"key": k, "value": v} for k, v in tags.items()]},
    }
    answer = web.do(queries.LAUNCH, params=params)["launchRun"]
    if answer["__typename"] != "LaunchRunSuccess":
        raise refusal(answer, f"{order.job} was not launched")
    return str(answer["run"]["runId"])


def _same(run: dict[str, Any], order: LaunchOrder, selection: list[list[str]]) -> str:
    """Return the id of a task's run, which must be the one that is asked for."""
    covers = sorted(key["path"] for key in run["assetSelection"] or [])
    if run["jobName"] != order.job or (selection and covers != selection):
        raise ConflictError(
            f"task {order.task} already ran {run['jobName']} as {run['runId']}",
            "launch another job under another task, or with --again",
        )
    return str(run["runId"])


def _launched(web: Webserver, run_id: str, *, new: bool) -> dict[str, Any]:
    return find_run(web, run_id) | {"launched": new}


def _require_job(web: Webserver, name: str) -> None:
    known = [job["job"] for job in jobs(web)]
    if name not in known:
        raise UnknownNameError(f"no job is called {name!r}{hint(name, known)}")


def _selection(web: Webserver, assets: Sequence[str]) -> list[list[str]]:
    return sorted(chosen_assets(web, assets).values()) if assets else []
