"""The real webserver over real HTTP, once for all tests: a code server, a workspace, uvicorn."""

import http.client
import json
import os
import socket
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

import dagster as dg
import pytest
import uvicorn
from limits.storage import MemoryStorage
from websockets.sync.client import connect

from candid_assets.names import CODE_LOCATION
from candid_assets.settings import REPOSITORY, Settings
from candid_assets.web.app import create_app
from candid_assets.web.passwords import hash_password
from candid_assets.web.request_filter import Places
from candid_assets.web.serving import code_server, open_workspace, server_config
from candid_assets.web.users import User, Users, new_token
from candid_assets_tests.end_to_end.faults.kit import write_company

PASSWORD = "kopi susu gula aren"
SELECTOR = {"repositoryLocationName": CODE_LOCATION, "repositoryName": "__repository__"}
LAUNCH = """mutation Launch($p: ExecutionParams!) { launchRun(executionParams: $p) {
  __typename ... on LaunchRunSuccess { run { runId tags { key value } } }
  ... on PythonError { message } ... on RunConfigValidationInvalid { errors { message } } } }"""
DESTINATION = """apiVersion: v3.2.0
kind: DataContract
id: files
name: files
version: 1.0.0
status: active
description: {purpose: The mart as a file.}
team: {name: shop}
servers:
  - {server: staging, environment: staging, type: local, path: exports, format: parquet}
schema:
  - {name: mart_daily}
"""


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def cookies(self):
        """What a browser sends back: every cookie, without its rules."""
        return "; ".join(c.partition(";")[0] for c in self.headers.get_all("Set-Cookie", []))

    @property
    def session(self):
        """The Set-Cookie header of the session alone."""
        cookies = self.headers.get_all("Set-Cookie", [])
        return next(c for c in cookies if "_browser=" not in c)

    @property
    def refused(self):
        return 400 <= self.status < 500


@dataclass
class Web:
    """The server, and how to call it as somebody."""

    port: int
    settings: Settings
    users: Users
    instance: dg.DagsterInstance
    tokens: dict[str, str]
    app: object
    context: object
    attempts: MemoryStorage
    """Counts who tried to log in."""

    @property
    def host(self):
        return f"127.0.0.1:{self.port}"

    @property
    def origin(self):
        return f"http://{self.host}"

    def call(self, method, path, body=None, headers=None, *, by=None, host=None):
        """Send one request exactly as written; only Host is filled in."""
        sent = {"Host": host or self.host}
        if by:
            sent["Authorization"] = f"Bearer {self.tokens[by]}"
        sent |= headers or {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            content = body.encode() if isinstance(body, str) else body
            if content is not None and "Content-Length" not in sent:
                sent["Content-Length"] = str(len(content))
            for name, value in sent.items():
                for one in value if isinstance(value, list) else [value]:
                    connection.putheader(name, one)
            connection.endheaders(content)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def ask(self, by, query, variables=None, operation=None, headers=None):
        """POST one GraphQL request as JSON."""
        body = {"query": query, "variables": variables or {}}
        if operation:
            body["operationName"] = operation
        kind = {"Content-Type": "application/json"}
        return self.call("POST", "/graphql", json.dumps(body), kind | (headers or {}), by=by)

    def login(self, name, password=PASSWORD):
        form = urlencode({"name": name, "password": password})
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin}
        return self.call("POST", "/login", form, kind)

    def cookie(self, name):
        """Log in as a browser does and return its Cookie header."""
        answer = self.login(name)
        assert answer.status == 303, answer.body
        return answer.session.partition(";")[0]

    def launch(self, by, job="refresh_all", tags=(), config=None, **selector):
        params = {
            "selector": SELECTOR | {"jobName": job} | selector,
            "runConfigData": config or {},
            "executionMetadata": {"tags": [{"key": k, "value": v} for k, v in tags]},
        }
        return self.ask(by, LAUNCH, {"p": params})

    def runs(self):
        return self.instance.get_runs_count()

    def log(self):
        text = (self.settings.data_dir / "web" / "audit.jsonl").read_text()
        return [json.loads(line) for line in text.splitlines()]

    @contextmanager
    def socket(self, headers=None, path="/graphql", **how):
        with connect(
            f"ws://{self.host}{path}",
            additional_headers=headers or {},
            proxy=None,
            subprotocols=["graphql-ws"],
            **how,
        ) as opened:
            yield opened


@contextmanager
def uvicorn_over(app, listener):
    server = uvicorn.Server(server_config(app))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=20)


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("web")
    write_company(folder)
    exports = folder / "catalog" / "destinations" / "files.yaml"
    exports.parent.mkdir()
    exports.write_text(DESTINATION)
    settings = Settings(
        CANDID_ENV="staging",
        CANDID_DATA_DIR=folder / "data",
        CANDID_CATALOG_DIR=folder / "catalog",
    )
    environment = os.environ | {
        "CANDID_ENV": "staging",
        "CANDID_DATA_DIR": str(folder / "data"),
        "CANDID_CATALOG_DIR": str(folder / "catalog"),
        "DAGSTER_HOME": str(REPOSITORY),
    }
    users, tokens = Users(settings.data_dir), {}
    kept = hash_password(PASSWORD)
    for name, role, jobs in (
        ("rina", "operator", None),
        ("dimas", "viewer", None),
        ("data-eng", "agent", None),
        ("narrow", "agent", ("refresh_gudang",)),
    ):
        tokens[name], key = new_token(None)
        password = None if role == "agent" else kept
        users.add(User(name=name, role=role, password=password, token=key, jobs=jobs))
    with ExitStack() as stack:
        sockets = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="candid-")))
        stack.enter_context(code_server(sockets, environment))
        instance = stack.enter_context(dg.DagsterInstance.local_temp(str(folder)))
        context = stack.enter_context(open_workspace(instance, sockets))
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        attempts = MemoryStorage()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("candid_assets.web.login_limits.MemoryStorage", lambda: attempts)
            app = create_app(context, settings, Places.of(port))
        stack.enter_context(uvicorn_over(app, listener))
        yield Web(port, settings, users, instance, tokens, app, context, attempts)


@pytest.fixture(scope="session")
def proxied(served):
    """The same server behind a proxy that speaks TLS for https://data.example.com."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        places = Places.of(port, "https://data.example.com")
        app = create_app(served.context, served.settings, places)
        with uvicorn_over(app, listener):
            yield replace(served, port=port, app=app)


@pytest.fixture
def web(served):
    served.attempts.reset()
    before = served.runs()
    yield served
    for run in served.instance.get_runs(limit=max(0, served.runs() - before)):
        served.instance.delete_run(run.run_id)
