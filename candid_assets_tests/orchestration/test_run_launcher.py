"""A run whose process is gone is found, marked failed and no longer in anybody's way."""

import json
import logging
import signal
import socket
import subprocess
import sys
from uuid import uuid4

import dagster as dg
import pytest
from dagster._core.launcher.base import WorkerStatus
from dagster._core.storage.tags import GRPC_INFO_TAG
from dagster._daemon.monitoring.run_monitoring import monitor_started_run

from candid_assets.orchestration.run_launcher import WatchedRunLauncher, held_by_this_process
from candid_assets.settings import Settings

HOLDING = """
import sys, time
from candid_assets.orchestration.run_launcher import held_by_this_process
from candid_assets.settings import Settings
with held_by_this_process(Settings(), sys.argv[1]):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("CANDID_DATA_DIR", str(tmp_path))
    return Settings()


def health(**run):
    return WatchedRunLauncher().check_run_worker_health(dg.DagsterRun("job", **run)).status


def on_server(**address):
    return health(tags={GRPC_INFO_TAG: json.dumps({"host": "localhost", **address})})


def test_a_run_of_a_command_is_alive_as_long_as_its_process(settings):
    run = str(uuid4())
    command = [sys.executable, "-c", HOLDING, run]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        assert health(run_id=run) is WorkerStatus.RUNNING
        process.send_signal(signal.SIGKILL)
    assert health(run_id=run) is WorkerStatus.NOT_FOUND


def test_a_run_that_ended_in_order_leaves_no_lock_behind(settings):
    with held_by_this_process(settings, "one"):
        pass
    with pytest.raises(KeyboardInterrupt), held_by_this_process(settings, "two"):
        raise KeyboardInterrupt
    assert list((settings.data_dir / "dagster" / "alive").iterdir()) == []


def test_run_without_a_lock_is_not_checked(settings):
    assert health() is WorkerStatus.RUNNING


def test_run_fails_when_its_code_server_is_gone_and_not_while_it_is_slow(tmp_path):
    path = str(tmp_path / "code.sock")
    assert on_server(socket=path) is WorkerStatus.NOT_FOUND
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen(1)
        assert on_server(socket=path) is WorkerStatus.RUNNING
    assert on_server(socket=path) is WorkerStatus.NOT_FOUND
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        server.listen(1)
        assert on_server(host="127.0.0.1", port=port) is WorkerStatus.RUNNING
    assert on_server(host="127.0.0.1", port=port) is WorkerStatus.NOT_FOUND


def test_the_monitoring_of_the_daemon_marks_a_run_failed_whose_server_is_gone(tmp_path):
    launcher = {
        "module": "candid_assets.orchestration.run_launcher",
        "class": "WatchedRunLauncher",
        "config": {},
    }
    with dg.DagsterInstance.local_temp(str(tmp_path), {"run_launcher": launcher}) as instance:
        gone = json.dumps({"host": "localhost", "socket": str(tmp_path / "gone.sock")})
        run = instance.add_run(
            dg.DagsterRun(
                "refresh_all",
                run_id=str(uuid4()),
                status=dg.DagsterRunStatus.STARTED,
                tags={GRPC_INFO_TAG: gone},
            )
        )
        (record,) = instance.get_run_records()
        monitor_started_run(instance, None, record, logging.getLogger())
        assert instance.get_run_by_id(run.run_id).status is dg.DagsterRunStatus.FAILURE
