"""What is said of a cluster beside this machine, by what refreshes took."""

from pathlib import Path

import pytest

from candid_assets_tests.bench.cluster_tables import described, write_rows
from candid_assets_tests.bench.clusters import Taken, break_even, take
from candid_assets_tests.bench.processes import Ended
from candid_assets_tests.engines.cluster import started_cluster


def taken(rows: int, seconds: float, here: float, there: float = 0.0) -> Taken:
    ended = Ended(0, seconds, here, 0, "", "", 0.0)
    return Taken(rows, 2 if there else 0, ended, there, {}, {}, 0.0)


HERE = [taken(1_000_000, 30, 40), taken(3_000_000, 90, 120)]


def test_a_cluster_that_is_faster_for_each_row_is_so_from_some_number_of_rows_on() -> None:
    said = break_even(HERE, [taken(1_000_000, 50, 20, 40), taken(3_000_000, 90, 40, 120)])
    assert "a million rows takes 30.0 s here and 20.0 s there" in said
    assert "the cluster is faster from 3,000,000 rows on" in said


def test_a_cluster_that_is_slower_for_each_row_never_is_and_other_cores_may_help() -> None:
    said = break_even(HERE, [taken(1_000_000, 50, 30, 60), taken(3_000_000, 200, 70, 180)])
    assert "from no number of rows is the cluster faster on this machine" in said
    assert "faster from 3.0 idle cores of others on" in said


def test_a_cluster_that_spares_this_machine_nothing_is_never_faster() -> None:
    said = break_even(HERE, [taken(1_000_000, 50, 40, 60), taken(3_000_000, 200, 130, 180)])
    assert "no number of other cores would make it faster" in said


@pytest.mark.engines
@pytest.mark.slow
def test_a_cluster_makes_the_tables_that_are_made_here_and_its_processes_are_watched(
    tmp_path: Path,
) -> None:
    described(tmp_path)
    write_rows(tmp_path, 5_000)
    here = take(tmp_path, 5_000, None)
    with started_cluster(tmp_path / "cluster") as cluster:
        there = take(tmp_path, 5_000, cluster)
    assert there.tables == here.tables != {}
    assert there.cluster_seconds > here.cluster_seconds == 0
    assert set(there.peaks) == {"Connect server", "an executor's Java", "a worker's Python"}
