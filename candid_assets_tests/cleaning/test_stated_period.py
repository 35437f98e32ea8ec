"""Texts that state a period, and texts that state none."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candid_assets.cleaning.period_above import labels_of_periods, period_above
from candid_assets.cleaning.stated_period import StatedPeriod, read_period

DAYS = st.dates(date(1970, 1, 1), date(2068, 12, 31))
MAY = StatedPeriod(date(2023, 5, 1), date(2023, 5, 31))


def period(first: str, last: str) -> StatedPeriod:
    return StatedPeriod(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("01/12/2024 - 31/12/2024", "2024-12-01", "2024-12-31"),
        ("01-12-2024-31-12-2024", "2024-12-01", "2024-12-31"),
        ("1.12.2024 – 31.12.2024", "2024-12-01", "2024-12-31"),
        ("01/12/24 s/d 31/12/24", "2024-12-01", "2024-12-31"),
        ("2024-12-01 2024-12-31", "2024-12-01", "2024-12-31"),
        ("01 Nov 2024 s/d 31 Jan 2025", "2024-11-01", "2025-01-31"),
        ("1 s.d 31 Desember 2024", "2024-12-01", "2024-12-31"),
        ("01/12 - 31/12/2024", "2024-12-01", "2024-12-31"),
        ("15 Des - 14 Jan 2025", "2024-12-15", "2025-01-14"),
        ("Dec 1, 2024 to Dec 31, 2024", "2024-12-01", "2024-12-31"),
        ("Desember 2024", "2024-12-01", "2024-12-31"),
        ("FEBRUARI 2024", "2024-02-01", "2024-02-29"),
        ("Nop-24", "2024-11-01", "2024-11-30"),
        ("Des' 2024", "2024-12-01", "2024-12-31"),
        ("12/2024", "2024-12-01", "2024-12-31"),
        ("2024-12", "2024-12-01", "2024-12-31"),
        ("November - Desember 2024", "2024-11-01", "2024-12-31"),
        ("Desember sampai dengan Januari 2025", "2024-12-01", "2025-01-31"),
        ("2024", "2024-01-01", "2024-12-31"),
        ("2023 - 2024", "2023-01-01", "2024-12-31"),
    ],
)
def test_period_is_read_as_offices_write_it(text: str, first: str, last: str) -> None:
    assert read_period(text) == period(first, last)


@pytest.mark.parametrize(
    "text",
    [
        *("", "kemarin", "Desember", "01/12", "01/12/2024", "1 Desember 2024", "99/2024"),
        *("31/12/2024 - 01/12/2024", "31/02/2024 - 01/03/2024", "29/02 - 31/03/2025"),
        *("01/12/2024 - 31/12/2024 hal. 1", "01/12/2024 - 31/01/2025 - 2", "00/12/2024"),
        *("Des 2024 - 2025", "2023/2024", "12/31/2024 - 01/31/2025", "31 - 01 Desember 2024"),
    ],
)
def test_other_text_states_no_period(text: str) -> None:
    assert read_period(text) is None


def test_figures_are_read_in_the_given_order() -> None:
    text = "12/01/2024 - 01/02/2025"
    assert read_period(text, "dmy") == period("2024-01-12", "2025-02-01")
    assert read_period(text, "mdy") == period("2024-12-01", "2025-01-02")


@given(DAYS, st.integers(0, 800), st.sampled_from(["{:%d/%m/%Y}", "{:%d-%m-%Y}", "{:%Y-%m-%d}"]))
def test_any_two_days_are_the_period_between_them(day: date, length: int, form: str) -> None:
    last = day + timedelta(days=length)
    text = f"{form.format(day)} s/d {form.format(last)}"
    assert read_period(text) == StatedPeriod(day, last)


@given(st.text(alphabet="0123456789/-. DesJan", max_size=24))
def test_no_text_is_too_strange_to_be_refused(text: str) -> None:
    stated = read_period(text)
    assert stated is None or stated.first <= stated.last


@pytest.mark.parametrize(
    ("rows", "label"),
    [
        ([["Nama : Toko Sinar"], ["Periode : Mei 2023"]], "Periode"),
        ([["Periode", ":", "01/05/2023", "-", "31/05/2023"]], "Periode"),
        ([["No. rekening", "2023", "Periode", "Mei 2023"]], "periode"),
        ([["PERIODE:Mei 2023", "Mata uang: IDR"]], "Periode"),
        ([["Laporan Kas Bulan Mei 2023"]], "Laporan Kas Bulan"),
        ([["Periode Mutasi : 1 - 31 Mei 2023"]], "Periode Mutasi"),
        ([["Laporan Kas"], ["Mei 2023"], ["2024"]], "*"),
        ([["Periode : Mei 2023"], ["Periode Lalu : April 2023"]], "Periode"),
        ([["Periode : Mei 2023"], ["Periode : 1 s/d 31 Mei 2023"]], "Periode"),
    ],
)
def test_period_is_the_value_of_its_label(rows: list[list[str]], label: str) -> None:
    assert period_above(rows, label, "dmy") == MAY


@pytest.mark.parametrize(
    ("rows", "label"),
    [
        ([], "Periode"),
        ([["Nama : Toko Sinar"]], "Periode"),
        ([["Periode : bulan lalu"]], "Periode"),
        ([["Periode"]], "Periode"),
        ([["Periode : Mei 2023"], ["Periode : April 2023"]], "Periode"),
        ([["Periode : Mei 2023"], ["Periode : 31/13/2023"]], "Periode"),
        ([["Periodenya Mei 2023"]], "Periode"),
        ([["Periode : Mei 2023"]], "*"),
        ([["Periode", "Mei 2023", "s/d", "sekarang"]], "Periode"),
        ([["Mei 2023"], ["April 2023"]], "*"),
    ],
)
def test_missing_unreadable_or_second_period_is_none(rows: list[list[str]], label: str) -> None:
    assert period_above(rows, label, "dmy") is None


def test_labels_are_those_that_stand_before_a_period() -> None:
    rows = [
        ["Laporan Desember 2024"],
        ["No. rekening", ":", "2024"],
        ["Periode", ":", "Desember 2024"],
        ["Dicetak : 5 Januari 2025"],
    ]
    assert labels_of_periods(rows, "dmy") == ["Periode", "Laporan", "*"]
