"""How a refresh ends: the outcome is recorded, reported and published.

A refresh without news ends here at once, so nothing that builds tables is imported.
"""

from collections.abc import Callable, Iterator

from candid_assets.names import SNAPSHOT
from candid_assets.refresh.context import Refresh
from candid_assets.refresh.events import Event, Failed
from candid_assets.refresh.failures import unforeseen
from candid_assets.refresh.record import Record
from candid_assets.refresh.stage_times import Stage
from candid_assets.warehouse.database import transaction
from candid_assets.warehouse.publications import record_publication
from candid_assets.warehouse.publish import is_published, publish

WriteReport = Callable[[Refresh, Record], Callable[[], None] | None]
"""Writes the run's report before the snapshot is published; returns the writer of the rest."""


def close(refresh: Refresh, record: Record, report: WriteReport) -> Iterator[Event]:
    """Record the outcome, report and publish; a step that cannot write fails and the rest goes on.

    A snapshot is due whenever the published file is not that of the last refresh with news, so
    that a run killed before it could publish is made up for by the next.
    """
    left: list[Callable[[], None]] = []

    def write() -> None:
        after = report(refresh, record)
        if after is not None:
            left.append(after)

    def write_rest() -> None:
        for after in left:
            after()

    steps: tuple[tuple[str, Stage, Callable[[], None]], ...] = (
        ("the outcome cannot be recorded", "report", lambda: record.finish(refresh)),
        ("the report cannot be written", "report", write),
        ("the snapshot cannot be published", "publish", lambda: _publish(refresh, record)),
        ("the page and the events cannot be written", "report", write_rest),
    )
    for what, stage, step in steps:
        try:
            with refresh.times.measured(stage):
                step()
        except Exception as error:
            cause = unforeseen(error, what, refresh.settings)
            from candid_assets.refresh.event_log import log_event

            failed = Failed("ready", SNAPSHOT, cause.code, cause.message, cause.fix)
            record.add_late(failed)
            log_event(failed, refresh.run_id)
            yield failed


def _publish(refresh: Refresh, record: Record) -> None:
    if is_published(refresh.connection, refresh.settings.published_file):
        return
    refresh.progress.stage("publish", 1)
    target = refresh.settings.published_file
    with transaction(refresh.connection):
        record_publication(refresh.connection, refresh.settings.env, refresh.origin, target)
    publish(refresh.connection, target)
    refresh.progress.step("publish")
    record.published = True
