"""The guarded webserver and the daemon over a small company, started once for the room."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from candid_assets.sandbox.process import SandboxServer
from candid_assets.settings import REPOSITORY, Settings
from candid_assets_tests.end_to_end.faults.kit import settings_for, write_company
from candid_assets_tests.refresh.conftest import shop

__all__ = ["shop"]

PATIENCE = 300


@dataclass
class Installation:
    """A small company with its settings and, where they run, webserver and daemon."""

    server: SandboxServer
    settings: Settings
    environment: dict[str, str]
    root: Path

    def candid(self, *arguments: str, code: int = 0, **environment: str) -> dict:
        """Run the command line and return its JSON object."""
        done = subprocess.run(
            [sys.executable, "-m", "candid_assets.cli", *arguments],
            env=os.environ | self.environment | environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == code, done.stderr + done.stdout
        return json.loads(done.stdout)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def company(root: Path, server: SandboxServer, port: int) -> Installation:
    settings = settings_for(server, root / "catalog", root / "data")
    environment = {
        "CANDID_ENV": settings.env,
        "CANDID_CATALOG_DIR": str(settings.catalog_dir),
        "CANDID_DATA_DIR": str(settings.data_root),
        "CANDID_LOOK_SECONDS": "3600",
        "CANDID_ALERT_SECONDS": "5",
        "CANDID_WEB_URL": f"http://127.0.0.1:{port}",
        "XDG_CACHE_HOME": str(settings.cache_root),
        "DAGSTER_HOME": str(REPOSITORY),
        **server.environment,
    }
    settings = settings.model_copy(update={"web_url": environment["CANDID_WEB_URL"]})
    return Installation(server, settings, environment, root)


def guarded(installation: Installation) -> subprocess.Popen:
    """Start webserver and daemon as `candid serve` does, and wait until they answer."""
    port = installation.settings.web_url.rpartition(":")[2]
    path = installation.root / "serve.log"
    process = subprocess.Popen(
        [sys.executable, "-m", "candid_assets.cli", "serve", "--port", port],
        env=os.environ | installation.environment,
        cwd=REPOSITORY,
        stdout=path.open("w"),
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            requests.get(f"{installation.settings.web_url}/server_info", timeout=5)
            return process
        except requests.ConnectionError:
            time.sleep(0.2)
    raise AssertionError(path.read_text()[-3000:])


def stop(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=40)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="session")
def web(tmp_path_factory):
    root = tmp_path_factory.mktemp("web")
    write_company(root)
    with SandboxServer(root / "books", quota=False) as server:
        installation = company(root, server, free_port())
        added = installation.candid("users", "add", "data-eng", "--role", "agent", "--json")
        token = root / "token"
        token.write_text(added["token"])
        token.chmod(0o600)
        installation.environment["CANDID_AGENT_TOKEN_FILE"] = str(token)
        installation.settings = installation.settings.model_copy(update={"agent_token_file": token})
        process = guarded(installation)
        try:
            installation.candid("agent", "launch", "--task", "first", "--wait")
            # The sensor asks for everything at its first look; what tests launch comes after.
            for run in installation.candid("agent", "status")["runs"]:
                installation.candid("agent", "wait", run["run_id"])
            yield installation
        finally:
            stop(process)


@pytest.fixture
def alone(tmp_path):
    """A company whose webserver does not run."""
    write_company(tmp_path)
    with SandboxServer(tmp_path / "books", quota=False) as server:
        yield company(tmp_path, server, free_port())
