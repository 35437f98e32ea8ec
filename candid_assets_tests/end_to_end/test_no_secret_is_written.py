"""A canary in every place where a secret can stand, and none of them in what the platform writes.

Sources fail in the ways in which they could repeat what they were given: an API that answers with
the key it refuses, one whose address holds it, a database and a mail server that do not answer.
"""

import base64
import json
import os
import re
import socket
import subprocess
import sys
from urllib.parse import quote

import duckdb
import pytest

from candid_assets.settings import REPOSITORY
from candid_assets_tests.sources.api.orders_api import ORDERS, api, order
from candid_assets_tests.sources.api.orders_api import body as json_body
from candid_assets_tests.sources.installation import Installation
from candid_assets_tests.workbook_contract import WORKBOOK_CONTRACT

__all__ = ["api"]

pytestmark = pytest.mark.served

DESTINATION = """apiVersion: v3.2.0
kind: DataContract
id: warehouse
name: warehouse
version: 1.0.0
status: active
description: {{purpose: A database elsewhere.}}
team: {{name: shop}}
servers:
  - {{server: staging, environment: staging, type: postgresql, host: 127.0.0.1, port: {port},
     database: shop, schema: candid}}
schema:
  - {{name: orders}}
"""
TABLE = "".join(line for line in ORDERS.splitlines(True) if "recordsAt" not in line)
COMMANDS = (
    *(["run", "--json"], ["doctor"], ["status", "--json"], ["alerts"], ["report"], ["export"]),
    *(["query", "select nothing"], ["users", "list", "--json"], ["agent", "checks"]),
)


def closed_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture
def canaries():
    """Each secret by where it stands."""
    places = (
        *("api_bearer", "api_echo", "api_query", "api_basic", "postgres", "destination", "google"),
        *("alert_user", "alert_path", "webhook", "smtp", "agent", "otlp", "pg", "web_password"),
    )
    return {place: f"canary-{place}-{number:03d}-4f9c2e" for number, place in enumerate(places)}


@pytest.fixture
def written(tmp_path, api, canaries):
    """Run every command over failing and healthy sources; return all that they wrote."""
    place = Installation(tmp_path)
    closed = closed_port()

    def answer(path, query, headers):
        key = headers.get("authorization", "").removeprefix("Bearer ") or query.get("key", "")
        if path.startswith("/echo"):
            return 403, {"Content-Type": "text/plain"}, f"key {key} is not known".encode()
        if path.startswith("/query"):
            return 500, {"X-Asked": path}, f"?key={key} failed: {headers}".encode()
        if path.startswith("/basic"):
            return 401, {}, f"{headers.get('authorization')} is wrong".encode()
        return json_body({"data": [order(1), order(2)]})

    api.answer = answer
    kinds = {
        "toko": ("v1", {"auth": "bearer"}),
        "gema": ("echo", {"auth": "bearer"}),
        "tanya": ("query", {"auth": "api_key", "keyName": "key", "keyIn": "query"}),
        "dasar": ("basic", {"auth": "basic", "user": "candid"}),
    }
    for name, (path, custom) in kinds.items():
        items = ", ".join(f"{{property: {k}, value: {v}}}" for k, v in custom.items())
        place.head(name, f"type: api, location: '{api.url}/{path}', customProperties: [{items}]")
        place.table(name, "orders", ORDERS)
    place.head("gudang", f"type: postgresql, host: 127.0.0.1, port: {closed}, database: shop")
    place.table("gudang", "orders", TABLE)
    sheet = tmp_path / "catalog" / "workbooks" / "lembar"
    sheet.mkdir()
    (sheet / "contract.yaml").write_text(WORKBOOK_CONTRACT.format(name="lembar", title="Lembar"))
    (sheet / "orders.yaml").write_text(TABLE)
    key_file = tmp_path / "key.json"
    key_file.write_text(
        json.dumps(
            {
                "type": "service_account",
                "client_email": "candid@candid.example",
                "private_key_id": "1",
                "private_key": f"-----BEGIN PRIVATE KEY-----\n{canaries['google']}\n-----END",
                "token_uri": f"http://127.0.0.1:{closed}/token",
            }
        )
    )
    key_file.chmod(0o600)
    variables = {n: v for n, v in os.environ.items() if not n.startswith(("CANDID_", "PG", "OTEL"))}
    variables |= {
        "CANDID_ENV": "staging",
        "CANDID_DATA_DIR": str(tmp_path / "data"),
        "CANDID_CATALOG_DIR": str(tmp_path / "catalog"),
        "DAGSTER_HOME": str(REPOSITORY),
        "PYTHONPATH": str(REPOSITORY),
        "CANDID_GOOGLE_API_URL": f"http://127.0.0.1:{closed}",
        "GOOGLE_APPLICATION_CREDENTIALS": str(key_file),
        "CANDID_PASSWORD_TOKO": canaries["api_bearer"],
        "CANDID_PASSWORD_GEMA": canaries["api_echo"],
        "CANDID_PASSWORD_TANYA": canaries["api_query"],
        "CANDID_PASSWORD_DASAR": canaries["api_basic"],
        "CANDID_PASSWORD_GUDANG": canaries["postgres"],
        "CANDID_DESTINATION_WAREHOUSE_USER": "candid",
        "CANDID_DESTINATION_WAREHOUSE_PASSWORD": canaries["destination"],
        "CANDID_ALERT_URLS": f"json://u:{canaries['alert_user']}@127.0.0.1:{closed}/"
        f"{canaries['alert_path']}",
        "CANDID_ALERT_WEBHOOK": f"http://127.0.0.1:{closed}/{canaries['webhook']}",
        "CANDID_SMTP_URL": f"smtp://u:{canaries['smtp']}@127.0.0.1:{closed}",
        "CANDID_ALERT_EMAILS": "ops@candid.example",
        "CANDID_AGENT_TOKEN": canaries["agent"],
        "CANDID_WEB_URL": f"http://127.0.0.1:{closed}",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{closed}",
        "OTEL_EXPORTER_OTLP_HEADERS": f"authorization={canaries['otlp']}",
        "OTEL_EXPORTER_OTLP_TIMEOUT": "1",
        "PGPASSWORD": canaries["pg"],
    }

    def candid(*arguments, stdin=""):
        done = subprocess.run(
            [sys.executable, "-m", "candid_assets.cli", *arguments],
            env=variables,
            cwd=REPOSITORY,
            input=stdin.encode(),
            capture_output=True,
            check=False,
            timeout=300,
        )
        return done.stdout + done.stderr

    texts = {}
    password = canaries["web_password"]
    add = ["users", "add", "rina", "--role", "operator", "--password-stdin"]
    texts["users add"] = candid(*add, stdin=f"{password}\n")
    made = candid("users", "add", "data-eng", "--role", "agent", "--json")
    canaries["web_token"] = json.loads(made.splitlines()[0])["token"]
    link = candid("users", "link", "rina").decode()
    canaries["web_link"] = re.search(r"key=(\S+)", link)[1]
    for command in COMMANDS:
        texts["candid " + " ".join(command)] = candid(*command)
    for path in sorted((tmp_path / "data").rglob("*")):
        if path.is_file():
            texts[str(path.relative_to(tmp_path))] = contents_of(path)
    return texts


def contents_of(path):
    """Return all that a file says: its bytes, and those of its rows where they are compressed."""
    content = path.read_bytes()
    with duckdb.connect() as connection:
        if path.suffix == ".parquet":
            rows = connection.execute("from read_parquet(?)", [str(path)]).fetchall()
            content += repr(rows).encode()
        if path.suffix == ".duckdb":
            connection.execute(f"attach '{path}' as looked_at (read_only)")
            tables = connection.execute(
                "select schema_name, table_name from duckdb_tables()"
                " where database_name = 'looked_at'"
            ).fetchall()
            for schema, table in tables:
                rows = connection.execute(f'from looked_at."{schema}"."{table}"').fetchall()
                content += repr(rows).encode()
    return content


def forms_of(secret):
    """Return the ways in which a secret is written."""
    basic = base64.b64encode(f"candid:{secret}".encode()).decode()
    whole = base64.b64encode(secret.encode()).decode().rstrip("=")
    return {form.encode() for form in (secret, quote(secret, safe=""), basic, whole)}


def test_no_canary_is_written_or_printed_anywhere(written, canaries):
    assert len(canaries) == 17
    assert any(name.endswith("warehouse.duckdb") for name in written)
    with_rows = [name for name, text in written.items() if b"orders" in text]
    assert len(with_rows) > 5
    seen = {
        (place, name)
        for place, secret in canaries.items()
        for name, text in written.items()
        if any(form in text for form in forms_of(secret))
    }
    print(*sorted(seen), sep="\n")
    print(f"{len(canaries)} canaries, {len(written)} outputs and files, {len(seen)} seen")
    assert sorted(seen) == []
