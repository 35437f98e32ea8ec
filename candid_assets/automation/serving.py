"""Runs Dagster's webserver and daemon on loopback, with the sandbox beside them in sample mode."""

import os
import subprocess
import sys
from contextlib import ExitStack

from candid_assets.settings import REPOSITORY, Settings


def serve_ui(settings: Settings, port: int) -> int:
    """Run until interrupted and return the exit code of Dagster."""
    with ExitStack() as stack:
        environment = dict(os.environ)
        if settings.env == "sample" and settings.google_api_url is None:
            from candid_assets.sandbox.sample import sample_settings

            local = stack.enter_context(sample_settings(settings))
            environment["CANDID_GOOGLE_API_URL"] = str(local.google_api_url)
            environment["GOOGLE_APPLICATION_CREDENTIALS"] = str(local.credentials_file)
        print(f"candid · environment {settings.env} · http://127.0.0.1:{port}", flush=True)
        command = [sys.executable, "-m", "dagster", "dev", "--host", "127.0.0.1"]
        command += ["--port", str(port), "--workspace", str(REPOSITORY / "workspace.yaml")]
        # Fixed command, no shell; the port is a number.
        server = subprocess.Popen(command, env=environment, cwd=REPOSITORY)  # noqa: S603
        try:
            return server.wait()
        except KeyboardInterrupt:
            server.terminate()
            return server.wait()
