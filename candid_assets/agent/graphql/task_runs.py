"""Which of a task's runs counts, where several clients launched it at the same time.

Dagster has no launch that happens once. Every launch for a task therefore carries the number of its
attempt, and of the runs with one number the first that the history recorded counts; who launched
another withdraws it. The order of recording decides, never the time of creation: a webserver takes
that time before it records the run, so a run that nobody could see yet may have the earlier one.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

ATTEMPT: Final = "task_attempt"
"""The tag with the number of a launch for a task, counted from 1; `--again` makes the next."""
LAUNCH_ID: Final = "launch_id"
"""The tag that one client's launch has and no other."""
_ROOT: Final = "dagster/root_run_id"
"""Dagster's tag of a retry: the run that it tries again."""


def last_attempt(runs: Sequence[Mapping[str, Any]]) -> int:
    """Return the number of the last launch for a task, 0 before the first."""
    return max((_attempt(run) for run in runs), default=0)


def run_of_task(runs: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the run that counts, or its newest retry; None where there is none.

    Args:
        runs: All runs of one task, the last recorded first.
    """
    number = last_attempt(runs)
    attempt = [run for run in runs if _attempt(run) == number]
    launched = [run for run in attempt if _ROOT not in _tags(run)]
    if not launched:
        return next(iter(attempt), None)
    # Runs without a number were launched by an earlier version: the newest counted.
    first = launched[-1] if number else launched[0]
    return next((run for run in attempt if _tags(run).get(_ROOT) == first["runId"]), first)


def launched_by(runs: Sequence[dict[str, Any]], launch_id: str) -> list[dict[str, Any]]:
    """Return the runs that one client's launch made: more than one where an answer was lost."""
    return [
        run for run in runs if _tags(run).get(LAUNCH_ID) == launch_id and _ROOT not in _tags(run)
    ]


def _attempt(run: Mapping[str, Any]) -> int:
    number = _tags(run).get(ATTEMPT, "0")
    return int(number) if number.isdecimal() else 0


def _tags(run: Mapping[str, Any]) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in run["tags"]}
