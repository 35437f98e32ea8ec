"""Every metric computed anew in pandas: another reading of the registry, exact arithmetic.

Nothing of the platform is imported here: the registry is read as plain YAML, tables come from
`facts.py`, sums are integers of millionths, and what divides does so as `Fraction`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from candid_assets_tests.metrics.expressions import evaluator
from candid_assets_tests.metrics.facts import Facts

MILLION = 1_000_000
Key = tuple[str, str, date, str, str]
UNITS = {"day": 1, "week": 7}


def read_registry(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return semantic models and metrics by name."""
    files = [yaml.safe_load(p.read_text()) for p in sorted(folder.glob("*.yaml"))]
    models = {m["name"]: m for f in files for m in f.get("semantic_models", ())}
    metrics = {m["name"]: m for f in files for m in f.get("metrics", ())}
    return models, metrics


def first_day(grain: str, day: date) -> date:
    """Return the first day of a day's period."""
    if grain == "week":
        return day - timedelta(days=day.isoweekday() - 1)
    month = {"day": None, "month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}
    return day if grain == "day" else date(day.year, month[grain] or 1, 1)


def next_start(grain: str, start: date) -> date:
    """Return the first day of the period after one."""
    if grain in UNITS:
        return start + timedelta(days=UNITS[grain])
    return first_day(
        grain, start + timedelta(days={"month": 32, "quarter": 95, "year": 370}[grain])
    )


def earlier(start: date, offset: str) -> date:
    """Return the first day of the period that is an offset like `1 month` earlier."""
    written, unit = offset.split()
    count, unit = int(written), unit.rstrip("s")
    if unit in UNITS:
        return start - timedelta(days=UNITS[unit] * count)
    months = start.year * 12 + start.month - 1
    months -= count * {"month": 1, "quarter": 3, "year": 12}[unit]
    return date(months // 12, months % 12 + 1, 1)


@dataclass
class Taken:
    """A measure as one metric takes it."""

    model: dict[str, Any]
    measure: dict[str, Any]
    filters: list[str]
    fill: int | None = None
    offset: str | None = None


class Oracle:
    """Computes metrics."""

    def __init__(self, facts: Facts, models: dict[str, Any], metrics: dict[str, Any]) -> None:
        self.facts, self.models, self.metrics = facts, models, metrics
        self.measures = {
            measure["name"]: (model, measure)
            for model in models.values()
            for measure in model.get("measures", ())
        }
        self.owners = {
            entity["name"]: model
            for model in models.values()
            for entity in model.get("entities", ())
            if entity["type"] == "primary"
        }
        self.kept: dict[tuple[Any, ...], Any] = {}

    def values(self, name: str) -> dict[Key, Decimal | None]:
        """Return every value of a metric."""
        metric = self.metrics[name]
        meta = metric["config"]["meta"]
        named = dict(self.inputs(metric))
        values: dict[Key, Decimal | None] = {}
        for dimension in ["all", *meta.get("dimensions", ())]:
            members = sorted({m for t in named.values() for m in self.members(t, dimension)})
            for grain in meta["grains"]:
                for start in self.periods(list(named.values()), grain):
                    for member in members:
                        key = (name, grain, start, dimension, member)
                        values[key] = self.value(metric, named, key)
        return values

    def inputs(self, metric: dict[str, Any]) -> Iterator[tuple[str, Taken]]:
        params = metric["type_params"]
        own = [metric["filter"]] if metric.get("filter") else []
        match metric["type"]:
            case "simple" | "cumulative":
                yield "value", self.taken(params["measure"], own)
            case "ratio":
                yield "numerator", self.taken(params["numerator"], own)
                yield "denominator", self.taken(params["denominator"], own)
            case "derived":
                for item in params["metrics"]:
                    yield item.get("alias", item["name"]), self.taken(item, own)

    def taken(self, item: Any, filters: list[str]) -> Taken:
        item = {"name": item} if isinstance(item, str) else item
        filters = [*filters, *([item["filter"]] if item.get("filter") else [])]
        made = self.metrics.get(item["name"])
        if made is not None:
            assert made["type"] == "simple"
            inner = self.taken(made["type_params"]["measure"], filters)
            inner.filters += [made["filter"]] if made.get("filter") else []
            inner.fill = item.get("fill_nulls_with", inner.fill)
            inner.offset = item.get("offset_window")
            return inner
        model, measure = self.measures[item["name"]]
        return Taken(
            model, measure, filters, item.get("fill_nulls_with"), item.get("offset_window")
        )

    # Columns of a semantic model, each computed once.

    def keep(self, key: tuple[Any, ...], make: Any) -> Any:
        if key not in self.kept:
            self.kept[key] = make()
        return self.kept[key]

    def rows(self, model: dict[str, Any]) -> list[dict[str, Any]]:
        return self.keep(
            ("rows", model["name"]), lambda: self.facts.table(model["model"]).to_dict("records")
        )

    def column(self, model: dict[str, Any], name: str) -> list[Any]:
        """Return a dimension's values, one a row: its own, or an entity's."""

        def make() -> list[Any]:
            if "__" in name:
                entity, _, attribute = name.partition("__")
                owner = self.owners[entity]
                key = _named(owner["entities"], entity)
                of = evaluator(_named(owner["dimensions"], attribute))
                keyed = evaluator(key)
                known = {keyed(r): of(r) for r in self.rows(owner)}
                own = evaluator(_named(model["entities"], entity))
                members = [known.get(own(r)) for r in self.rows(model)]
                return ["Unknown" if v is None else v for v in members]
            of = evaluator(_named(model["dimensions"], name))
            return [of(r) for r in self.rows(model)]

        return self.keep(("column", model["name"], name), make)

    def time(self, taken: Taken) -> str:
        balance = taken.measure.get("non_additive_dimension")
        usual = taken.model.get("defaults", {}).get("agg_time_dimension")
        return balance["name"] if balance else taken.measure.get("agg_time_dimension", usual)

    def days(self, taken: Taken) -> list[date | None]:
        def make() -> list[date | None]:
            days = self.column(taken.model, self.time(taken))
            return [d.date() if isinstance(d, datetime) else d for d in days]

        return self.keep(("days", taken.model["name"], self.time(taken)), make)

    def span(self, taken: Taken) -> tuple[date, date]:
        def make() -> tuple[date, date]:
            days = [d for d in self.days(taken) if d is not None]
            return min(days), max(days)

        return self.keep(("span", taken.model["name"], self.time(taken)), make)

    def starts(self, taken: Taken, grain: str) -> np.ndarray:
        """Return the period of each row; for a balance only of the rows on its last day."""
        balance = bool(taken.measure.get("non_additive_dimension"))

        def make() -> np.ndarray:
            days = self.days(taken)
            starts = [None if d is None else first_day(grain, d) for d in days]
            if balance:
                last: dict[date, date] = {}
                for start, day in zip(starts, days, strict=True):
                    if start is not None:
                        last[start] = max(day, last.get(start, day))
                starts = [
                    s if s is not None and last[s] == d else None
                    for s, d in zip(starts, days, strict=True)
                ]
            return np.array(starts, dtype=object)

        return self.keep(("starts", taken.model["name"], self.time(taken), balance, grain), make)

    def periods(self, inputs: list[Taken], grain: str) -> list[date]:
        spans = [self.span(taken) for taken in inputs]
        first, last = min(s[0] for s in spans), max(s[1] for s in spans)

        def make() -> list[date]:
            start, starts = first_day(grain, first), []
            while start <= last:
                starts.append(start)
                start = next_start(grain, start)
            return starts

        return self.keep(("periods", grain, first, last), make)

    def stretches(self, taken: Taken) -> list[tuple[date, date]]:
        """Return the days, first and last, of which a source's rows say what happened."""

        def make() -> list[tuple[date, date]]:
            return self.reached(self.days(taken), self.granularity(taken))

        return self.keep(("stretches", taken.model["name"], self.time(taken)), make)

    @staticmethod
    def reached(dates: Iterable[date | None], each: str) -> list[tuple[date, date]]:
        days = sorted({d for d in dates if d is not None})
        gaps = sorted(((b - a).days for a, b in pairwise(days)), reverse=True)
        usual = 1 if not gaps else gaps[max(1, len(gaps) // 20) if len(gaps) >= 10 else 0]
        groups: list[list[date]] = [[days[0]]]
        for before, day in pairwise(days):
            if (day - before).days > max(14, 2 * usual):
                groups.append([])
            groups[-1].append(day)
        least = min(5, max(1, len(days) // 10))
        spare = timedelta(days=max(usual - 1, 1) if each == "day" else 0)
        return [
            (g[0] - spare, next_start(each, g[-1]) - timedelta(days=1) + spare)
            for g in groups
            if len(g) >= least
        ]

    def granularity(self, taken: Taken) -> str:
        name = self.time(taken)
        time = next(d for d in taken.model["dimensions"] if d["name"] == name)
        return time.get("type_params", {}).get("time_granularity", "day")

    def recorded(self, taken: Taken, grain: str) -> set[date]:
        """Return the periods that the source's rows reach over, with rows or without."""

        def make() -> set[date]:
            return {
                first_day(grain, first + timedelta(days=n))
                for first, last in self.stretches(taken)
                for n in range((last - first).days + 1)
            }

        return self.keep(("recorded", taken.model["name"], self.time(taken), grain), make)

    def is_complete(self, metric: dict[str, Any], grain: str, start: date) -> bool:
        """Return whether every source of a metric reaches from a period's first day to its last."""
        end = next_start(grain, start) - timedelta(days=1)
        for _, taken in self.inputs(metric):
            first, last = self.stretches(taken)[0][0], self.stretches(taken)[-1][1]
            judged = start
            if metric["type"] == "cumulative":
                params = metric["type_params"]["cumulative_type_params"]
                window = params.get("window", "1 day").split()
                judged = end - timedelta(days=int(window[0]) * UNITS[window[1].rstrip("s")] - 1)
                if params.get("grain_to_date"):
                    assert params["grain_to_date"] == "year"
                    judged = date(end.year, 1, 31) if end.year == first.year else judged
            if taken.offset:
                judged = earlier(start, taken.offset)
            balance = bool(taken.measure.get("non_additive_dimension"))
            if end > last or (judged < first and not balance):
                return False
            written = self.written_until(taken)
            if written is not None and end > written:
                return False
        return True

    def written_until(self, taken: Taken) -> date | None:
        """Return the day that rows are known to be written until, where their time lies ahead."""
        name = self.time(taken)
        time = next(d for d in taken.model["dimensions"] if d["name"] == name)
        expr = time.get("config", {}).get("meta", {}).get("recorded_by")
        if expr is None:
            return None

        def make() -> list[tuple[date, date]]:
            written = evaluator(expr)
            return self.reached([written(row) for row in self.rows(taken.model)], "day")

        return self.keep(("written", taken.model["name"], name), make)[-1][1]

    def members(self, taken: Taken, dimension: str) -> set[str]:
        return {"all"} if dimension == "all" else set(self.member_column(taken, dimension))

    def member_column(self, taken: Taken, dimension: str) -> list[str]:
        if dimension == "all":
            return ["all"] * len(self.rows(taken.model))
        return ["Unknown" if v is None else v for v in self.column(taken.model, dimension)]

    def passing(self, taken: Taken) -> np.ndarray:
        def make() -> np.ndarray:
            kept = np.ones(len(self.rows(taken.model)), dtype=bool)
            for text in taken.filters:
                test, names = (
                    evaluator(text),
                    [d["name"] for d in taken.model["dimensions"] if d["name"] in text],
                )
                columns = {name: self.column(taken.model, name) for name in names}
                kept &= np.array(
                    [test({n: c[i] for n, c in columns.items()}) is True for i in range(len(kept))]
                )
            return kept

        return self.keep(("passing", taken.model["name"], *taken.filters), make)

    def amounts(self, taken: Taken) -> list[Any]:
        name = taken.measure["name"]
        of = evaluator(taken.measure.get("expr") or name)
        return self.keep(("amounts", name), lambda: [of(r) for r in self.rows(taken.model)])

    # Aggregates by period and member.

    def totals(self, taken: Taken, grain: str, dimension: str) -> dict[tuple[date, str], Fraction]:
        def make() -> dict[tuple[date, str], Fraction]:
            kind = taken.measure["agg"]
            frame = pd.DataFrame(
                {
                    "start": self.starts(taken, grain),
                    "member": self.member_column(taken, dimension),
                    "amount": pd.Series(_numbers(kind, self.amounts(taken)), dtype=object),
                }
            )[self.passing(taken)]
            frame = frame[frame["start"].notna() & frame["amount"].notna()]
            if kind == "count_distinct":
                frame = frame.drop_duplicates()
                frame["amount"] = MILLION
            frame["amount"] = frame["amount"].astype("int64")
            groups = frame.groupby(["start", "member"])["amount"]
            result = {"max": groups.max, "min": groups.min}.get(kind, groups.sum)()
            return {key: Fraction(int(v), MILLION) for key, v in result.items()}

        key = ("totals", taken.measure["name"], *taken.filters, grain, dimension)
        return self.keep(key, make)

    def known(self, taken: Taken, grain: str) -> set[date]:
        """Return the periods of which something is known before any filter."""

        def make() -> set[date]:
            of_sum = taken.measure["agg"] == "sum"
            return {
                start
                for start, amount in zip(
                    self.starts(taken, grain), self.amounts(taken), strict=True
                )
                if start is not None and (amount is not None or not of_sum)
            }

        return self.keep(("known", taken.measure["name"], grain), make)

    def total(self, taken: Taken, key: Key) -> Fraction | None:
        _, grain, start, dimension, member = key
        start = earlier(start, taken.offset) if taken.offset else start
        totals = self.totals(taken, grain, dimension)
        if taken.measure["agg"] in {"min", "max"}:
            return totals.get((start, member))
        if start in self.known(taken, grain):
            return totals.get((start, member), Fraction(0))
        balance = bool(taken.measure.get("non_additive_dimension"))
        if not balance and start in self.recorded(taken, grain):
            some = start in self.keep(
                ("some", taken.model["name"], self.time(taken), grain),
                lambda: set(self.starts(taken, grain)),
            )
            return None if some else Fraction(0)
        if taken.offset and start not in self.periods([taken], grain):
            return None
        return None if taken.fill is None else Fraction(taken.fill)

    def value(self, metric: dict[str, Any], named: dict[str, Taken], key: Key) -> Decimal | None:
        params = metric["type_params"]
        if metric["type"] == "cumulative":
            return _rounded(self.running(named["value"], params["cumulative_type_params"], key))
        amounts = {alias: self.total(taken, key) for alias, taken in named.items()}
        if metric["type"] == "simple":
            return _rounded(amounts["value"])
        if metric["type"] == "derived":
            expression = self.keep(("expr", metric["name"]), lambda: evaluator(params["expr"]))
            return _rounded(expression(amounts))
        above, below = amounts["numerator"], amounts["denominator"]
        return None if above is None or not below else _rounded(above / below)

    def running(self, taken: Taken, params: dict[str, Any], key: Key) -> Fraction | None:
        name, grain, start, dimension, member = key
        every = self.periods([taken], "day")
        end = min(next_start(grain, start) - timedelta(days=1), every[-1])
        if params.get("grain_to_date"):
            begin = first_day(params["grain_to_date"], end)
        elif params.get("window"):
            begin = end - timedelta(days=UNITS[params["window"].split()[1].rstrip("s")]
                                    * int(params["window"].split()[0]) - 1)  # fmt: skip
        else:
            begin = every[0]

        def make() -> tuple[np.ndarray, np.ndarray]:
            one = [self.total(taken, (name, "day", d, dimension, member)) for d in every]
            sums = [int((v or 0) * MILLION) for v in one]
            known = [v is not None for v in one]
            return np.cumsum([0, *sums]), np.cumsum([0, *known])

        sums, known = self.keep(("running", name, dimension, member), make)
        low, high = max((begin - every[0]).days, 0), (end - every[0]).days + 1
        if known[high] == known[low]:
            return None
        return Fraction(int(sums[high] - sums[low]), MILLION)


def _named(items: list[dict[str, Any]], name: str) -> str:
    item = next(i for i in items if i["name"] == name)
    return item.get("expr") or item["name"]


def _numbers(kind: str, amounts: list[Any]) -> list[Any]:
    """Return what is added up: millionths, or a million for each row that counts."""
    match kind:
        case "count":
            return [None if a is None else MILLION for a in amounts]
        case "sum_boolean":
            return [MILLION if a is True else None for a in amounts]
        case "count_distinct":
            return amounts
    return [None if a is None else int(a * MILLION) for a in amounts]


def _rounded(value: Fraction | None) -> Decimal | None:
    """Return a value with six decimals, rounded half away from zero."""
    if value is None:
        return None
    whole = (abs(value) * 2 * MILLION + 1) // 2
    return Decimal(whole if value >= 0 else -whole).scaleb(-6)
