"""Runs tasks on a Spark cluster through Spark Connect.

Spark hands each task to a worker and repeats those whose worker was lost. A task reads and writes
files of a folder that this process and all workers see under one path.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from candid_assets.engines import task as task_module
from candid_assets.engines.errors import EngineError
from candid_assets.engines.spark_session import FIX, cluster_errors, session_of
from candid_assets.engines.tasks import (
    Script,
    TaskOutcome,
    WorkerTask,
    outcome_of,
    script_text,
    task_text,
)

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class SparkTasks:
    """Runs tasks in this process's session with a cluster."""

    url: str
    """Address of its Connect server."""
    folder: Path

    def run(self, script: Script, tasks: Sequence[WorkerTask]) -> list[TaskOutcome]:
        """Return what the tasks came to, in their order.

        Raises:
            EngineError: A worker refuses, a task fails again and again, or the cluster is away.
        """
        session = session_of(self.url)  # says what is wrong where there is no library, too
        from pyspark import cloudpickle  # type: ignore[import-not-found, unused-ignore]

        # The workers have no copy of this package: what they run is sent with its orders.
        pickling: Any = cloudpickle
        pickling.register_pickle_by_value(task_module)
        each = _runner(script_text(script, self.folder), [task_text(task) for task in tasks])
        count = len(tasks)
        with cluster_errors(self.url, "a task"):
            numbers = session.range(0, count, 1, count)
            texts = [row.outcome for row in numbers.mapInArrow(each, "outcome string").collect()]
        outcomes = sorted((outcome_of(text) for text in texts), key=lambda one: one.number)
        if len(outcomes) != count:
            message = f"{len(outcomes)} of {count} tasks ended on the cluster at {self.url}"
            raise EngineError(message, FIX)
        return outcomes


def _runner(script: str, tasks: Sequence[str]) -> Any:
    """Return the function that runs, on a worker, the tasks whose numbers it is given."""
    run_task = task_module.run_task

    def each(batches: "Iterator[pa.RecordBatch]") -> "Iterator[pa.RecordBatch]":
        import pyarrow as pa

        for batch in batches:
            for number in batch.column(0).to_pylist():
                yield pa.RecordBatch.from_pydict({"outcome": [run_task(script, tasks[number])]})

    return each
