"""Dagster's history keeps what is told to it, whole or not at all, and Dagster reads it back."""

import sqlite3
import time
from types import SimpleNamespace
from uuid import uuid4

import dagster as dg
import pytest
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationPlanned,
)
from dagster._core.events import (
    AssetObservationData,
    DagsterEvent,
    DagsterEventType,
    StepSuccessData,
)
from dagster._core.events.log import EventLogEntry
from dagster._core.instance.config import PoolGranularity
from dagster._core.op_concurrency_limits_counter import GlobalOpConcurrencyLimitsCounter
from dagster._core.storage.dagster_run import RunOpConcurrency
from dagster._core.storage.event_log import sql_event_log
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from candid_assets.names import WAREHOUSE_POOL
from candid_assets.orchestration import run_status
from candid_assets.orchestration.event_log import (
    MOST_WAITING,
    WAIT_SECONDS,
    PooledSqliteEventLogStorage,
)
from candid_assets.settings import REPOSITORY

RUN = "00000000-0000-0000-0000-000000000001"


def _materialization(table: str) -> EventLogEntry:
    event = DagsterEvent(
        event_type_value=DagsterEventType.ASSET_MATERIALIZATION.value,
        job_name="job",
        step_key="step",
        event_specific_data=_data(table),
    )
    return _entry(event)


def _observation(table: str) -> EventLogEntry:
    seen = dg.AssetObservation(dg.AssetKey(["raw", table]))
    event = DagsterEvent(
        event_type_value=DagsterEventType.ASSET_OBSERVATION.value,
        job_name="job",
        step_key="step",
        event_specific_data=AssetObservationData(seen),
    )
    return _entry(event)


def _entry(event: DagsterEvent) -> EventLogEntry:
    return EventLogEntry(
        error_info=None,
        level=10,
        user_message="",
        run_id=RUN,
        timestamp=time.time(),
        step_key="step",
        job_name="job",
        dagster_event=event,
    )


def _data(table: str):
    from dagster._core.events import StepMaterializationData

    return StepMaterializationData(dg.AssetMaterialization(dg.AssetKey(["raw", table])))


@pytest.fixture
def storage(tmp_path):
    made = PooledSqliteEventLogStorage(f"{tmp_path}/")
    yield made
    made.dispose()


def test_dagsters_own_storage_reads_every_event_of_a_batch(storage, tmp_path):
    storage.store_event_batch([_materialization(f"t{n}") for n in range(20)])
    storage.store_event(_materialization("alone"))
    storage.dispose()
    theirs = SqliteEventLogStorage(f"{tmp_path}/")
    assert len(theirs.get_logs_for_run(RUN)) == 21
    assert theirs.has_asset_key(dg.AssetKey(["raw", "alone"]))
    assert len(theirs.all_asset_keys()) == 21
    theirs.dispose()


def test_a_batch_that_fails_leaves_no_event_in_either_file(storage, tmp_path, monkeypatch):
    storage.store_event(_materialization("before"))
    calls = []

    def fails_at_the_third(*_arguments):
        calls.append(1)
        if len(calls) == 3:
            raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(storage, "_store_asset_event", fails_at_the_third)
    with pytest.raises(sqlite3.OperationalError):
        storage.store_event_batch([_materialization(f"t{n}") for n in range(5)])
    assert len(storage.get_logs_for_run(RUN)) == 1
    with sqlite3.connect(tmp_path / "index.db") as index:
        assert index.execute("select count(*) from event_logs").fetchone() == (1,)


def _rows_seen_by_others(folder):
    try:
        with sqlite3.connect(folder / f"{RUN}.db") as run:
            return run.execute("select count(*) from event_logs").fetchone()[0]
    except sqlite3.OperationalError:  # not even the table yet
        return 0


def test_an_event_of_a_step_is_seen_by_another_process_within_its_wait(storage, tmp_path):
    storage.store_event(_materialization("t"))
    assert _rows_seen_by_others(tmp_path) == 0
    deadline = time.monotonic() + 30 * WAIT_SECONDS
    while not _rows_seen_by_others(tmp_path) and time.monotonic() < deadline:
        time.sleep(WAIT_SECONDS / 10)
    assert _rows_seen_by_others(tmp_path) == 1


def test_waiting_events_are_visible_through_the_same_storage(storage):
    storage.store_event(_materialization("t"))
    assert len(storage.get_logs_for_run(RUN)) == 1
    storage.store_event(_materialization("u"))
    assert storage.has_asset_key(dg.AssetKey(["raw", "u"]))


def test_the_end_of_a_step_is_stored_at_once_with_all_that_waited(storage, tmp_path):
    for number in range(5):
        storage.store_event(_materialization(f"t{number}"))
    ended = DagsterEvent(
        event_type_value=DagsterEventType.STEP_SUCCESS.value,
        job_name="job",
        step_key="step",
        event_specific_data=StepSuccessData(duration_ms=1.0),
    )
    storage.store_event(_entry(ended))
    assert _rows_seen_by_others(tmp_path) == 6


def test_watcher_of_a_run_receives_every_event_while_both_hold_its_file_open(storage, tmp_path):
    storage.store_event_batch([_materialization("before")])
    follower, seen = PooledSqliteEventLogStorage(f"{tmp_path}/"), []
    follower.get_logs_for_run(RUN)
    follower.watch(RUN, None, lambda event, _cursor: seen.append(event))
    for number in range(3):
        storage.store_event_batch([_materialization(f"t{number}")])
        deadline = time.monotonic() + 30
        while len(seen) < number + 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(seen) == number + 2
    follower.dispose()


def test_waiting_events_are_stored_when_there_are_many(storage, tmp_path):
    for number in range(MOST_WAITING):
        storage.store_event(_materialization(f"t{number}"))
    assert _rows_seen_by_others(tmp_path) == MOST_WAITING


def test_observations_wait_for_each_other(storage, tmp_path):
    for number in range(20):
        storage.store_event(_observation(f"t{number}"))
    assert _rows_seen_by_others(tmp_path) == 0
    assert len(storage.get_logs_for_run(RUN)) == 20


def test_the_columns_of_a_history_are_looked_up_once(storage, monkeypatch):
    reflected = []
    inspect = sql_event_log.db.inspect
    monkeypatch.setattr(sql_event_log.db, "inspect", lambda c: reflected.append(c) or inspect(c))
    counts = []
    for number in range(5):
        storage.store_event(_materialization(f"t{number}"))
        storage.get_asset_records([dg.AssetKey(["raw", f"t{number}"])])
        counts.append(len(reflected))
    assert counts[0] > 0
    assert counts == counts[:1] * 5


def test_a_column_that_a_migration_adds_is_seen_by_a_process_that_missed_it(storage, monkeypatch):
    missing = [{"name": "id"}]
    inspect = sql_event_log.db.inspect
    monkeypatch.setattr(
        sql_event_log.db, "inspect", lambda _: SimpleNamespace(get_columns=lambda _: missing)
    )
    assert not storage.has_asset_key_col("cached_status_data")
    monkeypatch.setattr(sql_event_log.db, "inspect", inspect)
    assert storage.has_asset_key_col("cached_status_data")


def test_event_that_cannot_be_stored_is_raised_and_all_others_are_stored(storage, monkeypatch):
    note = storage._store_asset_event

    def fails_of_one(connection, event, event_id):
        if event.dagster_event.asset_key.path[1] == "bad":
            raise sqlite3.OperationalError("disk I/O error")
        note(connection, event, event_id)

    monkeypatch.setattr(storage, "_store_asset_event", fails_of_one)
    for name in ("a", "bad", "b"):
        storage.store_event(_materialization(name))
    with pytest.raises(sqlite3.OperationalError, match="disk I/O"):
        storage.get_logs_for_run(RUN)
    assert [e.dagster_event.asset_key.path[1] for e in storage.get_logs_for_run(RUN)] == ["a", "b"]


def test_error_of_a_delayed_write_is_raised_at_the_next_event(storage, monkeypatch):
    def fails(*_arguments):
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(storage, "_store_asset_event", fails)
    storage.store_event(_materialization("a"))
    storage._store_late()
    monkeypatch.undo()
    with pytest.raises(sqlite3.OperationalError, match="disk I/O"):
        storage.store_event(_materialization("b"))
    storage.store_event(_materialization("c"))
    assert [e.dagster_event.asset_key.path[1] for e in storage.get_logs_for_run(RUN)] == ["c"]


def _evaluation(table, name, passed, kind=DagsterEventType.ASSET_CHECK_EVALUATION):
    key = dg.AssetKey(["raw", table])
    data = (
        AssetCheckEvaluationPlanned(asset_key=key, check_name=name)
        if kind == DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED
        else dg.AssetCheckEvaluation(
            asset_key=key, check_name=name, passed=passed, metadata={"rows": 3}
        )
    )
    return _entry(
        DagsterEvent(
            event_type_value=kind.value, job_name="job", step_key="s", event_specific_data=data
        )
    )


def test_the_files_hold_what_dagsters_own_storage_writes(storage, tmp_path):
    events = [
        _evaluation(
            "a", "planned", passed=True, kind=DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED
        ),
        _materialization("a"),
        _evaluation("a", "planned", passed=True),
        _evaluation("a", "unplanned", passed=False),
        _materialization("b"),
        _evaluation("b", "unplanned", passed=True),
        _evaluation("a", "unplanned", passed=True),  # told twice: the second stands
        _materialization("a"),
    ]
    theirs = SqliteEventLogStorage(f"{tmp_path}/theirs/")
    for event in events:
        theirs.store_event(event)
        storage.store_event(event)
    theirs.dispose()
    storage.dispose()
    assert _everything_in(tmp_path / "index.db") == _everything_in(tmp_path / "theirs/index.db")
    run = f"{RUN}.db"
    assert _everything_in(tmp_path / run) == _everything_in(tmp_path / "theirs" / run)


def _everything_in(path):
    """All tables of a file, but for the moments at which rows were made."""
    tables = "select name from sqlite_master where type = 'table'"
    with sqlite3.connect(path) as database:
        return {name: _rows(database, name) for (name,) in database.execute(tables)}


def _rows(database, table):
    columns = [row[1] for row in database.execute(f"pragma table_info({table})")]
    kept = [f'"{c}"' for c in columns if c not in ("create_timestamp", "migration_completed")]
    return sorted(database.execute(f"select {', '.join(kept)} from {table}"), key=repr)


def test_a_new_history_lets_one_run_of_the_warehouse_start_and_not_two(tmp_path, monkeypatch):
    monkeypatch.setenv("CANDID_DATA_DIR", str(tmp_path))
    pool = RunOpConcurrency(
        root_key_counts={WAREHOUSE_POOL: 1},
        has_unconstrained_root_nodes=False,
        all_pools={WAREHOUSE_POOL},
    )
    with dg.DagsterInstance.from_config(str(REPOSITORY)) as instance:
        first, second = (
            instance.add_run(
                dg.DagsterRun("refresh_all", run_id=str(uuid4()), run_op_concurrency=pool)
            )
            for _ in range(2)
        )
        storage = instance.event_log_storage
        counter = GlobalOpConcurrencyLimitsCounter(
            instance,
            [first, second],
            [],
            concurrency_keys=storage.get_concurrency_keys(),
            pool_limits=storage.get_pool_limits(),
            pool_granularity=PoolGranularity.RUN,
        )
        assert not counter.is_blocked(first)
        counter.update_counters_with_launched_item(first)
        assert counter.is_blocked(second)


@pytest.fixture
def history(tmp_path, monkeypatch):
    monkeypatch.setenv("CANDID_DATA_DIR", str(tmp_path))
    with dg.DagsterInstance.from_config(str(REPOSITORY)) as instance:
        yield instance


def _started(history):
    run = dg.DagsterRun("refresh_all", run_id=str(uuid4()), status=dg.DagsterRunStatus.STARTED)
    return history.add_run(run)


def _failures(instance):
    entries = instance.event_log_storage.get_logs_for_all_runs_by_log_id(
        dagster_event_type={DagsterEventType.RUN_FAILURE}
    )
    return [entry.run_id for entry in entries.values()]


def test_failed_run_is_listed_only_once_its_status_is_final(history, monkeypatch):
    run = _started(history)
    change_status = history.run_storage.handle_run_event
    seen = []

    def seen_before_the_status(*arguments):
        seen.append(_failures(history))
        change_status(*arguments)

    monkeypatch.setattr(history.run_storage, "handle_run_event", seen_before_the_status)
    history.report_run_failed(run)
    assert seen == [[]], "Dagster's daemon would pass by a failed run that still counts as running"
    assert _failures(history) == [run.run_id]


def test_failure_without_a_final_status_delays_others_only_briefly(history, monkeypatch):
    runs = [_started(history) for _ in range(2)]
    with monkeypatch.context() as killed:
        killed.setattr(history.run_storage, "handle_run_event", lambda *_: None)
        history.report_run_failed(runs[0])
    history.report_run_failed(runs[1])
    assert _failures(history) == []
    monkeypatch.setattr(run_status, "SETTLING_SECONDS", 0)
    assert _failures(history) == [run.run_id for run in runs]
