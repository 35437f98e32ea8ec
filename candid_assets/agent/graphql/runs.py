"""Runs, jobs and assets as the webserver knows them; waits for the end of runs and cancels them."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from candid_assets.agent.graphql import queries
from candid_assets.agent.graphql.client import (
    LostError,
    RefusedError,
    UnknownNameError,
    WebError,
    Webserver,
)
from candid_assets.names import CODE_LOCATION
from candid_assets.near_names import hint

REPOSITORY: Final = {
    "repositoryLocationName": CODE_LOCATION,
    "repositoryName": "__repository__",
}
ENDED: Final = ("SUCCESS", "FAILURE", "CANCELED")
POLL_SECONDS: Final = 1.0
START_SECONDS: Final = 120.0
"""How long a run that is to be cancelled may take to start: Dagster cannot end it before."""
UNAUTHORIZED: Final = "UnauthorizedError"


def runs_of_task(web: Webserver, task: str) -> list[dict[str, Any]]:
    """Return the runs of a task, the last recorded first."""
    answer = web.ask(queries.RUNS, filter={"tags": [{"key": "task", "value": task}]}, limit=50)
    return _results(answer)


def find_run(web: Webserver, run_id: str) -> dict[str, Any]:
    """Return the facts of a run; the first eight characters of its id are enough.

    Raises:
        UnknownNameError: There is none.
    """
    run = web.ask(queries.RUN, id=run_id)["runOrError"]
    if run["__typename"] == "Run":
        return _facts(web, run)
    if len(run_id) >= 6:
        near = [r for r in recent_runs(web, 200) if r["run_id"].startswith(run_id)]
        if len(near) == 1:
            return near[0]
    raise UnknownNameError(f"no run {run_id} is known at {web.url}", "see `candid agent status`")


def recent_runs(web: Webserver, limit: int) -> list[dict[str, Any]]:
    """Return the newest runs."""
    return [_facts(web, r) for r in _results(web.ask(queries.RUNS, filter={}, limit=limit))]


def wait(
    web: Webserver,
    run_id: str,
    *,
    seconds: float | None = None,
    progress: Callable[[dict[str, Any]], None] = lambda _: None,
) -> dict[str, Any]:
    """Return a run's facts when it has ended, or what they are after so many seconds."""
    deadline = None if seconds is None else time.monotonic() + seconds
    while True:
        run = find_run(web, run_id)
        progress(run)
        late = deadline is not None and time.monotonic() >= deadline
        if run["status"] in ENDED or late:
            return run
        time.sleep(POLL_SECONDS)


def cancel(web: Webserver, run_id: str) -> dict[str, Any]:
    """Ask for the end of a run that is queued or at work and return its facts.

    Raises:
        WebError: It has ended, or the webserver refuses.
    """
    run = find_run(web, run_id)
    if run["status"] in ENDED:
        raise WebError(f"run {run['run_id']} has ended already: {run['status']}")
    deadline = time.monotonic() + START_SECONDS
    while True:
        answer = web.do(queries.CANCEL, id=run["run_id"])["terminateRun"]
        now = find_run(web, run["run_id"])
        if answer["__typename"] == "TerminateRunSuccess" or now["status"] == "CANCELED":
            return now
        failed = answer["__typename"] == "TerminateRunFailure"
        if failed and now["status"] in ENDED:
            raise WebError(f"run {run['run_id']} ended before it was cancelled: {now['status']}")
        if not failed or time.monotonic() >= deadline:
            raise refusal(answer, f"run {run['run_id']} was not cancelled")
        time.sleep(POLL_SECONDS)


def jobs(web: Webserver) -> list[dict[str, Any]]:
    """Return every job with its description.

    Raises:
        WebError: The code location is not loaded, or works in another environment.
    """
    location = web.patiently(lambda: _code_location(web))
    listed = []
    for job in location["jobs"]:
        env = {t["key"]: t["value"] for t in job["tags"]}.get("candid/env")
        if env is not None and env != web.settings.env:
            raise WebError(
                f"the webserver at {web.url} works in environment {env}, not in {web.settings.env}",
                f"set CANDID_ENV={env}, or CANDID_WEB_URL to another",
            )
        if not job["name"].startswith("__"):
            listed.append({"job": job["name"], "description": job["description"]})
    return listed


def asset_keys(web: Webserver) -> dict[str, list[str]]:
    """Return the path of every asset by its name, `layer.table`."""
    nodes = web.ask(queries.GRAPH)["assetNodes"]
    return {".".join(n["assetKey"]["path"]): n["assetKey"]["path"] for n in nodes}


def chosen_assets(web: Webserver, names: Sequence[str]) -> dict[str, list[str]]:
    """Return the paths of assets named `layer.table` or `layer/table`.

    Raises:
        UnknownNameError: One is unknown.
    """
    known = asset_keys(web)
    chosen = {}
    for written in names:
        name = written.replace("/", ".")
        if name not in known:
            raise UnknownNameError(f"no asset is called {written!r}{hint(name, known)}")
        chosen[name] = known[name]
    return chosen


def _code_location(web: Webserver) -> dict[str, Any]:
    answer: dict[str, Any] = web.do(queries.CATALOG, repository=REPOSITORY)["repositoryOrError"]
    if answer["__typename"] == "Repository":
        return answer
    entries = web.do(queries.HEALTH)["locationStatusesOrError"].get("entries", [])
    if any(e["name"] == CODE_LOCATION and e["loadStatus"] == "LOADING" for e in entries):
        raise LostError(f"the webserver at {web.url} is still loading {CODE_LOCATION}")
    raise WebError(
        f"the webserver at {web.url} has no code location {CODE_LOCATION}: {answer['message']}"
    )


def refusal(answer: Mapping[str, Any], what: str) -> WebError:
    """Return the error of a mutation that was refused."""
    message = answer.get("message") or "; ".join(e["message"] for e in answer.get("errors", []))
    kind = RefusedError if answer["__typename"] == UNAUTHORIZED else WebError
    return kind(f"{what}: {message or answer['__typename']}")


def _results(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    runs = answer["runsOrError"]
    if runs["__typename"] != "Runs":
        raise WebError(runs.get("message", runs["__typename"]))
    return list(runs["results"])


def _facts(web: Webserver, run: Mapping[str, Any]) -> dict[str, Any]:
    tags = {t["key"]: t["value"] for t in run["tags"]}
    stats = run["stats"] or {}
    began, ended = run["startTime"], run["endTime"]
    return {
        "env": tags.get("candid/env"),
        "run_id": run["runId"],
        "job": run["jobName"],
        "status": run["status"],
        "task": tags.get("task"),
        "requested_by": tags.get("requested_by"),
        "assets": sorted(".".join(key["path"]) for key in run["assetSelection"] or []),
        "seconds": round(ended - began, 1) if began and ended else None,
        "materializations": stats.get("materializations", 0),
        "url": f"{web.url}/runs/{run['runId']}",
    }


def report_file(web: Webserver, run_id: str) -> Path | None:
    """Return the report of a run, where this machine has it."""
    reports = sorted(web.settings.reports_dir.glob(f"*_{run_id[:8]}.md"))
    return reports[-1] if reports else None
