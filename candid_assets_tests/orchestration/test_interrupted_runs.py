"""A run whose command was killed is recorded as interrupted; a damaged history is known as such."""

import sqlite3
from uuid import uuid4

import dagster as dg
import pytest
import sqlalchemy

from candid_assets.names import COMMAND, LAUNCHED_BY
from candid_assets.orchestration.interrupted_runs import (
    has_dead_runs,
    is_of_history,
    record_interrupted,
)
from candid_assets.orchestration.run_launcher import held_by_this_process
from candid_assets.settings import REPOSITORY, Settings

pytestmark = pytest.mark.slow


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("CANDID_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("CANDID_ENV", "staging")
    return Settings()


@pytest.mark.parametrize("status", ["NOT_STARTED", "STARTING", "STARTED", "CANCELING"])
@pytest.mark.parametrize("lock", ["left", "gone"])
def test_a_killed_run_is_recorded_and_a_live_one_is_not(settings, status, lock):
    killed, live = str(uuid4()), str(uuid4())
    alive = settings.data_dir / "dagster" / "alive"
    alive.mkdir(parents=True)
    if lock == "left":
        (alive / f"{killed}.lock").touch()
    with (
        dg.DagsterInstance.from_config(str(REPOSITORY)) as instance,
        held_by_this_process(settings, live),
    ):
        for run_id in (killed, live):
            instance.add_run(
                dg.DagsterRun(
                    "refresh_all",
                    run_id=run_id,
                    status=dg.DagsterRunStatus[status],
                    tags={LAUNCHED_BY: COMMAND},
                )
            )
        assert has_dead_runs(settings) is (lock == "left")
        assert record_interrupted(instance) == [killed]
        assert instance.get_run_by_id(killed).status is dg.DagsterRunStatus.FAILURE
        assert instance.get_run_by_id(live).status is dg.DagsterRunStatus[status]
        messages = str([e.message for e in instance.all_logs(killed)])
        assert "ended by force, or by DuckDB on a disk that refuses" in messages
        assert record_interrupted(instance) == []
        assert not has_dead_runs(settings)


def test_errors_of_the_history_are_told_from_others():
    assert is_of_history(sqlite3.DatabaseError("file is not a database"))
    assert is_of_history(sqlalchemy.exc.OperationalError("select", {}, OSError("x")))
    wrapped = ValueError("no")
    wrapped.__cause__ = sqlite3.DatabaseError("database disk image is malformed")
    assert is_of_history(wrapped)
    assert not is_of_history(ValueError("no"))
