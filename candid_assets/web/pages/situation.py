"""What pages share between requests: alerts and freshness of now, the board of a snapshot."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import dagster as dg
import duckdb

from candid_assets.contracts.catalog import Workbook
from candid_assets.lineage.fault_reach import FaultReach
from candid_assets.monitoring.open_alerts import Alert, open_alerts, seen_workbooks
from candid_assets.number_format import day
from candid_assets.reports.metric_board import Spoke, read_board
from candid_assets.settings import Settings
from candid_assets.web.api.snapshots import Snapshot

T = TypeVar("T")
RUNS: Final = 30
KEPT_SECONDS: Final = 30
"""How old what is said of alerts and freshness is before it is asked anew."""
OLDEST_SECONDS: Final = 120
"""How old it may be; after hours without a reader the first one waits for it."""


@dataclass(frozen=True, slots=True)
class Present:
    """What is so now, apart from what the snapshot holds."""

    at: datetime
    alerts: tuple[Alert, ...]
    seen: tuple[tuple[Workbook, datetime | None], ...]
    """Each connected workbook and when it was read, or seen unchanged, last."""
    runs: tuple[dg.RunRecord, ...]
    """The newest runs in Dagster's history."""


class Situation:
    """Keeps what is costly to ask and the same for every reader."""

    def __init__(self, settings: Settings, instance: dg.DagsterInstance) -> None:
        self.settings, self.instance = settings, instance
        self._lock, self._asking = threading.Lock(), threading.Lock()
        self._present: tuple[str, Present] | None = None

    def now(self, snapshot: Snapshot) -> Present:
        """Return what is so now; of one snapshot it is asked anew in the background.

        A reader waits only where nothing is known of a snapshot yet.
        """
        present = self._known(snapshot)
        if present is None:
            with self._asking:
                return self._known(snapshot) or self._ask(snapshot)
        old = (datetime.now(UTC) - present.at).total_seconds() > KEPT_SECONDS
        if old and self._asking.acquire(blocking=False):
            threading.Thread(target=self._ask_again, args=(snapshot,), daemon=True).start()
        return present

    def _known(self, snapshot: Snapshot) -> Present | None:
        present = self._present
        if present is None or present[0] != snapshot.id:
            return None
        age = (datetime.now(UTC) - present[1].at).total_seconds()
        return present[1] if age < OLDEST_SECONDS else None

    def _ask_again(self, snapshot: Snapshot) -> None:
        try:
            self._ask(snapshot)
        finally:
            self._asking.release()

    def _ask(self, snapshot: Snapshot) -> Present:
        moment = datetime.now(UTC)
        present = Present(
            moment,
            tuple(open_alerts(self.settings, snapshot.catalog, self.instance, moment)),
            tuple(seen_workbooks(self.settings, snapshot.catalog, moment)),
            tuple(self.instance.get_run_records(limit=RUNS)),
        )
        self._present = (snapshot.id, present)
        return present

    def once(self, snapshot: Snapshot, name: str, make: Callable[[], T]) -> T:
        """Return what is made once for a snapshot."""
        made: dict[str, Any] = snapshot.made
        if name not in made:
            with self._lock:
                if name not in made:
                    made[name] = make()
        value: T = made[name]
        return value

    def reach(self, snapshot: Snapshot) -> FaultReach:
        """Return what answers how far a fault reaches."""
        return self.once(snapshot, "pages reach", lambda: FaultReach(snapshot.catalog))

    def board(self, snapshot: Snapshot, connection: duckdb.DuckDBPyConnection) -> tuple[Spoke, ...]:
        """Return the metric board of today."""
        today = day(datetime.now(UTC))
        registry = snapshot.catalog.registry
        return self.once(
            snapshot, f"pages board {today}", lambda: read_board(connection, registry, today=today)
        )
