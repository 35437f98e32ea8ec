"""Ways into the webserver without the right role; each is tried over real HTTP and must fail.

`refusals` counts: a way in succeeds when a run appears, data is disclosed, or the status is not one
of refusal.
"""

import json
import socket
import time
from pathlib import Path

import itsdangerous
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from candid_assets.web.users import User, new_token
from candid_assets_tests.web.conftest import LAUNCH, SELECTOR

JSON = {"Content-Type": "application/json"}
PARAMS = {"p": {"selector": SELECTOR | {"jobName": "refresh_all"}, "runConfigData": {}}}
BODY = json.dumps({"query": LAUNCH, "variables": PARAMS})
INLINE = (
    'launchRun(executionParams: {selector: {jobName: "refresh_all", '
    f'repositoryLocationName: "{SELECTOR["repositoryLocationName"]}", '
    'repositoryName: "__repository__"}, runConfigData: "{}"}) { __typename }'
)
FOREIGN = "https://evil.example"


@pytest.fixture
def shut(web):
    """Nothing may have been launched when a test ends."""
    before = web.runs()
    yield web
    assert web.runs() == before


@pytest.fixture
def session(shut):
    """The headers of an operator's browser on a page of this server."""
    return {"Cookie": shut.cookie("rina"), "Origin": shut.origin, "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def gone(shut):
    """A user who can be removed."""
    token, key = new_token(None)
    shut.tokens["gone"] = token
    kept = shut.users.all()["rina"].password
    shut.users.add(User(name="gone", role="operator", password=kept, token=key))
    yield shut
    if "gone" in shut.users.all():
        shut.users.remove("gone")


def raw(web, text):
    """Send bytes that no client library would."""
    with socket.create_connection(("127.0.0.1", web.port), timeout=30) as opened:
        opened.sendall(text.encode())
        return int(opened.recv(4096).split()[1])


# Nobody


@pytest.mark.parametrize(
    "path",
    [
        *("/server_info", "/dagit_info", "/logs/run/x.out", "/download_debug/run", "/notebook"),
        *("/dagit/notebook", "/manifest.json", "/favicon.ico", "/vendor/graphiql/graphiql.min.css"),
        *("/_next/static/x.js", "/assets", "/", "/csp-header.txt", "/anything/else"),
    ],
)
def test_nobody_reads_any_path(shut, path):
    answer = shut.call("GET", path)
    assert answer.status == 401
    assert "authenticate" in str(answer.headers).lower()


def test_nobody_asks_anything_of_graphql(shut):
    assert shut.call("POST", "/graphql", BODY, JSON | {"Origin": shut.origin}).status == 401


def test_nobody_reports_an_asset(shut):
    for kind in ("materialization", "observation", "check"):
        path = f"/report_asset_{kind}/raw/gudang__harian"
        assert shut.call("POST", path, "{}", JSON | {"Origin": shut.origin}).status == 401


def test_nobody_subscribes(shut):
    with pytest.raises(InvalidStatus), shut.socket({"Origin": shut.origin}):
        pass


def test_browser_without_a_session_is_sent_to_the_login_and_back(shut):
    answer = shut.call("GET", "/assets/raw?view=x", headers={"Accept": "text/html"})
    assert answer.status == 303
    assert answer.headers["Location"] == "/login?next=%2Fassets%2Fraw%3Fview%3Dx"


# Wrong role


def test_a_viewer_reports_no_asset(shut):
    path = "/report_asset_materialization/raw/gudang__harian"
    assert shut.call("POST", path, "{}", JSON, by="dimas").status == 403


def test_a_viewer_downloads_no_debug_file(shut):
    assert shut.call("GET", "/download_debug/some-run", by="dimas").status == 403


def test_not_even_an_operator_reads_notebooks_by_path(shut):
    for path in ("/notebook?path=/etc/x.ipynb&repoLocName=candid_assets", "/dagit/notebook"):
        assert shut.call("GET", path, by="rina").status == 403


def test_a_viewer_hides_no_mutation_behind_an_alias(shut):
    answer = shut.ask("dimas", f"mutation {{ version: {INLINE} }}")
    assert answer.status == 403


def test_a_viewer_hides_no_mutation_in_a_fragment(shut):
    query = "mutation M { ...F } fragment F on Mutation { ...G } fragment G on Mutation { %s }"
    query = query.replace("%s", INLINE)
    assert shut.ask("dimas", query).status == 403


def test_mutation_in_an_inline_fragment_or_behind_a_directive_is_refused_to_a_viewer(shut):
    for query in (
        f"mutation {{ ... on Mutation {{ {INLINE} }} }}",
        f"mutation {{ ... @include(if: true) {{ ... {{ {INLINE} }} }} }}",
        f"mutation($no: Boolean = false) {{ ... @skip(if: $no) {{ {INLINE} }} }}",
    ):
        assert shut.ask("dimas", query).status == 403


def test_a_viewer_batches_no_mutation_behind_a_query(shut):
    batch = json.dumps([{"query": "{ version }"}, json.loads(BODY)])
    assert shut.call("POST", "/graphql", batch, JSON, by="dimas").status == 400


def test_a_viewer_names_a_query_and_runs_no_mutation_of_the_same_document(shut):
    query = f"query Q {{ version }} mutation M {{ {INLINE} }}"
    assert shut.ask("dimas", query, operation="M").status == 403
    assert shut.ask("dimas", query).status == 400
    assert shut.ask("dimas", query, operation="").status == 400
    # The query alone is what is run, and the mutation beside it is not.
    assert shut.ask("dimas", query, operation="Q").json["data"]["version"]


def test_two_operations_of_one_name_are_not_chosen_from(shut):
    query = f"query Q {{ version }} mutation Q {{ {INLINE} }}"
    assert shut.ask("dimas", query, operation="Q").status == 400


def test_a_mutation_with_the_name_of_a_query_is_still_a_mutation(shut):
    query = f"mutation version {{ {INLINE} }}"
    assert shut.ask("dimas", query, operation="version").status == 403


def test_a_query_is_not_named_by_two_keys(shut):
    for body in (
        '{"query": "{ version }", "query": ' + json.dumps(f"mutation {{ {INLINE} }}") + "}",
        '{"query": "{ version }", "variables": {"a": 1, "a": 2}}',
    ):
        assert shut.call("POST", "/graphql", body, JSON, by="dimas").status == 400


def test_a_mutation_in_the_address_beside_a_query_in_the_body_is_not_seen(shut):
    path = "/graphql?query=mutation%7BreloadWorkspace%7B__typename%7D%7D"
    answer = shut.call("POST", path, json.dumps({"query": "{ version }"}), JSON, by="dimas")
    assert list(answer.json["data"]) == ["version"]
    assert shut.call("POST", path, "", JSON, by="rina").status == 400


def test_an_unknown_mutation_is_refused_even_to_an_operator(shut):
    assert shut.ask("rina", "mutation { makeMeAdmin { __typename } }").status == 403
    assert shut.ask("rina", "mutation { __typename }").status == 403


def test_code_cannot_be_changed_through_the_ui_even_by_an_operator(shut):
    query = 'mutation { setAppManagedComponent(attributes: "", componentId: "", '
    query += 'componentType: "", locationName: "") { __typename } }'
    assert shut.ask("rina", query).status == 403


# Cross-site


def test_a_get_never_mutates(shut, session):
    path = "/graphql?query=mutation%7BreloadWorkspace%7B__typename%7D%7D"
    for headers in (session, session | {"Accept": "image/*"}, session | {"Accept": "text/html"}):
        assert shut.call("GET", path, headers=headers).status == 405
    assert shut.call("GET", path, by="rina").status == 405


def test_a_form_of_another_site_is_refused(shut, session):
    form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": FOREIGN}
    assert shut.call("POST", "/graphql", "query=x", session | form).status == 403


def test_a_form_of_this_site_is_not_json(shut, session):
    for kind in (
        *("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"),
        *("text/plain; application/json", "application/graphql", "application/jsonx", ""),
        *("application/json, text/plain", "application/json; charset=utf-7"),
    ):
        answer = shut.call("POST", "/graphql", BODY, session | {"Content-Type": kind})
        assert answer.status == 415, kind


def test_two_content_types_are_none(shut, session):
    headers = session | {"Content-Type": ["text/plain", "application/json"]}
    assert shut.call("POST", "/graphql", BODY, headers).status == 415


def test_a_page_of_another_origin_is_refused_with_a_good_session(shut, session):
    port = shut.port
    for origin in (
        *(
            FOREIGN,
            "null",
            f"https://127.0.0.1:{port}",
            "http://127.0.0.1",
            f"http://localhost:{port}",
        ),
        *(
            f"http://127.0.0.1:{port}.evil.example",
            f"http://127.0.0.1:{port + 1}",
            shut.origin + "/",
        ),
        shut.origin.upper(),
    ):
        answer = shut.call("POST", "/graphql", BODY, session | JSON | {"Origin": origin})
        assert answer.status == 403, origin


def test_two_origins_are_none(shut, session):
    headers = session | JSON | {"Origin": [shut.origin, FOREIGN]}
    assert shut.call("POST", "/graphql", BODY, headers).status == 403


def test_a_session_without_origin_does_not_mutate(shut, session):
    del session["Origin"]
    assert shut.call("POST", "/graphql", BODY, session | JSON).status == 403


def test_a_browser_that_says_cross_site_is_believed(shut, session):
    for site in ("cross-site", "same-site"):
        headers = session | JSON | {"Sec-Fetch-Site": site}
        assert shut.call("POST", "/graphql", BODY, headers).status == 403


def test_a_foreign_page_does_not_even_read(shut, session):
    answer = shut.call("GET", "/server_info", headers=session | {"Origin": FOREIGN})
    assert answer.status == 403


def test_no_preflight_is_ever_granted(shut, session):
    headers = session | {"Origin": FOREIGN, "Access-Control-Request-Method": "POST"}
    answer = shut.call("OPTIONS", "/graphql", headers=headers)
    assert answer.refused
    assert "access-control" not in str(answer.headers).lower()


def test_a_foreign_page_logs_nobody_in(shut):
    form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": FOREIGN}
    body = "name=rina&password=kopi+susu+gula+aren"
    assert shut.call("POST", "/login", body, form).status == 403
    del form["Origin"]
    assert shut.call("POST", "/login", body, form).status == 403


def test_a_foreign_page_logs_nobody_out(shut, session):
    assert shut.call("POST", "/logout", "", session | {"Origin": FOREIGN}).status == 403
    assert shut.call("GET", "/logout", headers=session).status == 200
    assert shut.call("GET", "/server_info", headers=session).status == 200


def test_no_page_can_be_framed(shut, session):
    for path in ("/", "/login", "/server_info", "/nothing"):
        headers = shut.call("GET", path, headers=session).headers
        assert headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in headers.get_all("Content-Security-Policy")


# Names of the host


def test_another_name_for_this_computer_is_not_this_server(shut):
    port = shut.port
    for host in (
        *("evil.example", f"evil.example:{port}", "127.0.0.1", "localhost", f"127.0.0.1.:{port}"),
        *(f"localhost.:{port}", f"LOCALHOST:{port}", f"127.0.0.1:{port + 1}", f"127.1:{port}"),
        *(f"127.0.0.1:{port}@evil.example", f"user@127.0.0.1:{port}", f"[::1]:{port}"),
        *(f"0.0.0.0:{port}", f"2130706433:{port}", f"127.0.0.1:0{port}", f"127.0.0.1:{port},x"),
    ):
        answer = shut.call("POST", "/graphql", BODY, JSON, by="rina", host=host)
        assert answer.status == 421, host


def test_a_header_of_a_proxy_does_not_rename_the_server(shut):
    for name in ("X-Forwarded-Host", "X-Host", "X-Original-Host", "Forwarded"):
        headers = {name: f"host={shut.host}" if name == "Forwarded" else shut.host}
        answer = shut.call("GET", "/server_info", None, headers, by="rina", host="evil.example")
        assert answer.status == 421


def test_a_header_of_a_proxy_gives_no_origin(shut, session):
    headers = session | JSON | {"Origin": FOREIGN, "X-Forwarded-Host": "evil.example"}
    headers |= {"X-Forwarded-Proto": "https"}
    assert shut.call("POST", "/graphql", BODY, headers).status == 403


def test_two_hosts_or_none_are_refused(shut):
    assert raw(shut, f"GET /login HTTP/1.1\r\nHost: {shut.host}\r\nHost: evil\r\n\r\n") in (
        400,
        421,
    )
    assert raw(shut, "GET /login HTTP/1.1\r\n\r\n") in (400, 421)
    assert raw(shut, "GET /login HTTP/1.0\r\n\r\n") == 421


def test_a_whole_address_as_target_does_not_rename_the_server(shut):
    status = raw(shut, "GET http://evil.example/login HTTP/1.1\r\nHost: evil.example\r\n\r\n")
    assert status in (400, 421)
    status = raw(shut, f"GET http://{shut.host}/server_info HTTP/1.1\r\nHost: {shut.host}\r\n\r\n")
    assert status in (400, 401)


# Paths and methods


@pytest.mark.parametrize(
    "path",
    [
        *("//graphql", "/graphql/", "/graphql%2f", "/%2fgraphql", "/./graphql", "/x/../graphql"),
        *("/graphql%00", "/GRAPHQL", "/graphql;x", "/%67raphql/", "/graphql%20", "/graphql//"),
        *("/\\graphql", "/..%2fgraphql", "/login/../graphql", "/login/graphql", "/graphql%252f"),
    ],
)
def test_no_spelling_of_the_path_lets_a_viewer_run_a_mutation(shut, path):
    assert shut.call("POST", path, BODY, JSON, by="dimas").status in (400, 403, 404, 405)
    assert shut.call("POST", path, BODY, JSON | {"Origin": shut.origin}).refused


def test_the_path_of_a_log_does_not_leave_its_folder(shut):
    for path in (
        *("/logs/../web/users.json", "/logs/..%2f..%2fweb%2fusers.json", "/logs/%2e%2e/x.err"),
        *("/logs//etc/passwd", "/logs/..%5c..%5cx", "/logs/%2fetc%2fpasswd"),
        "/_next/../../../csp-header.txt",
    ):
        for who in ("dimas", "rina"):
            answer = shut.call("GET", path, by=who)
            assert answer.refused, path
            assert b"sha256" not in answer.body


def test_log_path_with_double_escapes_is_refused(shut):
    answer = shut.call("GET", "/logs/%252e%252e/%252e%252e/web/users.json", by="dimas")
    assert answer.status == 404


def test_log_read_through_graphql_does_not_leave_its_folder(shut):
    query = "query($k: [String!]!) { capturedLogs(logKey: $k) { stdout stderr } }"
    for key in (["..", "..", "web", "users"], ["../../web/users"], ["/etc/passwd"]):
        answer = shut.ask("dimas", query, {"k": key})
        assert not ((answer.json.get("data") or {}).get("capturedLogs") or {}).get("stdout")
    secret = Path(shut.instance.root_directory).parent / "secret.out"
    secret.write_text("not for you")
    folder = Path(shut.instance.storage_directory())
    steps = [".."] * len(folder.parts) + [*secret.parent.parts[1:], "secret"]
    assert b"not for you" not in shut.ask("dimas", query, {"k": steps}).body


def test_the_method_is_not_overridden(shut, session):
    for name in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        answer = shut.call("GET", "/graphql", None, session | {name: "POST"})
        assert answer.status == 405


def test_other_methods_are_not_answered(shut):
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "QUERY", "post"):
        answer = shut.call(method, "/graphql", BODY, JSON, by="dimas")
        assert answer.status in (400, 405), method


# Bodies


def test_a_huge_body_is_refused_before_it_is_read(shut):
    headers = JSON | {"Content-Length": "1000000000"}
    assert shut.call("POST", "/graphql", "{", headers, by="dimas").status == 413
    assert shut.call("POST", "/login", "{", headers | {"Origin": shut.origin}).status == 413


def test_a_huge_body_without_a_length_is_refused(shut):
    chunk = "10000\r\n" + "x" * 0x10000 + "\r\n"
    head = f"POST /graphql HTTP/1.1\r\nHost: {shut.host}\r\nContent-Type: application/json\r\n"
    head += f"Authorization: Bearer {shut.tokens['dimas']}\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert raw(shut, head + chunk * 20 + "0\r\n\r\n") == 413


def test_a_body_of_two_lengths_is_refused(shut):
    head = f"POST /graphql HTTP/1.1\r\nHost: {shut.host}\r\nContent-Type: application/json\r\n"
    head += f"Authorization: Bearer {shut.tokens['dimas']}\r\nContent-Length: 4\r\n"
    assert raw(shut, head + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n") in (400, 413)
    assert raw(shut, head + "Content-Length: 5\r\n\r\n{  }") == 400


def test_a_body_in_another_coding_is_refused(shut):
    for headers, body in (
        (JSON | {"Content-Encoding": "gzip"}, BODY),
        (JSON, BODY.encode("utf-16")),
        (JSON, b"\xef\xbb\xbf" + BODY.encode()),
        (JSON, BODY.replace("{}", "NaN")),
        (JSON, "[" * 100_000),
        (JSON, '{"query": 1}'),
        (JSON, '{"query": "{ version }", "variables": "{}"}'),
        (JSON, '{"query": "{ version }", "operationName": ["Q"]}'),
    ):
        assert shut.call("POST", "/graphql", body, headers, by="dimas").refused


def test_a_document_that_exhausts_the_parser_is_refused(shut):
    for query in (
        "{ a " * 30_000,
        "{" * 3_000 + "}" * 3_000,
        "query { version " + "version " * 30_000 + "}",
        "query Q { ...A } fragment A on Query { ...A }",
        "query Q { ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "query Q { ...None }",
        "type Query { version: String }",
        "extend type Mutation { x: String }",
    ):
        assert shut.ask("dimas", query).status == 400


# Sessions and tokens


def cookie_of(headers):
    return headers["Cookie"].partition("=")


def test_a_session_that_was_changed_is_none(shut, session):
    name, _, value = cookie_of(session)
    payload, stamp, signature = value.split(".")
    other = "A" if payload[5] != "A" else "B"
    for forged in (
        f"{payload[:5]}{other}{payload[6:]}.{stamp}.{signature}",
        *(f"{payload}..{signature}", f"{payload}.{stamp}.", payload, "null", "%00", "é"),
        f"{payload}.{stamp[:3]}{'B' if stamp[3] != 'B' else 'C'}{stamp[4:]}.{signature}",
    ):
        headers = session | {"Cookie": f"{name}={forged}"}
        assert shut.call("GET", "/server_info", headers=headers).status == 401, forged


def test_a_session_signed_with_another_key_is_none(shut, session):
    name, _, value = cookie_of(session)
    for key in ("", "secret", "candid", shut.users.all()["rina"].stamp):
        signer = itsdangerous.TimestampSigner(key or " ")
        forged = signer.sign(value.split(".")[0]).decode()
        headers = session | {"Cookie": f"{name}={forged}"}
        assert shut.call("GET", "/server_info", headers=headers).status == 401


def test_session_expires_after_its_hours(shut, session, monkeypatch):
    now = time.time()
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + 13 * 3600)
    assert shut.call("GET", "/server_info", headers=session).status == 401


def test_session_in_constant_use_expires_too(shut, session, monkeypatch):
    now = time.time()
    monkeypatch.setattr("candid_assets.web.identity.time.time", lambda: now + 13 * 3600)
    assert shut.call("GET", "/server_info", headers=session).status == 401


def test_the_session_is_kept_from_scripts_and_other_sites(shut):
    sent = shut.login("rina").session.lower()
    assert "httponly" in sent
    assert "samesite=strict" in sent
    assert "max-age=43200" in sent
    assert "domain" not in sent


def test_a_session_kept_from_before_logout_is_none(shut, session):
    assert shut.call("POST", "/logout", "", session).status == 303
    assert shut.call("GET", "/server_info", headers=session).status == 401


def test_session_and_token_of_a_removed_user_are_refused_at_once(gone):
    headers = {"Cookie": gone.cookie("gone"), "Origin": gone.origin}
    assert gone.call("GET", "/server_info", headers=headers).status == 200
    assert gone.call("GET", "/server_info", by="gone").status == 200
    gone.users.remove("gone")
    assert gone.call("GET", "/server_info", headers=headers).status == 401
    assert gone.call("GET", "/server_info", by="gone").status == 401


def test_session_of_a_user_removed_and_added_again_is_refused(gone):
    headers = {"Cookie": gone.cookie("gone"), "Origin": gone.origin}
    user = gone.users.remove("gone")
    gone.users.add(User(name="gone", role="operator", password=user.password))
    assert gone.call("GET", "/server_info", headers=headers).status == 401


def test_expired_replaced_or_similar_token_is_refused(gone):
    old = gone.tokens["gone"]
    fresh, key = new_token(None)
    gone.users.change("gone", lambda u: u.model_copy(update={"token": key}))
    for token in (old, fresh[:-1], fresh + "A", fresh.upper(), key.sha256, "", " ", "candid_"):
        headers = {"Authorization": f"Bearer {token}"}
        assert gone.call("GET", "/server_info", headers=headers).status == 401
    for written in (fresh, f"Token {fresh}", f"Basic {fresh}", f"Bearer  {fresh} x"):
        headers = {"Authorization": written}
        assert gone.call("GET", "/server_info", headers=headers).status == 401
    from datetime import UTC, datetime

    past = key.model_copy(update={"expires": datetime(2020, 1, 1, tzinfo=UTC)})
    gone.users.change("gone", lambda u: u.model_copy(update={"token": past}))
    headers = {"Authorization": f"Bearer {fresh}"}
    assert gone.call("GET", "/server_info", headers=headers).status == 401


def test_a_bad_token_is_not_helped_by_a_good_session(shut, session):
    headers = session | {"Authorization": "Bearer candid_wrong"}
    assert shut.call("GET", "/server_info", headers=headers).status == 401
    both = [f"Bearer {shut.tokens['rina']}", "Bearer candid_wrong"]
    assert shut.call("GET", "/server_info", headers={"Authorization": both}).refused


def test_a_token_is_not_taken_from_the_address(shut):
    token = shut.tokens["rina"]
    for path in (f"/server_info?token={token}", f"/server_info?access_token={token}"):
        assert shut.call("GET", path).status == 401


def test_a_password_is_not_guessed_again_and_again(gone):
    from candid_assets_tests.web.conftest import PASSWORD

    statuses = [gone.login("gone", f"guess {n}").status for n in range(7)]
    assert statuses == [401] * 5 + [429] * 2
    answer = gone.login("gone", PASSWORD)
    assert answer.status == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 300


def test_login_of_an_agent_and_of_an_unknown_name_are_answered_alike(shut):
    agent, nobody = shut.login("data-eng"), shut.login("nobody")
    assert agent.status == nobody.status == 401
    assert agent.body == nobody.body


def test_after_a_login_nobody_is_sent_to_another_site(shut):
    form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": shut.origin}
    for target in (
        FOREIGN,
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/%0d%0aX:y",
    ):
        body = "name=dimas&password=kopi+susu+gula+aren"
        answer = shut.call("POST", f"/login?next={target}", body, form)
        assert answer.headers["Location"] == "/candid", target
        page = shut.call("GET", f'/login?next=/"><script>{target}')
        assert b"<script>" not in page.body


def test_login_is_refused_while_the_users_file_is_readable_by_others(shut, session):
    shut.users.file.chmod(0o644)
    try:
        assert shut.call("GET", "/server_info", by="rina").status == 503
        assert shut.call("GET", "/server_info", headers=session).status == 503
        assert shut.login("rina").status == 503
    finally:
        shut.users.file.chmod(0o600)


def test_login_is_refused_while_the_users_file_is_damaged(shut):
    kept = shut.users.file.read_bytes()
    try:
        shut.users.file.write_text('{"users": [{"name": "x", "role": "root"}]}')
        assert shut.call("GET", "/server_info", by="rina").status == 503
    finally:
        shut.users.file.write_bytes(kept)


def test_a_mutation_that_cannot_be_logged_is_not_done(shut):
    log = shut.settings.data_dir / "web" / "audit.jsonl"
    kept = log.rename(log.with_suffix(".kept"))
    log.mkdir()
    try:
        assert shut.ask("rina", LAUNCH, PARAMS).status == 500
    finally:
        log.rmdir()
        kept.rename(log)


@pytest.mark.parametrize("text", ["\\ud800", "\\udfff\\ud800", "\\u0000", "\\u2028", "\\n{}"])
def test_no_text_keeps_a_mutation_out_of_the_log(shut, text):
    before = len(shut.log())
    query = f"mutation M {{ {INLINE} }}"
    body = json.dumps({"query": query, "operationName": "M"})[:-1]
    body += ', "variables": {"note": "' + text + '", "' + text + '": 1}}'
    assert shut.call("POST", "/graphql", body, JSON, by="dimas").status == 403
    (line,) = shut.log()[before:]
    assert (line["who"], line["operation"], line["mutations"]) == ("dimas", "M", ["launchRun"])
    assert line["outcome"].startswith("refused")
    path = "/report_asset_observation/raw/gudang__harian"
    body = '{"description": "' + text + '"}'
    assert shut.call("POST", path, body, JSON, by="dimas").status == 403
    form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": shut.origin}
    shut.call("POST", "/login", f"name={text}%ED%A0%80&password=x", form)
    assert shut.log()[-1]["event"] == "login"


# WebSocket

START = {"type": "start", "id": "1"}
RUN_LOGS = 'subscription { pipelineRunLogs(runId: "x") { __typename } }'


def test_a_websocket_of_another_origin_or_host_is_refused(shut, session):
    for headers in (
        session | {"Origin": FOREIGN},
        {"Cookie": session["Cookie"]},
        session | {"Sec-Fetch-Site": "cross-site"},
    ):
        with pytest.raises(InvalidStatus), shut.socket(headers):
            pass


def test_a_websocket_elsewhere_is_refused(shut, session):
    for path in ("/", "/_next/x", "/server_info", "/graphql/", "/login", "/logs/x"):
        with pytest.raises(InvalidStatus), shut.socket(session, path):
            pass


@pytest.mark.parametrize(
    "message",
    [
        START | {"payload": {"query": f"mutation {{ {INLINE} }}"}},
        START | {"payload": {"query": "{ version }"}},
        START
        | {
            "payload": {
                "query": f"subscription S {{ x }} mutation M {{ {INLINE} }}",
                "operation_name": "M",
            }
        },
        START
        | {"payload": {"query": RUN_LOGS + f" mutation M {{ {INLINE} }}", "operationName": "M"}},
        START | {"payload": {"query": "subscription { somethingNew { __typename } }"}},
        START | {"payload": [{"query": RUN_LOGS}]},
        {"type": "subscribe", "id": "1", "payload": {"query": RUN_LOGS}},
        [START | {"payload": {"query": RUN_LOGS}}],
    ],
)
def test_only_subscriptions_go_over_a_websocket(shut, message):
    headers = {"Authorization": f"Bearer {shut.tokens['rina']}"}
    with shut.socket(headers) as ws:
        ws.send(json.dumps(message))
        with pytest.raises(ConnectionClosed) as closed:
            ws.recv(timeout=10)
        assert closed.value.rcvd.code == 1008


def test_binary_or_ambiguous_message_closes_the_websocket(shut):
    headers = {"Authorization": f"Bearer {shut.tokens['rina']}"}
    twice = '{"type": "stop", "type": "start", "id": "1", "payload": {"query": "{ version }"}}'
    for message in (json.dumps(START).encode(), twice, "x" * 250_000):
        with shut.socket(headers) as ws:
            ws.send(message)
            with pytest.raises(ConnectionClosed):
                ws.recv(timeout=10)


def test_a_removed_user_has_no_websocket_any_more(gone):
    with gone.socket({"Authorization": f"Bearer {gone.tokens['gone']}"}) as ws:
        ws.send('{"type": "connection_init"}')
        assert json.loads(ws.recv(timeout=10))["type"] == "connection_ack"
        gone.users.remove("gone")
        ws.send(json.dumps(START | {"payload": {"query": RUN_LOGS}}))
        with pytest.raises(ConnectionClosed):
            ws.recv(timeout=10)


def test_a_subscription_is_not_run_over_http(shut):
    assert shut.ask("rina", RUN_LOGS).status == 400
