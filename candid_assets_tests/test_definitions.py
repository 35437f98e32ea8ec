import os
import subprocess
import sys
import tomllib
from pathlib import Path

import dagster as dg
import pytest
import yaml

from candid_assets.contracts.load import load_catalog
from candid_assets.definitions import defs
from candid_assets.names import CHECKS, CODE_LOCATION, metric_check
from candid_assets.orchestration.refresh_asset import RefreshDefinition
from candid_assets.settings import Settings
from candid_assets_tests.graph import graph_text

REPOSITORY = Path(__file__).resolve().parents[1]
SNAPSHOT = REPOSITORY / "docs" / "graph.txt"


def test_the_committed_graph_is_fresh():
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(graph_text())
    assert graph_text() == SNAPSHOT.read_text(), "run UPDATE_SNAPSHOTS=1 make test and review"


def test_the_definitions_can_be_loaded_by_dagster():
    dg.Definitions.validate_loadable(defs)


def test_every_check_has_a_name_of_the_closed_set_or_is_a_metrics_own():
    names = {key.name for key in defs.resolve_asset_graph().asset_check_keys}
    metrics = load_catalog(Settings().catalog_dir).registry.metrics
    assert names == set(CHECKS) | {metric_check(m.name) for m in metrics}


def test_every_asset_has_owner_kinds_description_and_schema_or_relation():
    for spec in defs.resolve_all_asset_specs():
        assert spec.owners, spec.key
        assert spec.kinds, spec.key
        assert spec.description, spec.key
        assert spec.metadata.keys() & {"dagster/column_schema", "dagster/relation_identifier"}


def test_the_code_location_is_named_the_same_however_it_is_started():
    workspace = yaml.safe_load((REPOSITORY / "workspace.yaml").read_text())
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    names = {
        workspace["load_from"][0]["python_module"]["location_name"],
        project["tool"]["dg"]["project"]["code_location_name"],
    }
    assert names == {CODE_LOCATION}


@pytest.fixture(scope="module")
def loaded():
    """What a process has imported when it has loaded the definitions and nothing else."""
    script = "import sys, candid_assets.definitions\nprint(*sys.modules)"
    command = [sys.executable, "-c", script]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return set(output.split())


@pytest.mark.parametrize(
    "library",
    ["great_expectations", "pandas", "pyarrow", "gspread", "psycopg", "dlt", "pygal", "babel"],
)
def test_loading_the_definitions_imports_nothing_that_costs_seconds(loaded, library):
    assert "candid_assets.definitions" in loaded
    assert library not in loaded


def test_subset_of_the_refresh_is_still_a_refresh_definition():
    (refresh,) = (
        definition for definition in defs.assets if isinstance(definition, RefreshDefinition)
    )
    part = refresh.subset_for({dg.AssetKey(["raw", "coreos__products"])}, None)
    assert type(part) is type(refresh) is RefreshDefinition
    assert part.asset_and_check_keys == {*part.keys, *part.check_keys}
    assert dg.AssetKey(["raw", "coreos__products"]) in part.asset_and_check_keys


def test_loading_the_definitions_imports_nothing_of_the_sandbox(loaded):
    assert not [name for name in loaded if name.startswith("candid_assets.sandbox")]
