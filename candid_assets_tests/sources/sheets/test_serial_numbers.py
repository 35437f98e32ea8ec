"""A serial number becomes the date, timestamp or time that the sheet shows, to the second."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candid_assets.sources.sheets.serial_numbers import moment, time_text

EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a serial carries no zone
DAYS = st.dates(min_value=date(1900, 1, 1))
SECONDS = st.integers(1, 86_399)


def serial(day: date, seconds: float = 0.0) -> float:
    return (day - EPOCH.date()).days + seconds / 86_400


@given(
    DAYS, st.sampled_from(["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%y", "%d %B %Y", "%A, %d %B", "%d.%m"])
)
def test_a_whole_serial_shown_without_a_time_is_its_date(day, pattern):
    assert moment(serial(day), day.strftime(pattern)) == ("d", day.isoformat())


@given(DAYS, SECONDS, st.sampled_from(["%d/%m/%Y %H:%M:%S", "%d/%m/%Y", "%H:%M", "%H.%M", "%B"]))
def test_a_fraction_after_a_day_is_a_timestamp_whatever_is_shown(day, seconds, pattern):
    when = datetime(day.year, day.month, day.day) + timedelta(seconds=seconds)  # noqa: DTZ001
    expected = when.isoformat(sep=" ", timespec="seconds")
    assert moment(serial(day, seconds), when.strftime(pattern)) == ("s", expected)


@given(
    DAYS, st.sampled_from(["00:00", "00.00", "0:00:00", "00:00:00.000", "12:00 AM", "12:00:00 am"])
)
def test_midnight_that_is_shown_is_a_timestamp(day, clock):
    expected = ("s", f"{day.isoformat()} 00:00:00")
    assert moment(serial(day), f"{day:%d/%m/%Y} {clock}") == expected


@given(st.integers(0, 86_399))
def test_a_serial_under_one_day_is_a_time(seconds):
    clock = timedelta(seconds=seconds)
    shown = (EPOCH + clock).strftime("%H.%M.%S")
    assert moment(seconds / 86_400, shown) == ("h", f"{EPOCH + clock:%H:%M:%S}")


@given(st.integers(24, 5_000), st.integers(0, 59), st.integers(0, 59), st.booleans())
def test_a_duration_over_a_day_shows_all_its_hours(hours, minutes, seconds, long):
    value = (hours * 3600 + minutes * 60 + seconds) / 86_400
    shown = f"{hours}:{minutes:02d}" + (f":{seconds:02d}" if long else "")
    assert moment(value, shown) == ("h", f"{hours}:{minutes:02d}:{seconds:02d}")


@given(DAYS, st.integers(1, 86_399_999))
def test_milliseconds_are_kept_where_there_are_any(day, milliseconds):
    when = datetime(day.year, day.month, day.day) + timedelta(milliseconds=milliseconds)  # noqa: DTZ001
    spec = "milliseconds" if milliseconds % 1000 else "seconds"
    assert moment(serial(day, milliseconds / 1000), "x")[1] == when.isoformat(" ", spec)


@pytest.mark.parametrize(
    ("value", "shown", "expected"),
    [
        (45886.604166666664, "17/08/2025 14:30", ("s", "2025-08-17 14:30:00")),
        (45886.99999999999, "18/08/2025", ("d", "2025-08-18")),
        (0.9999999999, "24:00:00", ("h", "24:00:00")),
        (0, "30/12/1899", ("d", "1899-12-30")),
        (0, "00.00", ("h", "00:00:00")),
        (-0.0625, "-1:30", ("h", "-01:30:00")),
        (-1.0625, "-25:30", ("h", "-25:30:00")),
        (1.104166666, "02:30", ("s", "1899-12-31 02:30:00")),
        (1.5, "2160:00", ("h", "36:00:00")),
        (43831, "2020-01-01", ("d", "2020-01-01")),
        (36162, "1999-01-02", ("d", "1999-01-02")),
        (3_000_000, "x", ("h", "72000000:00:00")),
    ],
)
def test_smallest_and_largest_serial_numbers_are_read(value, shown, expected):
    assert moment(value, shown) == expected


def test_hours_of_a_time_may_exceed_a_day():
    assert time_text(100 * 3_600_000 + 1) == "100:00:00.001"
