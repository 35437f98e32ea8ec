"""The metrics that a refresh moved, against the snapshot that readers still have."""

from datetime import date
from decimal import Decimal

import duckdb
import pytest

from candid_assets.reports.metric_changes import moved_metrics

MADE = """
create schema ready;
create table ready.metric_values (
    metric varchar, grain varchar, period_start date, dimension varchar, member varchar,
    value decimal(38, 6), unit varchar, target decimal(38, 6), status varchar
);
insert into ready.metric_values
select m.metric, g.grain, date '2025-01-01', d.dimension, 'all', 10, 'IDR', null, 'no_target'
from (values ('sales'), ('cost')) as m (metric), (values ('month'), ('year')) as g (grain),
    (values ('all'), ('region')) as d (dimension);
"""


@pytest.fixture
def published(tmp_path):
    path = tmp_path / "published's.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(MADE)
    return path


def moved(published, *statements):
    with duckdb.connect() as connection:
        connection.execute(MADE)
        for statement in statements:
            connection.execute(statement)
        found = moved_metrics(connection, published)
        assert connection.execute("from duckdb_databases() where database_name = 'former'")
        assert not connection.fetchall()
        return found


def test_a_metric_is_told_once_by_its_longest_period_with_both_values(published):
    update = "update ready.metric_values set value = value + 5 where metric = 'sales'"
    (found,) = moved(published, update)
    assert (found.metric, found.grain, found.period_start) == ("sales", "year", date(2025, 1, 1))
    assert (found.before, found.after) == (Decimal(10), Decimal(15))
    assert (found.unit, found.status, found.periods) == ("IDR", "no_target", 2)


def test_a_period_that_came_or_went_has_a_value_on_one_side_only(published):
    came = "insert into ready.metric_values values ('visits', 'day', '2025-02-01', 'all', 'all', 3, 'visits', null, 'no_target')"  # noqa: E501
    went = "delete from ready.metric_values where metric = 'cost'"
    cost, visits = moved(published, came, went)
    assert (cost.before, cost.after) == (Decimal(10), None)
    assert (visits.before, visits.after) == (None, Decimal(3))


def test_what_did_not_move_and_a_member_that_did_are_not_told(published):
    assert moved(published) == []
    update = "update ready.metric_values set value = 1 where dimension = 'region'"
    assert moved(published, update) == []


@pytest.mark.parametrize("content", [None, b"", b"no database"])
def test_a_snapshot_that_cannot_be_read_is_compared_with_nothing(tmp_path, content):
    path = tmp_path / "candid.duckdb"
    if content is not None:
        path.write_bytes(content)
    assert moved(path) == []


def test_a_catalog_without_metrics_moves_none(published):
    assert moved(published, "drop table ready.metric_values") == []
