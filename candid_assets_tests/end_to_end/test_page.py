"""The page of the whole sample's refresh, as a person sees it, and the same pictures in Dagster."""

import re
import shutil
import sqlite3
from pathlib import Path

import pytest

from candid_assets.names import SPOKES
from candid_assets_tests.browser import browsing, keep, seen

MARKDOWN = re.compile(r'"md_str": "((?:[^"\\]|\\.)*)"')
MOST_BYTES = 3_000_000
MOST_PICTURE_BYTES = 500_000
"""What the pictures of a full refresh may add to Dagster's event log."""


@pytest.fixture(scope="module")
def page(sample, tmp_path_factory):
    """The page, taken away from everything it might lean on."""
    _, summary = sample
    written = Path(summary["report"]).with_suffix(".html")
    assert written.stat().st_size < MOST_BYTES
    return Path(shutil.copy(written, tmp_path_factory.mktemp("elsewhere")))


def test_the_page_of_a_full_refresh_reads_well_on_a_computer_and_on_a_phone(page, sample):
    _, summary = sample
    with browsing() as browser:
        for size, scheme in (("desktop", "light"), ("phone", "dark")):
            with seen(browser, page, size, scheme) as screen:
                keep(screen, f"sample-{size}-{scheme}")
                keep(screen, f"sample-{size}-{scheme}-whole", whole=True)
                assert screen.requests == [page.as_uri()]
                assert screen.complaints == []
                assert screen.overflow <= 0
                view = screen.page
                assert view.locator("section[id^=spoke-] .m").count() == 184
                assert view.locator("section[id^=spoke-]").count() == len(SPOKES)
                pictures = view.locator("section[id^=spoke-] svg[role=img]")
                assert pictures.count() == 184
                assert all(
                    re.search(r" by (day|week|month|quarter|year) from .+: last ", words)
                    for words in pictures.evaluate_all(
                        "all => all.map(svg => svg.getAttribute('aria-label'))"
                    )
                )
                tabs = view.locator("#rows .book tbody tr")
                assert tabs.count() >= summary["tabs"]
                view.locator("nav a[href='#spoke-sales']").click()
                top = view.locator("#spoke-sales h2").bounding_box()["y"]
                assert 0 <= top < 300


def test_assets_in_dagster_have_the_same_pictures_of_a_few_kilobytes(sample):
    installation, summary = sample
    history = installation.data / "sample" / "dagster" / "history" / "runs"
    kept = [
        text
        for store in (f"{summary['run_id']}.db", "index.db")
        for event in _events(history / store, summary["run_id"])
        for text in MARKDOWN.findall(event)
        if "data:image/svg+xml" in text or "| built |" in text
    ]
    boards = {text for text in kept if "data:image/svg+xml" in text}
    assert len(boards) == len(SPOKES)
    assert sum(text.count("data:image/svg+xml;base64,") for text in boards) == 184
    assert len(set(kept) - boards) > 0
    assert sum(map(len, kept)) < MOST_PICTURE_BYTES


def _events(store, run_id):
    with sqlite3.connect(store) as connection:
        events = connection.execute("select event from event_logs where run_id = ?", [run_id])
        return [row[0] for row in events]
