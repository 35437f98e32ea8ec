"""A run's page says where the time went and what failed, and nothing that misleads."""

import logging
from types import SimpleNamespace

import dagster as dg
import pytest

from candid_assets.contracts.load import load_catalog
from candid_assets.orchestration.asset_specs import asset_specs
from candid_assets.orchestration.run_page import summary_lines, without_omitted
from candid_assets.refresh.events import Built, Failed
from candid_assets.refresh.record import Record
from candid_assets.settings import PACKAGE


@pytest.fixture(scope="module")
def catalog():
    return load_catalog(PACKAGE / "catalog")


def test_each_workbook_and_spoke_has_a_line_and_a_failure_is_an_error(catalog):
    hub = sum(model.spoke == "hub" for model in catalog.models)
    record = Record(
        built=[
            Built("clean", "coreos__products", 150, "a", 1.25),
            Built("quarantine", "coreos__products", 2, "b", 0.0),
            Built("ready", "dim_product", 151, "c", 0.5),
        ],
        failures=[Failed("sheets", "skd_control__prices", "gone", "the tab is gone", "undo it")],
        published=True,
    )
    record.summary = SimpleNamespace(stage_seconds={"clean": 1.0, "read": 2.0})
    assert list(summary_lines(record, catalog)) == [
        (logging.INFO, "workbook coreos: 14 tabs, 2 tables built with 150 rows in 1.2 s"),
        (
            logging.ERROR,
            "workbook skd_control: 9 tabs, 0 tables built with 0 rows in 0.0 s, 1 failed:"
            " the tab is gone — undo it",
        ),
        (logging.INFO, f"spoke hub: {hub} tables, 1 tables built with 151 rows in 0.5 s"),
        (logging.INFO, "where the time went: read 2.0 s, clean 1.0 s"),
        (logging.INFO, "snapshot: a new one is published"),
    ]


def test_dagsters_remark_on_outputs_that_are_events_is_left_out():
    def said(text):
        return without_omitted(logging.LogRecord("x", 20, "", 1, text, (), None))

    assert not said("op 'refresh' did not yield or return expected outputs {'a'}.")
    assert said("419 built")


def test_titles_and_headers_of_sheets_are_in_descriptions_and_tags(catalog):
    specs = {spec.key: spec for spec in asset_specs(catalog, "sample")}
    tab = next(tab for tab in catalog.tabs if tab.table == "coreos__products")
    for layer in ("sheets", "raw", "clean", "quarantine"):
        spec = specs[dg.AssetKey([layer, "coreos__products"])]
        assert tab.title in spec.description
        assert "Kode SKU" in spec.description
        assert "header/Kode-SKU" in spec.tags
