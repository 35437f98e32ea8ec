"""Metrics, their grains and their values are looked up by name, or the nearest names are given."""

from datetime import date

import duckdb
import pytest

from candid_assets.contracts.load import load_catalog
from candid_assets.metrics.lookup import (
    MetricsError,
    Question,
    definition,
    find_metric,
    lineage,
    values,
)
from candid_assets_tests.contracts.metrics.small_metrics import HUB_METRICS, SALES_METRICS
from candid_assets_tests.contracts.small_catalog import write, write_catalog


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    root = write_catalog(tmp_path_factory.mktemp("catalog") / "catalog")
    write(root, "metrics/hub.yaml", HUB_METRICS)
    write(root, "metrics/sales.yaml", SALES_METRICS)
    return load_catalog(root)


@pytest.fixture
def published():
    with duckdb.connect() as connection:
        connection.execute(
            """
            create schema ready;
            create table ready.metric_values as
            select 'sales' as metric, 'month' as grain, 'all' as dimension, 'all' as member,
                start as period_start, amount as value, 'IDR' as unit, null as target,
                'ok' as status, true as is_complete, null as target_so_far
            from (values (date '2025-01-01', 10), (date '2025-02-01', 20)) as t (start, amount)
            """
        )
        yield connection


def test_misspelt_metric_is_answered_with_the_nearest_name(catalog):
    with pytest.raises(MetricsError, match=r"no metric 'paid_sale'; did you mean paid_sales"):
        find_metric(catalog.registry, "paid_sale")


def test_definition_names_the_tables_and_the_file_of_a_metric(catalog):
    metric = find_metric(catalog.registry, "sales")
    assert "clean.sales_master__orders" in {table for _, table in lineage(catalog, metric)}
    shown = definition(catalog, metric)
    assert shown["label_id"] == "Penjualan"
    assert shown["file"].partition(":")[0].endswith("metrics/sales.yaml")


def test_values_are_those_of_the_grain_between_the_two_days(catalog, published):
    metric = find_metric(catalog.registry, "sales")
    rows = values(published, metric, Question("month", since=date(2025, 2, 1)))
    assert [(row["period_start"], row["value"]) for row in rows] == [(date(2025, 2, 1), 20)]


def test_values_end_with_the_last_day_asked_for(catalog, published):
    metric = find_metric(catalog.registry, "sales")
    rows = values(published, metric, Question("month", until=date(2025, 1, 31)))
    assert [(row["period_start"], row["value"]) for row in rows] == [(date(2025, 1, 1), 10)]


def test_undeclared_grain_is_refused(catalog, published):
    metric = find_metric(catalog.registry, "paid_sales")
    with pytest.raises(MetricsError, match="paid_sales has no grain 'year'"):
        values(published, metric, Question("year"))
