import re
from datetime import date

from candid_assets.contracts.metrics.declarations import Registry
from candid_assets.reports.markdown_pictures import metric_board
from candid_assets.reports.metric_board import PERIODS, read_board

TODAY = date(2026, 3, 10)
COLUMNS = (
    "metric varchar, grain varchar, period_start date, dimension varchar, member varchar,"
    ' "value" decimal(38,6), unit varchar, target decimal(38,6), status varchar,'
    " is_complete boolean, target_so_far decimal(38,6)"
)


def values(warehouse, *rows):
    warehouse.execute(f"create or replace table ready.metrics_sales ({COLUMNS})")
    for metric, start, value, target, status in rows:
        warehouse.execute(
            "insert into ready.metrics_sales"
            " values (?, 'month', ?, 'all', 'all', ?, 'IDR', ?, ?, ?, ?)",
            [
                metric,
                start,
                value,
                target,
                status,
                status != "incomplete",
                25 if status == "incomplete" else None,
            ],
        )


def line(warehouse, catalog, name):
    (sales,) = read_board(warehouse, catalog.registry, ["sales"], today=TODAY)
    return next(metric_line for metric_line in sales.lines if metric_line.metric.name == name)


def test_a_metric_shows_its_last_whole_period(warehouse, catalog):
    values(
        warehouse,
        ("net_sales", date(2026, 1, 1), 90, 100, "near_target"),
        ("net_sales", date(2026, 2, 1), 110, 100, "on_target"),
        ("net_sales", date(2026, 3, 1), 7, 100, "off_target"),
        ("net_sales", date(2026, 9, 1), 1, 100, "off_target"),
    )
    metric_line = line(warehouse, catalog, "net_sales")
    assert (metric_line.value, metric_line.period, metric_line.status) == (
        "Rp110",
        "Feb 2026",
        "on_target",
    )
    assert metric_line.target == "≥ Rp100"


def test_the_period_that_runs_is_shown_beside_it_against_the_targets_share(warehouse, catalog):
    values(
        warehouse,
        ("net_sales", date(2026, 1, 1), 90, 100, "near_target"),
        ("net_sales", date(2026, 2, 1), 40, 100, "incomplete"),
    )
    metric_line = line(warehouse, catalog, "net_sales")
    assert (metric_line.period, metric_line.status) == ("Jan 2026", "near_target")
    assert metric_line.running.words == "Feb 2026 so far: Rp40, target until now ≥ Rp25"
    assert metric_line.running.words in metric_line.words
    board = metric_board(warehouse, catalog.registry, "sales", TODAY)
    assert "Feb 2026 so far" in board


def test_a_miss_is_not_rounded_away(warehouse, catalog):
    values(warehouse, ("net_sales", date(2026, 1, 1), "99999999.5", 100000000, "off_target"))
    metric_line = line(warehouse, catalog, "net_sales")
    assert metric_line.value != metric_line.target.removeprefix("≥ ")
    assert metric_line.value == "Rp99,9999995 juta"


def test_a_value_that_cannot_be_right_stands_before_all(warehouse, catalog):
    names = [m.name for m in catalog.registry.of("sales")][:2]
    start = date(2026, 1, 1)
    values(warehouse, (names[0], start, 1, 1, "off_target"), (names[1], start, -1, 1, "invalid"))
    (sales,) = read_board(warehouse, catalog.registry, ["sales"], today=TODAY)
    assert [metric_line.metric.name for metric_line in sales.wanting] == [names[1], names[0]]
    assert sales.summary.startswith("1 cannot be right, 1 off target")


def test_a_metric_whose_first_period_still_runs_shows_that(warehouse, catalog):
    values(warehouse, ("net_sales", date(2026, 3, 1), 7, None, "no_target"))
    assert line(warehouse, catalog, "net_sales").period == "Mar 2026"


def test_periods_without_data_after_the_last_value_are_counted(warehouse, catalog):
    values(
        warehouse,
        ("net_sales", date(2025, 12, 1), 90, 100, "off_target"),
        ("net_sales", date(2026, 1, 1), None, 100, "no_data"),
        ("net_sales", date(2026, 2, 1), None, 100, "no_data"),
    )
    metric_line = line(warehouse, catalog, "net_sales")
    assert (metric_line.value, metric_line.silent, metric_line.status) == ("Rp90", 2, "off_target")
    assert "2 without data" in metric_line.words


def test_a_metric_without_a_value_and_one_without_a_table_are_on_the_board(warehouse, catalog):
    values(warehouse, ("net_sales", date(2026, 1, 1), None, 100, "no_data"))
    assert line(warehouse, catalog, "net_sales").value == "–"
    board = read_board(warehouse, catalog.registry, today=TODAY)
    assert sum(len(s.lines) for s in board) == len(catalog.registry.metrics) == 184
    for spoke in board:
        assert spoke.name == "sales" or spoke.summary == f"{len(spoke.lines)} no data"


def test_a_trend_goes_back_a_bounded_number_of_periods(warehouse, catalog):
    months = [date(2000 + i // 12, i % 12 + 1, 1) for i in range(300)]
    values(warehouse, *(("net_sales", m, i, None, "no_target") for i, m in enumerate(months)))
    metric_line = line(warehouse, catalog, "net_sales")
    assert metric_line.periods == tuple(months[-PERIODS:])


def test_what_is_off_target_stands_first(warehouse, catalog):
    names = [m.name for m in catalog.registry.of("sales")][:3]
    statuses = ("on_target", "near_target", "off_target")
    start = date(2026, 1, 1)
    values(warehouse, *((n, start, 1, 1, s) for n, s in zip(names, statuses, strict=True)))
    (sales,) = read_board(warehouse, catalog.registry, ["sales"], today=TODAY)
    assert [metric_line.status for metric_line in sales.lines][:3] == list(reversed(statuses))
    assert [metric_line.metric.name for metric_line in sales.wanting] == [names[2], names[1]]


def test_a_catalog_without_metrics_has_no_board(warehouse):
    assert read_board(warehouse, Registry(), today=TODAY) == ()
    assert metric_board(warehouse, Registry(), "sales", TODAY) is None


def test_the_board_in_markdown_has_a_row_and_a_picture_for_each_metric(warehouse, catalog):
    metrics = catalog.registry.of("sales")
    monthly = [m for m in metrics if "month" in m.grains]
    rows = [(m.name, date(2026, i, 1), i, 2, "on_target") for m in monthly for i in (1, 2)]
    values(warehouse, *rows)
    board = metric_board(warehouse, catalog.registry, "sales", TODAY)
    rows_of_board = board.splitlines()
    assert len(rows_of_board) == len(metrics) + 4
    assert len(re.findall(r"!\[.+\]\(data:image/svg", board)) == len(monthly)
    assert len(board) < 40_000
