"""Prometheus' metrics, read by Prometheus' own parser, against a second reader of the snapshot."""

import json
import re
import time

import dagster as dg
import duckdb
import pytest
from dagster._daemon.types import DaemonHeartbeat
from prometheus_client.parser import text_string_to_metric_families

from candid_assets.monitoring.prometheus_metrics import exposition
from candid_assets.settings import REPOSITORY
from candid_assets_tests.monitoring.test_alerts import CONTRACT, promise_two_hours

DASHBOARD = REPOSITORY / "docs" / "server" / "grafana-dashboard.json"
PLACES = ("read", "clean", "quarantine", "dropped")
ROWS = [["No", "Jumlah"], ["N1", 1], ["N2", "dua"], ["N3", 3]]


@pytest.fixture
def instance(tmp_path):
    with dg.DagsterInstance.local_temp(str(tmp_path)) as opened:
        yield opened


@pytest.fixture
def read(shop):
    shop.contract("nota", CONTRACT)
    promise_two_hours(shop)
    shop.sheet(Nota=ROWS)
    shop.run()
    return shop


def families(shop, instance):
    text = exposition(shop.settings, instance).decode()
    return {family.name: family for family in text_string_to_metric_families(text)}


def value(families, name, **labels):
    (sample,) = [s for s in families[name].samples if s.labels == labels]
    return sample.value


def test_rows_are_those_of_the_snapshot(read, instance):
    got = families(read, instance)
    with duckdb.connect(read.settings.published_file, read_only=True) as second:
        clean = second.execute("select count(*) from clean.toko__nota").fetchone()[0]
        held = second.execute("select count(*) from quarantine.toko__nota").fetchone()[0]
    about = {"workbook": "toko", "table": "toko__nota"}
    assert (clean, held) == (2, 1)
    rows = {place: value(got, "candid_rows", **about, place=place) for place in PLACES}
    assert rows == {"read": 4, "clean": clean, "quarantine": held, "dropped": 1}
    assert value(got, "candid_quarantine_reasons", rule="not_a_number") == 1


def test_freshness_reads_stages_and_checks_are_those_of_the_last_refresh(read, instance):
    got = families(read, instance)
    summary = read.runs[-1].summary
    assert value(got, "candid_workbook_stale", workbook="toko") == 0
    seen = value(got, "candid_workbook_last_seen_timestamp_seconds", workbook="toko")
    assert 0 <= time.time() - seen < 600
    assert value(got, "candid_last_refresh_sheets_reads") == summary.sheets_reads
    assert value(got, "candid_reads_last_minute") >= summary.sheets_reads
    stages = {s.labels["stage"] for s in got["candid_last_refresh_stage_seconds"].samples}
    assert {"read", "land", "raw", "clean", "audit"} <= stages
    failed = value(got, "candid_checks", severity="warning", outcome="failed")
    assert failed == sum(not c.passed and c.severity == "warning" for c in read.runs[-1].checks)


def test_runs_queue_and_daemon_are_those_of_dagsters_history(shop, instance):
    for status in (dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.FAILURE):
        instance.add_run(dg.DagsterRun("refresh_all", status=status))
    instance.add_daemon_heartbeat(DaemonHeartbeat(1_790_000_000.0, "SENSOR", "1", []))
    got = families(shop, instance)
    assert value(got, "candid_runs", status="failure") == 1
    assert value(got, "candid_runs", status="success") == 0
    assert value(got, "candid_queued_runs") == 1
    assert value(got, "candid_daemon_last_seen_timestamp_seconds") == 1_790_000_000


def test_nothing_published_yet_is_no_error(shop, instance):
    got = families(shop, instance)
    assert value(got, "candid_scrape_errors", part="snapshot") == 0
    assert "candid_rows" not in got


def test_a_damaged_snapshot_is_counted_and_hides_nothing_else(read, instance):
    read.settings.published_file.write_bytes(b"no database")
    got = families(read, instance)
    assert value(got, "candid_scrape_errors", part="snapshot") == 1
    assert value(got, "candid_scrape_errors", part="history") == 0
    assert value(got, "candid_queued_runs") == 0


def test_the_dashboard_asks_only_for_metrics_that_exist(read, instance):
    panels = json.loads(DASHBOARD.read_text())["panels"]
    asked = [t["expr"] for panel in panels for t in panel.get("targets", [])]
    known = set(families(read, instance))
    names = {name for expr in asked for name in re.findall(r"candid_\w+", expr)}
    assert names
    assert names - known == {"candid_failures"} - known
