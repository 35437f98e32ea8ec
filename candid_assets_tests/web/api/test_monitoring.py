"""`/readyz` and `/metrics` where a snapshot is published."""

import time

from dagster._daemon.types import DaemonHeartbeat
from prometheus_client.parser import text_string_to_metric_families


def test_ready_once_a_snapshot_is_published_and_the_daemon_runs(api):
    api.instance.add_daemon_heartbeat(DaemonHeartbeat(time.time(), "SENSOR", "1", []))
    answer = api.call("GET", "/readyz", by="dimas")
    assert (answer.status, answer.json["ready"]) == (200, True), answer.json


def test_prometheus_reads_the_metrics(api):
    answer = api.call("GET", "/metrics", by="data-eng")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    families = {f.name for f in text_string_to_metric_families(answer.body.decode())}
    assert {"candid_runs", "candid_rows", "candid_scrape_errors"} <= families
