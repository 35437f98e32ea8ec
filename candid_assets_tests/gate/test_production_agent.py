"""An agent launches production's jobs through the guarded webserver while what runs is deployed."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from candid_assets_tests.deployment.gated import IDENTITY, Gated

pytestmark = pytest.mark.served

MODEL = "candid_assets/catalog/models/hub/dim_stock.sql"
PATIENCE = 240


@contextmanager
def serving(gated: Gated, variables):
    """Serve production from the repository on a free port; yield the address."""
    environment = {n: v for n, v in os.environ.items() if not n.startswith("CANDID_")}
    environment |= IDENTITY | variables | gated.variables
    environment |= {
        "PYTHONPATH": str(gated.root),
        "PYTHONDONTWRITEBYTECODE": "1",
        "CANDID_DATA_DIR": str(gated.data),
        "DAGSTER_HOME": str(gated.root),
    }
    log = gated.root.parent / "serve.log"
    with log.open("w") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "candid_assets.cli", "serve", "--port", "0"],
            cwd=gated.root,
            env=environment,
            stdout=written,
            stderr=written,
        )
        try:
            deadline = time.monotonic() + PATIENCE
            while not (address := re.search(r"http://127\S+", log.read_text())):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.2)
            yield address[0]
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=90)


def test_agent_refreshes_what_is_deployed_and_nothing_else(served: Gated):
    production = {"CANDID_ENV": "production", "CANDID_LOOK_SECONDS": "3600"}
    add = ("users", "add", "data-eng", "--role", "agent", "--job", "refresh_toko", "--json")
    token = json.loads(served.candid(*add, **production).stdout)["token"]
    with serving(served, production) as address:
        agent = production | {"CANDID_WEB_URL": address, "CANDID_AGENT_TOKEN": token}

        def launch(job, task):
            done = served.candid("agent", "launch", job, "--task", task, "--wait", **agent)
            return done.returncode, done.stdout + done.stderr

        code, answer = launch("refresh_toko", "T-1")
        assert code == 0, answer
        assert '"SUCCESS"' in answer
        code, answer = launch("refresh_all", "T-2")
        assert code == 4, answer
        assert "refresh_toko" in answer, "what it may launch instead"

        overview = json.loads(served.candid("status", "--json", **production).stdout)
        deployment = overview["deployment"]
        assert (deployment["number"], deployment["problem"]) == (1, None)
        assert deployment["approved_by"] == ["ani"]
        (run,) = [r for r in overview["runs"] if r["job"] == "refresh_toko"]
        assert (run["status"], run["launched_by"], run["task"]) == ("SUCCESS", "data-eng", "T-1")
        assert overview["automation"]["daemon"]
        answer = served.candid("status", **production).stdout
        assert "deployed   1 · commit" in answer
        assert "approved by ani" in answer

        file = served.data / "production" / "published" / "candid.duckdb"
        before = file.read_bytes()
        served.edit(MODEL, "quantity > 0", "quantity > 50")
        code, answer = launch("refresh_toko", "T-3")
        assert code == 4, answer
        assert "differ from deployment 1" in answer
        assert "candid plan" in answer
        assert file.read_bytes() == before
        overview = json.loads(served.candid("status", "--json", **production).stdout)
        assert "differ from deployment 1" in overview["deployment"]["problem"]
        assert [r["task"] for r in overview["runs"]].count("T-3") == 0
