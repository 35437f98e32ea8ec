"""Writes the events of a refresh into the log, a line each with run, workbook and tab."""

import logging
from typing import Any

from candid_assets.logs import EVENTS
from candid_assets.refresh.events import Built, Checked, Event, Failed


def log_event(event: Event, run_id: str) -> None:
    """Log a table that was built, a check that failed, or a failure; nothing for the rest."""
    match event:
        case Built():
            facts = _about(run_id, event.layer, event.table)
            facts |= {"rows": event.rows, "seconds": round(event.seconds, 3)}
            EVENTS.info("%s.%s has new content", event.layer, event.table, extra=facts)
        case Checked(result) if not result.passed:
            facts = _about(run_id, result.layer, result.table) | {"check": result.name}
            level = logging.ERROR if result.severity == "error" else logging.WARNING
            EVENTS.log(level, result.message, extra=facts)
        case Failed():
            facts = _about(run_id, event.layer, event.table)
            facts |= {"cause": event.cause, "fix": event.fix}
            EVENTS.error(event.message, extra=facts)


def log_end(run_id: str, *, succeeded: bool, stages: dict[str, float]) -> None:
    """Log how a refresh ended and the seconds of its stages."""
    facts = {"run": run_id, "succeeded": succeeded, "stages": stages}
    EVENTS.log(logging.INFO if succeeded else logging.ERROR, "refresh ended", extra=facts)


def _about(run_id: str, layer: str, table: str) -> dict[str, Any]:
    workbook, separator, tab = table.partition("__")
    facts = {"run": run_id, "layer": layer, "table": table}
    return facts | ({"workbook": workbook, "tab": tab} if separator else {})
