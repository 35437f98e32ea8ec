import http.server
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from candid_assets.agent.graphql import runs
from candid_assets.agent.graphql.client import (
    LostError,
    RefusedError,
    Webserver,
    read_token,
)
from candid_assets.agent.graphql.launch import LaunchOrder, launch_run
from candid_assets.settings import Settings

pytestmark = pytest.mark.served


def test_refresh_of_a_workbook_is_answered_in_one_object(web):
    web.server.change("Gudang", "edit", tab="Jan25", cells={"C3": 777_000})
    run = web.candid("agent", "launch", "refresh_gudang", "--task", "T-1", "--wait")
    assert (run["status"], run["task"], run["requested_by"]) == ("SUCCESS", "T-1", "data-eng")
    assert run["materializations"] >= 4
    rows = web.candid("agent", "assets", "clean.gudang__harian")["assets"]
    assert [(a["asset"], a["rows"], a["run_id"]) for a in rows] == [
        ("clean.gudang__harian", 5, run["run_id"])
    ]
    report = web.candid("agent", "report", run["run_id"][:8])
    assert report["text"].startswith("# Refresh report")
    assert report["failures"] == []
    assert web.candid("agent", "status", run["run_id"])["status"] == "SUCCESS"
    assert web.candid("agent", "wait", run["run_id"])["status"] == "SUCCESS"
    assert web.candid("agent", "cancel", run["run_id"], code=1)["kind"] == "WebError"


def test_a_task_that_asks_twice_runs_once(web):
    first = web.candid("agent", "launch", "refresh_gudang", "--task", "T-2", "--wait")
    again = web.candid("agent", "launch", "refresh_gudang", "--task", "T-2")
    assert (first["launched"], again["launched"]) == (True, False)
    assert first["run_id"] == again["run_id"]
    other = web.candid("agent", "launch", "refresh_toko", "--task", "T-2", code=2)
    assert "already ran refresh_gudang" in other["error"]
    meant = web.candid("agent", "launch", "refresh_gudang", "--task", "T-2", "--again", "--wait")
    assert meant["run_id"] != first["run_id"]


@pytest.mark.parametrize("shared_lock", [True, False])
def test_a_task_asked_for_at_the_same_time_runs_once(web, tmp_path, shared_lock):
    """Also from two machines, which share no lock."""
    task = f"T-3-{shared_lock}"

    def ask(number):
        cache = tmp_path if shared_lock else tmp_path / str(number)
        settings = web.settings.model_copy(update={"cache_root": cache})
        order = LaunchOrder("refresh_gudang", ("ready.mart_daily",), task=task)
        return launch_run(Webserver(settings), order)["run_id"]

    with ThreadPoolExecutor(4) as pool:
        ids = set(pool.map(ask, range(4)))
    assert len(ids) == 1
    client = Webserver(web.settings)
    ended = [runs.wait(client, r["runId"], seconds=60) for r in runs.runs_of_task(client, task)]
    assert {run["run_id"] for run in ended if run["status"] != "CANCELED"} == ids


@pytest.fixture
def slow_reads(web):
    """Answer reads of cells so late that a run lasts until it is cancelled."""
    web.server.change("Toko", "edit", tab="Q1", cells={"C3": 41})
    web.server.fault({"do": "slow", "seconds": 50}, api="sheets_reads", count=None)
    yield
    web.server.reset()


def test_some_assets_of_a_job_can_be_launched_and_a_run_cancelled(web, slow_reads):
    run = web.candid("agent", "launch", "-a", "raw/toko__kuartal", "-a", "clean.toko__kuartal")
    assert run["assets"] == ["clean.toko__kuartal", "raw.toko__kuartal"]
    cancelled = web.candid("agent", "cancel", run["run_id"])
    assert cancelled["status"] in ("CANCELED", "CANCELING")
    assert runs.wait(Webserver(web.settings), run["run_id"])["status"] == "CANCELED"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("launch", "refresh_gudan"), "did you mean refresh_gudang"),
        (("launch", "-a", "clean.toko__hari"), "did you mean clean.toko__harian"),
        (("lineage", "ready.mart_dail"), "did you mean ready.mart_daily"),
        (("status", "--task", "T-none"), "has no run"),
        (("wait", "12345678"), "no run 12345678"),
    ],
)
def test_a_wrong_name_is_answered_with_the_nearest(web, arguments, said):
    assert said in web.candid("agent", *arguments, code=2)["error"]


def test_lineage_goes_both_ways_and_down_to_the_column(web):
    web.candid("agent", "launch", "--task", "T-all", "--wait")
    below = web.candid("agent", "lineage", "sheets.gudang__harian", "--down")["assets"]
    assert "ready.mart_daily" in below
    above = web.candid("agent", "lineage", "ready.mart_daily.amount_idr")["columns"]
    assert "clean.gudang__harian.amount_idr" in above
    assert any(column.startswith("sheets.gudang__harian.") for column in above)


def alerts_until(web, event, key):
    """Return the alert when the daemon has told of it."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        file = web.settings.alerts_file
        alerts = (
            [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
        )
        matches = [t for t in alerts if (t["event"], t["key"]) == (event, key)]
        if matches:
            return matches
        time.sleep(0.5)
    raise AssertionError(alerts)


def test_daemon_alerts_of_a_failed_run_once_and_once_when_resolved(web):
    web.server.change("Gudang", "edit", tab="Jan25", cells={"C1": "Harga"})
    web.candid("agent", "launch", "refresh_gudang", "--task", "T-alert", "--wait", code=1)
    (alert,) = alerts_until(web, "raised", "run:refresh_gudang")
    assert alert["command"].startswith("candid agent report ")
    assert "Jumlah (Rp)" in alert["cause"]
    web.server.change("Gudang", "edit", tab="Jan25", cells={"C1": "Jumlah (Rp)"})
    web.candid("agent", "launch", "refresh_gudang", "--task", "T-healed", "--wait")
    alerts_until(web, "resolved", "run:refresh_gudang")
    assert len(alerts_until(web, "raised", "run:refresh_gudang")) == 1


def test_a_failed_run_is_exit_one_with_its_cause_and_its_checks(web):
    web.server.change("Gudang", "edit", tab="Jan25", cells={"C1": "Harga"})
    run = web.candid("agent", "launch", "refresh_gudang", "--task", "T-bad", "--wait", code=1)
    web.server.change("Gudang", "edit", tab="Jan25", cells={"C1": "Jumlah (Rp)"})
    assert run["status"] == "FAILURE"
    assert "Jumlah (Rp)" in json.dumps(run["failures"] + run["checks_failed"])
    failed = web.candid("agent", "checks", "sheets.gudang__harian", "--failed")
    assert failed["failed"] == len(failed["checks"])


def test_the_state_of_the_webserver_names_environment_daemon_and_runs(web):
    status = web.candid("agent", "status", "--limit", "1")
    assert (status["env"], status["code_locations"]) == ("staging", {"candid_assets": "LOADED"})
    assert len(status["runs"]) == 1


def test_a_webserver_of_another_environment_is_refused(web):
    settings = web.settings.model_copy(update={"env": "production"})
    with pytest.raises(runs.WebError, match="works in environment staging"):
        runs.jobs(Webserver(settings))


def test_a_webserver_that_does_not_answer_is_exit_three_with_the_fix(alone):
    error = alone.candid("agent", "launch", "--patience", "0", code=3)
    assert "candid serve" in error["error"]


def test_the_guard_is_not_gone_around(web):
    without = {"CANDID_AGENT_TOKEN_FILE": "", "CANDID_AGENT_TOKEN": ""}
    error = web.candid("agent", "launch", code=4, **without)
    assert "CANDID_AGENT_TOKEN" in error["error"]
    wrong = web.candid("agent", "status", code=4, CANDID_AGENT_TOKEN="candid_wrong")
    assert wrong["kind"] == "RefusedError"
    tag = web.candid("agent", "launch", "--tag", "candid/env=production", code=4)
    assert "candid/env" in tag["error"]


@contextmanager
def answering(*statuses, port=0):
    """A server that gives these answers one after another, the last for ever; it notes headers."""
    seen, left = [], list(statuses)

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            seen.append(dict(self.headers))
            status = left.pop(0) if len(left) > 1 else left[0]
            body = b'{"data": {"version": "1"}}'
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", port), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield Settings(CANDID_WEB_URL=f"http://127.0.0.1:{server.server_port}"), seen
        finally:
            server.shutdown()


def test_request_is_retried_while_the_connection_is_lost():
    messages = []
    with answering(503, 502, 200) as (settings, seen):
        assert Webserver(settings, progress=messages.append).ask("{ version }") == {"version": "1"}
    assert len(seen) == 3
    assert len(messages) == 1


@pytest.mark.parametrize("code", [401, 403])
def test_refusal_is_reported_at_once_and_not_retried(code):
    with answering(code) as (settings, seen), pytest.raises(RefusedError):
        Webserver(settings).ask("{ version }")
    assert len(seen) == 1


def test_a_mutation_is_never_sent_twice_by_itself():
    with answering(503) as (settings, seen), pytest.raises(LostError):
        Webserver(settings).do("mutation { x }")
    assert len(seen) == 1


def test_the_token_comes_from_the_environment_or_a_file(tmp_path):
    file = tmp_path / "token"
    file.write_text("from-file\n")
    assert read_token(Settings()) is None
    assert read_token(Settings(CANDID_AGENT_TOKEN_FILE=file)) == "from-file"
    with answering(200) as (settings, seen):
        given = Settings(CANDID_WEB_URL=settings.web_url, CANDID_AGENT_TOKEN="s3cret")
        Webserver(given).ask("{ version }")
    assert seen[0]["Authorization"] == "Bearer s3cret"
    assert "s3cret" not in repr(given)
    with pytest.raises(RefusedError, match="CANDID_AGENT_TOKEN_FILE"):
        read_token(Settings(CANDID_AGENT_TOKEN_FILE=tmp_path / "none"))
