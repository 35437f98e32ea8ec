"""The quota is kept, by threads and by runs at once; reasons and statuses tell what failed."""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from requests import Response

from candid_assets.sources.quota import ReadQuota, ledger_file
from candid_assets.sources.sheets.drive import file_states
from candid_assets.sources.sheets.refusals import failure_of
from candid_assets.sources.sheets.session import SheetsSession
from candid_assets_tests.sources.sheets.conftest import BRISK, good, read


def test_two_workbooks_are_read_at_once(session, google, book):
    books = [book(f"book{i}", Satu=[[i, "x"]] * 500, Dua=[[i]]) for i in range(6)]
    with ThreadPoolExecutor(3) as pool:
        extracts = list(pool.map(lambda b: read(session, b), books))
    assert [good(e).rows for e in extracts] == [500] * 6
    counted = google.counters()
    assert (session.sheets_reads, session.drive_reads) == (24, 12)
    assert (counted["sheets_reads"], counted["drive_reads"], counted["tokens"]) == (24, 12, 1)


class PausingQuota(ReadQuota):
    """A quota that keeps the length of each pause."""

    def __init__(self, per_minute: int, ledger: Path | None = None, window: float = 60) -> None:
        self.pauses: list[float] = []
        super().__init__(per_minute, ledger, window=window, sleep=self._pause)

    def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        time.sleep(seconds)


def test_reads_beyond_the_quota_wait_for_their_turn():
    quota = PausingQuota(3, window=0.3)
    for _ in range(7):
        quota.take()
    assert len(quota.pauses) >= 2
    assert 0.5 < sum(quota.pauses) < 2


def test_two_runs_share_one_quota(tmp_path):
    ledger = tmp_path / "deep" / "ledger"
    one, other = (PausingQuota(4, ledger, window=0.4) for _ in range(2))
    for quota in (one, other, one, other):
        quota.take()
    assert one.pauses == other.pauses == []
    one.take()
    assert one.pauses


def test_two_processes_together_stay_within_the_quota(google, book, settings):
    """The server refuses the 21st read of any 3 seconds; both together read 50 times."""
    google.control("POST", "/settings", {"reads_per_minute": 20, "quota_seconds": 3})
    sample = book(Satu=[["a"]])
    script = (
        "import sys, time; from pathlib import Path;"
        "from candid_assets.settings import Settings;"
        "from candid_assets.sources.sheets.metadata import read_metadata;"
        "from candid_assets.sources.quota import ReadQuota, ledger_file;"
        "from candid_assets.sources.sheets.session import SheetsSession;"
        "settings = Settings(CANDID_DATA_DIR=sys.argv[1]);"
        "session = SheetsSession.from_settings(settings);"
        "shared = session.quota._ledger;"
        "pauses = [];"
        "pause = lambda seconds: (pauses.append(seconds), time.sleep(seconds));"
        "quota = ReadQuota(20, shared, window=3.5, sleep=pause);"
        "session.quota = session._adapter._quota = quota;"
        "[read_metadata(session, 'book', workbook='book') for _ in range(25)];"
        "print(shared, sum(pauses))"
    )
    environment = os.environ | {
        "CANDID_GOOGLE_API_URL": google.url,
        "GOOGLE_APPLICATION_CREDENTIALS": str(google.credentials_file),
        "XDG_CACHE_HOME": str(settings.cache_root),
    }
    try:
        runs = [
            subprocess.Popen(
                [sys.executable, "-c", script, str(settings.data_root / name)],
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
            )
            for name in ("one", "other")
        ]
        outputs = [run.communicate(timeout=60)[0].split() for run in runs]
        assert [run.returncode for run in runs] == [0, 0]
        counted = google.counters()
    finally:
        google.control("POST", "/settings", {"reads_per_minute": 100_000, "quota_seconds": 60})
    # Two installations of one account keep one ledger, and somebody had to wait.
    assert outputs[0][0] == outputs[1][0]
    assert max(float(words[1]) for words in outputs) > 0
    assert (counted["sheets_reads"], counted["refused"]) == (50, 0)
    assert sample.version == 1


def test_a_read_asks_no_other_host_and_starts_no_thread(google, book, settings):
    """google-auth by itself looks up an account's regions at another host, on another thread."""
    book(Satu=[["a"]])
    script = (
        "import sys, threading; asked = []; started = [];"
        "sys.addaudithook(lambda event, given: event == 'socket.getaddrinfo'"
        " and asked.append(given[0]));"
        "threading.settrace(lambda *_: started.append(threading.current_thread().name));"
        "from candid_assets.settings import Settings;"
        "from candid_assets.sources.sheets.metadata import read_metadata;"
        "from candid_assets.sources.sheets.session import SheetsSession;"
        "session = SheetsSession.from_settings(Settings(CANDID_DATA_DIR=sys.argv[1]));"
        "read_metadata(session, 'book', workbook='book');"
        "print(*sorted(set(asked)), *started)"
    )
    environment = os.environ | {
        "CANDID_GOOGLE_API_URL": google.url,
        "GOOGLE_APPLICATION_CREDENTIALS": str(google.credentials_file),
        "XDG_CACHE_HOME": str(settings.cache_root),
    }
    run = subprocess.run(
        [sys.executable, "-c", script, str(settings.data_root)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (run.returncode, run.stdout.split()) == (0, ["127.0.0.1"])


def test_each_account_and_each_server_has_a_ledger_of_its_own(tmp_path):
    names = ("a@x https://sheets", "b@x https://sheets", "a@x http://127.0.0.1:1")
    assert len({ledger_file(tmp_path, name) for name in names}) == 3


def test_unwritable_ledger_limits_the_quota_to_the_process(tmp_path):
    (tmp_path / "file").write_text("")
    quota = PausingQuota(2, tmp_path / "file" / "ledger", window=0.3)
    for _ in range(3):
        quota.take()
    assert quota.pauses


def test_old_ledgers_are_removed(tmp_path):
    old = tmp_path / "old.ledger"
    old.write_text("1.0")
    os.utime(old, (1, 1))
    old.with_suffix(".lock").touch()
    ReadQuota(2, tmp_path / "new.ledger").take()
    assert {file.name for file in tmp_path.iterdir()} == {"new.ledger", "new.lock"}


def test_truncated_ledger_is_replaced(tmp_path):
    ledger = tmp_path / "ledger"
    ledger.write_text("17e\nnonsense\n99999999999999\n1.0")
    quota = PausingQuota(1, ledger, window=0.2)
    quota.take()
    assert quota.pauses == []


def test_a_server_that_enforces_the_quota_never_refuses_a_read(google, book, settings, monkeypatch):
    google.control("POST", "/settings", {"reads_per_minute": 60})
    sample = book(Satu=[["a"]])
    try:
        with SheetsSession.from_settings(
            settings.model_copy(update={"reads_per_minute": 60}), policy=BRISK
        ) as session:
            pauses: list[float] = []
            monkeypatch.setattr(session.quota, "_sleep", pauses.append)
            for _ in range(15):
                read(session, sample)
            assert session.sheets_reads == 60
            assert pauses == []
        assert google.counters()["refused"] == 0
    finally:
        google.control("POST", "/settings", {"reads_per_minute": 100_000})


@pytest.mark.parametrize(
    ("status", "error", "code", "transient"),
    [
        (429, {"status": "RESOURCE_EXHAUSTED"}, "quota_exhausted", True),
        (403, {"details": [{"reason": "RATE_LIMIT_EXCEEDED"}]}, "quota_exhausted", True),
        (403, {"errors": [{"reason": "dailyLimitExceeded"}]}, "quota_exhausted", False),
        (403, {"details": [{"reason": "SERVICE_DISABLED"}]}, "api_disabled", False),
        (403, {"errors": [{"reason": "accessNotConfigured"}]}, "api_disabled", False),
        (
            403,
            {"details": [{"reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]},
            "scope_insufficient",
            False,
        ),
        (403, {"status": "PERMISSION_DENIED", "message": "quota 429"}, "not_shared", False),
        (404, {"status": "NOT_FOUND"}, "not_found", False),
        (400, {"status": "FAILED_PRECONDITION"}, "office_file", False),
        (400, {"status": "INVALID_ARGUMENT"}, "bad_range", False),
        (401, {"status": "UNAUTHENTICATED"}, "bad_credentials", False),
        (500, {"details": ["words", 7, {"reason": None}]}, "server_error", True),
        (502, {}, "server_error", True),
        (501, {}, "server_error", False),
        (418, {}, "malformed", False),
    ],
)
def test_failure_is_classified_by_status_and_reason(status, error, code, transient):
    response = Response()
    response.status_code = status
    response._content = json.dumps({"error": {"code": status, **error}}).encode()
    failure = failure_of(response)
    assert (failure.code, failure.transient) == (code, transient)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("0.5", 0.5),
        ("-3", 0),
        ("Wed, 01 Jan 2020 00:00:00 GMT", 0),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(header, seconds):
    response = Response()
    response.status_code, response._content = 503, b"<html>"
    response.headers["Retry-After"] = header
    assert failure_of(response).retry_after == seconds


def test_a_session_without_reads_has_sent_nothing(session):
    assert (session.sheets_reads, session.drive_reads, session.requests_sent) == (0, 0, ())
    assert file_states(session, []) == {}
