"""Every example of docs/consumers.md runs as the page shows it."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlencode

import playwright
import pytest

from candid_assets.contracts.load import load_catalog
from candid_assets.destinations.deliver import deliver
from candid_assets.settings import REPOSITORY
from candid_assets_tests.destinations.conftest import CONTRACT, postgres_server
from candid_assets_tests.postgres import PASSWORD, binaries
from candid_assets_tests.web.api.company import publish_rows, rows_of
from candid_assets_tests.web.api.conftest import settings_in

PAGE = (REPOSITORY / "docs" / "consumers.md").read_text()
NODE = Path(playwright.__file__).parent / "driver" / "node"
RUNTIME = Path(__file__).with_name("runtime.js")
NAMES = {
    "mart_sales_monthly": "fct_types",
    "net_amount_idr": "amount_idr",
    "period_date": "sold_date",
    "net_sales": "takings",
}
"""Names on the page, and the names in this test's company."""
TOTAL = sum((row[2] for row in rows_of()), Decimal(0))


def shown(tag):
    """Return the one example under a tag, for the company of these tests."""
    (example,) = re.findall(rf"^```{tag}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    for name, ours in NAMES.items():
        example = example.replace(name, ours)
    return example


def run(command, api=None, stdin=None, **variables):
    environment = os.environ | {name: str(value) for name, value in variables.items()}
    if api is not None:
        environment |= {"CANDID_URL": api.origin, "CANDID_TOKEN": api.tokens["dimas"]}
    done = subprocess.run(
        command, env=environment, input=stdin, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def company(tmp_path):
    settings = settings_in(tmp_path)
    publish_rows(settings)
    return settings


def delivered(company, server):
    folder = company.catalog_dir / "destinations"
    folder.mkdir(exist_ok=True)
    (folder / "bi.yaml").write_text(CONTRACT.format(name="bi", server=server))
    catalog = load_catalog(company.catalog_dir)
    (destination,) = catalog.destinations
    return deliver(company, catalog, destination)


def test_curl_example_reads_a_table_and_a_series(api):
    output = run(["bash", "-euc", shown("sh")], api)
    table, _, series = output.partition("{")
    assert len(list(csv.reader(io.StringIO(table)))) == 6
    assert json.loads("{" + series)["metric"] == "takings"


def test_pandas_example_reads_a_table(api):
    script = shown("python pandas").replace('"limit": "10000"', '"limit": "37"')
    assert run([sys.executable, "-c", script], api) == f"{TOTAL}\n"


def test_duckdb_reads_the_published_file(company):
    script = shown("python duckdb")
    assert run([sys.executable, "-c", script], CANDID_FILE=company.published_file) == f"{TOTAL}\n"


def test_duckdb_reads_a_folder_by_its_manifest(company):
    delivered(company, "{server: f, environment: staging, type: local, path: out}")
    script = shown("python manifest")
    folder = company.data_dir / "out"
    assert run([sys.executable, "-c", script], CANDID_FOLDER=folder) == f"{TOTAL}\n"


def test_a_bi_tool_reads_as_a_login_that_may_only_read(company, database, monkeypatch):
    monkeypatch.setenv("CANDID_DESTINATION_BI_USER", "candid")
    monkeypatch.setenv("CANDID_DESTINATION_BI_PASSWORD", PASSWORD)
    delivered(company, postgres_server(database))
    psql = [str(binaries() / "psql"), "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-At"]
    run([*psql, database], stdin=shown("sql grants"))
    reader = database.replace(f"candid:{PASSWORD}", "bi_reader:choose%20one")
    try:
        for extra in (0, 1):
            publish_rows(company, extra=extra)
            catalog = load_catalog(company.catalog_dir)
            deliver(company, catalog, catalog.destinations[0])
            lines = run([*psql, reader], stdin=shown("sql question")).splitlines()
            total = sum(Decimal(line.partition("|")[2]) for line in lines)
            assert total == sum(row[2] for row in rows_of(extra=extra))
        refused = subprocess.run(
            [*psql, reader, "-c", "delete from candid.fct_types"], capture_output=True, check=False
        )
        assert b"permission denied" in refused.stderr
    finally:
        run([*psql, database, "-c", "drop owned by bi_reader", "-c", "drop role bi_reader"])


def test_excel_requests_the_query_of_the_power_query_example(api):
    script = shown("powerquery")
    path = re.search(r'RelativePath = "([^"]+)"', script)[1]
    query = re.search(r"Query = \[(.*?)\]", script)[1]
    parameters = dict(re.findall(r'(\w+) = "([^"]*)"', query))
    answer = api.call("GET", f"/{path}?{urlencode(parameters)}", by="dimas")
    assert answer.status == 200
    header = answer.body.decode().splitlines()[0].replace('"', "").split(",")
    typed = re.findall(r'\{"(\w+)",', script)
    assert typed
    assert set(typed) <= set(header)


def test_apps_script_writes_once_and_no_more_where_nothing_is_new(api):
    script = shown("javascript").replace("limit=10000", "limit=5")
    outcome = json.loads(run([str(NODE), str(RUNTIME)], api, stdin=script))
    head, *months = outcome["cells"]
    assert head == ["month", "member", "value", "status"]
    assert [month[0] for month in months] == [f"2025-{m:02d}-01" for m in range(1, 13)]
    assert round(sum(month[2] for month in months), 2) == float(TOTAL)
    assert outcome["first"] == 3
    assert outcome["fetched"] == outcome["first"] + 1
