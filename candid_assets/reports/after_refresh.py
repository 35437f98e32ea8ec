"""What a finished refresh writes for people and systems: report, page, lineage events."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from candid_assets.reports.metric_changes import MetricChange
from candid_assets.reports.report import metric_changes, write_report
from candid_assets.storage_errors import storage_error
from candid_assets.warehouse.data_folder import keep_private

if TYPE_CHECKING:
    from candid_assets.refresh.context import Refresh
    from candid_assets.refresh.record import Record

log = logging.getLogger(__name__)


def end_run(refresh: "Refresh", record: "Record") -> Callable[[], None] | None:
    """Write the report of a refresh that is about to be published; return what else to write.

    The page and the OpenLineage events are written after publication: readers do not wait for them.
    A refresh without news leaves neither, for the last page still shows how things are.
    """
    changes = metric_changes(refresh, record)
    write_report(refresh, record, changes)
    if not record.changed:
        keep_private(refresh.settings.data_dir, refresh.settings.share_with)
        return None
    return partial(_write_rest, refresh, record, changes)


def _write_rest(refresh: "Refresh", record: "Record", changes: Sequence[MetricChange]) -> None:
    _write_page(refresh, record, changes)
    keep_private(refresh.settings.data_dir, refresh.settings.share_with)
    # The client costs a quarter of a second to import, which the graph is loaded without.
    from candid_assets.reports.openlineage import write_events

    try:
        write_events(refresh, record)
    except OSError:
        raise
    except Exception:
        # Events describe tables that are built; a fault in writing them must not fail the refresh.
        log.exception("the OpenLineage events of run %s could not be written", refresh.run_id)


def _write_page(refresh: "Refresh", record: "Record", changes: Sequence[MetricChange]) -> None:
    """Write the HTML page beside the report; a fault in it is logged and fails nothing."""
    # What draws costs a fifth of a second to import, which the graph is loaded without.
    from candid_assets.reports.page import PageRun, page_path, write_page

    if record.summary is None:
        raise ValueError("a page is written after the record is finished")
    try:
        summary = asdict(record.summary)
        run = PageRun(refresh.started_at, summary, changes)
        write_page(refresh.connection, refresh.catalog, run, page_path(Path(record.report)))
    except OSError:
        raise
    except Exception as error:
        if storage_error(error, refresh.settings.data_dir) is not None:
            raise
        log.exception("the page of run %s could not be written", refresh.run_id)
