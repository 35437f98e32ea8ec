"""What a finished refresh leaves behind for people and systems: report, page, lineage events."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from candid_assets.reports.metric_changes import Moved
from candid_assets.reports.report import moved_by, write_report

if TYPE_CHECKING:
    from candid_assets.refresh.context import Refresh
    from candid_assets.refresh.record import Record

log = logging.getLogger(__name__)


def end_run(refresh: "Refresh", record: "Record") -> Callable[[], None]:
    """Write the report of a refresh that is about to be published; return what else to write.

    The page and the OpenLineage events tell of tables that stand, so readers do not wait for them.
    """
    moved = moved_by(refresh, record)
    write_report(refresh, record, moved)
    return partial(_write_rest, refresh, record, moved)


def _write_rest(refresh: "Refresh", record: "Record", moved: Sequence[Moved]) -> None:
    _write_page(refresh, record, moved)
    # The client costs a quarter of a second to import, which the graph is loaded without.
    from candid_assets.reports.openlineage import write_events

    try:
        write_events(refresh, record)
    except OSError:
        raise
    except Exception:
        # Events tell of tables that stand; a fault in telling must not keep these from readers.
        log.exception("the OpenLineage events of run %s could not be written", refresh.run_id)


def _write_page(refresh: "Refresh", record: "Record", moved: Sequence[Moved]) -> None:
    """Write the page of pictures beside the report; what it shows stands in tables all the same."""
    # What draws costs a fifth of a second to import, which the graph is loaded without.
    from candid_assets.reports.page import RunTold, page_path, write_page

    if record.summary is None:
        raise ValueError("a page is written after the record is finished")
    try:
        summary = asdict(record.summary)
        told = RunTold(refresh.started_at, summary, changed=record.changed, moved=moved)
        write_page(refresh.connection, refresh.catalog, told, page_path(Path(record.report)))
    except OSError:
        raise
    except Exception:
        log.exception("the page of run %s could not be written", refresh.run_id)
