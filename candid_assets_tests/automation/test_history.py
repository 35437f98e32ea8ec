"""Dagster's history keeps what is told to it, whole or not at all, and Dagster reads it back."""

import sqlite3
import time

import dagster as dg
import pytest
from dagster._core.events import DagsterEvent, DagsterEventType
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from candid_assets.automation.history import PooledSqliteEventLogStorage

RUN = "00000000-0000-0000-0000-000000000001"


def _materialization(table: str) -> EventLogEntry:
    event = DagsterEvent(
        event_type_value=DagsterEventType.ASSET_MATERIALIZATION.value,
        job_name="job",
        step_key="step",
        event_specific_data=_data(table),
    )
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
    theirs = SqliteEventLogStorage(f"{tmp_path}/")
    assert len(theirs.get_logs_for_run(RUN)) == 21
    assert theirs.has_asset_key(dg.AssetKey(["raw", "alone"]))
    assert len(theirs.all_asset_keys()) == 21
    theirs.dispose()


def test_a_batch_that_fails_leaves_no_event_in_either_file(storage, tmp_path, monkeypatch):
    storage.store_event(_materialization("before"))
    told = []

    def fails_at_the_third(*_arguments):
        told.append(1)
        if len(told) == 3:
            raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(storage, "_store_asset_event", fails_at_the_third)
    with pytest.raises(sqlite3.OperationalError):
        storage.store_event_batch([_materialization(f"t{n}") for n in range(5)])
    assert len(storage.get_logs_for_run(RUN)) == 1
    with sqlite3.connect(tmp_path / "index.db") as index:
        assert index.execute("select count(*) from event_logs").fetchone() == (1,)


def test_an_event_is_seen_by_another_process_as_soon_as_it_is_stored(storage, tmp_path):
    storage.store_event(_materialization("t"))
    with sqlite3.connect(tmp_path / f"{RUN}.db") as run:
        assert run.execute("select count(*) from event_logs").fetchone() == (1,)
