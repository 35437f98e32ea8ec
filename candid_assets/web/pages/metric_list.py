"""The list of metrics by spoke, those that want attention first."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from candid_assets.monitoring.words_for_codes import STATUSES
from candid_assets.reports.metric_board import MetricLine, Spoke
from candid_assets.web.api.query_parameters import unknown

_ORDER: Final = tuple(STATUSES)


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One metric as the list shows it."""

    line: MetricLine
    value: Decimal | float | None
    """The last value there is."""
    period: date | None
    target: Decimal | float | None


def metric_list_facts(board: Sequence[Spoke], given: Mapping[str, str]) -> dict[str, Any]:
    """Return what the list of metrics shows.

    Raises:
        Refused: The spoke or the status is not one that metrics have.
    """
    spoke, status = given.get("spoke"), given.get("status")
    if spoke and spoke not in (names := [s.name for s in board]):
        raise unknown("spoke", spoke, names)
    if status and status not in STATUSES:
        raise unknown("status", status, STATUSES)
    everything = [line for s in board for line in s.lines]
    of_spoke = [line for line in everything if spoke in (None, "", line.metric.spoke)]
    counts = Counter(line.status for line in of_spoke)
    groups = [
        (s.name, [_row(line) for line in s.lines if status in (None, "", line.status)])
        for s in board
        if not spoke or s.name == spoke
    ]
    return {
        "spoke": spoke,
        "status": status,
        "spokes": [(s.name, len(s.lines), s.counts) for s in board],
        "statuses": [(name, counts[name]) for name in _ORDER if counts[name] or name == status],
        "groups": [(name, lines) for name, lines in groups if lines],
        "total": len(of_spoke),
        "chosen": {"spoke": spoke or "", "status": status or ""},
    }


def _row(line: MetricLine) -> MetricRow:
    known = [n for n, value in enumerate(line.trend.values) if value is not None]
    last = known[-1] if known else None
    return MetricRow(
        line,
        None if last is None else line.trend.values[last],
        None if last is None else line.periods[last],
        line.trend.target,
    )
