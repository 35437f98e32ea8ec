"""A command of each room that fails prints message and fix on stderr, and one object as JSON."""

import json

import pytest
from click.testing import CliRunner

from candid_assets.cli import main
from candid_assets.orchestration import run_refresh
from candid_assets.refresh.record import Failed, Record
from candid_assets.reports import run_screen

NOTHING_PUBLISHED = ("is published at", "run `candid run` first")
FAILING = {
    "environment": (["run"], 1, ("CANDID_ENV='nowhere'", "set CANDID_ENV to")),
    "orchestration": (["run", "--workbook", "nowhere"], 2, ("no workbook", "")),
    "warehouse": (["query", "select 1"], 1, NOTHING_PUBLISHED),
    "reports": (["report", "--run", "no run"], 1, ("is no run's id", "show the id")),
    "history": (["history", "nowhere__tab"], 1, NOTHING_PUBLISHED),
    "metrics": (["metrics", "query", "nothing", "--grain", "day"], 2, ("no metric 'nothing'", "")),
    "lineage": (["lineage", "ready.nothing"], 2, ("the catalog has no table", "")),
    "contract_changes": (["contracts", "diff", "nowhere"], 2, ("no workbook or tab", "")),
    "sources": (
        ["discover", "/nowhere/at/all", "--type", "local", "--workbook", "baru"],
        1,
        ("there is no /nowhere/at/all", "put the folder back"),
    ),
    "destinations": (["export", "nowhere"], 2, ("no destination 'nowhere'", "")),
    "maintenance": (["backup"], 1, ("there is no warehouse", "run `candid run`")),
    "deployment": (["plan", "--undo", "00000000"], 1, ("refused: ", "")),
    "gate": (["holds", "accept", "00000000", "--yes"], 1, ("refused: ", "candid holds")),
    "agent": (["agent", "status", "--patience", "0"], 3, ("does not answer", "candid serve")),
    "heartbeat": (
        ["heartbeat", "--tasks", "/nowhere.md", "--agent", "data-eng"],
        1,
        ("/nowhere.md does not exist", "--tasks"),
    ),
    "web": (["users", "token", "nobody"], 2, ("there is no user nobody", "")),
}
ALWAYS_JSON = {"agent"}


@pytest.fixture
def candid(tmp_path, monkeypatch):
    """Run a command in an environment that was never used and whose webserver is not running."""
    monkeypatch.setenv("CANDID_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("CANDID_WEB_URL", "http://127.0.0.1:1")

    def run(room, *more):
        monkeypatch.setenv("CANDID_ENV", "nowhere" if room == "environment" else "sample")
        return CliRunner().invoke(main, [*FAILING[room][0], *more])

    return run


def test_a_run_that_could_not_publish_says_why_where_what_is_published_cannot_be_read(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("CANDID_ENV", "staging")
    monkeypatch.setenv("CANDID_DATA_DIR", str(tmp_path))
    (tmp_path / "staging" / "published" / "candid.duckdb").mkdir(parents=True)
    record = Record()
    record.add_late(Failed("ready", "published_snapshot", "storage_failed", "no room", "make it"))
    shown = []
    monkeypatch.setattr(run_screen, "show", lambda _, record, failed: shown.append(record))
    monkeypatch.setattr(run_refresh, "refresh", lambda *_, **__: record)
    done = CliRunner().invoke(main, ["run"])
    assert (done.exit_code, shown) == (1, [record]), done.output
    monkeypatch.setattr(run_refresh, "refresh", lambda *_, **__: Record())
    done = CliRunner().invoke(main, ["run"])
    assert (done.exit_code, "candid doctor" in done.output) == (1, True)


@pytest.mark.parametrize("room", FAILING)
def test_error_is_printed_on_stderr_with_its_fix_and_exit_code(candid, room):
    _, exit_code, (message, fix) = FAILING[room]
    done = candid(room)
    assert done.exit_code == exit_code, done.output
    assert message in done.stderr
    if fix:
        (line,) = [line for line in done.stderr.splitlines() if line.startswith("  next: ")]
        assert fix in line
    if room not in ALWAYS_JSON:
        assert done.stdout.strip() == ""


@pytest.mark.parametrize("room", FAILING)
def test_error_is_one_object_on_stdout_with_json(candid, room):
    _, exit_code, (message, fix) = FAILING[room]
    done = candid(room, *([] if room in ALWAYS_JSON else ["--json"]))
    assert done.exit_code == exit_code, done.output
    facts = json.loads(done.stdout)
    if room in {"deployment", "gate"}:
        assert set(facts) == {"refused", "next"}
    else:
        assert message in facts["error"]
        assert facts["env"] == (None if room == "environment" else "sample")
    assert fix in facts.get("next", "")
