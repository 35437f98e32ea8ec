import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import dagster as dg
import pytest
from aiosmtpd.controller import Controller

from candid_assets.contracts.destination import Destination
from candid_assets.contracts.load import load_catalog
from candid_assets.monitoring.notify import recorded_alerts, update
from candid_assets.monitoring.open_alerts import Alert, open_alerts, seen_workbooks
from candid_assets.names import DESTINATION_TAG
from candid_assets.orchestration.alert_sensor import send_alerts
from candid_assets.orchestration.asset_specs import asset_specs
from candid_assets.orchestration.dagster_freshness import report_freshness
from candid_assets.settings import Settings
from candid_assets_tests.agent.conftest import free_port

NOW = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
WRONG = Alert(
    "check:clean.toko__nota:keys_unique",
    "check",
    "clean.toko__nota keys_unique: 2 rows <share> one key & more",
    "team:shop",
    "candid agent checks clean.toko__nota --failed",
    ("https://docs.google.com/spreadsheets/d/1/edit#gid=0&range=A2",),
)
OTHER = Alert("stale:toko", "stale", "Toko was not read ever", "team:shop", "candid run")
CONTRACT = """name: nota
physicalName: "Nota"
description: Receipts.
dataGranularityDescription: One row per receipt.
properties:
  - {name: receipt_id, physicalName: "No", logicalType: string, primaryKey: true,
     required: true, description: Receipt number.}
  - {name: amount, physicalName: "Jumlah", logicalType: number,
     logicalTypeOptions: {minimum: 0}, description: Amount.}
"""


def settings_of(tmp_path, **more):
    return Settings(CANDID_DATA_DIR=tmp_path, **more)


def lines(settings):
    entries = map(json.loads, settings.alerts_file.read_text().splitlines())
    return [(entry["event"], entry["key"]) for entry in entries]


def test_alert_is_sent_once_and_once_more_when_it_is_resolved(tmp_path):
    settings = settings_of(tmp_path)
    assert update(settings, [WRONG], NOW).raised == (WRONG,)
    assert update(settings, [WRONG], NOW).raised == ()
    assert update(settings, [WRONG, OTHER], NOW).raised == (OTHER,)
    assert [a["key"] for a in recorded_alerts(settings)] == [WRONG.key, OTHER.key]
    assert update(settings, [OTHER], NOW).resolved == (WRONG,)
    assert update(settings, [WRONG, OTHER], NOW).raised == (WRONG,)
    assert lines(settings) == [
        ("raised", WRONG.key),
        ("raised", OTHER.key),
        ("resolved", WRONG.key),
        ("raised", WRONG.key),
    ]


class Inbox:
    """Keeps the mail that a real SMTP server takes."""

    def __init__(self):
        self.mail = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.mail.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 OK"


@contextmanager
def mail_server(port):
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield inbox
    finally:
        controller.stop()


def test_alerts_go_by_mail_and_wait_until_the_server_answers(tmp_path):
    port = free_port()
    settings = settings_of(
        tmp_path,
        CANDID_SMTP_URL=f"smtp://127.0.0.1:{port}",
        CANDID_ALERT_EMAILS="ops@candid.example, budi@candid.example",
    )
    first, second = update(settings, [WRONG], NOW).unsent
    assert "e-mail to ops@candid.example: 1 alerts wait (mailto://127.0.0.1" in first
    assert "e-mail to budi@candid.example: 1 alerts wait" in second
    with mail_server(port) as inbox:
        assert update(settings, [WRONG], NOW).unsent == ()
        update(settings, [WRONG], NOW)
        update(settings, [], NOW)
    both = [["ops@candid.example"], ["budi@candid.example"]]
    assert [people for people, _ in inbox.mail] == both * 2
    first, _, second, _ = (text for _, text in inbox.mail)
    assert "From: candid@localhost" in first
    for part in ("owner: team:shop", "run: candid agent checks", "range=3DA2"):
        assert part in first or part.replace("3D", "") in first
    assert "resolved" in second


@dataclass
class Hook:
    """A web server on loopback that keeps what is posted."""

    port: int
    got: list = field(default_factory=list)
    answers: list = field(default_factory=list)


@pytest.fixture
def hook():
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            receiver.got.append((self.path, body))
            self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = Hook(server.server_port)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield receiver
        server.shutdown()


@pytest.mark.parametrize("slack", [True, False])
def test_alerts_go_to_a_webhook_in_the_form_that_it_takes(tmp_path, monkeypatch, hook, slack):
    url = f"http://127.0.0.1:{hook.port}/secret-key?Token=secret%20token"
    if slack:
        from apprise.plugins.slack import NotifySlack

        monkeypatch.setattr(NotifySlack, "webhook_url", url.partition("?")[0])
        url = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/secretkeydnlazkcOXrIdevi"
    hook.answers = [500]
    settings = settings_of(tmp_path, CANDID_ALERT_WEBHOOK=url)
    (unsent,) = update(settings, [WRONG], NOW).unsent
    assert "webhook: 1 alerts wait" in unsent
    assert "secret" not in unsent
    assert update(settings, [WRONG], NOW).unsent == ()
    update(settings, [WRONG], NOW)
    assert len(hook.got) == 2
    path, body = hook.got[1]
    if slack:
        assert "/T1JJ3T3L2/A1BRTD4JD/secretkey" in path
        text = body["attachments"][0]["text"]
    else:
        assert path == "/secret-key?Token=secret+token"
        assert list(body) == ["text"]
        text = body["text"]
        assert text.startswith("candid sample: raised: clean.toko__nota keys_unique")
    assert ("&lt;share&gt;" if slack else "<share>") in text
    assert "owner: team:shop" in text


def test_target_is_added_with_a_url_of_apprise(tmp_path, hook):
    port = free_port()
    urls = (
        f"json://user:secret-word@127.0.0.1:{hook.port}/secret-path, "
        f"mailto://127.0.0.1:{port}/?smtp=127.0.0.1&from=candid@candid.example&to=ops@candid.example"
    )
    settings = settings_of(tmp_path, CANDID_ALERT_URLS=urls)
    with mail_server(port) as inbox:
        assert update(settings, [WRONG], NOW).unsent == ()
    ((_, body),) = hook.got
    assert body["title"].startswith("candid sample: raised: clean.toko__nota")
    assert "cell: https://docs.google.com/spreadsheets/d/1/edit#gid=0&range=A2" in body["message"]
    assert [people for people, _ in inbox.mail] == [["ops@candid.example"]]


def test_failing_target_is_tried_again_while_others_get_their_messages(tmp_path, hook, capfd):
    url = f"json://user:secret-word@127.0.0.1:{hook.port}"
    settings = settings_of(
        tmp_path,
        CANDID_ALERT_URLS=f"{url}/secret-path secretword:// {url}/other json://[ tgram://secret-1",
    )
    hook.answers = [503]
    failing, unknown, unreadable, incomplete = update(settings, [WRONG], NOW).unsent
    assert failing.startswith(f"target 1: 1 alerts wait (json://127.0.0.1:{hook.port}: ")
    assert "503" in failing
    for number, reason in ((2, unknown), (4, unreadable), (5, incomplete)):
        assert f"target {number}: 1 alerts wait (not an address" in reason
        assert "CANDID_ALERT_URLS" in reason
    assert [path for path, _ in hook.got] == ["/secret-path", "/other"]
    assert len(update(settings, [WRONG], NOW).unsent) == 3
    assert [path for path, _ in hook.got] == ["/secret-path", "/other", "/secret-path"]
    assert "secret" not in "".join([failing, unknown, unreadable, incomplete, *capfd.readouterr()])
    assert "secret" not in settings.open_alerts_file.read_text()


def test_apprise_is_imported_only_when_something_is_sent(tmp_path):
    code = (
        "import sys\n"
        "from datetime import UTC, datetime\n"
        "from candid_assets.monitoring.notify import update\n"
        "from candid_assets.settings import Settings\n"
        f"settings = Settings(CANDID_DATA_DIR={str(tmp_path)!r}, CANDID_ALERT_URLS='json://x')\n"
        "update(settings, [], datetime.now(UTC))\n"
        "sys.exit('apprise' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_wrong_address_of_the_mail_server_is_reported(tmp_path):
    settings = settings_of(
        tmp_path, CANDID_SMTP_URL="http://x", CANDID_ALERT_EMAILS="ops@candid.example"
    )
    assert "CANDID_SMTP_URL is smtp://" in update(settings, [WRONG], NOW).unsent[0]


def test_a_first_look_is_a_digest_of_a_line_an_owner(tmp_path):
    alerts = [
        Alert(f"check:{n}", "check", f"check {n}", f"team:{n % 3}", "candid run") for n in range(97)
    ]
    alerts.append(Alert("hold:1", "hold", "toko__nota is held back", "team:0", "candid holds"))
    port = free_port()
    mail = {
        "CANDID_SMTP_URL": f"smtp://127.0.0.1:{port}",
        "CANDID_ALERT_EMAILS": "ops@candid.example",
    }
    with mail_server(port) as inbox:
        assert update(settings_of(tmp_path, **mail), alerts, NOW).unsent == ()
    ((_, message),) = inbox.mail
    assert "team:0: 1 held back, 33 checks" in message
    assert "team:1: 32 checks" in message
    assert "  toko__nota is held back" in message
    assert "check 40" not in message


def keys(settings, catalog, instance, now):
    return {a.key for a in open_alerts(settings, catalog, instance, now)}


def test_alerts_of_checks_stale_workbooks_and_holds_are_open_until_resolved(shop):
    shop.contract("nota", CONTRACT)
    promise_two_hours(shop)
    rows = [["No", "Jumlah"], *([f"N{n}", n] for n in range(60))]
    shop.sheet(Nota=rows)
    with dg.DagsterInstance.ephemeral() as instance:
        now = datetime.now(UTC)
        assert keys(shop.settings, shop.catalog(), instance, now) == set()
        shop.run()
        assert keys(shop.settings, shop.catalog(), instance, now) == set()
        late = now + timedelta(hours=3)
        assert keys(shop.settings, shop.catalog(), instance, late) == {"stale:toko"}
        shop.change("edit", tab="Nota", cells={"B6": -1})
        shop.run()
        (alert,) = open_alerts(shop.settings, shop.catalog(), instance, now)
        assert (alert.kind, alert.owner) == ("check", "team:shop")
        assert alert.key == "check:quarantine.toko__nota:nothing_quarantined"
        assert "range=B6" in alert.cells[0]
        cut = {f"{c}{n}": None for n in range(5, 62) for c in "AB"}
        shop.change("edit", tab="Nota", cells=cut)
        shop.run()
        holds = [
            a for a in open_alerts(shop.settings, shop.catalog(), instance, now) if a.kind == "hold"
        ]
        assert [h.command.split()[:3] for h in holds] == [["candid", "holds", "accept"]]
        whole = {f"{c}{n}": rows[n - 1][i] for n in range(5, 62) for i, c in enumerate("AB")}
        shop.change("edit", tab="Nota", cells=whole)
        shop.run()
        assert keys(shop.settings, shop.catalog(), instance, now) == set()


@dg.op
def step(context: dg.OpExecutionContext) -> None:
    if context.run.tags.get("fails"):
        raise dg.Failure("the tab\nis gone")


def promise_two_hours(shop):
    """Let the head contract promise that the workbook is read every two hours."""
    head = shop.folder / "contract.yaml"
    head.write_text(
        head.read_text() + "slaProperties: [{property: freshness, value: 2, unit: h}]\n"
    )


@dg.job(name="refresh_toko")
def refresh_toko():
    step()


def test_a_failed_run_stands_until_its_job_succeeds(shop):
    shop.contract("nota", CONTRACT)
    with dg.DagsterInstance.ephemeral() as instance:
        now = datetime.now(UTC)
        refresh_toko.execute_in_process(
            instance=instance, raise_on_error=False, tags={"fails": "yes"}
        )
        (alert,) = open_alerts(shop.settings, shop.catalog(), instance, now)
        assert alert.key == "run:refresh_toko"
        assert "the tab is gone" in alert.cause
        assert alert.command.startswith("candid agent report ")
        refresh_toko.execute_in_process(instance=instance)
        assert open_alerts(shop.settings, shop.catalog(), instance, now) == []


@dg.job(name="refresh_all")
def refresh_all():
    step()


BI = Destination("bi", "For BI.", "team:bi", {}, (), (), None, Path("bi.yaml"))


@dg.job(name="export_bi", tags={DESTINATION_TAG: "bi"})
def export_bi():
    step()


def test_full_refresh_does_not_resolve_the_alert_of_a_failed_delivery(shop):
    shop.contract("nota", CONTRACT)
    with dg.DagsterInstance.ephemeral() as instance:
        now = datetime.now(UTC)
        for job in (export_bi, refresh_toko):
            job.execute_in_process(instance=instance, raise_on_error=False, tags={"fails": "yes"})
        refresh_all.execute_in_process(instance=instance)
        catalog = replace(shop.catalog(), destinations=(BI,))
        assert keys(shop.settings, catalog, instance, now) == {"run:export_bi"}
        # Nobody delivers any more to one that the catalog does not have.
        assert keys(shop.settings, shop.catalog(), instance, now) == set()
        export_bi.execute_in_process(instance=instance)
        assert keys(shop.settings, catalog, instance, now) == set()


def test_freshness_promise_that_is_no_duration_is_a_contract_problem(shop):
    shop.contract("nota", CONTRACT)
    head = shop.folder / "contract.yaml"
    head.write_text(head.read_text() + "slaProperties: [{property: freshness, value: soon}]\n")
    problems = load_catalog(shop.settings.catalog_dir).problems
    assert "is no time" in problems[0].message


def states(instance, catalog):
    keys = [dg.AssetKey([tab.source, tab.table]) for tab in catalog.tabs]
    return {r.freshness_state.value for r in instance.get_freshness_state_records(keys).values()}


def test_freshness_is_reported_to_dagster_only_when_it_changes(shop):
    shop.contract("nota", CONTRACT)
    promise_two_hours(shop)
    shop.sheet(Nota=[["No", "Jumlah"], ["N1", 1]])
    with dg.DagsterInstance.ephemeral() as instance:
        catalog, now = shop.catalog(), datetime.now(UTC)
        assert report_freshness(instance, seen_workbooks(shop.settings, catalog, now), now) == 0
        shop.run()

        def report(moment):
            seen = seen_workbooks(shop.settings, catalog, moment)
            return report_freshness(instance, seen, moment), states(instance, catalog)

        assert report(now) == (1, {"PASS"})
        assert report(now) == (0, {"PASS"})
        assert report(now + timedelta(hours=3)) == (1, {"FAIL"})
        send_alerts(shop.settings, catalog, instance)
        assert states(instance, catalog) == {"PASS"}
    specs = {spec.key.to_user_string(): spec for spec in asset_specs(catalog, "staging")}
    promised = specs["sheets/toko__nota"].freshness_policy
    assert promised == dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=2))
    assert specs["clean/toko__nota"].freshness_policy is None
