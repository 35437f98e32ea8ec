"""Dagster's history in a real PostgreSQL, which several hosts share."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import dagster as dg
import psycopg
import pytest
from dagster import DagsterRun, DagsterRunStatus, RunsFilter
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from dagster._core.storage.tags import GRPC_INFO_TAG, REPOSITORY_LABEL_TAG
from sqlalchemy import func, select, text

from candid_assets.maintenance.retention import remove_due
from candid_assets.monitoring.doctor.stores import check_history
from candid_assets.monitoring.history_place import SharedHistoryError, history_place
from candid_assets.names import COMMAND, LAUNCHED_BY, WAREHOUSE_POOL
from candid_assets.orchestration import run_beats
from candid_assets.orchestration.interrupted_runs import (
    history_problem,
    is_of_history,
    record_interrupted,
)
from candid_assets.orchestration.run_beats import RunBeats
from candid_assets.settings import REPOSITORY, Settings
from candid_assets_tests.postgres import PASSWORD, free_port

pytestmark = pytest.mark.engines


@dg.asset
def table() -> None:
    """Make nothing."""


@dg.asset_check(asset=table)
def has_rows() -> dg.AssetCheckResult:
    """Find nothing."""
    return dg.AssetCheckResult(passed=False)


@pytest.fixture
def settings(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("CANDID_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("CANDID_ENV", "staging")
    monkeypatch.setenv("DAGSTER_HOME", str(REPOSITORY))
    monkeypatch.setenv("CANDID_HISTORY_URL", database)
    return Settings()


@pytest.fixture
def instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    assert settings.history_url is not None
    with dg.DagsterInstance.get() as opened:
        yield opened


def beats(instance: dg.DagsterInstance) -> RunBeats:
    assert isinstance(instance.run_storage, RunBeats)
    return instance.run_storage


def materialized(instance: dg.DagsterInstance) -> str:
    done = dg.materialize([table, has_rows], instance=instance, tags={LAUNCHED_BY: COMMAND})
    return done.run_id


def under_way(instance: dg.DagsterInstance, **tags: str) -> str:
    run = DagsterRun("refresh_all", run_id=str(uuid4()), status=DagsterRunStatus.STARTED, tags=tags)
    return instance.run_storage.add_run(run).run_id


def make_silent(instance: dg.DagsterInstance, run_id: str, seconds: int = 1000) -> None:
    """Let the last beat of a run be so long ago, and no other follow."""
    beats(instance).end_beating(run_id)
    with beats(instance).connect() as connection:
        connection.execute(
            text(
                "update kvs set value = cast(cast(value as numeric) - :seconds as text)"
                " where key like :key"
            ),
            {"seconds": seconds, "key": f"%{run_id}"},
        )


def test_runs_events_and_verdicts_are_read_back_and_no_file_holds_them(
    instance: dg.DagsterInstance, settings: Settings
) -> None:
    run_id = materialized(instance)
    (run,) = instance.get_runs(
        RunsFilter(tags={REPOSITORY_LABEL_TAG: "__repository__@candid_assets"})
    )
    assert (run.run_id, run.status) == (run_id, DagsterRunStatus.SUCCESS)
    assert instance.get_latest_materialization_event(table.key) is not None
    assert verdicts(instance) == 1
    assert [limit.name for limit in instance.event_log_storage.get_pool_limits()] == [
        WAREHOUSE_POOL
    ]
    assert list(settings.data_dir.rglob("*.db")) == []


def verdicts(instance: dg.DagsterInstance) -> int:
    storage = instance.event_log_storage
    assert isinstance(storage, SqlEventLogStorage)
    with storage.index_connection() as connection:
        counted = connection.execute(select(func.count()).select_from(AssetCheckExecutionsTable))
        return int(counted.scalar() or 0)


def test_a_run_goes_on_after_the_server_has_cut_its_connections(
    instance: dg.DagsterInstance, database: str
) -> None:
    first = materialized(instance)
    with psycopg.connect(database, autocommit=True) as connection:
        cut = connection.execute(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        ).fetchone()
    assert cut is not None
    assert cut[0] >= 2
    second = materialized(instance)
    assert {run.run_id for run in instance.get_runs()} == {first, second}


def test_a_run_that_is_not_heard_of_is_interrupted_and_one_that_is_goes_on(
    instance: dg.DagsterInstance,
) -> None:
    here = under_way(instance, **{LAUNCHED_BY: COMMAND})
    silent = under_way(instance, **{LAUNCHED_BY: COMMAND})
    make_silent(instance, silent)
    assert record_interrupted(instance) == [silent]
    assert "was not heard of for" in str([e.message for e in instance.all_logs(silent)])
    run = instance.get_run_by_id(here)
    assert run is not None
    assert run.status is DagsterRunStatus.STARTED


def test_a_run_of_another_hosts_server_is_judged_by_its_heartbeat(
    instance: dg.DagsterInstance,
) -> None:
    elsewhere = {GRPC_INFO_TAG: '{"host": "localhost", "socket": "/nowhere/code.sock"}'}
    run_id = under_way(instance, **elsewhere)
    assert record_interrupted(instance) == []
    beats(instance).begin_beating(run_id)
    assert record_interrupted(instance) == []
    make_silent(instance, run_id)
    assert record_interrupted(instance) == [run_id]


def test_a_run_beats_from_its_start_to_its_end(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_beats, "BEAT_SECONDS", 0.05)
    run_id = under_way(instance, **{LAUNCHED_BY: COMMAND})
    with beats(instance).connect() as connection:
        connection.execute(text("update kvs set value = '0' where key like 'candid/alive/%'"))
    silence = beats(instance).seconds_silent(run_id)
    while silence is None or silence > 1000:
        silence = beats(instance).seconds_silent(run_id)
    ended = materialized(instance)
    assert beats(instance).seconds_silent(ended) is not None
    assert beats(instance)._beating is None


def test_old_runs_go_with_their_events_and_verdicts(
    instance: dg.DagsterInstance, settings: Settings
) -> None:
    first, second = materialized(instance), materialized(instance)
    later = datetime.now(UTC) + timedelta(days=settings.keep_runs_days + 1)
    assert remove_due(settings, instance, later).runs == (first,)
    assert [run.run_id for run in instance.get_runs()] == [second]
    assert verdicts(instance) == 1
    assert instance.all_logs(first) == []


def test_two_environments_never_share_a_history(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANDID_ENV", "sample")
    with pytest.raises(
        SharedHistoryError, match="is that of staging, and this is sample; give sample"
    ):
        dg.DagsterInstance.get()


def test_the_doctor_names_where_the_history_is_and_what_keeps_it_from_opening(
    settings: Settings, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens = check_history(settings, deep=True)
    assert opens.state == "ok"
    assert f"history in {history_place(database)} opens, 0 runs" in opens.what
    away = f"postgresql://candid:{PASSWORD}@127.0.0.1:{free_port()}/candid"
    monkeypatch.setenv("CANDID_HISTORY_URL", away)
    closed = check_history(Settings())
    assert closed.what.startswith(f"Dagster's history in {history_place(away)} cannot be used (")
    assert closed.fix == "start its server, or correct CANDID_HISTORY_URL"
    assert PASSWORD not in f"{closed.what}{closed.fix}"


def test_a_refresh_knows_a_history_that_is_away_and_names_its_place(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = f"postgresql://candid:{PASSWORD}@127.0.0.1:{free_port()}/candid"
    monkeypatch.setenv("CANDID_HISTORY_URL", away)
    with pytest.raises(Exception, match="too many retries") as failed:
        dg.DagsterInstance.get()
    assert is_of_history(failed.value)
    said = history_problem(failed.value, Settings())
    assert said.startswith(f"Dagster's history in {history_place(away)} cannot be used (")
    assert PASSWORD not in said
