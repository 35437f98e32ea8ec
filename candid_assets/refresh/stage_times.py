"""How long each stage of a refresh takes: seconds for the record, and spans for tracing."""

import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from opentelemetry.trace import Span, StatusCode

from candid_assets.tracing import start_span

T = TypeVar("T")
Stage = Literal["read", "land", "raw", "clean", "audit", "keys", "ready", "report", "publish"]
"""In order: waiting for a source, landing, raw tables, staged clean tables, judging and swapping
them, foreign keys between tabs, ready tables, the report, the snapshot."""


@dataclass(slots=True)
class StageTimes:
    """Wall seconds that a refresh spent in each stage; what its caller does between is left out.

    The next workbook is read in a thread while tables are built, so `read` is only the waiting.
    Tables that are built at the same time count each for itself.
    """

    seconds: dict[Stage, float] = field(default_factory=dict)
    refresh: Span | None = None
    """The span of the whole refresh, parent of all others."""
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, run_id: str, environment: str) -> None:
        """Start the span of the refresh."""
        self.refresh = start_span("refresh", run=run_id, environment=environment)

    def end(self, *, succeeded: bool) -> None:
        """End the span of the refresh with its outcome."""
        if self.refresh is not None:
            self.refresh.set_status(StatusCode.OK if succeeded else StatusCode.ERROR)
            self.refresh.end()

    def during(
        self, stage: Stage, events: Iterator[T], **what: str | None
    ) -> Generator[T, None, Any]:
        """Yield and return what a stage does, counting only the time in which it works."""
        with self.span(stage, **what):
            while True:
                with self._counted(stage):
                    try:
                        event = next(events)
                    except StopIteration as end:
                        return end.value
                yield event

    @contextmanager
    def measured(self, stage: Stage, **what: str | None) -> Iterator[None]:
        """Count the time of the block as that of a stage."""
        with self.span(stage, **what), self._counted(stage):
            yield

    @contextmanager
    def span(self, name: str, **what: str | None) -> Iterator[None]:
        """Trace the block as a span, with the workbook and tab that it is about."""
        span = start_span(name, self.refresh, **what)
        try:
            yield
        except Exception as error:
            span.record_exception(error)
            span.set_status(StatusCode.ERROR)
            raise
        finally:
            span.end()

    @contextmanager
    def _counted(self, stage: Stage) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - began
            with self._counting:
                self.seconds[stage] = self.seconds.get(stage, 0.0) + spent

    def rounded(self) -> dict[str, float]:
        """Return the seconds of each stage so far, to two places."""
        return {stage: round(seconds, 2) for stage, seconds in self.seconds.items()}
