"""The metrics that a refresh moved, against the snapshot that readers still have."""

from datetime import date
from decimal import Decimal

import duckdb
import pytest

from candid_assets.reports.metric_changes import changed_metrics

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


def changed(published, *statements):
    with duckdb.connect() as connection:
        connection.execute(MADE)
        for statement in statements:
            connection.execute(statement)
        changes = changed_metrics(connection, published)
        assert connection.execute("from duckdb_databases() where database_name = 'former'")
        assert not connection.fetchall()
        return changes


def test_changed_metric_is_listed_once_with_both_values_of_its_longest_period(published):
    update = "update ready.metric_values set value = value + 5 where metric = 'sales'"
    (change,) = changed(published, update)
    assert (change.metric, change.grain, change.period_start) == ("sales", "year", date(2025, 1, 1))
    assert (change.before, change.after) == (Decimal(10), Decimal(15))
    assert (change.unit, change.status, change.periods) == ("IDR", "no_target", 2)


def test_a_period_that_came_or_went_has_a_value_on_one_side_only(published):
    came = "insert into ready.metric_values values ('visits', 'day', '2025-02-01', 'all', 'all', 3, 'visits', null, 'no_target')"  # noqa: E501
    went = "delete from ready.metric_values where metric = 'cost'"
    cost, visits = changed(published, came, went)
    assert (cost.before, cost.after) == (Decimal(10), None)
    assert (visits.before, visits.after) == (None, Decimal(3))


def test_unchanged_totals_and_changed_members_are_not_listed(published):
    assert changed(published) == []
    update = "update ready.metric_values set value = 1 where dimension = 'region'"
    assert changed(published, update) == []


@pytest.mark.parametrize("content", [None, b"", b"no database"])
def test_a_snapshot_that_cannot_be_read_is_compared_with_nothing(tmp_path, content):
    path = tmp_path / "candid.duckdb"
    if content is not None:
        path.write_bytes(content)
    assert changed(path) == []


def test_catalog_without_metrics_has_no_changes(published):
    assert changed(published, "drop table ready.metric_values") == []
