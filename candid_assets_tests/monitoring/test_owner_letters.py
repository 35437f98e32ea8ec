"""Each owner hears of the cells of their own tabs, in their language, once a weekday morning."""

import json
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import dagster as dg
import pytest

from candid_assets.contracts.load import load_catalog
from candid_assets.languages import wording
from candid_assets.monitoring.owner_channels import OwnersError, read_owners
from candid_assets.monitoring.owner_letters import CELLS, cells_of_owners, letter
from candid_assets.monitoring.send_letters import FILE, send_letters
from candid_assets.orchestration.schedules import build_schedules
from candid_assets.settings import Settings
from candid_assets.warehouse.database import open_published
from candid_assets_tests.web.api.company import write_catalog
from candid_assets_tests.web.pages.company import publish_troubles

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("owners")
    made = Settings(
        CANDID_ENV="staging",
        CANDID_DATA_DIR=folder / "data",
        CANDID_CATALOG_DIR=write_catalog(folder),
        CANDID_PUBLIC_URL="https://data.example.com",
    )
    publish_troubles(made)
    return made


@pytest.fixture
def sent(settings):
    """Forget which letters were sent."""
    file = settings.agent_dir / FILE
    file.unlink(missing_ok=True)
    return file


@pytest.fixture
def catalog(settings):
    return load_catalog(settings.catalog_dir)


def owners_in(settings, folder, text):
    file = folder / "owners.yaml"
    file.write_text(text)
    return settings.model_copy(update={"owners_file": file})


@contextmanager
def receiver(status=200):
    """A webhook on this computer, and what it was sent."""
    received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append(json.loads(body)["text"])
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook/s3cretpath", received
    finally:
        server.shutdown()
        server.server_close()


def cells_of(settings, catalog, since=None):
    with open_published(settings.published_file) as connection:
        return cells_of_owners(connection, catalog, since or {}, NOW)


def owner_of(catalog):
    return next(tab.owner for tab in catalog.tabs if tab.table == "toko__segala")


def test_a_letter_names_the_cells_of_the_owner_s_tabs_with_their_links(settings, catalog):
    (of,) = cells_of(settings, catalog)
    assert (of.owner, len(of.cells), of.mended) == (owner_of(catalog), 2, 1)
    text = letter(settings, catalog, of, "en", NOW)
    assert text.title == "Candid: mend 2 cells in your tabs"
    assert "Toko › Segala" in text.body
    assert "- C C4 “=1+1”: No number" in text.body
    assert (
        "for 3 days · https://docs.google.com/spreadsheets/d/Toko/edit#gid=7&range=C4" in text.body
    )
    assert "1 was mended since the last message" in text.body
    assert "https://data.example.com/candid/mend?owner=" in text.body


def test_a_letter_is_in_the_owner_s_language(settings, catalog):
    (of,) = cells_of(settings, catalog)
    text = letter(settings, catalog, of, "id", NOW)
    assert text.title == "Candid: perbaiki 2 sel di tab Anda"
    assert "Bukan angka" in text.body
    assert "sudah 3 hari" in text.body


def test_what_was_mended_counts_since_the_last_letter(settings, catalog):
    yesterday = {owner_of(catalog): NOW - timedelta(days=1)}
    (of,) = cells_of(settings, catalog, yesterday)
    assert of.mended == 0


def test_a_letter_is_sent_once_a_day(settings, catalog, sent, tmp_path):
    with receiver() as (url, received):
        own = owners_in(settings, tmp_path, f'"{owner_of(catalog)}":\n  channels: ["{url}"]\n')
        assert send_letters(own, catalog, NOW).sent == (owner_of(catalog),)
        assert send_letters(own, catalog, NOW).sent == ()
        assert send_letters(own, catalog, NOW, again=True).sent == (owner_of(catalog),)
        assert send_letters(own, catalog, NOW + timedelta(days=1)).sent == (owner_of(catalog),)
    assert len(received) == 3
    assert received[0].startswith("Candid: perbaiki 2 sel di tab Anda")
    assert sent.stat().st_mode & 0o077 == 0


def test_a_channel_that_fails_is_named_without_its_secrets_and_tried_again(
    settings, catalog, sent, tmp_path
):
    with receiver(500) as (url, received):
        own = owners_in(settings, tmp_path, f'"{owner_of(catalog)}":\n  channels: ["{url}"]\n')
        for times in (1, 2):
            result = send_letters(own, catalog, NOW)
            assert result.sent == ()
            assert f"{owner_of(catalog)}, channel 1: " in result.summary
            assert "s3cretpath" not in result.summary
            assert len(received) == times
    assert not sent.exists()


def test_an_owner_without_a_channel_is_named(settings, catalog, sent, tmp_path):
    own = owners_in(settings, tmp_path, "team:others:\n  channels: []\n")
    assert owner_of(catalog) in send_letters(own, catalog, NOW).summary


def test_an_e_mail_address_without_a_mail_server_is_named(settings, catalog, sent, tmp_path):
    text = f'"{owner_of(catalog)}":\n  channels: [rina@example.com]\n'
    result = send_letters(owners_in(settings, tmp_path, text), catalog, NOW)
    assert "CANDID_SMTP_URL" in result.summary


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("b: {}\na: [", "owners.yaml:2: this is no YAML"),
        ("- a", "lists no owners"),
        ("a:\n  channels: x\n", "a: channels must be a list"),
        ("a:\n  channels: []\n  language: nl\n", "a: language must be"),
        ("a:\n  chanels: [tgram://secret]\n", "a: channels is missing"),
    ],
)
def test_a_file_of_owners_that_is_wrong_is_refused_with_the_place(settings, tmp_path, text, said):
    own = owners_in(settings, tmp_path, text)
    with pytest.raises(OwnersError) as error:
        read_owners(own)
    assert said in error.value.message
    assert "secret" not in str(error.value)
    assert "channels:" in error.value.fix


def test_a_file_of_owners_that_is_not_there_is_said(settings, tmp_path):
    own = settings.model_copy(update={"owners_file": tmp_path / "nowhere.yaml"})
    with pytest.raises(OwnersError, match="cannot be read"):
        read_owners(own)


def test_many_cells_are_counted_and_the_page_has_all(settings, catalog):
    (of,) = cells_of(settings, catalog)
    many = type(of)(of.owner, of.cells * 20, 0)
    text = letter(settings, catalog, many, "en", NOW).body
    assert text.count("gid=7&range=") == CELLS
    assert f"And {wording('en').count(40 - CELLS)} more." in text


def test_letters_go_out_on_weekday_mornings_outside_the_sample():
    letters = {env: build_schedules(env)[1] for env in ("sample", "staging", "production")}
    assert letters["staging"].cron_schedule == "30 7 * * 1-5"
    assert letters["staging"].execution_timezone == "Asia/Jakarta"
    on = dg.DefaultScheduleStatus.RUNNING
    assert [env for env, s in letters.items() if s.default_status is on] == [
        "staging",
        "production",
    ]


def test_the_schedule_sends_and_launches_nothing(settings, catalog, sent, tmp_path, monkeypatch):
    with receiver() as (url, received):
        own = owners_in(settings, tmp_path, f'"{owner_of(catalog)}":\n  channels: ["{url}"]\n')
        for name, value in own.variables_beside(Settings()).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("CANDID_DATA_DIR", str(own.data_root))
        schedule = build_schedules("staging")[1]
        with dg.instance_for_test() as instance, dg.build_schedule_context(instance) as context:
            tick = schedule.evaluate_tick(context)
    assert not tick.run_requests
    assert "1 owners were written to" in tick.skip_message
    assert len(received) == 1
