"""What goes wrong while the daemon runs is told within two looks of its sensor, once each."""

import json
import time
from datetime import datetime, timedelta

import pytest

from candid_assets_tests.end_to_end.served.conftest import SELECTOR, small_server

pytestmark = pytest.mark.served

PROMISE_HOURS = 0.02
TICKS = """query($s: SensorSelector!) { sensorOrError(sensorSelector: $s) { ... on Sensor {
  sensorState { ticks(limit: 500) { timestamp status } } } } }"""
ENDED = "query($r: ID!) { runOrError(runId: $r) { ... on Run { endTime } } }"
FRESH = """{ assetNodes(assetKeys: [{path: ["sheets", "gudang__harian"]}]) {
  freshnessStatusInfo { freshnessStatus } } }"""
CHECK = "check:quarantine.toko__harian:nothing_quarantined"
RUN = "run:refresh_toko"
STALE = "stale:gudang"


def sent_alerts(served):
    file = served.data / "alerts.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def events(served, key):
    return [entry["event"] for entry in sent_alerts(served) if entry["key"].startswith(key)]


def freshness(served):
    (node,) = served.ask(FRESH)["assetNodes"]
    return node["freshnessStatusInfo"]["freshnessStatus"]


def raised_at(served, key):
    raised = [e for e in sent_alerts(served) if e["key"].startswith(key) and e["event"] == "raised"]
    alert = raised[-1]
    return alert, datetime.fromisoformat(alert["at"]).timestamp()


def looks_between(served, start, end):
    ticks = served.ask(TICKS, {"s": SELECTOR | {"sensorName": "alerts_sensor"}})
    ticks = ticks["sensorOrError"]["sensorState"]["ticks"]
    assert {tick["status"] for tick in ticks} <= {"SKIPPED", "STARTED"}
    return [tick for tick in ticks if start < tick["timestamp"] <= end + 1]


def refresh(served, job, status="SUCCESS"):
    """Run a job to its end and return the moment of it."""
    run = served.launch(job)
    assert served.wait(run) == status
    return served.ask(ENDED, {"r": run})["runOrError"]["endTime"]


def assert_sent_in_time(served, key, since):
    served.until(lambda: events(served, key), lambda seen: "raised" in seen)
    alert, at = raised_at(served, key)
    looks = looks_between(served, since, at)
    print(f"{key}: told {at - since:.1f} s after, at look {len(looks)}")
    assert len(looks) <= 2
    assert alert["owner"] == ("team:data" if key == RUN else "team:shop")
    assert alert["command"].startswith("candid ")
    return alert


def test_each_problem_is_alerted_once_within_two_ticks_and_once_when_resolved(company, tmp_path):
    google, settings, _ = company
    head = settings.catalog_dir / "workbooks" / "gudang" / "contract.yaml"
    promise = f"slaProperties: [{{property: freshness, value: {PROMISE_HOURS}, unit: h}}]\n"
    head.write_text(head.read_text() + promise)
    with small_server(company, tmp_path / "serve.log") as (_, served):
        served.until(lambda: served.newest("refresh_all"), lambda r: r["status"] == "SUCCESS")
        refreshed = refresh(served, "refresh_gudang")
        # Where the first refresh took long, the promise ran out before this one.
        served.until(lambda: events(served, STALE), lambda seen: seen[-1:] != ["raised"])
        earlier = {STALE: len(events(served, STALE))}
        google.change("Toko", "edit", tab="Jan25", cells={"C3": -5})
        alert = assert_sent_in_time(served, CHECK, refresh(served, "refresh_toko"))
        assert "range=C3" in alert["cells"][0], "a check that blocks nothing; the run was green"

        cut = {f"{column}{row}": None for row in range(5, 902) for column in "ABC"}
        google.change("Toko", "edit", tab="Jan25", cells=cut)
        ended = refresh(served, "refresh_toko", status="FAILURE")
        assert_sent_in_time(served, RUN, ended)
        hold = assert_sent_in_time(served, "hold:toko__harian:", ended)
        assert hold["command"].startswith("candid holds accept ")

        broken = refreshed + timedelta(hours=PROMISE_HOURS).total_seconds()
        served.until(lambda: len(events(served, STALE)), lambda sent: sent > earlier[STALE])
        assert_sent_in_time(served, STALE, broken)
        served.until(lambda: freshness(served), lambda state: state == "DEGRADED")
        keys = (CHECK, RUN, "hold:toko__harian:", STALE)
        seen = len(looks_between(served, 0, time.time()))
        served.until(lambda: len(looks_between(served, 0, time.time())), lambda n: n >= seen + 3)
        sent = {key: events(served, key)[earlier.get(key, 0) :] for key in keys}
        assert sent == {key: ["raised"] for key in keys}

        google.reset(workbooks=True)
        healed = refresh(served, "refresh_all")
        served.until(lambda: freshness(served), lambda state: state == "HEALTHY")
        for key in keys:
            first = earlier.get(key, 0)
            served.until(lambda k=key, n=first: events(served, k)[n:], lambda e: "resolved" in e)
            assert events(served, key)[first : first + 2] == ["raised", "resolved"]
            entry = [e for e in sent_alerts(served) if e["key"].startswith(key)][first + 1]
            at = datetime.fromisoformat(entry["at"]).timestamp()
            assert len(looks_between(served, healed, at)) <= 2
