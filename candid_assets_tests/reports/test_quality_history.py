from datetime import UTC, datetime, timedelta

import pytest

from candid_assets.contracts.catalog import Catalog
from candid_assets.reports.markdown_pictures import BUILDS, quality_over_time
from candid_assets.reports.quality_history import RUNS, Point, read_history

START = datetime(2026, 1, 1, tzinfo=UTC)
TABLE = "coreos__products"


def run(warehouse, number, **built):
    """Write down a run that built tables with so many clean and quarantined rows."""
    at = START + timedelta(hours=number)
    for table, rows in built.items():
        for layer, count in zip(("clean", "quarantine"), rows, strict=True):
            warehouse.execute(
                "insert into meta.builds select coalesce(max(build), 0) + 1, ?, ?, '', '', ?, ?,"
                " ?, '', '', '[]', [], nextval('meta.numbers') from meta.builds",
                [layer, table, count, at, f"run{number}"],
            )
    warehouse.execute(
        "insert into meta.runs values (?, 'staging', ?, ?, true, '{}', nextval('meta.numbers'))",
        [f"run{number}", at, at + timedelta(minutes=1)],
    )


def points(warehouse, catalog, table=TABLE):
    history = read_history(warehouse, catalog)
    return next(tab.points for tab in history.tabs if tab.table == table)


def test_after_a_run_a_tab_stands_as_its_last_build_left_it(warehouse, catalog):
    run(warehouse, 1)
    run(warehouse, 2, coreos__products=(9, 1))
    run(warehouse, 3, coreos__outlets=(5, 0))
    run(warehouse, 4, coreos__products=(10, 0))
    assert points(warehouse, catalog) == (None, Point(9, 1), Point(9, 1), Point(10, 0))
    assert read_history(warehouse, catalog).quarantined == (None, 1, 1, 0)


def test_quality_history_covers_a_bounded_number_of_runs(warehouse, catalog):
    for number in range(300):
        run(warehouse, number)
    run(warehouse, 300, coreos__products=(1, 2))
    assert points(warehouse, catalog) == (*[None] * (RUNS - 1), Point(1, 2))


def test_quality_history_is_empty_without_runs_and_tabs(warehouse, catalog):
    history = read_history(warehouse, catalog)
    assert history.runs == history.quarantined == ()
    assert all(tab.points == () and tab.last is None for tab in history.tabs)
    empty = Catalog(root=catalog.root, workbooks=(), models=())
    run(warehouse, 1)
    assert read_history(warehouse, empty).tabs == ()


@pytest.mark.parametrize(
    ("point", "step"),
    [(Point(0, 0), 0), (Point(9, 0), 0), (Point(999, 1), 1), (Point(199, 1), 2), (Point(98, 2), 3),
     (Point(0, 3), 4)],
)  # fmt: skip
def test_a_cell_of_the_heat_map_is_darker_the_larger_the_share(point, step):
    assert point.step == step


def test_a_tabs_quality_over_time_is_a_picture_and_few_rows(warehouse):
    assert quality_over_time(warehouse, TABLE) is None
    run(warehouse, 1, coreos__products=(9, 1))
    assert "![" not in quality_over_time(warehouse, TABLE)
    for number in range(2, BUILDS * 3):
        run(warehouse, number, coreos__products=(1_000, number))
    markdown = quality_over_time(warehouse, TABLE)
    assert markdown.startswith("![rows in quarantine after the last 12 builds](data:image/svg+xml")
    assert "| 1.000 | 35 | 3,4% |" in markdown
    assert len(markdown) < 2_000
