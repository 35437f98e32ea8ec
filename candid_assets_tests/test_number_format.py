from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candid_assets.number_format import age, count, day, measured, moment, period, share


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (Decimal("22950263115"), "IDR", "Rp22,95 miliar"),
        (Decimal("-1250000.50"), "IDR", "−Rp1,25 juta"),
        (Decimal("23026.40"), "IDR", "Rp23.026"),
        (Decimal("0.0489"), "ratio", "4,9%"),
        (Decimal("0.0004"), "ratio", "0,04%"),
        (Decimal("1.5"), "days", "1,5 days"),
        (Decimal(0), "pcs", "0 pcs"),
        (None, "pcs", "–"),
    ],
)
def test_values_read_as_indonesian_readers_write_them(value, unit, text):
    assert measured(value, unit) == text


def test_count_is_written_to_its_last_digit():
    assert count(142_398) == "142.398"
    assert count(22_950_263_115) == "22.950.263.115"


@given(st.floats(min_value=1e-9, max_value=0.0009))
def test_a_share_that_is_not_nothing_has_a_percent_sign_and_no_point(value):
    assert share(value).endswith("%")
    assert "." not in share(value)


@pytest.mark.parametrize(
    ("grain", "text"),
    [("day", "5 Mar 2025"), ("week", "2025-W10"), ("month", "Mar 2025"), ("quarter", "Q1 2025"),
     ("year", "2025")],
)  # fmt: skip
def test_a_period_is_called_by_its_grain(grain, text):
    assert period(date(2025, 3, 5), grain) == text


def test_moments_and_days_are_those_of_jakarta():
    late = datetime(2026, 11, 24, 20, 30, tzinfo=UTC)
    assert moment(late) == "25 Nov 2026, 03:30"
    assert day(late) == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "just now"), (59, "just now"), (3_599, "59 min ago"), (7_200, "2 h ago"),
     (86_400, "1 day ago"), (172_800, "2 days ago")],
)  # fmt: skip
def test_age_is_written_in_its_largest_unit(seconds, text):
    now = datetime(2026, 11, 24, tzinfo=UTC)
    assert age(now - timedelta(seconds=seconds), now) == text
