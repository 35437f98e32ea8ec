"""A moment is read as people write it, in Asia/Jakarta."""

from datetime import UTC, datetime, timedelta

import pytest

from candid_assets.history.errors import HistoryError
from candid_assets.history.moments import find_publication, read_moment
from candid_assets.settings import ZONE
from candid_assets.warehouse.publications import Publication

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("now", "2026-11-25T08:00:00"),
        ("Latest", "2026-11-25T08:00:00"),
        ("yesterday", "2026-11-24T23:59:59.999999"),
        ("yesterday 17:30", "2026-11-24T17:30:59.999999"),
        ("today 7.05", "2026-11-25T07:05:59.999999"),
        ("2 hours ago", "2026-11-25T06:00:00"),
        ("an hour ago", "2026-11-25T07:00:00"),
        ("1  week ago", "2026-11-18T08:00:00"),
        ("45 minutes ago", "2026-11-25T07:15:00"),
        ("2026-11-01", "2026-11-01T23:59:59.999999"),
        ("2026-11-01T10", "2026-11-01T10:59:59.999999"),
        ("2026-11-01 10:30", "2026-11-01T10:30:59.999999"),
        ("2026-11-01T10:30:05", "2026-11-01T10:30:05.999999"),
        ("2026-11-01T10:30:05.25", "2026-11-01T10:30:05.25"),
        ("2026-11-01T03:30:05Z", "2026-11-01T10:30:05.999999"),
        ("2026-11-01T05:30:05+02:00", "2026-11-01T10:30:05.999999"),
        ("2026-11-01T05:30:05.000001+02:00", "2026-11-01T10:30:05.000001"),
    ],
)
def test_a_moment_covers_the_unit_it_is_written_in(written, iso):
    assert read_moment(written, NOW) == datetime.fromisoformat(iso).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    "written", ["", "tomorrowish", "2026-13-01", "31/12/2025", "ago", "99999999999 weeks ago"]
)
def test_text_that_is_no_moment_is_refused(written):
    with pytest.raises(HistoryError):
        read_moment(written, NOW)


def published(*runs):
    start = datetime(2026, 11, 20, 1, tzinfo=UTC)
    return [
        Publication(n, start + timedelta(days=n), run, "sample", "", "", n)
        for n, run in enumerate(runs, 1)
    ]


RUNS = published("ac4a546c-1111", "ac4a5999-2222", "77777777-3333")


@pytest.mark.parametrize(
    ("written", "number"),
    [("ac4a546c", 1), ("AC4A5999-2222", 2), ("now", 3), ("2026-11-22", 2), ("2026-11-21 08:00", 1)],
)
def test_a_publication_is_found_by_run_or_by_moment(written, number):
    assert find_publication(RUNS, written, NOW).publication == number


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("2026-11-20", "the first publication is of 2026-11-21 08:00:00"),
        ("ac4a5", "is no moment"),
        ("ac4a59990", "is no moment"),
    ],
)
def test_missing_publication_is_reported(written, message):
    with pytest.raises(HistoryError, match=message):
        find_publication(RUNS, written, NOW)


def test_ambiguous_id_is_refused():
    with pytest.raises(HistoryError, match="write more of it"):
        find_publication(published("ac4a546c-1", "ac4a546c-2"), "ac4a546c", NOW)


def test_without_a_publication_the_command_to_run_is_named():
    with pytest.raises(HistoryError, match="candid run"):
        find_publication([], "now", NOW)
