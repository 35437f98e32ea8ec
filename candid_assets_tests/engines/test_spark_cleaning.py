"""A table that a real cluster cleans in parts is the table that is cleaned here, to the cell."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from candid_assets.cleaning.macros import install_macros
from candid_assets.engines import spark_tasks
from candid_assets.engines.errors import EngineError
from candid_assets.engines.spark_session import session_of
from candid_assets.engines.spark_tasks import SparkTasks
from candid_assets.engines.tasks import Script, WorkerTask
from candid_assets_tests.cleaning.kit import Cell
from candid_assets_tests.cleaning.test_divided_cleaning import FEW, in_parts, whole
from candid_assets_tests.engines.cluster import Cluster, started_cluster

pytestmark = pytest.mark.engines


@pytest.fixture
def tasks(cluster: Cluster, tmp_path: Path) -> SparkTasks:
    return SparkTasks(cluster.url, tmp_path)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        install_macros(opened)
        yield opened


def rows_with_repeats(count: int) -> list[list[Cell]]:
    """Return rows of which some repeat another, its key or its unique value, or are wrong."""
    rows: list[list[Cell]] = [[f"A{n}", f"08{n}", "17/08/2025"] for n in range(count)]
    for n in range(count // 3, count, count // 7):
        rows[n] = [f"A{n - 3}", f"08{n}", "17/08/2025"]
        rows[n - 1] = list(rows[2])
        rows[n - 2] = [f"A{n - 2}", "084", "17/08/2025"]
        rows[n - 4] = [f"A{n - 4}", f"08{n - 4}", "x"]
    return rows


def test_rows_in_parts_on_the_cluster_give_the_same_tables(
    connection: duckdb.DuckDBPyConnection, tasks: SparkTasks
) -> None:
    expected = whole(connection, FEW, rows_with_repeats(60))
    assert [len(rows) for _, rows in expected[:3]] == [34, 21, 6]
    assert in_parts(connection, FEW, 7, tasks) == expected


def test_workers_with_another_duckdb_are_refused_by_name(
    tasks: SparkTasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duckdb, "__version__", "1.4.0")
    with pytest.raises(EngineError, match=r"worker \S+ has DuckDB .*here it is DuckDB 1\.4\.0"):
        tasks.run(Script(()), [WorkerTask(0, ())])


def test_a_task_that_cannot_end_is_named_with_what_it_failed_with(tasks: SparkTasks) -> None:
    with pytest.raises(EngineError, match=r"a task failed on the cluster at sc://.*nothing_there"):
        tasks.run(Script(("FROM nothing_there",)), [WorkerTask(0, ())])


def test_a_server_that_is_killed_is_named_with_its_address_and_what_its_call_came_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with started_cluster(tmp_path / "cluster", (1,)) as cluster:
        session = session_of(cluster.url)
        cluster.server.kill()
        cluster.server.wait()
        monkeypatch.setattr(spark_tasks, "session_of", lambda url: session)
        with pytest.raises(EngineError) as failed:
            SparkTasks(cluster.url, tmp_path).run(Script(()), [WorkerTask(0, ())])
    said = f"a task failed on the cluster at {cluster.url}: UNAVAILABLE: "
    assert failed.value.message.startswith(said)


def test_a_worker_that_is_killed_midway_changes_nothing(
    connection: duckdb.DuckDBPyConnection, cluster: Cluster, tasks: SparkTasks
) -> None:
    expected = whole(connection, FEW, rows_with_repeats(90))
    killed: list[int] = []

    def kill() -> None:
        while not any(tasks.folder.glob("clean-*.parquet")):
            stopped.wait(0.01)
        killed.extend(kill_with_executors(cluster.workers[0].pid))

    stopped = threading.Event()
    killing = threading.Thread(target=kill, daemon=True)
    killing.start()
    assert in_parts(connection, FEW, 3, tasks) == expected
    killing.join(10)
    assert len(killed) > 1


def kill_with_executors(pid: int) -> list[int]:
    """Kill a worker and what it started; return their ids."""
    children = Path(f"/proc/{pid}/task/{pid}/children").parent.parent.glob("*/children")
    started = [int(word) for path in children for word in path.read_text().split()]
    for one in (pid, *started):
        os.kill(one, signal.SIGKILL)
    return [pid, *started]
