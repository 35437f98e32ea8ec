"""The guarded webserver over a small published company, and a person who looks at its pages."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPMessage

import pytest

from candid_assets_tests.browser import browser
from candid_assets_tests.web.api.conftest import served_over, settings_in
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
    with served_over(served, settings) as web:
        yield web


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
