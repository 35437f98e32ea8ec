"""A computer's clock that differs from a source's is named, in every way a run speaks."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import StringIO
from pathlib import Path

import pytest
import requests
from rich.console import Console

from candid_assets.reports.report import write_report
from candid_assets.reports.run_screen import show
from candid_assets.sandbox.process import SandboxServer
from candid_assets.sources.api.client import OneOrigin
from candid_assets.sources.open_sources import Sources
from candid_assets.sources.source_clock import SourceClock, wrong_clock
from candid_assets_tests.history.conftest import shop
from candid_assets_tests.history.shop import Shop
from candid_assets_tests.wrong_clock import clock

__all__ = ["shop"]


def dated(seconds: float) -> dict[str, str]:
    return {"Date": format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3_600 * 26, "26 hours behind"),
        (-86_400 * 400, "400 days ahead of"),
        (300, "5 minutes behind"),
        (-10_000, "3 hours ahead of"),
    ],
)
def test_the_sentence_says_how_much_and_which_way(seconds: int, words: str) -> None:
    compared = SourceClock()
    compared.compare_headers(dated(seconds))
    sentence = wrong_clock("Google", compared.seconds_fast)
    assert sentence is not None
    assert f"{words} that of Google" in sentence
    assert "time synchronisation" in sentence


@pytest.mark.parametrize(
    ("seconds", "headers"),
    [
        (None, {}),
        (None, {"Date": "soon"}),
        (None, {"Date": ""}),
        (None, {"Date": "Mon, 99 Nov 2026 25:00:00 GMT"}),
        (9_000, {"Age": "9000"}),
        (9_000, {"Age": "a while"}),
        (100, {}),
        (-100, {}),
    ],
    ids=["none", "word", "blank", "no day", "cached", "odd age", "behind", "ahead"],
)
def test_no_time_a_cached_answer_and_a_small_difference_say_nothing(
    seconds: float | None, headers: dict[str, str]
) -> None:
    compared = SourceClock()
    compared.compare_headers(headers if seconds is None else dated(seconds) | headers)
    assert wrong_clock("Google", compared.seconds_fast) is None


def test_an_answer_that_waited_on_its_way_does_not_count() -> None:
    compared = SourceClock()
    for seconds in (-400, -2, -900):
        compared.compare_headers(dated(seconds))
    assert wrong_clock("Google", compared.seconds_fast) is None


def test_a_run_names_the_clock_on_the_screen_in_json_and_in_the_report(shop: Shop) -> None:
    record = shop.refresh(report=write_report)
    assert record.wrong_clocks == []
    assert "clock" not in Path(record.report).read_text()
    shop.edit("Penjualan", C2="9.000")
    # Google refuses a token for a clock that is off by more than five minutes.
    with clock(timedelta(minutes=-4)), Sources(shop.settings) as shop.session:
        record = shop.refresh(report=write_report)
    assert record.succeeded
    (sentence,) = record.wrong_clocks
    assert "4 minutes behind that of the source in Google Sheets" in sentence
    assert record.summary is not None
    assert record.summary.wrong_clocks == [sentence]
    assert sentence in Path(record.report).read_text()
    screen = StringIO()
    show(Console(file=screen, width=2_000), record, [])
    assert sentence in screen.getvalue()
    summary = shop.query("select arg_max(summary, number) from meta.runs")[0][0]
    assert json.loads(str(summary))["wrong_clocks"] == [sentence]


def test_a_token_that_is_refused_for_the_clock_says_so(shop: Shop) -> None:
    with clock(timedelta(days=1)):
        record = shop.refresh()
    assert not record.succeeded
    refused = [f.message for f in record.failures if f.cause == "bad_credentials"]
    assert refused
    assert all("24 hours ahead of that of Google" in message for message in refused)


def test_answers_of_an_api_are_compared(books: SandboxServer) -> None:
    compared = SourceClock()
    with requests.Session() as session, clock(timedelta(days=-2)):
        session.mount("http://", OneOrigin(books.url, compared))
        session.get(f"{books.url}/v4/spreadsheets/none", timeout=10)
    assert "2 days behind" in (wrong_clock("an API", compared.seconds_fast) or "")
