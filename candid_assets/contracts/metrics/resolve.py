"""Resolves the names in metric files and checks that their declarations are consistent."""

import re
from decimal import Decimal
from typing import Final

from candid_assets.contracts.columns import check_identifier
from candid_assets.contracts.metrics import metricflow
from candid_assets.contracts.metrics.declarations import (
    GRAINS,
    NESTS,
    Jump,
    Metric,
    Registry,
    WorkedDays,
)
from candid_assets.contracts.metrics.growth import growth
from candid_assets.contracts.metrics.inputs import Inputs, read_inputs
from candid_assets.contracts.metrics.levels import exact_number, read_levels
from candid_assets.contracts.metrics.metric_files import MetricDraft, Tables, check_expression
from candid_assets.contracts.metrics.plain_metricflow import completed
from candid_assets.contracts.metrics.semantic_models import SemanticModels, read_sources
from candid_assets.contracts.metrics.words import Grain
from candid_assets.contracts.workbook_file import check_owner
from candid_assets.contracts.yaml_document import Step, YamlDocument
from candid_assets.names import HUB
from candid_assets.near_names import nearest

At = tuple[Step, ...]
_WINDOW: Final = re.compile(r"([1-9][0-9]{0,3}) (day|week|month|quarter|year)s?")


def build_registry(drafts: list[MetricDraft], tables: Tables) -> Registry:
    """Return the registry; problems of a metric are added to its file's document."""
    sources = read_sources(drafts, tables)
    simple = _simple_metrics(drafts)
    metrics: list[Metric] = []
    seen: dict[str, str] = {}
    for draft in drafts:
        for index, item in enumerate(draft.written.metrics if draft.written else ()):
            at: At = ("metrics", index)
            if draft.spoke == HUB:
                fix = "write it in the file of the spoke that answers for it"
                draft.document.fault(at, "the hub has no metrics of its own", fix)
            elif item.name in seen:
                message = f"metric {item.name!r} is in {seen[item.name]}.yaml too"
                draft.document.fault((*at, "name"), message, "rename one of the two")
            else:
                seen[item.name] = draft.spoke
                metric = _metric(draft, at, item, sources, simple)
                metrics += [metric] if metric else []
    spokes = tuple(d.spoke for d in drafts if d.spoke != HUB)
    worked = _worked_days(drafts, tables)
    broken = frozenset(d.spoke for d in drafts if d.document.problems)
    return Registry(tuple(sources.models.values()), tuple(metrics), spokes, broken, worked)


def _worked_days(drafts: list[MetricDraft], tables: Tables) -> WorkedDays | None:
    """Return the table that says which days are worked; the hub's file names it."""
    worked: WorkedDays | None = None
    for draft in drafts:
        written = draft.written.working_days if draft.written else None
        if written is None:
            continue
        at: At = ("working_days",)
        if draft.spoke != HUB:
            fix = f"write it in {HUB}.yaml, for all spokes"
            draft.document.fault(at, "working days are the whole company's", fix)
            continue
        layer, _, table = written.model.partition(".")
        if (layer, table) not in tables:
            near = nearest(written.model, [".".join(key) for key in tables])
            message = f"working_days reads {written.model!r}, which is not declared"
            draft.document.fault((*at, "model"), message, f"the nearest known table is {near!r}")
            continue
        columns = tables[layer, table]
        known = None if columns is None else list(columns)
        for key, text in (("day", written.day), ("is_working", written.is_working)):
            what = f"a column of {written.model}"
            check_expression(draft.document, (*at, key), text, known, what)
        worked = WorkedDays(layer, table, written.day, written.is_working)
    return worked


def _simple_metrics(drafts: list[MetricDraft]) -> dict[str, metricflow.WrittenMetric]:
    """Return the metrics that other metrics may be made of, by name."""
    files = [draft.written for draft in drafts if draft.written]
    return {m.name: m for file in files for m in file.metrics if m.type == "simple"}


def _metric(
    draft: MetricDraft,
    at: At,
    item: metricflow.WrittenMetric,
    sources: SemanticModels,
    simple: dict[str, metricflow.WrittenMetric],
) -> Metric | None:
    document = draft.document
    before = len(document.problems)
    here = (*at, "config", "meta")
    check_identifier(document, (*at, "name"), item.name, "metric", part=True)
    inputs = read_inputs(document, at, item, sources, simple)
    item = completed(item, inputs.named.values())
    meta = item.config.meta
    window, to_date = _cumulative(document, at, item, inputs)
    _check_grains(document, here, meta, inputs)
    _check_dimensions(document, here, meta, inputs, sources)
    grows = growth(item.type, inputs.expr or "0", inputs.named, window)
    levels = read_levels(document, here, meta, grows)
    owner = meta.owner or (draft.written.owner if draft.written else None) or f"team:{draft.spoke}"
    owner = check_owner(document, (*here, "owner") if meta.owner else ("owner",), owner)
    if len(document.problems) > before:
        return None
    return Metric(
        name=item.name,
        label=item.label,
        label_id=meta.label_id,
        description=" ".join(item.description.split()),
        when_off=" ".join(meta.when_off.split()),
        when_off_id=" ".join((meta.when_off_id or meta.when_off).split()),
        type=item.type,
        spoke=draft.spoke,
        owner=owner,
        unit=meta.unit,
        direction=meta.direction,
        grains=tuple(g for g in GRAINS if g in meta.grains),
        dimensions=tuple(meta.dimensions),
        inputs=inputs.named,
        expr=inputs.expr,
        window_days=window,
        to_date=to_date,
        target=levels.target,
        warning=levels.warning,
        target_of_members=not isinstance(meta.target, metricflow.ByGrain),
        grows=grows,
        minimum=exact_number(meta.minimum),
        maximum=exact_number(meta.maximum),
        jump=_jump(meta.jump),
        filter=item.filter or "",
        path=draft.path,
        line=document.line(*at),
    )


def _cumulative(
    document: YamlDocument, at: At, item: metricflow.WrittenMetric, inputs: Inputs
) -> tuple[int | None, Grain | None]:
    """Return the days of a cumulative metric's window, or the grain at whose start it restarts."""
    params = item.type_params.cumulative_type_params
    where = (*at, "type_params", "cumulative_type_params")
    if item.type != "cumulative":
        if params.window or params.grain_to_date:
            document.fault(where, f"a {item.type} metric runs over no window", "remove it")
        return None, None
    for part in inputs.named.values():
        if part.measure.aggregation not in {"sum", "count", "sum_boolean"} or part.measure.at:
            message = f"measure {part.measure.name!r} cannot be added up over time"
            document.fault((*at, "type_params", "measure"), message, "take a sum or a count")
    if params.window and params.grain_to_date:
        document.fault(where, "both window and grain_to_date are given", "keep one of the two")
    if params.window is None:
        return None, params.grain_to_date
    matched = _WINDOW.fullmatch(params.window)
    if not matched or matched[2] not in {"day", "week"}:
        message = f"window {params.window!r} is no number of days or weeks"
        document.fault((*where, "window"), message, "write it as `28 days` or `12 weeks`")
        return None, None
    return int(matched[1]) * (7 if matched[2] == "week" else 1), None


def _check_grains(document: YamlDocument, here: At, meta: metricflow.Meta, inputs: Inputs) -> None:
    """Report grains that the data are too coarse for or that an offset does not fit."""
    if not meta.grains:
        document.fault((*here, "grains"), "the metric has no grain", "write grains: [month]")
    for item in inputs.named.values():
        finest = item.measure.source.granularities.get(item.measure.time, "day")
        for grain in meta.grains:
            if finest not in {"day", grain} and grain not in NESTS[finest]:
                message = f"grain {grain!r} is finer than {item.measure.source.name}"
                fix = f"its rows are for a {finest} each: take {' or '.join(NESTS[finest])}"
                document.fault((*here, "grains"), message, fix)
            if item.offset and item.offset[1] not in NESTS[grain]:
                message = f"an offset in {item.offset[1]}s is no whole number of {grain}s"
                fix = f"keep to grains of which it is one, or offset by a {NESTS[grain][-1]}"
                document.fault((*here, "grains"), message, fix)
    if meta.jump and meta.jump.grain not in meta.grains:
        fix = f"take one of {', '.join(meta.grains)}"
        document.fault((*here, "jump"), f"the metric has no grain {meta.jump.grain!r}", fix)


def _check_dimensions(
    document: YamlDocument, here: At, meta: metricflow.Meta, inputs: Inputs, sources: SemanticModels
) -> None:
    """Report dimensions that some input of the metric does not have."""
    used = {i.measure.source.name: i.measure.source for i in inputs.named.values()}
    for index, name in enumerate(meta.dimensions):
        for source in used.values():
            known = sources.dimensions(source)
            if name not in known:
                near = nearest(name, known)
                fix = f"the nearest is {near!r}" if near else "remove it"
                message = f"{source.name} has no dimension {name!r}"
                document.fault((*here, "dimensions", index), message, fix)
    if len(set(meta.dimensions)) < len(meta.dimensions):
        document.fault((*here, "dimensions"), "a dimension is given twice", "remove one of the two")


def _jump(jump: metricflow.WrittenJump | None) -> Jump | None:
    return Jump(jump.grain, Decimal(str(jump.limit)), jump.drop_only) if jump else None
