"""The published values of one metric, as a request asks for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, cast

from candid_assets.contracts.metrics.declarations import TOTAL, Metric
from candid_assets.contracts.metrics.words import Grain
from candid_assets.web.api.query_parameters import Statement, read_value, select, unknown
from candid_assets.web.api.relations import SERIES
from candid_assets.web.api.snapshots import Snapshot
from candid_assets.web.refusal import Refused

SERIES_PARAMETERS: Final = ("grain", "dimension", "member", "from", "to")


@dataclass(frozen=True, slots=True)
class SeriesQuery:
    """A statement over the values of a metric, at one grain and by one dimension."""

    metric: Metric
    grain: str
    dimension: str
    statement: Statement


def find_metric(snapshot: Snapshot, name: str) -> Metric:
    """Return a metric by its name.

    Raises:
        Refused: No metric has it; the reason names the nearest ones.
    """
    metrics = {metric.name: metric for metric in snapshot.catalog.registry.metrics}
    if name not in metrics:
        raise Refused(404, unknown("metric", name, metrics).message)
    return metrics[name]


def series_query(snapshot: Snapshot, metric: Metric, given: Mapping[str, str]) -> SeriesQuery:
    """Return the query of a metric's values by the parameters of a request.

    Raises:
        Refused: No values are published, or a parameter is not one that the metric takes.
    """
    grain, by = grain_and_dimension(snapshot, metric, given)
    conditions = ["metric = ?", "grain = ?", "dimension = ?"]
    values: list[Any] = [metric.name, grain, by]
    for name, condition in (
        ("member", "member = ?"),
        ("from", "period_start >= ?"),
        ("to", "period_start <= ?"),
    ):
        if (text := given.get(name)) is not None:
            conditions.append(condition)
            values.append(_value(name, text))
    sort = ("member", "period_start")
    statement = select(SERIES, SERIES.fields, conditions, values, sort=sort, own=given)
    return SeriesQuery(metric, grain, by, statement)


def grain_and_dimension(
    snapshot: Snapshot, metric: Metric, given: Mapping[str, str]
) -> tuple[Grain, str]:
    """Return the grain and the dimension of the values that a request asks for.

    Raises:
        Refused: No values are published, or the metric has no such grain or dimension.
    """
    if SERIES.name not in snapshot.tables:
        raise Refused(404, "no values of metrics are published yet; run `candid run`")
    grain = chosen(given.get("grain"), "grain", metric.grains, metric.grains[0])
    by = chosen(given.get("dimension"), "dimension", (TOTAL, *metric.dimensions), TOTAL)
    return cast("Grain", grain), by


def chosen(text: str | None, what: str, known: Sequence[str], default: str) -> str:
    """Return what was chosen among what is known, or the default where nothing was.

    Raises:
        Refused: It is not known.
    """
    if text is None:
        return default
    if text not in known:
        raise unknown(what, text, known)
    return text


def _value(name: str, text: str) -> str | date:
    field = SERIES.field["member" if name == "member" else "period_start"]
    value: str | date = read_value(replace(field, name=name), text)
    return value
