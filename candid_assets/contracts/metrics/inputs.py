"""Resolves a metric's expression and the measure behind each name in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from candid_assets.contracts.columns import check_identifier
from candid_assets.contracts.metrics import metricflow
from candid_assets.contracts.metrics.declarations import Input
from candid_assets.contracts.metrics.fraction import FractionError, fraction
from candid_assets.contracts.metrics.metric_files import check_expression
from candid_assets.contracts.metrics.plain_metricflow import plain_filter
from candid_assets.contracts.metrics.semantic_models import SemanticModels
from candid_assets.contracts.metrics.words import Grain
from candid_assets.contracts.yaml_document import Step, YamlDocument
from candid_assets.near_names import nearest

At = tuple[Step, ...]
_OFFSET: Final = re.compile(r"([1-9][0-9]{0,2}) (day|week|month|quarter|year)s?")
_KEYS: Final = {
    "simple": ("measure",),
    "cumulative": ("measure", "cumulative_type_params"),
    "ratio": ("numerator", "denominator"),
    "derived": ("expr", "metrics"),
}


@dataclass(slots=True)
class Inputs:
    """A metric's expression and the inputs by their names in it."""

    expr: str = ""
    named: dict[str, Input] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Resolves the inputs of one metric."""

    document: YamlDocument
    at: At
    metric: metricflow.WrittenMetric
    sources: SemanticModels
    simple: Mapping[str, metricflow.WrittenMetric]

    def input(self, where: At, written_as: metricflow.MetricInput) -> Input | None:
        """Return the measure behind a name: a simple metric's, or a measure's own."""
        filters = [written_as.filter, self.metric.filter]
        name, fill = written_as.name, written_as.fill_nulls_with
        made = self.simple.get(name)
        if made is not None and self.metric.type in {"ratio", "derived"}:
            taken = measure_input(made.type_params.measure)
            filters += [taken.filter, made.filter]
            name = taken.name
            fill = taken.fill_nulls_with if fill is None else fill
        measure = self.sources.measures.get(name)
        if measure is None:
            choices = [*self.sources.measures, *self.simple]
            message = f"metric {self.metric.name!r} is made of {name!r}, which is not declared"
            fix = f"the nearest measure or simple metric is {nearest(name, choices)!r}"
            self.document.fault(where, message, fix)
            return None
        source = measure.source
        known = list(self.sources.dimensions(source))
        parts = []
        for written in filters:
            if written:
                text = " ".join(plain_filter(written, source, known).split())
                place = (*self.at, "filter") if written == self.metric.filter else where
                what = f"a dimension of {source.name}"
                check_expression(self.document, place, text, known, what)
                parts.append(text)
        text = parts[0] if len(parts) == 1 else " and ".join(f"({p})" for p in parts)
        return Input(measure, text, fill, self._offset(where, written_as.offset_window))

    def _offset(self, where: At, window: str | None) -> tuple[int, Grain] | None:
        if window is None:
            return None
        matched = _OFFSET.fullmatch(window)
        if matched is None:
            message = f"offset_window {window!r} is not understood"
            self.document.fault((*where, "offset_window"), message, "write it as `1 month`")
            return None
        return int(matched[1]), cast("Grain", matched[2])


def read_inputs(
    document: YamlDocument,
    at: At,
    item: metricflow.WrittenMetric,
    sources: SemanticModels,
    simple: Mapping[str, metricflow.WrittenMetric],
) -> Inputs:
    """Return the inputs of one metric; problems are added to the document."""
    where, params = (*at, "type_params"), item.type_params
    if not _has_its_keys(document, where, item):
        return Inputs()
    reader = _Reader(document, at, item, sources, simple)
    if item.type == "ratio":
        wanted = {
            "numerator": metric_input(params.numerator),
            "denominator": metric_input(params.denominator),
        }
        places: dict[str, At] = {key: (*where, key) for key in wanted}
        expr = "numerator / nullif(denominator, 0)"
    elif item.type == "derived":
        wanted = {(m.alias or m.name): m for m in params.metrics}
        places = {
            (m.alias or m.name): (*where, "metrics", index)
            for index, m in enumerate(params.metrics)
        }
        if len(wanted) < len(params.metrics):
            fix = "give each an alias of its own"
            document.fault((*where, "metrics"), "two inputs have the same name", fix)
        expr = " ".join((params.expr or "").split())
        used = check_expression(document, (*where, "expr"), expr, list(wanted), "an input")
        try:
            fraction(expr if used else "0")
        except FractionError as error:
            fix = "divide only under + - * / and nullif(…, 0)"
            document.fault((*where, "expr"), str(error), fix)
        for name in wanted:
            check_identifier(document, places[name], name, "alias")
            if name not in used:
                document.fault(places[name], f"the expr does not use {name!r}", "remove it")
    else:
        taken = measure_input(params.measure)
        wanted = {"value": metricflow.MetricInput(**taken.model_dump())}
        places, expr = {"value": (*where, "measure")}, "value"
    inputs = {name: reader.input(places[name], one) for name, one in wanted.items()}
    return Inputs(expr, {name: one for name, one in inputs.items() if one is not None})


def measure_input(taken: str | metricflow.MeasureInput | None) -> metricflow.MeasureInput:
    """Return a measure's input, also where only its name is written."""
    return (
        taken
        if isinstance(taken, metricflow.MeasureInput)
        else metricflow.MeasureInput(name=taken or "")
    )


def metric_input(taken: str | metricflow.MetricInput | None) -> metricflow.MetricInput:
    """Return a metric's input, also where only its name is written."""
    return (
        taken
        if isinstance(taken, metricflow.MetricInput)
        else metricflow.MetricInput(name=taken or "")
    )


def _has_its_keys(document: YamlDocument, where: At, item: metricflow.WrittenMetric) -> bool:
    """Report the keys that a metric's type needs and those that mean nothing for it."""
    needed = _KEYS[item.type]
    given = item.type_params.model_fields_set
    complete = True
    for key in needed:
        if key not in given and key != "cumulative_type_params":
            document.fault(where, f"a {item.type} metric needs {key!r}", f"add {key}:")
            complete = False
    for key in sorted(given - set(needed)):
        message = f"{key!r} means nothing for a {item.type} metric"
        document.fault((*where, key), message, "remove it or change the type")
    return complete
