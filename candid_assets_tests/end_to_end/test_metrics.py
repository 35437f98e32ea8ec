"""The metrics of the sample: each of the 184 against an independent recomputation in pandas."""

import json
import re
from fractions import Fraction
from pathlib import Path
from random import Random
from time import process_time

import duckdb
import pytest

from candid_assets.contracts.load import load_catalog
from candid_assets.lineage.catalog_lineage import CatalogLineage
from candid_assets.lineage.metric_cells import explain_metric
from candid_assets.lineage.metric_rows import MetricPlace
from candid_assets.names import SPOKES
from candid_assets.settings import PACKAGE
from candid_assets_tests.metrics.facts import Facts
from candid_assets_tests.metrics.oracle import Oracle, read_registry

pytestmark = pytest.mark.slow

CATALOG = load_catalog(PACKAGE / "catalog")
FOLDER = PACKAGE / "catalog" / "metrics"


@pytest.fixture(scope="module")
def snapshot(sample):
    installation, _ = sample
    path = installation.data / "sample" / "published" / "candid.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


def test_every_value_equals_its_recomputation_in_pandas_from_clean_tables(snapshot):
    models, metrics = read_registry(FOLDER)
    oracle = Oracle(Facts(snapshot), models, metrics)
    stored = {name: {} for name in metrics}
    complete = {}
    rows = snapshot.execute(
        "select metric, grain, period_start, dimension, member, value, is_complete"
        " from ready.metric_values"
    )
    for *key, value, whole in rows.fetchall():
        stored[key[0]][tuple(key)] = value
        complete[tuple(key[:3])] = whole
    wrong = []
    for name in metrics:
        expected = oracle.values(name)
        for key in expected.keys() | stored[name].keys():
            if key not in expected or key not in stored[name]:
                wrong.append((key, "only in one of the two"))
            elif expected[key] != stored[name][key]:
                wrong.append((key, expected[key], stored[name][key]))
    assert wrong == []
    assert len(metrics) == 184
    judged = {key: oracle.is_complete(metrics[key[0]], *key[1:]) for key in complete}
    assert {key for key in complete if complete[key] != judged[key]} == set()


def test_every_spoke_has_metrics_and_every_metric_a_value_and_a_check_that_passed(snapshot):
    counted = dict(
        snapshot.execute(
            "select spoke, count(distinct metric) from ready.metric_values"
            " inner join ready.metric_catalog using (metric) where value is not null group by spoke"
        ).fetchall()
    )
    assert counted.keys() == set(SPOKES)
    assert sum(counted.values()) == 184
    checks = snapshot.execute(
        "select name, passed, message from meta.checks where name like 'metric\\_%' escape '\\'"
    ).fetchall()
    assert {name for name, _, _ in checks} == {f"metric_{m.name}" for m in CATALOG.registry.metrics}
    assert [row for row in checks if not row[1]] == []


def test_0_is_what_did_not_happen_and_null_what_cannot_be_known_in_every_metric(snapshot):
    """Of each metric's whole value in each complete period; docs/models.md has the rule."""
    models, metrics = read_registry(FOLDER)
    oracle = Oracle(Facts(snapshot), models, metrics)
    rows = snapshot.execute(
        "select metric, grain, period_start, dimension, member, value from ready.metric_values"
        " where is_complete and dimension = 'all'"
    ).fetchall()
    assert {row[0] for row in rows} == set(metrics)
    broken = []
    for *place, value in rows:
        metric, key = metrics[place[0]], tuple(place)
        inputs = dict(oracle.inputs(metric))
        if metric["type"] == "cumulative":
            is_known = True
        elif metric["type"] == "simple":
            measure = inputs["value"].measure
            counts = measure["agg"] in {"count", "count_distinct", "sum_boolean"}
            stands = "non_additive_dimension" in measure or measure["agg"] in {"min", "max"}
            is_known = (counts and not stands) or oracle.total(inputs["value"], key) is not None
        elif metric["type"] == "ratio":
            above, below = (oracle.total(inputs[n], key) for n in ("numerator", "denominator"))
            is_known = above is not None and below is not None and below != 0
        else:
            totals = {alias: oracle.total(taken, key) for alias, taken in inputs.items()}
            divisors = re.findall(r"nullif\((?:\d+ \* )?(\w+), 0\)", metric["type_params"]["expr"])
            is_known = all(totals[name] for name in divisors) and None not in totals.values()
        if (value is not None) != is_known:
            broken.append((key, value))
    assert broken == []


def test_sales_by_channel_and_region_have_no_largest_member_without_a_name(snapshot):
    """What is sold through a distributor is divided by its outlets, or by kind of customer."""
    nameless = snapshot.execute(
        "with ranked as (select metric, grain, period_start, dimension, member, row_number() over"
        " (partition by metric, grain, period_start, dimension order by value desc) as place"
        " from ready.metric_values where (dimension like '%channel' or dimension like '%region')"
        " and unit <> 'ratio' and value > 0)"
        " select * from ranked where place = 1 and lower(member) in ('none', 'unknown')"
    ).fetchall()
    assert nameless == []


def test_nothing_is_judged_of_a_period_after_the_samples_own_today(snapshot):
    judged = snapshot.execute(
        "select metric, grain, period_start, status from ready.metric_values"
        " where period_start > date '2025-12-31' and grain not in ('day', 'week')"
        " and status not in ('no_target', 'no_data', 'incomplete')"
    ).fetchall()
    assert judged == []


def test_no_target_is_held_against_members_that_differ_by_nature(snapshot):
    """The order of a distributor is larger than an outlet's, and neither has the other's target."""
    apart = snapshot.execute(
        "with members as (select metric, dimension, member, avg(value) as size,"
        " stddev(value) as moves, avg(cast(status = 'off_target' as int)) as missed"
        " from ready.metric_values where dimension <> 'all' and target is not null and is_complete"
        " and value is not null and grain <> 'year' group by all having count(*) >= 8)"
        " select metric, dimension from members group by all"
        " having max(missed) >= 0.9 and min(missed) <= 0.1 and stddev(size) > 2 * avg(moves)"
    ).fetchall()
    assert apart == []


def test_the_sql_that_show_prints_gives_what_is_published(snapshot, sample):
    installation, _ = sample
    for name in ("net_sales_28_days", "distributor_markup", "headcount"):
        shown = json.loads(installation.invoke("metrics", "show", name, "--json").stdout)
        again = snapshot.execute(shown["sql"]).fetchall()
        kept = snapshot.execute(
            "select * from ready.metric_values where metric = ?"
            " order by metric, grain, dimension, member, period_start",
            [name],
        ).fetchall()
        assert again == kept
        assert any(table.startswith("clean.") for table in shown["lineage"])
        assert shown["last_values"]


def test_a_metric_is_asked_for_by_grain_dimension_and_time(sample):
    installation, _ = sample
    done = installation.invoke(
        *("metrics", "query", "net_sales", "--grain", "month", "--by", "product__category"),
        *("--from", "2025-03-01", "--to", "2025-04-01", "--json"),
    )
    rows = json.loads(done.stdout)
    assert {row["period_start"] for row in rows} == {"2025-03-01", "2025-04-01"}
    assert {row["dimension"] for row in rows} == {"product__category"}
    spoken = installation.candid("metrics", "query", "net_sales", "--grain", "year")
    assert "environment sample" in spoken.stderr.replace("[bold]", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "net_sale"), "net_sales"),
        (("query", "net_sales", "--grain", "moth"), "month"),
        (("query", "net_sales", "--grain", "month", "--by", "category"), "product__category"),
        (("list", "--spoke", "sale"), "sales"),
    ],
)
def test_unknown_name_is_answered_with_the_nearest(sample, arguments, message):
    done = sample[0].invoke("metrics", *arguments)
    assert done.exit_code == 2
    assert message in done.stderr


def test_the_whole_registry_is_listed(sample):
    listed = json.loads(sample[0].invoke("metrics", "list", "--json").stdout)
    assert len(listed) == 184
    assert Path(CATALOG.registry.metrics[0].path).is_file()


@pytest.mark.served
def test_200_values_drawn_at_random_are_given_by_the_cells_that_are_named(snapshot):
    models, metrics = read_registry(FOLDER)
    facts = Facts(snapshot)
    oracle, graph = Oracle(facts, models, metrics), CatalogLineage(CATALOG)
    declared = {m.name: m for m in CATALOG.registry.metrics}
    every = snapshot.execute(
        "select metric, grain, period_start, dimension, member, value from ready.metric_values"
        " order by all"
    ).fetchall()
    wrong, slowest = [], 0.0
    for name, *place, value in Random(20250817).sample(every, 200):  # noqa: S311 - a seeded draw
        begun = process_time()
        answer = explain_metric(snapshot, graph, declared[name], MetricPlace(*place))
        slowest = max(slowest, process_time() - begun)
        key = (name, *place)
        for alias, taken in dict(oracle.inputs(metrics[name])).items():
            one = next(i for i in answer.inputs if i.name == alias)
            if metrics[name]["type"] == "cumulative":
                params = metrics[name]["type_params"]["cumulative_type_params"]
                expected = oracle.running(taken, params, key)
            else:
                expected = oracle.total(taken, key)
            given = added_up(one, taken.measure)
            if given != (expected or 0) or one.without_cells or one.notes:
                wrong.append((key, alias, expected, given, one.without_cells, one.notes))
        if not answer.adds_up or answer.value != value:
            wrong.append((key, answer.says))
    assert wrong == []
    assert slowest < 2


def added_up(one, measure):
    """Return what the cells that are named come to; the row's amount where several make it."""
    if one.aggregation == "sum":
        cells = [
            cell
            for row in one.rows
            for sheet_row in row.sheet_rows
            for cell in sheet_row["cells"]
            if cell["column"] == measure.get("expr", measure["name"])
        ]
        amounts = [cell["value"] for cell in cells] or [row.amount for row in one.rows]
        return sum(Fraction(str(amount)) for amount in amounts)
    things = [row.amount for row in one.rows]
    if one.aggregation in {"min", "max"}:
        return Fraction(str(things[0])) if things else 0
    return len(set(things)) if one.aggregation == "count_distinct" else len(things)
