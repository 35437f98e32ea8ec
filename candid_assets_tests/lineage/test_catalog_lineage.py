"""Every column of the package's catalog leads to a sheet's header, or is named as made."""

import time

import pytest

from candid_assets.contracts.load import load_catalog
from candid_assets.contracts.metrics.compile import compile_metrics, compiled_inputs
from candid_assets.lineage.catalog_lineage import ADDED, CatalogLineage
from candid_assets.lineage.lineage_types import ColumnRef
from candid_assets.lineage.metric_columns import measured_columns, metrics_reached
from candid_assets.lineage.query_lineage import query_lineage
from candid_assets.lineage.walk import walk_down, walk_up
from candid_assets.names import METRIC_VALUES
from candid_assets.settings import PACKAGE

CATALOG = load_catalog(PACKAGE / "catalog")
LINEAGE = CatalogLineage(CATALOG)
MODELS = [pytest.param(model, id=model.name) for model in CATALOG.models]
TABS = [pytest.param(tab, id=tab.table) for tab in CATALOG.tabs]


@pytest.mark.parametrize("model", MODELS)
def test_every_ready_column_leads_to_a_header_or_is_named_as_made(model):
    table = LINEAGE.of(("ready", model.name))
    assert table.exact
    assert list(table.columns) == [column.name for column in model.columns]
    for column in model.columns:
        lineage = walk_up(LINEAGE, ColumnRef("ready", model.name, column.name))
        assert lineage.headers or lineage.made, column.name
        for edge in lineage.edges:
            assert LINEAGE.find(edge.source) == edge.source, edge
        for ref in lineage.headers:
            headers = {c.header for t in CATALOG.tabs if t.table == ref.table for c in t.columns}
            assert ref.column in headers


@pytest.mark.parametrize("model", MODELS)
def test_every_input_of_a_model_is_in_its_column_or_row_lineage(model):
    table = LINEAGE.of(("ready", model.name))
    named = {(r.layer, r.table) for s in table.columns.values() for r in s.values | s.order}
    named |= {(ref.layer, ref.table) for ref in table.rows}
    assert named == set(model.inputs)


@pytest.mark.parametrize("tab", TABS)
def test_every_clean_column_leads_to_its_header(tab):
    for column in tab.columns:
        lineage = walk_up(LINEAGE, ColumnRef("clean", tab.table, column.name))
        assert lineage.headers == (ColumnRef("sheets", tab.table, column.header),)
    for name, made in ADDED.items():
        lineage = walk_up(LINEAGE, ColumnRef("clean", tab.table, name))
        assert [item for _, item in lineage.made] == [made]


def test_what_a_header_reaches_is_what_leads_up_to_it():
    tab = next(tab for tab in CATALOG.tabs if tab.table == "coreos__products")
    for column in tab.columns:
        header = ColumnRef("sheets", tab.table, column.header)
        down = {ref for ref in walk_down(LINEAGE, header).columns if ref.layer == "ready"}
        up = {
            ref
            for model in CATALOG.models
            for c in model.columns
            if header in walk_up(LINEAGE, ref := ColumnRef("ready", model.name, c.name)).headers
        }
        assert down == up


def test_deriving_the_lineage_of_every_model_costs_few_seconds():
    from candid_assets.lineage.catalog_lineage import _model_lineage

    _model_lineage.cache_clear()
    started = time.process_time()
    for model in CATALOG.models:
        LINEAGE.of(("ready", model.name))
    assert time.process_time() - started < 15  # 1.6 s on a machine that does nothing else


METRIC_COLUMNS = LINEAGE.columns(("ready", METRIC_VALUES))


@pytest.mark.parametrize("metric", [pytest.param(m, id=m.name) for m in CATALOG.registry.metrics])
def test_a_metric_reads_the_columns_that_its_compiled_query_reads(metric):
    query = compile_metrics(CATALOG.registry, [metric])
    tables = compiled_inputs(CATALOG.registry, [metric])
    lineage = query_lineage(
        query, METRIC_COLUMNS, {table: LINEAGE.columns(table) for table in tables}
    )
    assert lineage.exact
    read = measured_columns(LINEAGE, metric)
    sources = {(source.layer, source.table) for source in metric.sources}
    assert read
    assert read <= lineage.columns["value"].values | lineage.rows
    metric_sources = {
        ref for ref in lineage.columns["value"].values if (ref.layer, ref.table) in sources
    }
    assert metric_sources <= read


def test_downward_lineage_of_a_header_includes_its_metrics():
    header = ColumnRef("sheets", "finance_master__payroll", "Lembur")
    assert metrics_reached(LINEAGE, walk_down(LINEAGE, header)) == (
        "overtime_pay_share",
        "deduction_rate",
    )
