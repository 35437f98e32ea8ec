"""The job of one workbook: its own tables, and nothing of the other workbooks."""

import dagster as dg
import pytest

from candid_assets.definitions import build_definitions
from candid_assets.names import BUILT_LAYERS, REFRESH_ALL, refresh_job, refresh_operation
from candid_assets_tests.end_to_end.faults.kit import company_books

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    with company_books(tmp_path_factory.mktemp("company")) as (server, settings):
        yield server, settings, build_definitions(settings).get_repository_def()


def keys(assets):
    return {tuple(key.path) for key in assets}


def test_job_of_a_workbook_holds_its_tables_and_what_hangs_on_them_alone(company):
    repository = company[2]
    job = repository.get_job(refresh_job("gudang"))
    selected = keys(job.asset_layer.selected_asset_keys)
    assert ("clean", "gudang__harian") in selected
    assert not [table for _, table in selected if table.startswith("toko__")]
    (node,) = job.graph.nodes
    checks = job.asset_layer.asset_graph.asset_check_keys
    assert len(node.output_dict) == len(selected) + len(checks)
    everything = keys(repository.get_job(REFRESH_ALL).asset_layer.selected_asset_keys)
    assert selected < everything


def test_job_of_a_workbook_refreshes_it_and_records_its_tables(company, monkeypatch):
    server, settings, repository = company
    monkeypatch.setenv("CANDID_ENV", settings.env)
    monkeypatch.setenv("CANDID_GOOGLE_API_URL", server.url)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(settings.credentials_file))
    monkeypatch.setenv("CANDID_DATA_DIR", str(settings.data_root))
    monkeypatch.setenv("CANDID_CATALOG_DIR", str(settings.catalog_dir))
    monkeypatch.setenv("XDG_CACHE_HOME", str(settings.cache_root))
    with dg.DagsterInstance.ephemeral() as instance:
        assert repository.get_job(REFRESH_ALL).execute_in_process(instance=instance).success
        server.change("Gudang", "edit", tab="Jan25", cells={"C3": 9})
        server.change("Toko", "edit", tab="Jan25", cells={"C3": 9})
        name = refresh_job("gudang")
        job = repository.get_job(name)
        result = job.execute_in_process(
            instance=instance,
            run_config={"ops": {refresh_operation(name): {"config": {"read_all": True}}}},
        )
        assert result.success
        events = result.get_asset_materialization_events()
        assert keys(event.asset_key for event in events) == {
            *((layer, "gudang__harian") for layer in ("sheets", *BUILT_LAYERS)),
            ("ready", "mart_daily"),
        }
        checks = {check.check_name for check in result.get_asset_check_evaluations()}
        assert {"read_complete", "rows_conserved", "keys_unique"} <= checks
