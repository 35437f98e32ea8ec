"""The real daemon and code server: an edit in a sheet reaches the published snapshot by itself."""

import os
import signal
import subprocess
import sys
import time

import pytest

from candid_assets.settings import REPOSITORY
from candid_assets_tests.end_to_end.faults.kit import company_books, outcome_of

pytestmark = pytest.mark.served

PATIENCE = 150


@pytest.fixture
def daemon(tmp_path):
    with company_books(tmp_path) as (server, settings):
        environment = os.environ | {
            "CANDID_ENV": settings.env,
            "CANDID_CATALOG_DIR": str(settings.catalog_dir),
            "CANDID_DATA_DIR": str(settings.data_root),
            "CANDID_LOOK_SECONDS": "2",
            "XDG_CACHE_HOME": str(settings.cache_root),
            "DAGSTER_HOME": str(REPOSITORY),
            **server.environment,
        }
        with (tmp_path / "daemon.log").open("w") as log:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "dagster._daemon", "run"),
                    *("--workspace", str(REPOSITORY / "workspace.yaml")),
                ],
                env=environment,
                cwd=REPOSITORY,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            try:
                yield server, settings, tmp_path / "daemon.log"
            finally:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(timeout=20)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()


def until(true, log):
    """Wait for a moment that comes by itself; the daemon's own words tell why it did not."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if true():
            return
        time.sleep(0.5)
    raise AssertionError(log.read_text()[-4000:])


def test_an_edit_is_noticed_read_built_and_published_by_the_daemon(daemon):
    server, settings, log = daemon
    file = settings.published_file
    until(file.exists, log)
    server.change("Gudang", "edit", tab="Jan25", cells={"C3": 777_000})

    def published():
        rows = outcome_of(file).tables["clean.gudang__harian"]
        return any(777_000 in row for row in rows)

    until(published, log)
    tables = outcome_of(file).tables
    assert sum(row[2] for row in tables["ready.mart_daily"]) > 777_000
    assert server.counters()["writes"] == 0
