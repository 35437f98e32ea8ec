"""Which of the figures of a date are its day, month and year, where they could be several."""

from pathlib import Path

import pytest

from candid_assets.discovery.questions import ContractQuestion
from candid_assets_tests.discovery.kit import table_of

EITHER = [f"{n % 12 + 1:02d}/{n * 5 % 12 + 1:02d}/2025" for n in range(20)]
"""Days that are others with the month first; six of them have two equal figures."""
DAY_FIRST, MONTH_FIRST = ["25/03/2025", "26/03/2025"], ["03/27/2025", "03/28/2025"]


@pytest.mark.parametrize(
    ("wrong", "order"), [("31-02-25", "dmy"), ("25-02-31", "ymd")], ids=["day first", "year first"]
)
@pytest.mark.parametrize("clock", ["", " 08:15"], ids=["days", "moments"])
def test_years_of_two_figures_are_not_read_as_days(
    tmp_path: Path, wrong: str, order: str, clock: str
) -> None:
    days = [f"{n:02d}-01-25" if order == "dmy" else f"25-01-{n:02d}" for n in range(1, 21)]
    days[5] = wrong
    rows = [[f"{day}{clock}", n] for n, day in enumerate(days)]
    table = table_of(tmp_path, [["Waktu", "Nilai"], *rows])
    assert table.columns[0].logical == ("timestamp" if clock else "date")
    assert table.columns[0].guess.options.get("dateOrder", "dmy") == order
    assert (table.clean, table.quarantined) == (19, 1)


def test_orders_that_find_the_same_years_are_told_by_what_they_read(tmp_path: Path) -> None:
    days = [f"01/{n:02d}/2025" for n in range(1, 21)]
    table = table_of(tmp_path, [["Tgl", "Nilai"], *([day, n] for n, day in enumerate(days))])
    assert table.columns[0].guess.options["dateOrder"] == "mdy"
    assert table.clean == 20


def orders_asked(
    tmp_path: Path, days: list[str], locale: str = ""
) -> tuple[str, str, list[ContractQuestion]]:
    """Return the type and the order of a column of days, and the questions about the latter."""
    rows = [[f"O{n:03d}", day] for n, day in enumerate(days)]
    table = table_of(tmp_path, [["Order No", "Order Date"], *rows], locale)
    column = table.columns[1]
    order = column.guess.options.get("dateOrder", "dmy")
    asked = [q for q in table.questions if "Order Date" in q.text and "first" in q.text]
    return column.logical, order, asked


@pytest.mark.parametrize("clock", ["", " 08:15", " 8:15:01 AM"])
def test_days_that_can_be_read_both_ways_are_asked_about(tmp_path: Path, clock: str) -> None:
    _, order, asked = orders_asked(tmp_path, [f"{day}{clock}" for day in EITHER])
    assert order == "dmy"
    assert [(a.key, a.value) for a in asked[0].answers] == [("dateOrder", "mdy")]


@pytest.mark.parametrize("clock", ["", " 08:15"], ids=["days", "moments"])
@pytest.mark.parametrize(("proof", "order"), [(DAY_FIRST, "dmy"), (MONTH_FIRST, "mdy")])
def test_one_day_that_can_be_read_in_one_way_only_decides(
    tmp_path: Path, proof: list[str], order: str, clock: str
) -> None:
    days = [f"{day}{clock}" for day in [*EITHER, proof[0]]]
    assert orders_asked(tmp_path, days)[1:] == (order, [])


@pytest.mark.parametrize("clock", ["", " 08:15"], ids=["days", "moments"])
def test_days_that_contradict_one_another_are_faults_and_asked_about(
    tmp_path: Path, clock: str
) -> None:
    days = [f"{day}{clock}" for day in [*EITHER, *DAY_FIRST, MONTH_FIRST[0]]]
    _, order, asked = orders_asked(tmp_path, days)
    assert (order, len(asked)) == ("dmy", 1)
    assert "2 cells can only be read so, and 1 only with the month first" in asked[0].text


@pytest.mark.parametrize(
    ("locale", "proof", "order"), [("in_ID", MONTH_FIRST, "mdy"), ("en_US", DAY_FIRST, "dmy")]
)
def test_a_day_that_decides_against_the_locale_is_asked_about(
    tmp_path: Path, locale: str, proof: list[str], order: str
) -> None:
    _, read, (asked,) = orders_asked(tmp_path, [*EITHER, proof[0]], locale)
    assert (read, "The locale says otherwise; 1 cell can" in asked.text) == (order, True)


def test_days_of_two_orders_stay_text_and_are_asked_about(tmp_path: Path) -> None:
    logical, _, (asked,) = orders_asked(tmp_path, [*DAY_FIRST, *MONTH_FIRST] * 6)
    assert (logical, asked.taken[:14]) == ("string", "They stay text")
    assert [(a.key, a.value) for a in asked.answers] == [
        ("logicalType", "date"),
        ("dateOrder", "dmy"),
        ("logicalType", "date"),
        ("dateOrder", "mdy"),
    ]
