"""A shared history is named by its place, without a password, and refused where it cannot be."""

import sys

import pytest

from candid_assets.monitoring.history_place import (
    SharedHistoryError,
    history_place,
    shared_place,
    shared_problem,
)
from candid_assets.orchestration.storage import HistoryStorage
from candid_assets.settings import Settings

URL = "postgresql://rina:secret@db.example:6432/candid"


def test_a_place_is_host_and_database_without_user_and_password() -> None:
    assert history_place(URL) == "db.example:6432/candid"
    assert history_place("postgresql://db.example/candid") == "db.example:5432/candid"
    assert "secret" not in repr(Settings(CANDID_HISTORY_URL=URL))


@pytest.mark.parametrize(
    "url",
    [
        "mysql://rina:secret@db.example/candid",
        "postgresql://rina:secret@db.example",
        "postgresql://rina:secret@db.example:port/candid",
        "db.example/candid",
    ],
)
def test_another_address_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(
        SharedHistoryError, match="write it as postgresql://user@host/candid"
    ) as refused:
        history_place(url)
    assert "secret" not in str(refused.value)


def test_without_the_setting_the_history_is_in_files() -> None:
    assert shared_place(Settings()) is None


def test_what_is_wrong_is_said_by_the_innermost_error() -> None:
    error = ValueError("too many retries")
    error.__cause__ = OSError("connection refused\n\tIs the server running?")
    assert shared_problem(error, "db:5432/candid") == (
        "Dagster's history in db:5432/candid cannot be used (connection refused)",
        "start its server, or correct CANDID_HISTORY_URL",
    )


def test_the_library_that_is_missing_is_named_with_the_way_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CANDID_HISTORY_URL", URL)
    monkeypatch.setitem(sys.modules, "dagster_postgres", None)
    with pytest.raises(SharedHistoryError, match=r'pip install "candid-assets\[server\]"'):
        HistoryStorage.from_config_value(None, {})
