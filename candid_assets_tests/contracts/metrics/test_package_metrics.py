"""The package's own metrics: what they promise about each other, and how they are described."""

import re
from collections import Counter

import pytest
import sqlglot

from candid_assets.contracts.load import load_catalog
from candid_assets.contracts.metrics.compile import compile_metrics
from candid_assets.contracts.metrics.declarations import Metric
from candid_assets.names import HUB, SPOKES
from candid_assets.settings import PACKAGE

CATALOG = load_catalog(PACKAGE / "catalog")
REGISTRY = CATALOG.registry
METRICS = [pytest.param(m, id=m.name) for m in REGISTRY.metrics]


def test_catalog_has_184_metrics_in_eight_spokes() -> None:
    counts = Counter(m.spoke for m in REGISTRY.metrics)
    assert counts.keys() == set(SPOKES)
    assert sum(counts.values()) == 184
    assert min(counts.values()) >= 15


def test_no_metric_copies_another_with_a_different_filter() -> None:
    seen: dict[tuple[object, ...], str] = {}
    copies = []
    for m in REGISTRY.metrics:
        parts = tuple(sorted((a, i.measure.name, i.offset) for a, i in m.inputs.items()))
        sign = (m.type, m.expr, parts, m.window_days, m.to_date)
        copies += [(m.name, seen[sign])] if sign in seen else []
        seen[sign] = m.name
    assert copies == []


@pytest.mark.parametrize("spoke", SPOKES)
def test_no_step_of_a_spokes_query_is_written_twice(spoke: str) -> None:
    metrics = [metric for metric in REGISTRY.metrics if metric.spoke == spoke]
    query = sqlglot.parse_one(compile_metrics(REGISTRY, metrics), dialect="duckdb")
    counts = Counter(step.alias for step in query.args["with_"].expressions)
    assert [name for name, count in counts.items() if count > 1] == []


def test_labels_and_descriptions_are_unique() -> None:
    for field in ("label", "label_id", "description"):
        counts = Counter(getattr(m, field).casefold() for m in REGISTRY.metrics)
        assert [text for text, count in counts.items() if count > 1] == [], field


@pytest.mark.parametrize("metric", METRICS)
def test_a_metric_says_what_it_is_in_two_languages_and_who_answers_for_it(metric: Metric) -> None:
    assert metric.label != metric.label_id
    assert re.fullmatch(r"[A-Z0-9].{15,}\.", metric.description)
    assert metric.owner.startswith("team:")
    assert metric.grains
    assert metric.unit
    if metric.direction == "none":
        assert not metric.target
    if metric.unit == "ratio" and metric.maximum is not None:
        assert metric.maximum <= 2


def test_every_kind_of_metric_is_there() -> None:
    assert {m.type for m in REGISTRY.metrics} == {"simple", "ratio", "derived", "cumulative"}
    assert any(m.window_days for m in REGISTRY.metrics)
    assert any(m.to_date for m in REGISTRY.metrics)
    assert any(i.offset for m in REGISTRY.metrics for i in m.inputs.values())
    assert any(i.measure.at for m in REGISTRY.metrics for i in m.inputs.values())


def test_each_spoke_has_a_table_of_values_and_one_table_holds_all() -> None:
    made = {m.name: m for m in CATALOG.models if m.kind == "metrics"}
    assert made.keys() == {f"metrics_{s}" for s in SPOKES} | {"metric_values", "metric_catalog"}
    assert all(made[f"metrics_{spoke}"].spoke == spoke for spoke in SPOKES)
    assert made["metric_values"].spoke == HUB
    assert {t for _, t in made["metric_values"].inputs} == {f"metrics_{s}" for s in SPOKES}


def test_no_model_and_no_metric_holds_a_year() -> None:
    """Periods come from the data and the calendar, so that next year needs no edit."""
    files = [p for kind in ("models", "metrics") for p in (PACKAGE / "catalog" / kind).rglob("*.*")]
    assert files
    years = re.compile(r"\b20[0-9][0-9](-[0-9]|\b)")
    assert [str(p) for p in files if years.search(p.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("metric", METRICS)
def test_a_metric_says_in_one_sentence_what_to_do_when_it_is_off(metric: Metric) -> None:
    assert re.fullmatch(r"[A-Z][^.]{15,150}\.", metric.when_off), metric.when_off
    assert metric.when_off != metric.description


@pytest.mark.parametrize("metric", METRICS)
def test_a_metric_says_the_same_in_indonesian(metric: Metric) -> None:
    assert re.fullmatch(r"[A-Z][^.]{15,150}\.", metric.when_off_id), metric.when_off_id
    english = {"the", "and", "what", "which", "see", "with", "where", "of", "is"}
    assert not english & set(re.findall(r"\w+", metric.when_off_id.casefold()))
