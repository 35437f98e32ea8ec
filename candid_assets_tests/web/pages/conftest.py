"""The guarded webserver over a small published company, and a person who looks at its pages."""

import json
import socket
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.client import HTTPMessage

import pytest

from candid_assets.web.app import create_app
from candid_assets.web.request_filter import Places
from candid_assets.web.users import User, Users, new_token
from candid_assets_tests.browser import browser
from candid_assets_tests.web.api.conftest import settings_in
from candid_assets_tests.web.conftest import uvicorn_over
from candid_assets_tests.web.pages.company import publish_troubles

__all__ = ["browser"]


@dataclass
class Shown:
    """A page as it was sent."""

    status: int
    headers: HTTPMessage
    text: str


@pytest.fixture(scope="session")
def company(served, tmp_path_factory):
    """The webserver over the company that has something wrong of every kind."""
    settings = settings_in(tmp_path_factory.mktemp("pages"))
    publish_troubles(settings)
    users, tokens = Users(settings.data_dir), {}
    for name, role in (("rina", "operator"), ("dimas", "viewer"), ("data-eng", "agent")):
        tokens[name], key = new_token(None)
        users.add(User(name=name, role=role, token=key))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        app = create_app(served.context, settings, Places.of(port))
        with uvicorn_over(app, listener):
            yield replace(served, port=port, settings=settings, users=users, tokens=tokens, app=app)


@pytest.fixture
def page(company):
    """Open a page as the viewer."""

    def opened(path, headers=None, by="dimas"):
        answer = company.call("GET", f"/candid{path}", headers=headers, by=by)
        return Shown(answer.status, answer.headers, answer.body.decode())

    return opened


@pytest.fixture
def report(company):
    """A report that a run left, with a style sheet of its own."""
    file = company.settings.reports_dir / f"{datetime.now(UTC):%Y-%m-%d_%H%M%S}_abcd1234.html"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("<html><style>p{color:red}</style><p>Refresh succeeded</p></html>")
    yield file
    file.unlink()


@pytest.fixture
def noted(company):
    """Return what the audit log says of reads."""

    def lines():
        text = company.settings.audit_file.read_text()
        return [line for line in map(json.loads, text.splitlines()) if line["event"] == "read"]

    return lines
