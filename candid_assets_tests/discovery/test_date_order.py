"""Which of the figures of a date are its day, month and year, where they could be several."""

from pathlib import Path

import pytest

from candid_assets_tests.discovery.kit import table_of


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
