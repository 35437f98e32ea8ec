"""The OpenAPI document is true: schemathesis calls the running server by it."""

import subprocess
import sys
from pathlib import Path

import pytest

CONFIG = Path(__file__).with_name("schemathesis.toml")
OTHERS = r"clean\.|metric_catalog|metric_values|metrics_sales|quality/ledger"
"""Tables that are answered by what others are answered by; the served sample is asked for all."""


@pytest.mark.served
def test_schemathesis_finds_nothing_wrong_with_the_running_server(api, tmp_path):
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            *("--config-file", str(CONFIG), "run"),
            f"{api.origin}/api/v1/openapi.json",
            *("-H", f"Authorization: Bearer {api.tokens['dimas']}"),
            *("--max-examples", "10", "--seed", "1", "--continue-on-failure"),
            *("--exclude-path-regex", OTHERS, "--no-color"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "No issues found" in done.stdout


def test_openapi_document_describes_every_route_and_exact_decimals(api, get):
    document = get("/openapi.json").json
    assert document["openapi"] == "3.1.0"
    paths = document["paths"]
    assert "/api/v1/tables/ready.fct_types" in paths
    row = document["components"]["schemas"]["row.ready.fct_types"]["properties"]
    assert "string" in row["exact"]["type"]
    assert "exact decimal" in row["exact"]["description"]
    names = {p.get("name") for p in paths["/api/v1/tables/ready.fct_types"]["get"]["parameters"]}
    assert {"limit.eq", "pieces", "remark.contains", "sold_date.gte", "is_paid.null"} <= names
    for path in paths:
        if "{" not in path:
            assert get(path.removeprefix("/api/v1")).status == 200, path
