"""The real webserver and daemon over a small company, started once for the room."""

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
from candid_assets_tests.under_fire.kit import settings_for, write_company

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
        assert done.stderr.startswith("candid · environment staging"), done.stderr
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
        "CANDID_WEB_URL": f"http://127.0.0.1:{port}",
        "XDG_CACHE_HOME": str(settings.cache_root),
        "DAGSTER_HOME": str(REPOSITORY),
        **server.environment,
    }
    settings = settings.model_copy(update={"web_url": environment["CANDID_WEB_URL"]})
    return Installation(server, settings, environment, root)


def started(installation: Installation, name: str, *command: str) -> subprocess.Popen:
    log = (installation.root / f"{name}.log").open("w")
    return subprocess.Popen(
        [sys.executable, "-m", *command, "--workspace", str(REPOSITORY / "workspace.yaml")],
        env=os.environ | installation.environment,
        cwd=REPOSITORY,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )


def webserver(installation: Installation) -> subprocess.Popen:
    """Start the webserver and wait until it answers."""
    port = installation.settings.web_url.rpartition(":")[2]
    process = started(
        installation, "webserver", "dagster_webserver", "--host", "127.0.0.1", "--port", port
    )
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            requests.get(f"{installation.settings.web_url}/server_info", timeout=5)
            return process
        except requests.ConnectionError:
            time.sleep(0.2)
    raise AssertionError((installation.root / "webserver.log").read_text()[-3000:])


def stop(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="session")
def web(tmp_path_factory):
    root = tmp_path_factory.mktemp("web")
    write_company(root)
    with SandboxServer(root / "books", quota=False) as server:
        installation = company(root, server, free_port())
        processes = [started(installation, "daemon", "dagster._daemon", "run")]
        try:
            processes.append(webserver(installation))
            yield installation
        finally:
            for process in processes:
                stop(process)


@pytest.fixture
def alone(tmp_path):
    """A company whose webserver does not run."""
    write_company(tmp_path)
    with SandboxServer(tmp_path / "books", quota=False) as server:
        yield company(tmp_path, server, free_port())
