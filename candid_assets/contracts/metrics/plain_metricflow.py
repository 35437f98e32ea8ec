"""What a metric in MetricFlow's plain form leaves out or writes in its own way."""

import re
from collections.abc import Collection
from typing import Final, cast

from candid_assets.contracts.metrics.declarations import GRAINS, NESTS, Input, Source
from candid_assets.contracts.metrics.metricflow import Meta, WrittenMetric
from candid_assets.contracts.metrics.words import Grain

_REFERENCE: Final = re.compile(r"\s*(?:\{\{\s*)?ref\(\s*['\"](\w+)['\"]\s*\)(?:\s*\}\})?\s*")
_DIMENSION: Final = re.compile(r"\{\{\s*Dimension\(\s*['\"](\w+)['\"]\s*\)\s*\}\}")
_USUAL: Final[tuple[Grain, ...]] = ("month", "quarter", "year")
_COUNTS: Final = frozenset({"count", "count_distinct", "sum_boolean"})
COUNT: Final = "count"
"""Unit of what is counted, where none is declared."""
RATIO: Final = "ratio"
"""Unit of a quotient of two numbers of one unit."""


def table_named(model: str) -> str:
    """Return the table that a semantic model reads: `ref('x')` is the ready table x."""
    reference = _REFERENCE.fullmatch(model)
    return f"ready.{reference[1]}" if reference else model


def plain_filter(text: str, source: Source, known: Collection[str]) -> str:
    """Return a filter with `{{ Dimension('entity__name') }}` as a name that the source has.

    Args:
        text: The filter as written.
        source: What its rows are of.
        known: The dimensions that the source has.
    """

    def plain(match: re.Match[str]) -> str:
        entity, _, name = match[1].partition("__")
        own = (match[1] not in known and entity not in source.entities) or entity == source.primary
        return name if name and own else match[1]

    return _DIMENSION.sub(plain, text)


def completed(item: WrittenMetric, inputs: Collection[Input]) -> WrittenMetric:
    """Return a metric with what its file leaves out: label, description, unit and grains."""
    label = item.label or item.name.replace("_", " ").capitalize()
    meta = item.config.meta
    filled = meta.model_copy(
        update={
            "label_id": meta.label_id or label,
            "unit": meta.unit or _unit(item, list(inputs)),
            "grains": meta.grains if "grains" in meta.model_fields_set else _grains(meta, inputs),
        }
    )
    config = item.config.model_copy(update={"meta": filled})
    words = {"label": label, "description": item.description or label}
    return item.model_copy(update={**words, "config": config})


def _unit(item: WrittenMetric, inputs: list[Input]) -> str:
    """Return the unit of a metric from those of its measures; a count has none of its own."""
    units = [_unit_of_measure(one) for one in inputs] or [COUNT]
    if item.type == "ratio" and len(units) == 2 and units[0] == units[1]:
        return RATIO
    return units[0] if item.type != "derived" or len(set(units)) == 1 else "number"


def _unit_of_measure(one: Input) -> str:
    return COUNT if one.measure.aggregation in _COUNTS else one.measure.unit or "number"


def _grains(meta: Meta, inputs: Collection[Input]) -> list[Grain]:
    """Return months, quarters and years, as far as the rows and offsets allow them."""
    wanted = {*_USUAL, *_named_grains(meta)}
    return [g for g in GRAINS if g in wanted and all(_is_fit(g, one) for one in inputs)]


def _is_fit(grain: Grain, one: Input) -> bool:
    """Whether a measure's rows are fine enough for a grain, and its offset a number of periods."""
    finest = one.measure.source.granularities.get(one.measure.time, "day")
    fine = finest in {"day", grain} or grain in NESTS[finest]
    return fine and (one.offset is None or one.offset[1] in NESTS[grain])


def _named_grains(meta: Meta) -> set[str]:
    """Return the grains that targets, warnings and jumps of a metric are declared for."""
    named = {meta.jump.grain} if meta.jump else set()
    for level in (meta.target, meta.warning):
        named |= set(getattr(level, "model_fields_set", ()))
    return cast("set[str]", named)
