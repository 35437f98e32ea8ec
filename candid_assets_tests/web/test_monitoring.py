"""`/healthz`, `/readyz` and `/metrics` of the real webserver."""

import time

import pytest
from dagster._daemon.types import DaemonHeartbeat

PATHS = ("/healthz", "/readyz", "/metrics")


@pytest.mark.parametrize("path", PATHS)
def test_whoever_watches_needs_a_token(web, path):
    refused = web.call("GET", path)
    assert refused.status == 401
    assert "Bearer" in refused.json["detail"]
    assert web.call("GET", path, headers={"Authorization": "Bearer wrong"}).status == 401


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_changed_through_them(web, path):
    assert web.call("POST", path, "{}", by="rina").status == 405


@pytest.mark.parametrize("who", ["dimas", "rina", "data-eng"])
def test_the_server_is_healthy_as_long_as_it_answers(web, who):
    answer = web.call("GET", "/healthz", by=who)
    assert (answer.status, answer.json) == (200, {"healthy": True})


def test_not_ready_names_each_part_with_its_fix(web):
    web.instance.add_daemon_heartbeat(DaemonHeartbeat(time.time() - 1000, "SENSOR", "1", []))
    answer = web.call("GET", "/readyz", by="dimas")
    assert answer.status == 503
    parts = answer.json["parts"]
    assert set(parts) == {"snapshot", "history", "daemon", "code"}
    assert "nothing is published" in parts["snapshot"]["problem"]
    assert parts["snapshot"]["fix"]
    assert "the daemon was" in parts["daemon"]["problem"]
    assert parts["history"]["ready"]
    assert parts["code"]["ready"]
