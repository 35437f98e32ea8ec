"""Days without a year take that of the period above the header, or are refused by name."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candid_assets_tests.cleaning.kit import column, run_cleaning, tab_of

MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agt", "Sep", "Okt", "Nov", "Des")


def cleaned(connection, stated, days, said=None, **options):
    """Clean a column of days below a period; the first day stands in sheet row 3."""
    field = column("tgl", "date", options={"year_from": "Periode", **options})
    above = [stated if isinstance(stated, list) else [stated]]
    rows = [[f"K{number}", day] for number, day in enumerate(days)]
    code = column("kode", primary_key_position=1)
    return run_cleaning(connection, tab_of(code, field), rows, title_rows=above, said=said)


@pytest.mark.parametrize(
    "day", ["02/12", "2/12", "'02/12", "02-12", "02 Des", "2 Desember", "Dec 2"]
)
def test_day_without_a_year_takes_that_of_the_period(connection, day):
    outcome = cleaned(connection, "Periode : 01/12/2024 - 31/12/2024", [day])
    assert outcome.values(3) == ("K0", date(2024, 12, 2))


def test_period_over_the_end_of_a_year_has_days_of_both(connection):
    stated = ["Periode", ":", "01 Nov 2024 s/d 31 Jan 2025"]
    outcome = cleaned(connection, stated, ["30/11", "31/12", "01/01"])
    assert [row[1] for row in outcome.clean] == [
        date(2024, 11, 30),
        date(2024, 12, 31),
        date(2025, 1, 1),
    ]


@pytest.mark.parametrize(
    ("stated", "day", "reason"),
    [
        ("Periode : Desember 2024", "30/11", "outside_period"),
        ("Periode : Februari 2025", "29/02", "outside_period"),
        ("Periode : Desember 2024", "31/02", "not_a_date"),
        ("Periode : Desember 2024", "PEND", "not_a_date"),
        ("Periode : Desember 2024", "12", "not_a_date"),
        ("Periode : Desember 2024", ("n", "2.12"), "not_a_date"),
        ("Periode : Desember 2024", ("d", "2026-12-02"), "outside_period"),
        ("Periode : Desember 2024", ("e", "#REF!"), "error_cell"),
        ("Periode : 01/12/2023 - 31/12/2024", "02/12", "ambiguous_year"),
        ("Periode : bulan lalu", "02/12", "no_year"),
        ("Periode : bulan lalu", ("d", "2024-12-02"), "no_year"),
        ("Rekening : 12345", "02/12", "no_year"),
    ],
)
def test_day_that_the_period_does_not_give_a_year_is_refused(connection, stated, day, reason):
    outcome = cleaned(connection, stated, [day])
    assert outcome.reasons(3) == [("tgl", reason)]


def test_message_names_cell_label_and_what_to_write(connection):
    outcome = cleaned(connection, "Periode : ?", ["02/12"])
    assert outcome.quarantine[3][0]["message"] == (
        "TGL (B3): '02/12' has no year, for the period above the header ('Periode') is missing,"
        " given twice or cannot be read; write it as 01/12/2024 - 31/12/2024"
    )


def test_day_with_its_own_year_keeps_it(connection):
    outcome = cleaned(
        connection, "Periode : Desember 2024", ["02/12/2023", ("d", "2024-12-03"), None]
    )
    assert [row[1] for row in outcome.clean] == [date(2023, 12, 2), date(2024, 12, 3), None]


def test_weekday_decides_between_two_years(connection):
    stated = "Periode : 01/12/2023 - 31/12/2024"
    assert cleaned(connection, stated, ["Senin, 02/12"]).values(3)[1] == date(2024, 12, 2)


def test_period_may_stand_in_date_cells_and_in_months_by_format(connection):
    stated = ["Periode", ("d", "2024-12-01"), "s/d", ("d", "2025-01-31")]
    assert cleaned(connection, stated, ["02/01"]).values(3)[1] == date(2025, 1, 2)
    shown = {"_shown": {1: {"B": "Desember 2024"}}}
    one = ["Periode", ("d", "2024-12-01")]
    assert cleaned(connection, one, ["02/12"], shown).values(3)[1] == date(2024, 12, 2)
    assert cleaned(connection, one, ["02/12"]).reasons(3) == [("tgl", "no_year")]


def test_order_of_the_column_is_that_of_its_period(connection):
    stated = "Periode : 12/01/2024 - 01/31/2025"
    outcome = cleaned(connection, stated, ["12/02", "01/03"], date_order="mdy")
    assert [row[1] for row in outcome.clean] == [date(2024, 12, 2), date(2025, 1, 3)]


def test_period_without_a_label_is_read_where_the_contract_says_so(connection):
    outcome = cleaned(connection, "Desember 2024", ["02/12"], year_from="*")
    assert outcome.values(3)[1] == date(2024, 12, 2)


@settings(max_examples=40)
@given(st.data())
def test_every_day_of_a_period_within_a_year_is_read_as_itself(connection, data):
    first = data.draw(st.dates(date(1950, 1, 1), date(2060, 12, 31)))
    last = first + timedelta(days=data.draw(st.integers(0, 364)))
    days = data.draw(st.lists(st.dates(first, last), min_size=1, max_size=4))
    forms = [
        f"{d.day}/{d.month:02d}" if d.day % 2 else f"{d.day:02d} {MONTHS[d.month - 1]}"
        for d in days
    ]
    outcome = cleaned(connection, f"Periode : {first:%d/%m/%Y} - {last:%d/%m/%Y}", forms)
    assert [row[1] for row in outcome.clean] == days
