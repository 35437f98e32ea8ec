"""Lengths of time of any size, exact in the unit that a contract declares."""

from decimal import Decimal
from fractions import Fraction

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candid_assets_tests.cleaning.kit import Cell, column, parse_all, run_cleaning, tab_of

HOURS: list[tuple[Cell, str]] = [
    (("h", "37:30:00"), "37.5"),
    (("h", "07:15:00"), "7.25"),
    (("h", "-07:30:00"), "-7.5"),
    (("h", "1000:00:00"), "1000"),
    ("37:30:00", "37.5"),
    ("37:30", "37.5"),
    ("37.30.00", "37.5"),
    ("-0:45", "-0.75"),
    ("1 hari 2 jam", "26"),
    ("2 jam 30 menit", "2.5"),
    ("2 Jam, 30 Menit", "2.5"),
    ("90 menit", "1.5"),
    ("7,5 jam", "7.5"),
    ("7.5 jam", "7.5"),
    ("1j30m", "1.5"),
    ("36 detik", "0.01"),
    ("1 minggu", "168"),
    ("1 day, 13:30:00", "37.5"),
    ("2 days 01:30", "49.5"),
    ("PT37H30M", "37.5"),
    ("P1DT13,5H", "37.5"),
    ("P1W", "168"),
    ("-PT1H", "-1"),
    (("x", "PT-2H-30M"), "-2.5"),
]
NO_LENGTH: list[Cell] = [
    "37.30",
    "7.5",
    "7",
    ("n", "7.5"),
    ("n", "1.5625"),
    "24:60",
    "1,500 jam",
    "1 bulan",
    "P1M",
    "P1Y",
    "P",
    "PT",
    "07:15 WIB",
    "tujuh jam",
    "2 jam 30",
    ("s", "1899-12-31 13:30:00"),
    ("b", "TRUE"),
]


@pytest.mark.parametrize(("cell", "hours"), HOURS)
def test_length_is_read_in_hours(
    connection: duckdb.DuckDBPyConnection, cell: Cell, hours: str
) -> None:
    tab = tab_of(column("id"), column("worked", "number", options={"duration": "hours"}))
    outcome = run_cleaning(connection, tab, [["a", cell]])
    assert not outcome.quarantine
    assert outcome.values(2)[1] == Decimal(hours)


@pytest.mark.parametrize("cell", NO_LENGTH)
def test_what_is_no_length_of_time_is_reported(
    connection: duckdb.DuckDBPyConnection, cell: Cell
) -> None:
    tab = tab_of(column("id"), column("worked", "number", options={"duration": "hours"}))
    outcome = run_cleaning(connection, tab, [["a", cell]])
    assert outcome.reasons(2) == [("worked", "not_a_duration")]
    assert "is not a length of time (37:30:00" in outcome.quarantine[2][0]["message"]


def test_formula_error_and_blank_stay_what_they_are(connection: duckdb.DuckDBPyConnection) -> None:
    tab = tab_of(column("id"), column("worked", "number", options={"duration": "hours"}))
    outcome = run_cleaning(connection, tab, [["a", ("e", "#N/A")], ["b", "-"], ["c", None]])
    assert outcome.reasons(2) == [("worked", "error_cell")]
    assert [line[1] for line in outcome.clean] == [None, None]


def test_length_that_the_unit_cannot_hold_is_reported_or_rounded_as_declared(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    for rounds in (False, True):
        options = {"duration": "hours", "round_to_scale": rounds}
        tab = tab_of(column("id"), column("worked", "number", options=options))
        outcome = run_cleaning(connection, tab, [["a", "20 menit"], ["b", "0:40"]])
        if rounds:
            assert [line[1] for line in outcome.clean] == [Decimal("0.33"), Decimal("0.67")]
        else:
            assert outcome.reasons(2) == outcome.reasons(3) == [("worked", "too_precise")]


@pytest.mark.parametrize(
    ("unit", "logical", "value"),
    [("days", "number", "1.5"), ("minutes", "integer", "2160"), ("seconds", "integer", "129600")],
)
def test_length_is_read_in_any_unit(
    connection: duckdb.DuckDBPyConnection, unit: str, logical: str, value: str
) -> None:
    tab = tab_of(column("id"), column("worked", logical, options={"duration": unit}))
    assert run_cleaning(connection, tab, [["a", "36:00:00"]]).values(2)[1] == Decimal(value)


def test_lengths_of_a_column_can_be_summed(connection: duckdb.DuckDBPyConnection) -> None:
    tab = tab_of(column("id"), column("worked", "number", options={"duration": "hours"}))
    cells: list[list[Cell]] = [["a", ("h", "37:30:00")], ["b", ("h", "-01:15:00")], ["c", "2 jam"]]
    outcome = run_cleaning(connection, tab, cells)
    total = connection.execute(f"select sum(worked) from {outcome.sql.staged.clean}").fetchone()
    assert total == (Decimal("38.25"),)


def test_column_of_times_of_day_refuses_a_length_of_a_day_and_more(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    tab = tab_of(column("id"), column("at", "time"))
    outcome = run_cleaning(connection, tab, [["a", ("h", "37:30:00")], ["b", ("h", "-01:00:00")]])
    assert outcome.reasons(2) == outcome.reasons(3) == [("at", "out_of_range")]


@settings(deadline=None, max_examples=100)
@given(
    hours=st.integers(0, 99_999),
    minutes=st.integers(0, 59),
    seconds=st.integers(0, 59),
    negative=st.booleans(),
)
def test_every_spelling_of_a_length_is_the_same_number_of_seconds(
    connection: duckdb.DuckDBPyConnection, hours: int, minutes: int, seconds: int, negative: bool
) -> None:
    sign = "-" if negative else ""
    texts = [
        f"{sign}{hours}:{minutes:02d}:{seconds:02d}",
        f"{sign}{hours}.{minutes:02d}.{seconds:02d}",
        f"{sign}{hours} jam {minutes} menit {seconds} detik",
        f"{sign}{hours // 24} hari {hours % 24}:{minutes:02d}:{seconds:02d}",
        f"{sign}PT{hours}H{minutes}M{seconds}S",
    ]
    total = Fraction(hours * 3600 + minutes * 60 + seconds) * (-1 if negative else 1)
    call = "read_duration(cleaned, 't', {}).digits::DECIMAL(30, 9)"
    assert parse_all(connection, call.format(1), texts) == [Decimal(int(total))] * len(texts)
    exact = parse_all(connection, "read_duration(cleaned, 't', 3600).places", texts)
    rest = (total / 3600).denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    assert all((places < 399) == (rest == 1) for places in exact)
