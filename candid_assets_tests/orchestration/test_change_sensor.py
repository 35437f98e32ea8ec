"""The real sensor, evaluated with a real instance against the local Drive."""

import json

import dagster as dg
import pytest

from candid_assets.definitions import build_definitions
from candid_assets.orchestration.resources import SourcesResource
from candid_assets_tests.end_to_end.faults.kit import company_books

CHAIN = {"sheets", "raw", "clean", "quarantine", "ready"}


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    with company_books(tmp_path_factory.mktemp("company")) as (server, settings):
        yield server, settings, build_definitions(settings)


@pytest.fixture
def sensor(company, monkeypatch):
    """Ticks that hand the cursor on, as the daemon does."""
    server, settings, defs = company
    server.reset(workbooks=True)
    monkeypatch.setenv("CANDID_ENV", settings.env)
    monkeypatch.setenv("CANDID_GOOGLE_API_URL", server.url)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(settings.credentials_file))
    monkeypatch.setenv("CANDID_DATA_DIR", str(settings.data_root))
    monkeypatch.setenv("XDG_CACHE_HOME", str(settings.cache_root))
    repository = defs.get_repository_def()
    watch = repository.get_sensor_def("sheets_changed_sensor")
    cursor = None
    with dg.DagsterInstance.ephemeral() as instance:

        def tick():
            nonlocal cursor
            before = server.counters()
            with dg.build_sensor_context(
                instance=instance,
                cursor=cursor,
                repository_def=repository,
                resources={"sources": SourcesResource()},
            ) as context:
                data = watch.evaluate_tick(context)
            cursor = data.cursor
            after = server.counters()
            looked = after["drive_reads"] - before["drive_reads"]
            assert looked <= 7
            assert after["sheets_reads"] == before["sheets_reads"]
            return data

        yield tick


def tables(data):
    [request] = data.run_requests
    return {tuple(key.path) for key in request.asset_selection}


def test_tick_requests_the_changed_workbook_and_exactly_its_downstream_tables(sensor, company):
    server = company[0]
    assert len(tables(sensor())) == 13
    quiet = sensor()
    assert not quiet.run_requests
    assert "looked at 2 workbooks in" in quiet.skip_message
    assert "toko: unchanged" in quiet.skip_message
    server.change("Gudang", "edit", tab="Jan25", cells={"C3": 7})
    changed = tables(sensor())
    assert {layer for layer, _ in changed} == CHAIN
    assert {table for _, table in changed} == {"gudang__harian", "mart_daily"}
    assert not sensor().run_requests


def test_each_change_of_a_revert_is_requested(sensor, company):
    server = company[0]
    sensor()
    keys = []
    for value in (7, 1002, 7):
        server.change("Gudang", "edit", tab="Jan25", cells={"C4": value})
        keys.append(sensor().run_requests[0].run_key)
    assert len(set(keys)) == 3


def test_deleted_file_does_not_stop_the_tick_and_is_reported_once(sensor, company):
    server = company[0]
    sensor()
    server.change("Toko", "unshare")
    server.change("Gudang", "edit", tab="Jan25", cells={"C3": 8})
    [request] = sensor().run_requests
    assert request.tags["candid/changed"] == "gudang,toko"
    quiet = sensor()
    assert not quiet.run_requests
    server.change("Toko", "share")
    assert sensor().run_requests[0].tags["candid/changed"] == "toko"


def test_a_drive_that_fails_skips_the_tick_with_its_reason_and_loses_nothing(sensor, company):
    server = company[0]
    sensor()
    server.change("Gudang", "edit", tab="Jan25", cells={"C3": 9})
    server.fault({"do": "error", "error": "api_disabled"}, api="drive_reads", count=None)
    skipped = sensor()
    assert not skipped.run_requests
    assert "a Google API is switched off" in skipped.skip_message
    server.control("DELETE", "/faults")
    assert sensor().run_requests[0].tags["candid/changed"] == "gudang"


def test_daily_schedule_reads_every_workbook_whether_or_not_drive_reports_a_change(company):
    schedule = company[2].get_repository_def().get_schedule_def("refresh_daily")
    with dg.build_schedule_context() as context:
        data = schedule.evaluate_tick(context)
    assert json.loads(json.dumps(data.run_requests[0].run_config)) == {
        "ops": {"refresh": {"config": {"read_all": True}}}
    }
