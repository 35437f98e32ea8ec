"""A task runs its SQL with the DuckDB that was asked for, and leaves whole files or none."""

import json
from pathlib import Path

import duckdb
import pytest

from candid_assets.engines.errors import EngineError
from candid_assets.engines.task import run_task
from candid_assets.engines.tasks import Script, WorkerTask, outcome_of, script_text, task_text
from candid_assets_tests.engines.local_tasks import LocalTasks


def test_a_task_leaves_files_and_answers(tmp_path: Path) -> None:
    script = Script(
        ("CREATE TEMP TABLE doubled AS SELECT 2 * n AS n FROM own",),
        {"doubled": "FROM temp.doubled"},
        {"sums": "SELECT sum(n)::INTEGER FROM temp.doubled"},
    )
    tasks = [WorkerTask(n, (f"CREATE TEMP VIEW own AS SELECT {n} AS n",)) for n in (3, 5)]
    outcomes = LocalTasks(tmp_path).run(script, tasks)
    assert [outcome.answers["sums"] for outcome in outcomes] == [[[6]], [[10]]]
    files = [outcome.files["doubled"] for outcome in outcomes]
    assert [rows for _, rows in files] == [1, 1]
    read = duckdb.sql(f"FROM read_parquet({[str(path) for path, _ in files]})").fetchall()
    assert read == [(6,), (10,)]


def test_each_try_of_a_task_writes_a_file_of_its_own(tmp_path: Path) -> None:
    tasks = LocalTasks(tmp_path)
    script, task = Script((), {"one": "SELECT 1"}), WorkerTask(0, ())
    first, again = (tasks.run(script, [task])[0].files["one"][0] for _ in range(2))
    assert first != again
    assert first.exists()


def test_a_worker_with_another_duckdb_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = script_text(Script(()), tmp_path)
    monkeypatch.setattr(duckdb, "__version__", "1.4.0")
    refused = run_task(text, task_text(WorkerTask(0, ())))
    with pytest.raises(EngineError, match=r"has DuckDB 1\.4\.0.*install duckdb=="):
        outcome_of(refused)


def test_a_task_has_one_thread_its_memory_and_the_zone_of_the_days(tmp_path: Path) -> None:
    names = ("threads", "memory_limit", "TimeZone")
    asked = ", ".join(f"current_setting('{name}')::VARCHAR" for name in names)
    (outcome,) = LocalTasks(tmp_path).run(
        Script((), {}, {"set": f"SELECT {asked}"}), [WorkerTask(0, ())]
    )
    assert outcome.answers["set"] == [["1", "381.4 MiB", "Asia/Jakarta"]]


def test_what_a_task_spilled_is_gone_when_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "spill"))
    (tmp_path / "spill").mkdir()
    LocalTasks(tmp_path).run(Script(()), [WorkerTask(0, ())])
    with pytest.raises(duckdb.Error):
        LocalTasks(tmp_path).run(Script(("SELECT error('no')",)), [WorkerTask(0, ())])
    assert list((tmp_path / "spill").iterdir()) == []


def test_what_a_worker_runs_needs_nothing_of_this_package() -> None:
    source = Path(run_task.__code__.co_filename).read_text()
    assert "candid_assets" not in source
    assert json.loads(task_text(WorkerTask(1, ("x",)))) == {"number": 1, "opening": ["x"]}
