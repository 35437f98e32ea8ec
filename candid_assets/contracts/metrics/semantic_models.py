"""Resolves semantic models: their tables, keys, dimensions and measures."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from candid_assets.contracts.columns import check_identifier
from candid_assets.contracts.metrics import metricflow
from candid_assets.contracts.metrics.declarations import Attribute, Measure, Source
from candid_assets.contracts.metrics.metric_files import MetricDraft, Tables, check_expression
from candid_assets.contracts.metrics.plain_metricflow import table_named
from candid_assets.contracts.yaml_document import Step, YamlDocument
from candid_assets.near_names import nearest


@dataclass(slots=True)
class SemanticModels:
    """Semantic models and measures by name; MetricFlow has each name once in all files."""

    models: dict[str, Source] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    primary: dict[str, Source] = field(default_factory=dict)
    """Source of each entity's own rows."""

    def dimensions(self, source: Source) -> dict[str, str]:
        """Return what a source can be filtered by and grouped by, with what it is."""
        owners = dict.fromkeys(source.dimensions, source.name)
        for entity in source.entities:
            owner = self.primary.get(entity)
            if owner is not None and owner is not source:
                owners |= {f"{entity}__{name}": owner.name for name in owner.dimensions}
        return owners


def read_sources(drafts: list[MetricDraft], tables: Tables) -> SemanticModels:
    """Return every semantic model; problems of one are added to its file's document."""
    sources = SemanticModels()
    for draft in drafts:
        models = draft.written.semantic_models if draft.written else []
        for index, model in enumerate(models):
            at: tuple[Step, ...] = ("semantic_models", index)
            _add(sources, draft, at, model, tables)
    for draft in drafts:
        models = draft.written.semantic_models if draft.written else []
        for index, model in enumerate(models):
            if model.name in sources.models:
                _check_entities(sources, draft.document, ("semantic_models", index), model)
    return sources


def _add(
    sources: SemanticModels,
    draft: MetricDraft,
    at: tuple[Step, ...],
    model: metricflow.SemanticModel,
    tables: Tables,
) -> None:
    document = draft.document
    check_identifier(document, (*at, "name"), model.name, "semantic model")
    if model.name in sources.models:
        document.fault((*at, "name"), f"semantic model {model.name!r} is given twice", "rename one")
        return
    layer, _, table = table_named(model.model).partition(".")
    if (layer, table) not in tables:
        message = f"semantic model {model.name!r} reads {model.model!r}, which is not declared"
        near = nearest(table_named(model.model), [".".join(key) for key in tables])
        document.fault((*at, "model"), message, f"the nearest known table is {near!r}")
        return
    columns = tables[layer, table]
    known = None if columns is None else list(columns)
    units = {name: column.unit or "" for name, column in (columns or {}).items()}
    entities = _attributes(document, (*at, "entities"), model.entities, known, model.model)
    dimensions = _attributes(document, (*at, "dimensions"), model.dimensions, known, model.model)
    own = [e.name for e in model.entities if e.type == "primary"]
    source = Source(
        name=model.name,
        description=model.description.strip(),
        layer=layer,
        table=table,
        spoke=draft.spoke,
        entities=entities,
        primary=own[0] if own else None,
        dimensions={d.name: dimensions[d.name] for d in model.dimensions if d.type != "time"},
        times={d.name: dimensions[d.name] for d in model.dimensions if d.type == "time"},
        granularities={
            d.name: d.type_params.time_granularity for d in model.dimensions if d.type == "time"
        },
        recorded_by=_recorded_by(document, (*at, "dimensions"), model, known),
    )
    sources.models[source.name] = source
    if own and sources.primary.setdefault(own[0], source) is not source:
        other = sources.primary[own[0]].name
        message = f"entity {own[0]!r} is primary in {other!r} too"
        document.fault((*at, "entities"), message, "make it foreign in one of the two")
    for index, measure in enumerate(model.measures):
        _measure(sources, document, (*at, "measures", index), source, measure, model, units)


def _attributes(
    document: YamlDocument,
    at: tuple[Step, ...],
    items: Sequence[metricflow.WrittenAttribute],
    known: list[str] | None,
    table: str,
) -> dict[str, Attribute]:
    attributes: dict[str, Attribute] = {}
    for index, item in enumerate(items):
        where = (*at, index)
        check_identifier(document, (*where, "name"), item.name, "name", part=True)
        expr = item.expr or item.name
        check_expression(document, (*where, "expr"), expr, known, f"a column of {table}")
        if item.name in attributes:
            document.fault(
                (*where, "name"), f"{item.name!r} is given twice", "rename one of the two"
            )
        attributes[item.name] = Attribute(item.name, expr)
    return attributes


def _recorded_by(
    document: YamlDocument,
    at: tuple[Step, ...],
    model: metricflow.SemanticModel,
    known: list[str] | None,
) -> dict[str, str]:
    """Return the day on which a row became known, in SQL, of each time that declares it."""
    days: dict[str, str] = {}
    for index, dimension in enumerate(model.dimensions):
        expr = dimension.config.meta.recorded_by
        where = (*at, index, "config", "meta", "recorded_by")
        if expr is None:
            continue
        if dimension.type != "time":
            message = f"recorded_by means nothing for {dimension.name!r}, which is no time"
            document.fault(where, message, "remove it")
            continue
        check_expression(document, where, expr, known, f"a column of {model.model}")
        days[dimension.name] = expr
    return days


def _measure(
    sources: SemanticModels,
    document: YamlDocument,
    at: tuple[Step, ...],
    source: Source,
    measure: metricflow.WrittenMeasure,
    model: metricflow.SemanticModel,
    units: Mapping[str, str],
) -> None:
    check_identifier(document, (*at, "name"), measure.name, "measure", part=True)
    expr = measure.expr or measure.name
    known = list(units) or None
    check_expression(document, (*at, "expr"), expr, known, f"a column of {model.model}")
    balance = measure.non_additive_dimension
    named = [
        ("agg_time_dimension", measure.agg_time_dimension or model.defaults.agg_time_dimension),
        ("non_additive_dimension", balance.name if balance else None),
    ]
    for key, name in named:
        if (key == "agg_time_dimension" or balance) and name not in source.times:
            message = f"measure {measure.name!r} has no time dimension {name!r}"
            near = nearest(name or "", source.times)
            fix = f"the nearest of {source.name} is {near!r}"
            document.fault((*at, key), message, fix if near else "declare a dimension of type time")
            return
    time = balance.name if balance else named[0][1]
    if measure.name in sources.measures:
        other = sources.measures[measure.name].source.name
        message = f"measure {measure.name!r} is in {other!r} too"
        document.fault((*at, "name"), message, "measures have one name each in all files")
        return
    sources.measures[measure.name] = Measure(
        measure.name,
        source,
        measure.agg,
        expr,
        time or "",
        balance.window_choice if balance else None,
        measure.config.meta.each_in_one_period or _counts_days(source, time or "", expr),
        units.get(expr, ""),
    )


def _counts_days(source: Source, time: str, expr: str) -> bool:
    """Whether what a distinct count counts holds its own day, as a person's days do."""
    return source.times[time].expr in re.findall(r"\w+", expr) if time in source.times else False


def _check_entities(
    sources: SemanticModels,
    document: YamlDocument,
    at: tuple[Step, ...],
    model: metricflow.SemanticModel,
) -> None:
    """Report foreign entities that no semantic model has as its own."""
    known: Mapping[str, Source] = sources.primary
    for index, entity in enumerate(model.entities):
        if entity.type == "foreign" and entity.name not in known:
            near = nearest(entity.name, known)
            fix = (
                f"the nearest is {near!r}" if near else "declare it as primary where it is at home"
            )
            document.fault(
                (*at, "entities", index), f"no semantic model has entity {entity.name!r}", fix
            )
