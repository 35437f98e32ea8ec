"""Seconds by stage, and spans as a collector of OpenTelemetry receives them."""

import gzip
import http.server
import os
import subprocess
import sys
import threading

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from candid_assets.refresh.stage_times import StageTimes

PROGRAM = """
from candid_assets.refresh.stage_times import StageTimes
from candid_assets.tracing import sending_traces

with sending_traces("staging"):
    times = StageTimes()
    times.begin("r1", "staging")
    list(times.during("land", iter([1, 2]), workbook="toko"))
    try:
        with times.measured("clean", workbook="toko", tab="nota"):
            raise ValueError("broken")
    except ValueError:
        pass
    times.end(succeeded=False)
"""


@pytest.fixture
def collector():
    """A collector on loopback; yields its address and the spans that it received."""
    spans = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            received = ExportTraceServiceRequest.FromString(body)
            for resource in received.resource_spans:
                facts = {a.key: a.value.string_value for a in resource.resource.attributes}
                for scope in resource.scope_spans:
                    spans.extend((facts, span) for span in scope.spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", spans
        server.shutdown()


def run(endpoint, **more):
    environment = os.environ | {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint} | more
    program = [sys.executable, "-c", PROGRAM]
    subprocess.run(program, env=environment, check=True, timeout=60)


def attributes(span):
    return {a.key: a.value.string_value for a in span.attributes}


def test_a_collector_receives_the_refresh_and_its_stages(collector):
    endpoint, spans = collector
    run(endpoint)
    by_name = {span.name: span for _, span in spans}
    assert set(by_name) == {"refresh", "land", "clean"}
    assert attributes(by_name["refresh"]) == {
        "candid.run": "r1",
        "candid.environment": "staging",
    }
    assert attributes(by_name["clean"]) == {"candid.workbook": "toko", "candid.tab": "nota"}
    assert by_name["clean"].parent_span_id == by_name["refresh"].span_id
    assert by_name["clean"].status.code == by_name["refresh"].status.code == 2
    assert by_name["clean"].events[0].name == "exception"
    assert {facts["service.name"] for facts, _ in spans} == {"candid"}


def test_a_service_name_of_the_environment_wins(collector):
    endpoint, spans = collector
    run(endpoint, OTEL_SERVICE_NAME="candid-north")
    assert {facts["service.name"] for facts, _ in spans} == {"candid-north"}


def test_a_collector_that_does_not_answer_stops_nothing():
    run("http://127.0.0.1:9", OTEL_EXPORTER_OTLP_TIMEOUT="1")


def test_the_time_of_the_caller_is_not_counted():
    times = StageTimes()
    clock = threading.Event()

    def stage():
        yield 1
        return "made"

    def events():
        result = yield from times.during("raw", stage())
        assert result == "made"

    for _ in events():
        clock.wait(0.2)
    assert times.seconds["raw"] < 0.1
    assert list(times.rounded()) == ["raw"]
