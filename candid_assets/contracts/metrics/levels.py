"""Resolves a metric's targets, thresholds and bounds, each for the grains that it belongs to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from candid_assets.contracts.metrics import metricflow
from candid_assets.contracts.metrics.declarations import GRAINS
from candid_assets.contracts.metrics.growth import Growth
from candid_assets.contracts.metrics.words import Grain
from candid_assets.contracts.yaml_document import Step, YamlDocument

_LONGER: Final[dict[Grain, dict[Grain, int]]] = {
    "day": {"week": 7},
    "week": {},
    "month": {"quarter": 3, "year": 12},
    "quarter": {"year": 4},
    "year": {},
}
"""How many periods of a grain each longer one always holds."""


@dataclass(frozen=True, slots=True)
class Levels:
    """The target and the warning of each grain that has one."""

    target: dict[Grain, Decimal] = field(default_factory=dict)
    warning: dict[Grain, Decimal] = field(default_factory=dict)


def read_levels(
    document: YamlDocument, here: tuple[Step, ...], meta: metricflow.Meta, grows: Growth
) -> Levels:
    """Return the levels of a metric; what contradicts itself is added to the document.

    Args:
        document: The metric's file.
        here: The place of its `config.meta`.
        meta: What is written there.
        grows: How the metric's value grows with the length of its period.
    """
    for key, level in (("target", meta.target), ("warning", meta.warning)):
        _check_grain(document, (*here, key), level, meta, grows)
    if meta.scales and meta.target is None:
        fix = "declare the target of one grain, or remove scales"
        document.fault((*here, "scales"), "scales goes with a target", fix)
    levels = Levels(_levels(meta.target, meta), _levels(meta.warning, meta))
    _check_levels(document, here, meta, levels)
    return levels


def _check_grain(
    document: YamlDocument,
    where: tuple[Step, ...],
    level: metricflow.Number | metricflow.ByGrain | None,
    meta: metricflow.Meta,
    grows: Growth,
) -> None:
    """Report one number for periods of several lengths whose values are of several sizes."""
    key = str(where[-1])
    if isinstance(level, metricflow.ByGrain):
        declared = dict(_each(level))
        for grain in declared:
            if grain not in meta.grains:
                message = f"{key} is for a {grain}, and the metric has no grain {grain!r}"
                document.fault((*where, grain), message, f"take one of {', '.join(meta.grains)}")
        if meta.scales and (grows != "with_period" or len(declared) != 1):
            message = f"{key} cannot scale with the period"
            fix = "declare the target of each grain: only sums and counts grow with their period"
            if grows == "with_period":
                fix = "declare it for one grain, or remove scales: with_period"
            document.fault(where, message, fix)
    elif level is not None and meta.scales:
        message = f"scales: with_period needs to know whose {key} it is"
        document.fault(where, message, f"name its grain: {key}: {{{meta.grains[0]}: {level}}}")
    elif level is not None and len(meta.grains) > 1 and grows != "not":
        why = "the value grows with the period"
        if grows == "otherwise":
            why = "what it is computed from does not grow alike with the period"
        message = f"one {key} is given for {', '.join(meta.grains)}, but {why}"
        fix = f"declare it for each grain: {key}: {{{meta.grains[0]}: {level}}}"
        if grows == "with_period":
            fix += ", or for one with scales: with_period"
        document.fault(where, message, fix)


def _check_levels(
    document: YamlDocument, here: tuple[Step, ...], meta: metricflow.Meta, levels: Levels
) -> None:
    """Report targets, thresholds and bounds that contradict each other."""
    if meta.target is not None and meta.direction == "none":
        document.fault((*here, "target"), "a target needs a direction", "write direction: up")
    for grain, level in levels.warning.items():
        goal = levels.target.get(grain)
        if goal is None:
            document.fault((*here, "warning"), f"no target goes with it for {grain}", "add it")
        elif (level > goal) if meta.direction == "up" else (level < goal):
            message = f"warning {level} lies beyond target {goal}"
            document.fault((*here, "warning"), message, "exchange or correct the two")
    if meta.minimum is not None and meta.maximum is not None and meta.minimum > meta.maximum:
        document.fault((*here, "minimum"), "minimum lies above maximum", "exchange the two")
    bounds = ((meta.minimum, -1, "minimum"), (meta.maximum, 1, "maximum"))
    for bound, side, key in bounds:
        beyond = [
            g for g in levels.target.values() if bound is not None and side * g > side * bound
        ]
        if beyond:
            message = f"target {beyond[0]} lies beyond the {key} {bound}"
            document.fault((*here, "target"), message, "correct one of the two")


def _levels(
    level: metricflow.Number | metricflow.ByGrain | None, meta: metricflow.Meta
) -> dict[Grain, Decimal]:
    """Return a level for each grain that has one."""
    if isinstance(level, metricflow.ByGrain):
        declared = dict(_each(level))
        scaled = dict(_scaled(declared, meta.grains)) if meta.scales else {}
        return scaled | declared
    exact = exact_number(level)
    return {} if exact is None else dict.fromkeys(meta.grains, exact)


def _scaled(
    declared: dict[Grain, Decimal], grains: Sequence[Grain]
) -> Iterator[tuple[Grain, Decimal]]:
    """Yield the level of each longer grain: that of all its periods together."""
    for grain, level in declared.items():
        for longer, periods in _LONGER[grain].items():
            if longer in grains:
                yield longer, periods * level


def _each(level: metricflow.ByGrain) -> Iterator[tuple[Grain, Decimal]]:
    for grain in GRAINS:
        exact = exact_number(getattr(level, grain))
        if exact is not None:
            yield grain, exact


def exact_number(number: metricflow.Number | None) -> Decimal | None:
    """Return a number of a file as it is written there."""
    return None if number is None else Decimal(str(number))
