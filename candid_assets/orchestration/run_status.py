"""Final events of runs, shown to Dagster's daemon once the runs' statuses are final too."""

import time
from collections.abc import Iterable, Mapping
from typing import Final

from dagster._core.events import DagsterEventType
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.dagster_run import RunsFilter

from candid_assets.orchestration.pools import WarehousePool

SETTLING_SECONDS: Final = 120
"""How long a run may take from the event of its end to the status that says so."""
FINAL_EVENTS: Final = {
    DagsterEventType.RUN_SUCCESS,
    DagsterEventType.RUN_FAILURE,
    DagsterEventType.RUN_CANCELED,
}
"""Events with which a run ends."""


class SettledRunEvents(WarehousePool):
    """Dagster's event log without the final events of runs whose status is not final yet."""

    def get_logs_for_all_runs_by_log_id(
        self,
        after_cursor: int = -1,
        dagster_event_type: DagsterEventType | set[DagsterEventType] | None = None,
        limit: int | None = None,
    ) -> Mapping[int, EventLogEntry]:
        """Return events by their ids, up to the end of a run whose status does not say so yet.

        Dagster stores the event first and the status after it. Its daemon, which asks here for
        failed runs, takes one that it meets in between for a running one and, with its cursor
        behind the event, would never try that run again.
        """
        entries = super().get_logs_for_all_runs_by_log_id(after_cursor, dagster_event_type, limit)
        unsettled = self._unsettled(entries.values())
        first = min((i for i, entry in entries.items() if entry.run_id in unsettled), default=None)
        return {i: entry for i, entry in entries.items() if first is None or i < first}

    def _unsettled(self, events: Iterable[EventLogEntry]) -> set[str]:
        """Return the runs with a recent final event whose status is not final yet."""
        since = time.time() - SETTLING_SECONDS
        ended = {
            event.run_id
            for event in events
            if event.timestamp > since and event.dagster_event_type in FINAL_EVENTS
        }
        if not ended:
            return set()
        runs = self._instance.get_runs(RunsFilter(run_ids=list(ended)))
        return {run.run_id for run in runs if not run.is_finished}
