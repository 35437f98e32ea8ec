"""`candid status`: everything an operator looks at, on one screen of 80 columns."""

import io
import json
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from click.testing import CliRunner
from dagster._daemon.types import DaemonHeartbeat
from rich.console import Console

from candid_assets.cli import main
from candid_assets.monitoring.open_alerts import open_alerts
from candid_assets.monitoring.status import gather
from candid_assets.monitoring.status_screen import show
from candid_assets.orchestration.alert_sensor import send_alerts
from candid_assets.settings import REPOSITORY
from candid_assets_tests.monitoring.test_alerts import CONTRACT, promise_two_hours, refresh_toko

ROWS = [["No", "Jumlah"], *([f"N{n}", n] for n in range(60))]


@pytest.fixture
def read(shop, monkeypatch):
    """A shop that promises two hours, was read once, and whose history is Dagster's own."""
    monkeypatch.setenv("CANDID_ENV", "staging")
    monkeypatch.setenv("CANDID_DATA_DIR", str(shop.settings.data_root))
    monkeypatch.setenv("CANDID_CATALOG_DIR", str(shop.settings.catalog_dir))
    monkeypatch.setenv("DAGSTER_HOME", str(REPOSITORY))
    shop.contract("nota", CONTRACT)
    promise_two_hours(shop)
    shop.sheet(Nota=ROWS)
    shop.run()
    return shop


def screen(shop, now):
    status = gather(shop.settings, now)
    written = io.StringIO()
    show(Console(file=written, width=80, highlight=False), status, now)
    return status, written.getvalue().splitlines()


def test_status_shows_freshness_with_its_promise_and_marks_stale_workbooks(read):
    now = datetime.now(UTC)
    status, lines = screen(read, now)
    (workbook,) = status["workbooks"]
    assert (workbook["fresh_hours"], workbook["stale"]) == (2, False)
    late = now + timedelta(hours=3)
    status, lines = screen(read, late)
    (workbook,) = status["workbooks"]
    assert workbook["stale"]
    assert any(line.startswith("toko") and "stale" in line and "2 h" in line for line in lines)
    assert any("daemon" in line and "has not run yet" in line for line in lines)


def test_a_time_of_reading_in_the_future_makes_no_workbook_fresh(read):
    before = datetime.now(UTC) - timedelta(days=1)
    status, _ = screen(read, before)
    (workbook,) = status["workbooks"]
    assert workbook["stale"]
    with dg.DagsterInstance.ephemeral() as instance:
        (alert,) = open_alerts(read.settings, read.catalog(), instance, before)
    assert "a time in the future that a wrong clock gave" in alert.cause


def test_status_shows_runs_holds_alerts_and_the_daemon_within_80_columns(read):
    now = datetime.now(UTC)
    with dg.DagsterInstance.get() as instance:
        failed = refresh_toko.execute_in_process(
            instance=instance, raise_on_error=False, tags={"fails": "yes", "task": "T-7"}
        )
        instance.add_daemon_heartbeat(DaemonHeartbeat(now.timestamp() - 20, "SENSOR", "one", []))
    read.change("edit", tab="Nota", cells={"B6": -1})
    read.run()
    read.change("edit", tab="Nota", cells={f"{c}{n}": None for n in range(7, 62) for c in "AB"})
    read.run()
    with dg.DagsterInstance.get() as instance:
        send_alerts(read.settings, read.catalog(), instance)
    status, lines = screen(read, now)
    assert [(r["run_id"], r["status"], r["task"]) for r in status["runs"]] == [
        (failed.run_id, "FAILURE", "T-7")
    ]
    assert len(status["holds"]) == 1
    assert {a["kind"] for a in status["alerts"]} == {"run", "check", "hold"}
    assert (status["automation"]["daemon"], status["deployment"]) == (True, None)
    text = "\n".join(lines)
    for part in ("daemon     runs", failed.run_id[:8], "failure", "holds      1", "alerts "):
        assert part in text, text
    tables = [line for line in lines if line.startswith(("toko", "workbook", "run", "  toko"))]
    assert all(len(line) <= 80 for line in tables)


def test_unreadable_history_is_reported_and_the_rest_of_the_status_shown(read):
    with dg.DagsterInstance.get():
        pass
    (read.settings.data_dir / "dagster" / "history" / "runs.db").write_bytes(b"no database" * 999)
    status, lines = screen(read, datetime.now(UTC))
    assert status["automation"] is None
    assert any("candid doctor" in line for line in lines)
    assert any(line.startswith("toko") for line in lines)


def test_the_command_answers_in_json_and_with_the_exit_code_of_the_last_refresh(read):
    done = CliRunner().invoke(main, ["status", "--json"])
    assert done.exit_code == 0, done.output
    status = json.loads(done.stdout)
    assert {"env", "last_run", "workbooks", "checks", "worst_tabs", "quarantine", "failures"} < set(
        status
    )
    assert {"alerts", "holds", "deployment", "runs", "automation"} < set(status)
    assert list(status["quarantine"]) == ["standing", "new", "resolved", "oldest"]
    for_people = CliRunner().invoke(main, ["status"])
    assert for_people.output.startswith("candid · environment staging · last refresh")


@pytest.mark.parametrize("content", [None, b"no database" * 999])
def test_status_without_a_snapshot_still_lists_runs(read, content):
    with dg.DagsterInstance.get() as instance:
        failed = refresh_toko.execute_in_process(
            instance=instance, raise_on_error=False, tags={"fails": "yes"}
        )
    read.settings.published_file.unlink()
    if content:
        read.settings.published_file.write_bytes(content)
    done = CliRunner().invoke(main, ["status"])
    assert done.exit_code == 1
    assert failed.run_id[:8] in done.output
    assert ("run `candid run` first" in done.output) is (content is None)
    status = json.loads(CliRunner().invoke(main, ["status", "--json"]).stdout)
    assert status["unread"]
    assert [run["status"] for run in status["runs"]] == ["FAILURE"]


def test_looking_at_an_environment_that_was_never_used_makes_no_files(tmp_path, monkeypatch):
    monkeypatch.setenv("CANDID_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DAGSTER_HOME", str(REPOSITORY))
    done = CliRunner().invoke(main, ["status"])
    assert done.exit_code == 1
    assert "run `candid run` first" in done.output
    assert not (tmp_path / "data").exists()
