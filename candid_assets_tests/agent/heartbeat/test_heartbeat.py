import sys
import threading
from pathlib import Path

import pytest

from candid_assets.agent import activity_log
from candid_assets.agent.activity_log import read_log
from candid_assets.agent.graphql.client import RefusedError
from candid_assets.agent.heartbeat import beat as beating
from candid_assets.agent.heartbeat.beat import BLOCKED, Heart
from candid_assets.agent.heartbeat.contract_breaks import add_break_tasks
from candid_assets.agent.heartbeat.perform import InterruptedWorkError, PartOutcome, candid
from candid_assets.agent.heartbeat.understand import NotUnderstoodError, understand
from candid_assets.agent.tasks.task import Task
from candid_assets.agent.tasks.tasks_file import TasksError, TasksFile
from candid_assets.contracts.load import load_catalog
from candid_assets.settings import Settings
from candid_assets_tests.agent.graphql.test_client import answering
from candid_assets_tests.agent.tasks.shapes import SHAPES
from candid_assets_tests.monitoring.test_alerts import CONTRACT

CATALOG = load_catalog(Settings().catalog_dir)
NOWHERE = "http://127.0.0.1:9"


def task(title, notes=""):
    return Task("T-1", title, ("data-eng",), (), notes)


def understood(title, notes=""):
    return [
        tuple(filter(None, (w.verb, w.job, w.workbook, w.table, w.name, w.place)))
        for w in understand(task(title, notes), CATALOG)
    ]


@pytest.mark.parametrize(
    ("title", "works"),
    [
        ("Refresh all", [("refresh", "refresh_all")]),
        ("Daily refresh of Sales_MASTER", [("refresh", "refresh_sales_master", "sales_master")]),
        ("refresh: skd control", [("refresh", "refresh_skd_control", "skd_control")]),
        ("Segarkan data CoreOS", [("refresh", "refresh_coreos", "coreos")]),
        (
            "Refresh coreos__products",
            [("refresh", "refresh_all", "coreos", "coreos__products")],
        ),
        ("Validate the contracts of CoreOS", [("validate", "coreos")]),
        ("Dokumentasikan semua tabel", [("document",)]),
        ("Laporan harian", [("report",)]),
        ("Riwayat coreos__products", [("history", "coreos__products")]),
        (
            "Lineage of ready.mart_sales_monthly.net_amount_idr",
            [("lineage", "ready.mart_sales_monthly.net_amount_idr")],
        ),
        ("Refresh and report", [("refresh", "refresh_all"), ("report",)]),
        ("Monday numbers (job: refresh_coreos)", [("job", "refresh_coreos")]),
        (
            "Discover 1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789 workbook: sales_2025",
            [("discover", "sales_2025", "1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789")],
        ),
    ],
)
def test_a_title_that_is_understood_whole(title, works):
    assert understood(title) == works


@pytest.mark.parametrize(
    ("title", "notes", "reason"),
    [
        ("Think about pricing", "", "names none of refresh"),
        ("Refresh the marketing site", "", "marketing, site"),
        ("Refresh Sales_MASTER", "after Budi has approved", "sets a condition"),
        ("Refresh Sales_MASTER jika sudah siap", "", "sets a condition"),
        ("Do not refresh Sales_MASTER", "", "sets a condition"),
        ("Refreshing drinks campaign", "", "names none of"),
        ("History", "", "history of which tab"),
        ("Lineage", "", "lineage of what"),
        ("Discover the new workbook", "", "give its address"),
        ("Refresh all with --accept-loss", "", "accept, loss"),
        ("Report the fraud to the police", "", "fraud, police"),
    ],
)
def test_task_with_an_unknown_word_is_left_to_the_agent_with_the_reason(title, notes, reason):
    with pytest.raises(NotUnderstoodError, match=reason):
        understood(title, notes)


def test_a_job_may_stand_in_the_notes():
    assert understood("Whatever it is", "job: refresh_skd_control") == [
        ("job", "refresh_skd_control")
    ]


class Quick:
    """Performs everything at once and notes it; told to, it fails or breaks off."""

    def __init__(self):
        self.done = []
        self.succeeds, self.breaks, self.meanwhile = True, 0, lambda: None

    def __call__(self, work, performer, settings, order, agent):
        self.meanwhile()
        if self.breaks:
            self.breaks -= 1
            raise InterruptedWorkError("the webserver was lost")
        self.done.append(order)
        return PartOutcome(work.verb, self.succeeds, problems=[] if self.succeeds else ["it broke"])


@pytest.fixture
def quick(monkeypatch):
    """The work itself is replaced: what is looked at is the file, the log and the journal."""
    performed = Quick()
    monkeypatch.setattr(beating, "perform", performed)
    monkeypatch.setattr(activity_log, "PAUSE_SECONDS", 0)
    return performed


def heart(tmp_path, text, **more):
    path = tmp_path / "tasks.md"
    path.write_bytes(text.encode())
    settings = Settings(
        CANDID_DATA_DIR=tmp_path / "data",
        CANDID_WEB_URL=NOWHERE,
        XDG_CACHE_HOME=tmp_path / "cache",
        **more,
    )
    return Heart(settings, TasksFile(path, "data-eng", settings.locks_dir))


def logged(one):
    return [(e["task"], e["status"]) for e in read_log(one.settings.activity_file)]


def simple(*titles, status="pending"):
    rows = [f"| T-{i} | {t} | data-eng | {status} |\n" for i, t in enumerate(titles, 1)]
    return "| ID | Task | Assignee | Status |\n|-|-|-|-|\n" + "".join(rows)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda s: s.name)
def test_every_shape_is_worked_with_an_editor_at_work(shape, tmp_path, quick):
    """Right tasks only, other bytes as they were, every done task logged once."""
    one = heart(tmp_path, shape.text)
    lines = []

    def edit():
        lines.append(f"\n\nNote {len(lines)} of a person.")
        with one.file.path.open("ab") as file:
            file.write(lines[-1].encode())

    quick.meanwhile = edit
    text = one.file.read().text
    readable = [t for t in one.file.read().tasks if t.key in shape.taken]
    understood = [t for t in readable if _understood(t, one)]
    beat = one.beat()
    assert {s.task for s in beat.tasks if s.verdict == "done"} == {t.key for t in understood}
    after = one.file.path.read_bytes().decode()
    assert after.endswith("".join(lines))
    if len(understood) == len(shape.taken):
        assert after == shape.done + "".join(lines)
    else:
        assert len(after) >= len(text)
    assert sorted(logged(one)) == sorted((t.id, "done") for t in understood)
    one.beat()
    assert len(logged(one)) == len(understood)


def _understood(expected, one):
    try:
        return bool(understand(expected, load_catalog(one.settings.catalog_dir)))
    except NotUnderstoodError:
        return False


def test_a_task_that_failed_is_blocked_and_taken_up_when_a_person_opens_it_again(tmp_path, quick):
    one = heart(tmp_path, simple("Report"))
    quick.succeeds = False
    assert [s.verdict for s in one.beat().tasks] == ["failed"]
    assert "| blocked |" in one.file.read().text
    (waiting,) = one.beat().tasks
    assert (waiting.verdict, waiting.reason) == ("left", BLOCKED)
    quick.succeeds = True
    one.file.path.write_text(simple("Report"))
    assert [s.verdict for s in one.beat().tasks] == ["done"]
    assert logged(one) == [("T-1", "failed"), ("T-1", "done")]
    assert quick.done == ["T-1", "T-1#2"]
    assert (one.settings.task_reports_dir / "T-1.2.md").exists()


def test_work_that_breaks_off_stays_in_progress_and_is_resumed(tmp_path, quick):
    one = heart(tmp_path, simple("Report"))
    quick.breaks = 1
    assert [s.verdict for s in one.beat().tasks] == ["unfinished"]
    assert "| in progress |" in one.file.read().text
    assert logged(one) == []
    assert [s.verdict for s in one.beat().tasks] == ["done"]
    assert quick.done == ["T-1"]
    assert logged(one) == [("T-1", "done")]


def test_task_is_done_only_once_logged_and_is_not_performed_twice(tmp_path, quick):
    failing = heart(
        tmp_path, simple("Report"), CANDID_LOG_COMMAND=f"{sys.executable} -c 'import no_such'"
    )
    said = []
    failing.progress = said.append
    (task,) = failing.beat().tasks
    assert task.verdict == "unfinished"
    assert "not logged" in task.reason
    assert any("attempt 1 of 3" in text for text in said)
    text = failing.file.path.read_text()
    assert "| in progress |" in text
    corrected = heart(tmp_path, text)
    assert [s.verdict for s in corrected.beat().tasks] == ["done"]
    assert quick.done == ["T-1"]
    assert logged(corrected) == [("T-1", "done")]


@pytest.mark.parametrize("moment", ["worked", "logged", "marked"])
def test_task_interrupted_by_a_crash_is_resumed_and_logged_once(
    tmp_path, quick, monkeypatch, moment
):
    one = heart(tmp_path, simple("Report"))
    if moment == "worked":
        monkeypatch.setattr(beating, "log", crash)
    elif moment == "logged":
        advance = type(one.journal).advance
        monkeypatch.setattr(
            type(one.journal),
            "advance",
            lambda self, t, e, phase, **f: (
                crash() if phase == "logged" else advance(self, t, e, phase, **f)
            ),
        )
    else:
        monkeypatch.setattr(
            TasksFile,
            "set_status",
            lambda self, t, before, status, real=TasksFile.set_status: (
                crash() if status == "done" else real(self, t, before, status)
            ),
        )
    with pytest.raises(SystemExit):
        one.beat()
    monkeypatch.undo()
    monkeypatch.setattr(beating, "perform", quick)
    again = heart(tmp_path, one.file.path.read_text())
    assert [s.verdict for s in again.beat().tasks] == ["done"]
    assert quick.done == ["T-1"]
    assert logged(again) == [("T-1", "done")]


def crash(*_, **__):
    raise SystemExit


def test_what_a_person_decides_meanwhile_stands(tmp_path, quick):
    one = heart(tmp_path, simple("Report"))

    def cancel():
        one.file.path.write_text(simple("Report", status="cancelled"))

    quick.meanwhile = cancel
    (said,) = one.beat().tasks
    assert said.verdict == "unfinished"
    assert "set to 'cancelled' meanwhile" in said.reason
    assert one.file.path.read_text() == simple("Report", status="cancelled")


def test_status_is_written_again_when_an_editor_restores_an_older_copy(tmp_path, quick):
    one = heart(tmp_path, simple("Report", "Report all"))

    def put_back():
        one.file.path.write_text(simple("Report", "Report all"))

    quick.meanwhile = put_back
    one.beat()
    assert one.file.path.read_text() == simple("Report", "Report all", status="done")
    assert logged(one) == [("T-1", "done"), ("T-2", "done")]


def test_a_dry_run_says_what_it_would_do_and_touches_nothing(tmp_path, quick):
    one = heart(tmp_path, simple("Report", "Think"))
    beat = one.beat(dry_run=True)
    assert [(s.task, s.verdict) for s in beat.tasks] == [("T-2", "left"), ("T-1", "would_do")]
    assert one.file.path.read_text() == simple("Report", "Think")
    assert [p.name for p in tmp_path.iterdir()] == ["tasks.md"]


def test_a_task_that_is_left_has_a_report_with_the_reason(tmp_path, quick):
    one = heart(tmp_path, simple("Think about it"))
    (said,) = one.beat().tasks
    assert "it names none of" in Path(said.report).read_text()
    assert one.file.path.read_text() == simple("Think about it")


def test_two_heartbeats_do_not_work_at_once(tmp_path, quick):
    one = heart(tmp_path, simple("Report"))
    at_work, go_on = threading.Event(), threading.Event()
    quick.meanwhile = lambda: (at_work.set(), go_on.wait(30))
    thread = threading.Thread(target=one.beat)
    thread.start()
    at_work.wait(30)
    with pytest.raises(TasksError):
        one.beat()
    go_on.set()
    thread.join()
    assert logged(one) == [("T-1", "done")]


def test_refusal_of_the_webserver_is_not_bypassed_in_process(tmp_path, quick):
    one = heart(tmp_path, simple("Report"))
    with answering(401) as (settings, _):
        one.settings = one.settings.model_copy(update={"web_url": settings.web_url})
        with pytest.raises(RefusedError):
            one.beat()
    assert quick.done == []
    assert one.file.path.read_text() == simple("Report")


def test_files_of_other_agents_are_neither_read_nor_written(tmp_path, quick):
    for name in ("tasks-data-eng.md", "data-eng.md", "tasks/data-eng.md"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(simple("Report"))
    before = {p: p.read_bytes() for p in tmp_path.rglob("*.md")}
    one = heart(tmp_path, simple("Report"))
    one.beat()
    assert all(p.read_bytes() == content for p, content in before.items())


def heartbeat(installation, tasks, *more, code=0):
    arguments = ("heartbeat", "--tasks", str(tasks), "--agent", "data-eng", "--json", *more)
    return installation.candid(*arguments, code=code)


WORKED = simple(
    *("Refresh all", "History toko__harian", "Lineage ready.mart_daily.amount_idr", "Report"),
    *("Validate contracts", "Documentation"),
)


@pytest.mark.served
def test_tasks_run_in_process_where_no_webserver_answers(alone, tmp_path):
    tasks = tmp_path / "tasks.md"
    tasks.write_text(WORKED)
    beat = heartbeat(alone, tasks)
    assert beat["through"] == "in process"
    assert [s["verdict"] for s in beat["tasks"]] == ["done"] * 6
    assert tasks.read_text() == WORKED.replace("pending", "done")
    first = Path(beat["tasks"][0]["report"]).read_text()
    for part in ("## What was done", "## Data-quality notes", "## Next steps", "tables built"):
        assert part in first
    assert alone.settings.published_file.exists()


def test_the_error_of_a_command_is_a_problem_and_no_answer():
    done = candid(["lineage", "ready.nothing", "--json"])
    assert (done.code, done.answer) == (2, None)
    assert "the catalog has no table 'ready.nothing'" in done.output


def test_a_sheet_that_breaks_its_contract_makes_one_task_for_each_break(tmp_path, shop):
    shop.contract("nota", CONTRACT)
    shop.sheet(Nota=[["No", "Jumlah"], ["N1", 5], ["N2", 6]])
    path = tmp_path / "tasks.md"
    path.write_text(simple("Refresh all"))
    file = TasksFile(path, "data-eng", tmp_path / "locks")

    def tasks_after(header):
        shop.change("edit", tab="Nota", cells={"B1": header})
        shop.run()
        return add_break_tasks(shop.settings, file)

    assert tasks_after("Jumlah") == []
    assert path.read_text() == simple("Refresh all")
    assert tasks_after("Harga satuan") == ["T-2"]
    assert tasks_after("Harga satuan") == []
    (row,) = [r for r in path.read_text().splitlines() if "gas-dev" in r]
    assert row.startswith("| T-2 | Correct the source: ")
    assert "Jumlah" in row
    assert row.endswith("| gas-dev | pending |")
    assert tasks_after("Jumlah") == []
    path.write_text(path.read_text().replace("gas-dev | pending", "gas-dev | done"))
    assert tasks_after("Harga satuan") == ["T-3"]
    assert path.read_text().count("gas-dev") == 2


@pytest.mark.served
def test_work_goes_through_graphql_where_the_webserver_answers(web, tmp_path):
    tasks = tmp_path / "tasks.md"
    tasks.write_text("- [ ] HB-1: Refresh Gudang @data-eng\r\n- [ ] HB-2: Report @gas-dev\r\n")
    beat = heartbeat(web, tasks)
    assert beat["through"] == "GraphQL"
    assert tasks.read_bytes() == (
        b"- [x] HB-1: Refresh Gudang @data-eng\r\n- [ ] HB-2: Report @gas-dev\r\n"
    )
    run = web.candid("agent", "status", "--task", "HB-1")
    assert beat["tasks"][0]["runs"] == [run["run_id"]]
    assert run["requested_by"] == "data-eng"
