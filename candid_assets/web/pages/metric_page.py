"""The page of one metric: its values, compared with those before, and what it is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import duckdb

from candid_assets.contracts.metrics.declarations import TOTAL, Metric
from candid_assets.number_format import day
from candid_assets.reports.charts import Trend, sparklines
from candid_assets.reports.metric_board import shown_grain
from candid_assets.web.api.metric_series import find_metric, series_query
from candid_assets.web.api.query_parameters import MOST_ROWS
from candid_assets.web.api.snapshots import Snapshot

CHOICES_OF_SERIES: Final = ("grain", "dimension", "member")
DRAWN: Final = 60
"""Periods that the chart shows at most, the newest ones."""
MEMBERS: Final = 60
"""Members of a dimension that are listed at most, those with the greatest values."""
SPARK: Final = 24


@dataclass(frozen=True, slots=True)
class Value:
    """The value of one period, beside those that it is compared with."""

    start: date
    member: str
    value: Decimal | None
    target: Decimal | None
    status: str
    is_over: bool
    """Whether the period is over and its data has come."""
    target_so_far: Decimal | None = None
    """Of a running period, the target's share of its worked days."""
    before: Decimal | None = None
    """The value of the period before."""
    year_before: Decimal | None = None
    """The value of the same period a year before."""


@dataclass(frozen=True, slots=True)
class SeriesMember:
    """A member of a dimension with its newest whole period."""

    name: str
    newest: Value
    trend: Trend


def metric_facts(
    snapshot: Snapshot, connection: duckdb.DuckDBPyConnection, name: str, given: Mapping[str, str]
) -> dict[str, Any]:
    """Return what the page of a metric shows.

    Raises:
        Refused: There is no such metric, or it has no such grain or dimension.
    """
    from candid_assets.metrics.lookup import definition

    metric = find_metric(snapshot, name)
    asked = {"grain": shown_grain(metric), **given, "limit": str(MOST_ROWS)}
    if asked.get("dimension", TOTAL) == TOTAL:
        asked.pop("member", None)
    query = series_query(snapshot, metric, asked)
    fields = [field.name for field in query.statement.fields]
    found_rows = connection.execute(query.statement.text, query.statement.values).fetchall()
    rows = [dict(zip(fields, row, strict=True)) for row in found_rows]
    is_members = query.dimension != TOTAL and "member" not in asked
    today = day(datetime.now(UTC))
    values = _values(rows, query.grain, today)
    listed, hidden = _members(values) if is_members else ([], 0)
    series = [] if is_members else values[-DRAWN:]
    trend = Trend(
        tuple(v.value for v in series), next((v.target for v in series[::-1] if v.target), None)
    )
    pictures = sparklines([trend, *(member.trend for member in listed)])
    whole = [v for v in series if v.is_over and v.value is not None]
    known = [v.value for v in series if v.value is not None]
    return {
        "metric": metric,
        "grain": query.grain,
        "dimension": query.dimension,
        "member": None if is_members else asked.get("member"),
        "dimensions": [TOTAL, *metric.dimensions],
        "chosen": {name: value for name, value in given.items() if value},
        "newest": whole[-1] if whole else None,
        "running": next((v for v in series[::-1] if not v.is_over and v.value is not None), None),
        "values": series[::-1],
        "earlier": len(values) - len(series) if not is_members else 0,
        "lowest": min(known, default=None),
        "highest": max(known, default=None),
        "picture": pictures[0] if series else "",
        "members": list(zip(listed, pictures[1:], strict=True)),
        "hidden": hidden,
        "definition": definition(snapshot.catalog, metric),
        "is_cut": len(found_rows) > MOST_ROWS,
    }


def _values(rows: Sequence[Mapping[str, Any]], grain: str, today: date) -> list[Value]:
    """Return the values with those that they are compared with, by member and period."""
    known = {(row["member"], row["period_start"]): row["value"] for row in rows}

    def of(row: Mapping[str, Any]) -> Value:
        start, member = row["period_start"], row["member"]
        complete = row.get("is_complete")
        return Value(
            start,
            member,
            row["value"],
            row["target"],
            row["status"] or "no_data",
            end_of(start, grain) <= today if complete is None else bool(complete),
            row.get("target_so_far"),
            known.get((member, before(start, grain))),
            known.get((member, year_before(start, grain))),
        )

    return [of(row) for row in rows]


def _members(values: Sequence[Value]) -> tuple[list[SeriesMember], int]:
    """Return the members with the greatest newest values, and how many more there are."""
    by_member: dict[str, list[Value]] = {}
    for value in values:
        by_member.setdefault(value.member, []).append(value)
    members = []
    newest_start = max((v.start for v in values if v.is_over), default=None)
    for name, own in by_member.items():
        newest = next((v for v in own if v.start == newest_start), own[-1])
        trend = Trend(tuple(v.value for v in own if v.is_over)[-SPARK:], newest.target)
        members.append(SeriesMember(name, newest, trend))
    members.sort(key=lambda m: -abs(m.newest.value) if m.newest.value is not None else Decimal(1))
    return members[:MEMBERS], max(0, len(members) - MEMBERS)


def end_of(start: date, grain: str) -> date:
    """Return the first day after a period."""
    match grain:
        case "day":
            return start + timedelta(days=1)
        case "week":
            return start + timedelta(days=7)
        case _:
            return _months_later(start, {"month": 1, "quarter": 3, "year": 12}[grain])


def before(start: date, grain: str) -> date:
    """Return the first day of the period before."""
    match grain:
        case "day":
            return start - timedelta(days=1)
        case "week":
            return start - timedelta(days=7)
        case _:
            return _months_later(start, -{"month": 1, "quarter": 3, "year": 12}[grain])


def year_before(start: date, grain: str) -> date:
    """Return the first day of the same period a year before; of a week 52 weeks before."""
    if grain == "week":
        return start - timedelta(days=364)
    if grain == "day" and (start.month, start.day) == (2, 29):
        return date(start.year - 1, 2, 28)
    return start.replace(year=start.year - 1)


def _months_later(start: date, months: int) -> date:
    years, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(years, month + 1, 1)


def better(metric: Metric, value: Decimal | None, other: Decimal | None) -> str:
    """Return whether a value is `good` or `bad` against another one; empty where neither."""
    if value is None or other is None or value == other:
        return ""
    sign = {"up": 1, "down": -1}.get(metric.direction, 0)
    if not sign:
        return ""
    return "good" if (value - other) * sign > 0 else "bad"
