"""Who may not read, what is not declared or too much: refused with the fix, never a 5xx."""

import hashlib
import socket
import time
from dataclasses import replace
from urllib.parse import quote, urlencode

import duckdb
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from candid_assets.warehouse.publish import publish
from candid_assets.web.api.responses import Limits
from candid_assets.web.app import create_app
from candid_assets.web.request_filter import Places
from candid_assets_tests.web.api.company import ROWS, publish_rows
from candid_assets_tests.web.api.conftest import settings_in
from candid_assets_tests.web.conftest import uvicorn_over

TABLE = "/api/v1/tables/ready.fct_types"
INJECTIONS = (
    "1; drop table ready.fct_types",
    "' or '1'='1",
    "1 or 1=1",
    '" or ""="',
    "1) union select * from meta.runs --",
    "(select env from meta.environment)",
    "read_csv('/etc/passwd')",
    "'; attach '/etc/passwd' as x; --",
    "receipt_id\" from ready.fct_types; copy ready.fct_types to '/tmp/stolen.csv' --",
    "$1",
    "?",
    "\\'; --",
    "%27%20or%201=1",
)


def problem(answer, status):
    assert answer.status == status, answer.body
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["status"] == status
    return answer.json["detail"]


def digest(api):
    return hashlib.sha256(api.settings.published_file.read_bytes()).hexdigest()


@pytest.mark.parametrize("path", ["/api/v1/tables", TABLE, "/api/v1/openapi.json", "/api/v1/zz"])
def test_nobody_reads_without_a_token(api, path):
    assert "Bearer" in problem(api.call("GET", path), 401)
    wrong = {"Authorization": "Bearer candid_guessed"}
    assert "not known" in problem(api.call("GET", path, headers=wrong), 401)


@pytest.mark.parametrize("who", ["rina", "dimas", "data-eng"])
def test_every_role_reads(api, who):
    assert api.call("GET", TABLE, by=who).status == 200


def test_another_host_a_foreign_page_and_writing_are_refused(api):
    problem(api.call("GET", TABLE, by="dimas", host="evil.example"), 421)
    problem(api.call("GET", TABLE, headers={"Origin": "https://evil.example"}, by="dimas"), 403)
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = api.call(method, TABLE, by="rina", body="{}")
        problem(answer, 405)
        assert answer.headers["Allow"] == "GET"


def test_reading_is_logged_in_the_audit_log(api):
    api.call("GET", f"{TABLE}?pieces=7", by="dimas")
    entry = api.log()[-1]
    assert entry["event"] == "read"
    assert (entry["who"], entry["role"], entry["rows"]) == ("dimas", "viewer", 1)
    assert entry["operation"] == f"{TABLE}?pieces=7"


@pytest.mark.parametrize("text", INJECTIONS)
def test_no_text_of_a_request_becomes_sql(api, text):
    before, sent = digest(api), quote(text, safe="")
    for query in (
        f"{sent}=1",
        f"pieces.{sent}=1",
        f"columns={sent}",
        f"sort={sent}",
        f"sort=-{sent}",
        f"limit={sent}",
        f"offset={sent}",
        f"format={sent}",
        f"pieces={sent}",
        f"amount_idr.gt={sent}",
        f"sold_date={sent}",
        f"is_paid={sent}",
        f"paid_at={sent}",
        f"opens_at={sent}",
        f"remark.null={sent}",
    ):
        problem(api.call("GET", f"{TABLE}?{query}", by="dimas"), 400)
    assert 400 <= api.call("GET", f"/api/v1/tables/{sent}", by="dimas").status < 500
    assert 400 <= api.call("GET", f"/api/v1/metrics/{sent}", by="dimas").status < 500
    assert 400 <= api.call("GET", f"/api/v1/lineage/{sent}", by="dimas").status < 500
    for name in ("grain", "dimension", "from", "to", "limit"):
        problem(api.call("GET", f"/api/v1/metrics/takings?{name}={sent}", by="dimas"), 400)
    # As a value of text it is only ever compared with.
    for query in (f"remark={sent}", f"remark.contains={sent}"):
        assert api.call("GET", f"{TABLE}?{query}", by="dimas").json["rows"] == []
    members = api.call("GET", f"/api/v1/metrics/takings?member={sent}", by="dimas")
    assert members.json["rows"] == []
    assert digest(api) == before
    assert api.call("GET", f"{TABLE}?limit=1000", by="dimas").json["count"] == ROWS


@examples(max_examples=60)
@given(
    query=st.lists(
        st.tuples(
            st.one_of(
                st.sampled_from(["pieces", "remark.lt", "exact", "sort", "columns", "limit"]),
                st.text(max_size=12),
            ),
            st.text(max_size=40),
        ),
        max_size=5,
    )
)
def test_any_query_is_answered_or_refused(api, query):
    path = f"{TABLE}?{urlencode(query)}"
    assert api.call("GET", path, by="dimas").status in (200, 400, 414)


@pytest.mark.parametrize(
    ("query", "fix"),
    [
        ("limit=10001", "from 1 to 10,000"),
        ("limit=0", "from 1 to 10,000"),
        ("limit=-1", "from 1 to 10,000"),
        ("limit=1e3", "from 1 to 10,000"),
        ("limit=99999999999999999999", "from 1 to 10,000"),
        ("limit=5&limit=9", "write it once"),
        ("offset=1000000001", "from 0 to 1,000,000,000"),
        ("peices=1", "did you mean pieces"),
        ("pieces.like=1", "takes eq, ne, null, lt"),
        ("pieces=one", "a whole number"),
        ("pieces=9223372036854775808", "a whole number"),
        ("amount_idr=1e5", "a plain decimal"),
        ("amount_idr=NaN", "a plain decimal"),
        ("amount_idr=" + "9" * 38, "out of the range"),
        ("exact=" + "1" * 30 + ".000000001", "a plain decimal"),
        ("sold_date=2025-02-30", "a day such as"),
        ("remark=%00", "text without NUL"),
        ("columns=", "no column ''"),
        ("columns=pieces,pieces", "twice"),
        ("format=xlsx", "json, csv, arrow"),
        ("pieces.lt=1&pieces.lt=2", "write it once"),
        ("&".join(f"pieces={n}" for n in range(101)), "at most 100 values"),
    ],
)
def test_invalid_query_is_refused_with_the_fix(api, query, fix):
    assert fix in problem(api.call("GET", f"{TABLE}?{query}", by="dimas"), 400)


def test_refused_day_of_a_series_names_its_parameter(api):
    query = "/api/v1/metrics/takings?from=2025-13-01"
    assert "`from` takes a day" in problem(api.call("GET", query, by="dimas"), 400)


def test_unsupported_format_is_not_acceptable(api):
    headers = {"Accept": "application/xml"}
    assert "text/csv" in problem(api.call("GET", TABLE, headers=headers, by="dimas"), 406)
    answer = api.call(
        "GET", TABLE, headers={"Accept": "text/csv;q=0.5, application/json"}, by="rina"
    )
    assert answer.headers["Content-Type"] == "application/json"


@pytest.fixture
def hurried(api, served, tmp_path):
    """A server over many rows whose queries may take next to no time, one at a time."""
    settings = settings_in(tmp_path)
    publish_rows(settings, 4)
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        connection.execute(
            "insert into ready.fct_types by name select n::varchar as receipt_id,"
            " date '2025-01-01' as sold_date, md5(n::varchar) as remark from range(2000000) as r(n)"
        )
        publish(connection, settings.published_file)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        limits = Limits(seconds=0.05, at_once=1)
        users = settings.data_dir / "web"
        users.mkdir(parents=True)
        (users / "users.json").write_bytes(api.users.file.read_bytes())
        (users / "users.json").chmod(0o600)
        app = create_app(served.context, settings, Places.of(port), limits)
        with uvicorn_over(app, listener):
            yield replace(api, port=port, settings=settings, app=app)


def test_query_that_takes_too_long_is_interrupted(hurried):
    query = "sort=remark,-receipt_id&offset=1900000&remark.contains=e"
    started = time.monotonic()
    detail = problem(hurried.call("GET", f"{TABLE}?{query}", by="dimas"), 422)
    assert "longer than 0.05 seconds" in detail
    assert time.monotonic() - started < 20
    assert hurried.call("GET", "/api/v1/tables/ready.mart_daily", by="dimas").status == 200
