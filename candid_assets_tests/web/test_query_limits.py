"""One viewer's queries take neither the server's memory nor its time, nor outlive their client."""

import json
import socket
import threading
import time

import pytest

from candid_assets.web import query_work
from candid_assets.web.connections import PatientProtocol
from candid_assets.web.graphql_documents import read_operation
from candid_assets.web.query_limits import DEEPEST_FIELD, MOST_ALIASES, MOST_FIELDS, require_modest
from candid_assets.web.refusal import Refused

ASSETS = "assetNodes { id assetKey { path } jobNames opVersion groupName description }"
RUN_LOGS = 'pipelineRunLogs(runId: "x") { __typename }'


def nested(levels):
    return "{ version " + "... { a: version " * levels + "}" * levels + "}"


def deep(levels):
    return "{ " + "assetNodes { " * levels + "id" + " }" * levels + " }"


def laughs(levels):
    fragments = "fragment F0 on Query { version }"
    for n in range(1, levels):
        fragments += f" fragment F{n} on Query {{ ...F{n - 1} ...F{n - 1} }}"
    return f"query Q {{ ...F{levels - 1} }} {fragments}"


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("{ " + " ".join(f"a{n}: {ASSETS}" for n in range(400)) + " }", "aliases"),
        ("{ " + " ".join(f"a{n}: version" for n in range(MOST_ALIASES + 1)) + " }", "aliases"),
        ("{ assetNodes { " + " ".join(f"a{n}: id" for n in range(50)) + " } }", "aliases"),
        (nested(40), "aliases"),
        (deep(DEEPEST_FIELD + 1), "levels"),
        ("{ " + "version " * (MOST_FIELDS + 1) + "}", "fields"),
        (laughs(40), "fields"),
        ("query Q { ...A } fragment A on Query { assetNodes { ...B } } fragment B on AssetNode "
         "{ " + " ".join(f"a{n}: id" for n in range(40)) + " }", "aliases"),
        (f"subscription {{ {' '.join(f'a{n}: {RUN_LOGS}' for n in range(40))} }}", "aliases"),
    ],
)  # fmt: skip
def test_a_document_that_asks_for_too_much_is_refused(query, what):
    with pytest.raises(Refused, match=what):
        require_modest(read_operation({"query": query}))


def test_what_dagsters_own_pages_ask_for_is_far_below_the_limits(web):
    from graphql import get_introspection_query

    for query in (get_introspection_query(), f"{{ {ASSETS} }}", deep(11)):
        require_modest(read_operation({"query": query}))
    assert web.ask("dimas", get_introspection_query()).json["data"]["__schema"]


def test_a_viewer_with_four_hundred_aliases_is_refused(web):
    query = "{ " + " ".join(f"a{n}: {ASSETS}" for n in range(400)) + " }"
    answer = web.ask("dimas", query)
    assert answer.status == 400
    assert "at most 30 aliases" in answer.json["errors"][0]["message"]


def test_an_answer_of_too_many_values_ends_while_it_is_made(web, monkeypatch):
    monkeypatch.setattr(query_work, "MOST_VALUES", 20)
    answer = web.ask("dimas", f"{{ {ASSETS} }}")
    assert answer.status == 413
    assert "at most 20 values" in answer.json["errors"][0]["message"]


def test_a_query_that_takes_too_long_ends(web, monkeypatch):
    monkeypatch.setattr(query_work, "MOST_SECONDS", -1.0)
    answer = web.ask("dimas", "{ version }")
    assert answer.status == 413
    assert "seconds" in answer.json["errors"][0]["message"]


@pytest.fixture
def slow(web, monkeypatch):
    """Every field waits until it is let go, or the work has ended."""
    reached, let_go, steps = threading.Event(), threading.Event(), []
    step = query_work.QueryWork.step

    def wait(work):
        reached.set()
        if not let_go.is_set():
            let_go.wait(20)
        steps.append(work)
        step(work)

    monkeypatch.setattr(query_work.QueryWork, "step", wait)
    yield reached, let_go, steps
    let_go.set()


def opened(web, query, by="dimas"):
    body = json.dumps({"query": query})
    head = f"POST /graphql HTTP/1.1\r\nHost: {web.host}\r\nContent-Type: application/json\r\n"
    head += f"Authorization: Bearer {web.tokens[by]}\r\nContent-Length: {len(body)}\r\n\r\n"
    connection = socket.create_connection(("127.0.0.1", web.port), timeout=30)
    connection.sendall((head + body).encode())
    return connection


def wait_until(true):
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_work_of_a_query_ends_when_its_client_is_gone(web, slow):
    reached, let_go, steps = slow
    judge = next(r for r in web.app.routes if hasattr(r, "judge")).judge
    before = judge.turns.gone_count
    connection = opened(web, f"{{ {ASSETS} }}")
    assert reached.wait(20)
    connection.close()
    wait_until(lambda: judge.turns.gone_count > before)
    let_go.set()
    wait_until(lambda: steps)
    assert web.ask("dimas", "{ version }").status == 200
    mine = [work for work in steps if work is steps[0]]
    assert len(mine) == 1
    assert steps[0].is_gone


def test_queries_of_one_user_wait_for_each_other_and_those_of_another_do_not(web, slow):
    reached, let_go, _ = slow
    connections = [opened(web, "{ version }") for _ in range(query_work.AT_ONCE + 3)]
    assert reached.wait(20)
    judge = next(r for r in web.app.routes if hasattr(r, "judge")).judge
    wait_until(lambda: judge.turns.waiting("dimas") == 3)
    other = opened(web, "{ version }", by="rina")
    wait_until(lambda: judge.turns.running("rina") == 1)
    let_go.set()
    for connection in (*connections, other):
        assert b" 200 " in connection.recv(65_536).partition(b"\r\n")[0]
        connection.close()


def test_no_more_than_a_hundred_queries_of_one_user_wait(web, monkeypatch):
    monkeypatch.setattr(query_work, "MOST_WAITING", 0)
    assert web.ask("dimas", "{ version }").status == 429


def is_ended(connection):
    """Return whether the server ends a connection within seconds."""
    connection.settimeout(10)
    try:
        while connection.recv(4096):
            pass
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize(
    "sent", ["", "G", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n"]
)
def test_a_connection_that_sends_no_whole_request_ends(web, monkeypatch, sent):
    monkeypatch.setattr(PatientProtocol, "head_seconds", 0.3)
    with socket.create_connection(("127.0.0.1", web.port)) as connection:
        connection.sendall(sent.encode())
        assert is_ended(connection)


def test_a_request_that_comes_byte_by_byte_ends_too(web, monkeypatch):
    monkeypatch.setattr(PatientProtocol, "head_seconds", 0.3)
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", web.port)) as connection:
        assert is_refused(connection)
    assert time.monotonic() - began < 8


def is_refused(connection):
    """Return whether the server takes no more bytes after a while."""
    try:
        for _ in range(400):
            connection.sendall(b"X")
            time.sleep(0.02)
    except ConnectionError:
        return True
    return False


def test_a_body_that_does_not_come_ends_the_request(web, monkeypatch):
    monkeypatch.setattr("candid_assets.web.request_filter.BODY_SECONDS", 0.3)
    head = f"POST /graphql HTTP/1.1\r\nHost: {web.host}\r\nContent-Type: application/json\r\n"
    head += f"Authorization: Bearer {web.tokens['dimas']}\r\nContent-Length: 100\r\n\r\n"
    with socket.create_connection(("127.0.0.1", web.port), timeout=20) as connection:
        connection.sendall(head.encode() + b'{"query":')
        assert b" 408 " in connection.recv(4096).partition(b"\r\n")[0]
        assert is_ended(connection)


def test_an_answer_that_nobody_takes_ends_the_connection(web, monkeypatch):
    monkeypatch.setattr(PatientProtocol, "answer_seconds", 0.3)
    ended = threading.Event()
    abort = PatientProtocol._end
    monkeypatch.setattr(PatientProtocol, "_end", lambda one: (ended.set(), abort(one)))
    head = f"GET /Dagster_world.mp4 HTTP/1.1\r\nHost: {web.host}\r\n"
    head += f"Authorization: Bearer {web.tokens['dimas']}\r\n\r\n"
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", web.port))
        connection.sendall(head.encode() * 8)
        assert ended.wait(20)
