"""A destination is declared as data; what is wrong in it is named with line and fix."""

import pytest

from candid_assets.contract_changes.catalog_changes import catalog_changes as changes
from candid_assets.contracts.load import load_catalog
from candid_assets_tests.destinations.conftest import CONTRACT

GOOD = "{server: files, environment: staging, type: local, path: out, format: parquet}"


def problems(company, text, name="bi"):
    folder = company.catalog_dir / "destinations"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(text)
    catalog = load_catalog(company.catalog_dir)
    assert not catalog.destinations
    return [str(problem) for problem in catalog.problems]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("fct_types", "fct_typse", "there is no ready table 'fct_typse'; the nearest"),
        ("takings", "taking", "there is no metric 'taking'; the nearest known one is 'takings'"),
        ("type: local", "type: mysql", "unknown type 'mysql' of a destination"),
        ("path: out", "location: out", "the local server has no path; write path"),
        ("format: parquet", "format: csv", "format 'csv' is not written; write format: parquet"),
        ("staging", "stagign", "the nearest known one is 'staging'"),
        ('"0 6 * * *"', '"daily"', "'daily' is no cron schedule"),
        ('"0 6 * * *"', '"0 25 * * *"', "'0 25 * * *' is no cron schedule"),
        ('"0 6 * * *"', '"0 6 * * * 30"', "'0 6 * * * 30' is no cron schedule"),
        ("mart_daily", "fct_types", "ready table 'fct_types' is given twice"),
        ("id: bi", "id: other", "write id: bi"),
        ("description: {purpose: For the trial.}", "description: {}", "has no description"),
        ("schema:", "scheme:", "unknown key 'scheme'"),
        ("mart_daily", "metric_values", "delivered by the metrics' names"),
    ],
)
def test_fault_is_reported_with_its_fix(company, old, new, message):
    text = CONTRACT.format(name="bi", server=GOOD)
    assert old in text
    faults = problems(company, text.replace(old, new, 1))
    assert any(message in problem for problem in faults), faults
    assert all("destinations/bi.yaml:" in problem for problem in faults)


def test_bad_destination_leaves_the_rest_of_the_catalog(company):
    problems(company, "name: [")
    assert load_catalog(company.catalog_dir).models


def test_a_login_in_the_contract_is_refused(company):
    server = GOOD.replace("path: out", "path: out, password: secret")
    faults = problems(company, CONTRACT.format(name="bi", server=server))
    assert any("unknown key 'password'" in problem for problem in faults)


def test_a_plan_shows_where_tables_will_go(company, declare):
    before = load_catalog(company.catalog_dir)
    first, _ = declare(GOOD)
    by_name = {(c.kind, c.name): c.what for c in changes(before, first)}
    assert "out" in by_name["destination", "bi"][0]
    assert by_name["job", "export_bi"] == ("added",)
    second, _ = declare(GOOD.replace("path: out", "path: elsewhere"))
    (changed,) = changes(first, second)
    assert (changed.kind, changed.change) == ("destination", "breaking")
    assert "elsewhere" in changed.what[0]
