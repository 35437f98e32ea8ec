"""`candid serve` and what it started, ended by force: nothing stays, and no run stays running."""

import os
import signal
import time
from pathlib import Path

import pytest

from candid_assets_tests.end_to_end.served.conftest import processes_of, small_server

pytestmark = pytest.mark.served

SECONDS = 5


def alive(pids):
    living = set()
    for pid in pids:
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                living.add(pid)
        except OSError:
            continue
    return living


def assert_all_end(pids):
    deadline = time.monotonic() + SECONDS
    while alive(pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert alive(pids) == set()


def started_run(company, served):
    """Launch a run that Google keeps waiting, and wait until it is at work."""
    google, *_ = company
    served.until(lambda: served.newest("refresh_all"), lambda run: run["status"] == "SUCCESS")
    # Of what did not change Drive alone is asked, and the run is over in a second.
    google.change("Toko", "edit", tab="Jan25", cells={"C3": 5})
    google.fault({"do": "slow", "seconds": 120}, api="sheets_reads")
    run = served.launch("refresh_toko")
    served.until(lambda: served.status(run), lambda status: status == "STARTED")
    return run


def test_killed_server_leaves_no_process_and_its_run_is_retried(company, tmp_path):
    google, *_ = company
    with small_server(company, tmp_path / "first.log") as (process, served):
        run = started_run(company, served)
        family = processes_of(process.pid)
        assert len(family) >= 5, "server, code server and its own, daemon, run"
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert_all_end(family)
    google.reset()
    with small_server(company, tmp_path / "second.log") as (_, served):
        assert served.wait(run) == "FAILURE"
        again = served.until(lambda: served.newest("refresh_toko"), lambda r: r["runId"] != run)
        assert {"key": "dagster/parent_run_id", "value": run} in again["tags"]
        assert served.wait(again["runId"]) == "SUCCESS"


def test_a_code_server_that_is_killed_ends_everything(company, tmp_path):
    log = tmp_path / "serve.log"
    with small_server(company, log) as (process, served):
        started_run(company, served)
        family = processes_of(process.pid)
        (code_server,) = [p for p in family if "code-server" in words_of(p)]
        os.kill(code_server, signal.SIGKILL)
        assert process.wait(timeout=90) == 1
        assert_all_end(family)
    assert "the code server ended by itself" in log.read_text()


def words_of(pid):
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
