"""The guarded webserver over a published snapshot with a table of every type."""

import socket
from contextlib import contextmanager
from dataclasses import replace

import pytest

from candid_assets.settings import Settings
from candid_assets.web.app import create_app
from candid_assets.web.request_filter import Places
from candid_assets.web.users import User, Users, new_token
from candid_assets_tests.web.api.company import publish_rows, write_catalog
from candid_assets_tests.web.conftest import uvicorn_over


def settings_in(folder):
    return Settings(
        CANDID_ENV="staging",
        CANDID_DATA_DIR=folder / "data",
        CANDID_CATALOG_DIR=write_catalog(folder),
    )


@contextmanager
def served_over(served, settings):
    """Serve another company behind the guard, with a person of each role."""
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


@pytest.fixture(scope="session")
def api(served, tmp_path_factory):
    settings = settings_in(tmp_path_factory.mktemp("api"))
    publish_rows(settings)
    with served_over(served, settings) as web:
        yield web


@pytest.fixture
def get(api):
    """Ask as the viewer."""

    def ask(path, headers=None, by="dimas"):
        return api.call("GET", f"/api/v1{path}", headers=headers, by=by)

    return ask
