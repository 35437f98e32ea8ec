"""Sixty reads a minute and no more."""

from candid_assets.sandbox.quota import SlidingReadCount
from candid_assets_tests.sandbox.client import DRIVE, SHEETS
from candid_assets_tests.sandbox.conftest import BOOK

GET = f"{SHEETS}/v4/spreadsheets/{BOOK}"


def test_the_sixty_first_read_of_a_minute_is_refused(server, google):
    statuses = [google.get(GET).status_code for _ in range(60)]
    assert statuses == [200] * 60
    answer = google.get(GET)
    assert answer.status_code == 429
    error = answer.json()["error"]
    assert error["status"] == "RESOURCE_EXHAUSTED"
    assert error["details"][0]["reason"] == "RATE_LIMIT_EXCEEDED"
    assert error["details"][0]["metadata"]["quota_limit_value"] == "60"
    assert "Read requests per minute per user" in error["message"]
    assert google.get(f"{DRIVE}/drive/v3/files").status_code == 200
    assert server.counters() == {
        "sheets_reads": 61,
        "drive_reads": 1,
        "writes": 0,
        "tokens": 1,
        "other": 0,
        "refused": 1,
    }


def test_the_quota_can_be_set_and_switched_off(server, google):
    server.control("POST", "/settings", {"reads_per_minute": 2})
    assert [google.get(GET).status_code for _ in range(3)] == [200, 200, 429]
    server.control("POST", "/settings", {"quota": False})
    assert google.get(GET).status_code == 200


def test_the_quota_can_be_used_up_on_request(server, google):
    google.get(GET)
    server.fault("use_quota", api="sheets_reads")
    assert google.get(GET).status_code == 429


def test_reads_come_back_as_the_minute_slides():
    now = [0.0]
    quota = SlidingReadCount(2, clock=lambda: now[0])
    assert quota.take("a")
    now[0] = 30
    assert quota.take("a")
    assert not quota.take("a")
    assert quota.take("b")
    now[0] = 60
    assert quota.take("a")
    assert not quota.take("a")
    now[0] = 90
    assert quota.take("a")
