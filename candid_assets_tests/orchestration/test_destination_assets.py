"""A destination stands on the graph, below its ready tables, and is delivered by its own job."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import dagster as dg
import pytest
from click.testing import CliRunner

from candid_assets.cli import main
from candid_assets.contracts.load import load_catalog
from candid_assets.definitions import build_definitions
from candid_assets.destinations.deliver import deliver
from candid_assets.destinations.payload import DeliveryError
from candid_assets.monitoring.open_alerts import open_alerts
from candid_assets.names import REFRESH_ALL
from candid_assets_tests.destinations.conftest import TABLES

FOLDER = "{server: files, environment: staging, type: local, path: out, format: parquet}"


@pytest.fixture
def definitions(company, declare, monkeypatch):
    declare(FOLDER)
    monkeypatch.setenv("CANDID_ENV", "staging")
    monkeypatch.setenv("CANDID_DATA_DIR", str(company.data_root))
    monkeypatch.setenv("CANDID_CATALOG_DIR", str(company.catalog_dir))
    return build_definitions(company)


def test_each_table_is_an_asset_below_its_ready_table_with_two_checks(definitions):
    graph = definitions.resolve_asset_graph()
    for table in TABLES:
        node = graph.get(dg.AssetKey(["destinations", f"bi__{table}"]))
        assert node.parent_keys == {dg.AssetKey(["ready", table])}
        assert node.group_name == "destinations/bi"
        assert {key.name for key in node.check_keys} == {"delivered_whole", "delivered_equal"}


def test_no_refresh_delivers(definitions):
    for job in (
        definitions.resolve_job_def(REFRESH_ALL),
        definitions.resolve_job_def("refresh_toko"),
    ):
        keys = job.asset_layer.selected_asset_keys
        assert not [key for key in keys if key.path[0] == "destinations"]


def test_export_job_delivers_and_reports_what_the_destination_holds(definitions, company):
    with dg.DagsterInstance.ephemeral() as instance:
        job = definitions.resolve_job_def("export_bi")
        result = job.execute_in_process(instance=instance)
        assert result.success
        events = result.get_asset_materialization_events()
        assert len(events) == len(TABLES)
        assert all(event.passed for event in result.get_asset_check_evaluations())
        for event in events:
            metadata = event.step_materialization_data.materialization.metadata
            lineage = metadata["dagster/column_lineage"].value.deps_by_column
            assert lineage
            assert all(d.column_name == n for n, (d,) in lineage.items())
    (schedule,) = [s for s in definitions.schedules or () if s.name == "export_bi_on_time"]
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 6 * * *", "Asia/Jakarta")
    assert (company.data_dir / "out" / "manifest.json").exists()


def test_a_table_that_is_not_published_fails_its_run_with_the_fix(definitions, company):
    company.published_file.unlink()
    with dg.DagsterInstance.ephemeral() as instance:
        job = definitions.resolve_job_def("export_bi")
        result = job.execute_in_process(instance=instance, raise_on_error=False)
    (failed,) = [event for event in result.all_events if event.is_step_failure]
    assert "candid run" in failed.step_failure_data.user_failure_data.description


def test_the_alert_of_a_failed_delivery_names_its_owner_and_what_to_run(definitions, company):
    company.published_file.unlink()
    with dg.DagsterInstance.ephemeral() as instance:
        job = definitions.resolve_job_def("export_bi")
        job.execute_in_process(instance=instance, raise_on_error=False)
        catalog = load_catalog(company.catalog_dir)
        (alert,) = open_alerts(company, catalog, instance, datetime.now(UTC))
    assert (alert.key, alert.owner) == ("run:export_bi", "team:shop")
    assert alert.command == "candid export bi"
    assert "candid run" in alert.cause


def test_production_delivers_nothing_that_is_not_deployed(company, declare):
    catalog, destination = declare(FOLDER)
    production = company.for_env("production")
    destination = replace(destination, places={"production": destination.places["staging"]})
    with pytest.raises(DeliveryError, match=r"candid plan"):
        deliver(production, catalog, destination)
    assert not (production.data_dir / "out").exists()


def test_an_environment_without_a_server_says_where_to_write_one(company, declare):
    with pytest.raises(DeliveryError, match=r"no server in sample; add one in .*bi\.yaml"):
        deliver(company.for_env("sample"), *declare(FOLDER))


def test_deliver_command_lists_destinations_and_accepts_their_names(monkeypatch, tmp_path):
    monkeypatch.setenv("CANDID_DATA_DIR", str(tmp_path))
    listed = CliRunner().invoke(main, ["export", "--list", "--json"])
    assert listed.exit_code == 0
    (one,) = json.loads(listed.stdout)
    assert (one["destination"], one["type"]) == ("parquet_folder", "local")
    assert "metric_values" in one["tables"]
    unknown = CliRunner().invoke(main, ["export", "nowhere"])
    assert unknown.exit_code == 2
    assert "parquet_folder" in unknown.stderr
