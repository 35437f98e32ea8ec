"""What tasks are ordered to do and what they come to, whatever runs them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

import duckdb

from candid_assets.engines.errors import EngineError
from candid_assets.settings import TIME_ZONE

TASK_MEMORY: Final = "400MB"
"""Memory of DuckDB in a task; what does not fit goes to the worker's disk."""


@dataclass(frozen=True, slots=True)
class Script:
    """What all tasks of a step do: SQL, and which of its results are kept."""

    statements: tuple[str, ...]
    outputs: Mapping[str, str] = field(default_factory=dict)
    """Queries whose rows become a Parquet file of each task, by name."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """Queries whose few rows come back, by name."""


@dataclass(frozen=True, slots=True)
class WorkerTask:
    """What is one task's own."""

    number: int
    opening: tuple[str, ...]
    """The statements that run first: they say which rows are the task's."""


@dataclass(frozen=True, slots=True)
class TaskOutcome:
    """What a task that ended well left."""

    number: int
    files: Mapping[str, tuple[Path, int]]
    """The file of each output, and its rows."""
    answers: Mapping[str, list[list[Any]]]
    memory: int
    """The most bytes that its process held so far."""


class Tasks(Protocol):
    """Runs tasks beside one another, each as often as it takes to end well once."""

    @property
    def folder(self) -> Path:
        """Where files lie that tasks and this process read."""

    def run(self, script: Script, tasks: Sequence[WorkerTask]) -> list[TaskOutcome]:
        """Return what the tasks came to, in their order.

        Raises:
            EngineError: A worker refuses, or there is none.
        """


def script_text(script: Script, folder: Path) -> str:
    """Return a script as a task takes it."""
    return json.dumps(
        {
            "statements": script.statements,
            "outputs": dict(script.outputs),
            "answers": dict(script.answers),
            "folder": str(folder),
            "memory": TASK_MEMORY,
            "threads": 1,
            "time_zone": TIME_ZONE,
            "duckdb": duckdb.__version__,
        }
    )


def task_text(task: WorkerTask) -> str:
    """Return one task's own part as it takes it."""
    return json.dumps({"number": task.number, "opening": task.opening})


def outcome_of(text: str) -> TaskOutcome:
    """Return what a task says that it came to.

    Raises:
        EngineError: The worker's software is not that of this process.
    """
    said = json.loads(text)
    if "refused" in said:
        raise EngineError(
            f"worker {said['host']} has {said['refused']}, and here it is DuckDB"
            f" {duckdb.__version__}; both must give the same to the cell",
            f"install duckdb=={duckdb.__version__} for the workers' Python",
        )
    files = {name: (Path(path), rows) for name, (path, rows) in said["files"].items()}
    return TaskOutcome(said["number"], files, said["answers"], said["memory"])
