"""OpenTelemetry traces of what a refresh does, sent where `OTEL_EXPORTER_OTLP_ENDPOINT` says.

Without that variable spans cost next to nothing and go nowhere. The other variables of
OpenTelemetry (`OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_SERVICE_NAME`, …) are read by its exporter.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from opentelemetry import trace
from opentelemetry.trace import Span

ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


def start_span(name: str, parent: Span | None = None, **attributes: str | None) -> Span:
    """Return a new span with these attributes as `candid.<name>`; whoever asks for it ends it."""
    named = {f"candid.{key}": value for key, value in attributes.items() if value is not None}
    context = trace.set_span_in_context(parent) if parent is not None else None
    return trace.get_tracer("candid_assets").start_span(name, context, attributes=named)


@contextmanager
def sending_traces(environment: str) -> Iterator[None]:
    """Send the spans of the block to the collector that the variables name, if they name one.

    A collector that does not answer delays the end by its timeout at most, and stops nothing.
    """
    if not any(os.environ.get(name) for name in ENDPOINTS):
        yield
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        name = os.environ.get("OTEL_SERVICE_NAME", "candid")
        facts = {"service.name": name, "deployment.environment.name": environment}
        provider = TracerProvider(resource=Resource.create(facts))
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        trace.set_tracer_provider(provider)
    try:
        yield
    finally:
        provider.force_flush()
