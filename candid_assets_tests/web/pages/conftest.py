"""The guarded webserver over a small published company, and a person who looks at its pages."""

from dataclasses import dataclass
from http.client import HTTPMessage

import pytest

from candid_assets_tests.web.api.conftest import api

__all__ = ["api"]


@dataclass
class Shown:
    """A page as it was sent."""

    status: int
    headers: HTTPMessage
    text: str


@pytest.fixture
def page(api):
    """Open a page as the viewer."""

    def opened(path, headers=None, by="dimas"):
        answer = api.call("GET", f"/candid{path}", headers=headers, by=by)
        return Shown(answer.status, answer.headers, answer.body.decode())

    return opened
