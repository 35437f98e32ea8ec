"""The lineage that Dagster shows names assets and columns that Dagster knows."""

import dagster as dg

from candid_assets.contracts.load import load_catalog
from candid_assets.definitions import defs
from candid_assets.lineage.catalog_lineage import CatalogLineage
from candid_assets.orchestration.dagster_column_lineage import column_lineage
from candid_assets.settings import PACKAGE

CATALOG = load_catalog(PACKAGE / "catalog")


def test_lineage_of_every_built_column_refers_to_columns_in_dagster():
    shown = {}
    for spec in defs.resolve_all_asset_specs():
        schema = spec.metadata.get("dagster/column_schema")
        if schema is not None:
            shown[spec.key] = {column.name for column in schema.columns}
    lineage = CatalogLineage(CATALOG)
    tables = [("clean", t.table) for t in CATALOG.tabs]
    tables += [("ready", m.name) for m in CATALOG.models]
    for layer, table in tables:
        entry = column_lineage(lineage, layer, table)["dagster/column_lineage"]
        assert entry.deps_by_column.keys() == shown[dg.AssetKey([layer, table])]
        for dep in (dep for deps in entry.deps_by_column.values() for dep in deps):
            assert dep.column_name in shown[dep.asset_key]


def test_a_sheet_and_a_raw_table_have_no_lineage_of_their_own():
    lineage = CatalogLineage(CATALOG)
    assert column_lineage(lineage, "sheets", CATALOG.tabs[0].table) == {}
    assert column_lineage(lineage, "raw", CATALOG.tabs[0].table) == {}
