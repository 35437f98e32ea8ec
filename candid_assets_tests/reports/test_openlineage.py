"""Every refresh writes its OpenLineage events, valid by the standard's own client."""

import json
from datetime import UTC, datetime

import pytest
from openlineage.client.event_v2 import RunState

from candid_assets.reports.after_refresh import end_run
from candid_assets.reports.openlineage import write_events
from candid_assets_tests.history.conftest import shop
from candid_assets_tests.reports.openlineage_reader import read_event

__all__ = ["shop"]


def _writing(refresh, record):
    return lambda: write_events(refresh, record)


def events(shop):
    files = sorted(shop.settings.openlineage_dir.glob("*.ndjson"), key=lambda p: p.stat().st_mtime)
    return [read_event(json.loads(line)) for line in files[-1].read_text().splitlines()]


def by_job(shop):
    return {event.job.name: event for event in events(shop)[1:]}


def test_refresh_writes_start_table_and_complete_events(shop):
    record = shop.refresh(report=_writing)
    run_events = events(shop)
    assert (run_events[0].eventType, run_events[-1].eventType) == (
        RunState.START,
        RunState.COMPLETE,
    )
    assert run_events[0].run.runId == run_events[-1].run.runId
    built = {f"{b.layer}.{b.table}" for b in record.built if b.layer != "sheets"}
    assert {out.name for event in run_events for out in event.outputs or ()} == built
    for event in run_events[1:-1]:
        assert event.run.facets["parent"].run.runId == run_events[0].run.runId
    assert len({event.run.runId for event in run_events}) == len(run_events) - 1


def test_column_lineage_ends_at_the_header_and_row_lineage_at_the_keys(shop):
    shop.refresh(report=_writing)
    job_events = by_job(shop)
    (clean,) = (o for o in job_events["clean.toko__sales"].outputs if o.name == "clean.toko__sales")
    (source,) = clean.facets["columnLineage"].fields["amount_idr"].inputFields
    sheet = "https://docs.google.com/spreadsheets/d/Toko"
    assert (source.namespace, source.name, source.field) == (sheet, "Penjualan", "Jumlah (Rp)")
    (mart,) = job_events["ready.mart_daily"].outputs
    lineage = mart.facets["columnLineage"]
    assert [f.field for f in lineage.fields["amount_idr"].inputFields] == ["amount_idr"]
    assert [f.field for f in lineage.dataset] == ["sold_date"]
    assert "receipts" not in lineage.fields
    assert [(f.name, f.type) for f in mart.facets["schema"].fields][:1] == [("sold_date", "DATE")]
    assert mart.outputFacets["outputStatistics"].rowCount == 2
    assert job_events["ready.mart_daily"].job.facets["sql"].query.startswith("select sold_date")
    assert [i.name for i in job_events["ready.mart_daily"].inputs] == ["clean.toko__sales"]


def test_checks_are_assertions_about_the_tables_they_read(shop):
    record = shop.refresh(report=_writing)
    job_events = by_job(shop)
    assertions = {
        (dataset.name, assertion.assertion, assertion.success)
        for name, event in job_events.items()
        if name.startswith("checks of ")
        for dataset in event.inputs
        for assertion in dataset.inputFacets["dataQualityAssertions"].assertions
    }
    titles = {"toko__sales": "Penjualan", "toko__notes": "Catatan"}
    assert assertions == {
        (titles[c.table] if c.layer == "sheets" else f"{c.layer}.{c.table}", c.name, c.passed)
        for c in record.checks
    }


def test_failed_table_has_a_fail_event_with_its_message(shop):
    shop.refresh()
    shop.edit("Penjualan", C1="Nilai")
    record = shop.refresh(report=_writing)
    assert not record.succeeded
    run_events = events(shop)
    assert run_events[-1].eventType == RunState.FAIL
    failed = [e for e in run_events[1:-1] if e.eventType == RunState.FAIL]
    assert "Jumlah (Rp)" in failed[0].run.facets["errorMessage"].message


def test_unchanged_refresh_writes_no_events(shop):
    shop.refresh()
    shop.refresh(report=_writing)
    assert not shop.settings.openlineage_dir.exists()


def test_fault_in_the_events_does_not_block_publication(shop, monkeypatch, caplog):
    def broken(*_):
        raise LookupError("a fault")

    monkeypatch.setattr("candid_assets.reports.openlineage.write_events", broken)
    record = shop.refresh(report=end_run)
    assert record.published
    assert "OpenLineage events" in caplog.text


def test_an_event_that_the_standard_does_not_know_is_refused(shop):
    shop.refresh(report=_writing)
    (file,) = shop.settings.openlineage_dir.glob("*.ndjson")
    event = json.loads(file.read_text().splitlines()[0])
    for spoilt in ({"colour": 1}, {"eventTime": "yesterday"}, {"run": {"runId": "7"}}):
        with pytest.raises((AssertionError, ValueError)):
            read_event({**event, **spoilt})


def test_whole_catalog_has_two_events_per_table_and_two_per_run(tmp_path):
    from candid_assets.contracts.load import load_catalog
    from candid_assets.refresh.events import Built
    from candid_assets.refresh.record import Record
    from candid_assets.reports.openlineage import run_events
    from candid_assets.settings import PACKAGE, Settings
    from candid_assets.warehouse.check_results import CheckResult

    class Done:
        run_id = "9b2f6f0e-3f5e-4c39-9d4c-0f3a2b1c4d5e"
        catalog = load_catalog(PACKAGE / "catalog")
        settings = Settings(env="sample", data_root=tmp_path)
        started_at = datetime.now(UTC)

    record = Record()
    tables = [(lay, t.table) for t in Done.catalog.tabs for lay in ("raw", "clean", "quarantine")]
    tables += [("ready", m.name) for m in Done.catalog.models]
    record.built = [Built(layer, table, 9, "v", 0.1) for layer, table in tables]
    record.checks = [
        CheckResult(f"c{n}", layer, table, True, "Fine.")
        for layer, table in tables
        for n in range(6)
    ]
    all_events = list(run_events(Done, record))
    assert len(all_events) == 2 + 2 * (len(Done.catalog.tabs) + len(Done.catalog.models))
