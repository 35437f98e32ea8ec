"""Runs tasks here, each as a worker does: from JSON to JSON, in a DuckDB of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from candid_assets.engines.task import run_task
from candid_assets.engines.tasks import (
    Script,
    TaskOutcome,
    WorkerTask,
    outcome_of,
    script_text,
    task_text,
)


@dataclass
class LocalTasks:
    folder: Path
    ran: int = 0

    def run(self, script: Script, tasks: Sequence[WorkerTask]) -> list[TaskOutcome]:
        text = script_text(script, self.folder)
        self.ran += len(tasks)
        return [outcome_of(run_task(text, task_text(task))) for task in tasks]
