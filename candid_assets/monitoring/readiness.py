"""Whether the platform can do its work now: snapshot, Dagster's history, daemon, code location."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import dagster as dg

from candid_assets.monitoring.status import DAEMON_SILENT_SECONDS
from candid_assets.settings import Settings
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.errors import WarehouseError
from candid_assets.warehouse.refresh_record import recent_runs


@dataclass(frozen=True, slots=True)
class PlatformPart:
    """One part of the platform, and what is wrong with it."""

    name: str
    problem: str | None = None
    fix: str | None = None

    def as_dict(self) -> dict[str, str | bool | None]:
        """Return the part as `/readyz` shows it."""
        return {"ready": self.problem is None, "problem": self.problem, "fix": self.fix}


def readiness(
    settings: Settings, instance: dg.DagsterInstance, locations: Callable[[], list[str]]
) -> list[PlatformPart]:
    """Return each part; the platform is ready if none has a problem.

    Args:
        settings: Say where the snapshot is.
        instance: Dagster's history.
        locations: Returns the errors of code locations that do not load.
    """
    return [_snapshot(settings), *_history(instance), _code(locations)]


def _snapshot(settings: Settings) -> PlatformPart:
    try:
        with open_published(settings.published_file) as connection:
            recent_runs(connection)
    except WarehouseError as error:
        return PlatformPart("snapshot", error.message, error.fix)
    return PlatformPart("snapshot")


def _history(instance: dg.DagsterInstance) -> list[PlatformPart]:
    try:
        instance.get_runs_count()
        beats = [beat.timestamp for beat in instance.get_daemon_heartbeats().values()]
    # Whatever Dagster raises over a damaged or locked history.
    except Exception as error:
        return [
            PlatformPart(
                "history", f"Dagster's history cannot be read: {error}", "run: candid doctor"
            )
        ]
    silent = datetime.now(UTC).timestamp() - max(beats, default=0.0)
    if abs(silent) < DAEMON_SILENT_SECONDS:
        return [PlatformPart("history"), PlatformPart("daemon")]
    since = f"was not seen for {silent:.0f} seconds" if beats else "was never seen"
    daemon = PlatformPart(
        "daemon", f"the daemon {since}, so nothing starts by itself", "run: candid serve"
    )
    return [PlatformPart("history"), daemon]


def _code(locations: Callable[[], list[str]]) -> PlatformPart:
    errors = locations()
    if errors:
        return PlatformPart(
            "code", errors[0], "run: candid contracts validate, then restart the server"
        )
    return PlatformPart("code")
