"""Numbers that are days, by count or by figures, are days where the contract says so."""

from datetime import date, datetime

import pytest

from candid_assets_tests.cleaning.kit import column, run_cleaning, tab_of


def cleaned(connection, cell, logical="date", *, counted=True):
    """Clean one cell of a column of days."""
    code = column("kode", primary_key_position=1)
    field = column("tgl", logical, options={"days_counted": counted})
    return run_cleaning(connection, tab_of(code, field), [["K1", cell]])


@pytest.mark.parametrize(
    ("cell", "logical", "value"),
    [
        (("n", "45719"), "date", date(2025, 3, 3)),
        ("45719", "date", date(2025, 3, 3)),
        ("17/08/2025", "date", date(2025, 8, 17)),
        (("d", "2025-03-03"), "date", date(2025, 3, 3)),
        (("n", "45719.5"), "timestamp", datetime.fromisoformat("2025-03-03 12:00")),
        ("45719,25", "timestamp", datetime.fromisoformat("2025-03-03 06:00")),
        (("n", "45719"), "timestamp", datetime.fromisoformat("2025-03-03")),
    ],
)
def test_a_number_is_the_day_that_it_counts(connection, cell, logical, value):
    assert cleaned(connection, cell, logical).values(2) == ("K1", value)


@pytest.mark.parametrize(
    ("cell", "counted"),
    [
        (("n", "45719"), False),
        (("n", "45719.5"), True),
        (("n", "-45719"), True),
        (("n", "457190"), True),
        (("n", "12"), True),
    ],
)
def test_any_other_number_is_no_day(connection, cell, counted):
    assert cleaned(connection, cell, counted=counted).reasons(2) == [("tgl", "not_a_date")]


def dated(connection, cell, order, logical="date"):
    """Clean one cell of a column of days in an order."""
    code = column("kode", primary_key_position=1)
    field = column("tgl", logical, options={"date_order": order})
    return run_cleaning(connection, tab_of(code, field), [["K1", cell]])


@pytest.mark.parametrize("kind", ["n", "m", "t", "x"])
def test_eight_figures_are_the_day_that_they_are_where_the_year_comes_first(connection, kind):
    assert dated(connection, (kind, "20250301"), "ymd").values(2) == ("K1", date(2025, 3, 1))


@pytest.mark.parametrize(
    ("cell", "order"),
    [
        (("n", "20250301"), "dmy"),
        ("20250301", "mdy"),
        (("n", "20250231"), "ymd"),
        (("n", "2025030"), "ymd"),
        (("n", "20250301.5"), "ymd"),
        (("n", "-20250301"), "ymd"),
        (("n", "32013010"), "ymd"),
    ],
)
def test_other_figures_are_no_day(connection, cell, order):
    assert dated(connection, cell, order).reasons(2) == [("tgl", "not_a_date")]
