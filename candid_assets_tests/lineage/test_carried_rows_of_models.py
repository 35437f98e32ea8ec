"""Every model of the package's catalog can be traced to rows of clean tables."""

import duckdb
import pytest

from candid_assets.contracts.load import load_catalog
from candid_assets.lineage.carried_rows import carried_query
from candid_assets.lineage.catalog_lineage import CatalogLineage
from candid_assets.settings import PACKAGE

pytestmark = pytest.mark.slow

CATALOG = load_catalog(PACKAGE / "catalog")
LINEAGE = CatalogLineage(CATALOG)


@pytest.fixture(scope="module")
def empty():
    with duckdb.connect() as connection:
        connection.execute("create schema clean; create schema ready")
        for tab in CATALOG.tabs:
            kinds = {c.name: c.physical_type for c in tab.columns}
            names = LINEAGE.columns(("clean", tab.table))
            columns = ", ".join(f'"{name}" {kinds.get(name, "varchar")}' for name in names)
            connection.execute(f"create table clean.{tab.table} ({columns})")
        for model in CATALOG.models:
            connection.execute(f"create table ready.{model.name} as {model.sql}")
        yield connection


@pytest.mark.parametrize("model", [pytest.param(m, id=m.name) for m in CATALOG.models])
def test_every_model_carries_its_rows(empty, model):
    schema = {table: LINEAGE.columns(table) for table in LINEAGE.inputs(("ready", model.name))}
    carried = carried_query(model.sql, schema, f"part_{model.name}")
    for part in carried.parts:
        empty.execute(part.statement)
    relation = empty.sql(carried.select)
    assert relation.columns == [*(c.name for c in model.columns), "_why"]
    assert set(carried.inputs.values()) | {t for t, _ in carried.loose} == set(model.inputs)
