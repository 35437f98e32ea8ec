"""Lineage that is kept in a folder is what would be derived, or is derived anew."""

from dataclasses import replace

import pytest

from candid_assets.contracts.load import load_catalog
from candid_assets.lineage import catalog_lineage
from candid_assets.lineage.catalog_lineage import CatalogLineage
from candid_assets.lineage.lineage_cache import LineageCache
from candid_assets.settings import Settings

CATALOG = load_catalog(Settings(env="sample").catalog_dir)
MODEL = CATALOG.models[0]
TABLE = ("ready", MODEL.name)


@pytest.fixture
def kept(tmp_path):
    return LineageCache(tmp_path / "lineage")


@pytest.fixture
def derived(monkeypatch):
    """The SQL that sqlglot was asked to follow."""
    asked = []
    derive = catalog_lineage._model_lineage

    def noted(sql, *others):
        asked.append(sql)
        return derive(sql, *others)

    monkeypatch.setattr(catalog_lineage, "_model_lineage", noted)
    return asked


def test_cached_lineage_of_every_model_equals_the_derived_one(kept, derived):
    tables = [("ready", model.name) for model in CATALOG.models]
    first = [CatalogLineage(CATALOG, kept).of(table) for table in tables]
    assert len(derived) == len(tables)
    assert [CatalogLineage(CATALOG, kept).of(table) for table in tables] == first
    assert len(derived) == len(tables), "the second time nothing is derived"
    assert [CatalogLineage(CATALOG).of(table) for table in tables] == first


def test_lineage_of_a_changed_model_is_derived_again_and_replaces_the_cached(kept, derived):
    before = CatalogLineage(CATALOG, kept).of(TABLE)
    changed = replace(MODEL, sql=f"{MODEL.sql.rstrip().rstrip(';')}\nlimit 1")
    catalog = replace(CATALOG, models=(changed, *CATALOG.models[1:]))
    CatalogLineage(catalog, kept).of(TABLE)
    assert derived == [MODEL.sql, changed.sql]
    assert CatalogLineage(CATALOG, kept).of(TABLE) == before
    assert derived == [MODEL.sql, changed.sql, MODEL.sql]
    assert len(list(kept.folder.iterdir())) == 1


def test_a_damaged_file_is_derived_anew(kept, derived):
    before = CatalogLineage(CATALOG, kept).of(TABLE)
    (file,) = kept.folder.iterdir()
    file.write_bytes(file.read_bytes()[:-20])
    assert CatalogLineage(CATALOG, kept).of(TABLE) == before
    assert len(derived) == 2


def test_cache_folder_that_cannot_be_made_only_costs_deriving_the_lineage(tmp_path, derived):
    (tmp_path / "file").write_text("in the way")
    kept = LineageCache(tmp_path / "file" / "lineage")
    assert CatalogLineage(CATALOG, kept).of(TABLE) == CatalogLineage(CATALOG).of(TABLE)
    assert len(derived) == 2
