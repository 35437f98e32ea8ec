"""Runs the real command in its own process, with its own data folder and Dagster history."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result
from filelock import FileLock

from candid_assets.cli import main

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass
class Installation:
    """One data folder and the environment that `candid` runs under."""

    data: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("CANDID_")
        }
        return inherited | {
            "CANDID_DATA_DIR": str(self.data),
            "DAGSTER_HOME": str(REPOSITORY),
            "COLUMNS": "200",
            **self.variables,
        }

    def invoke(self, *arguments: str, typed: str | None = None) -> Result:
        """Run a command in this process, since one of its own imports for seconds.

        Args:
            arguments: Its words.
            typed: What a person types when it asks.
        """
        with pytest.MonkeyPatch.context() as patch:
            for name in os.environ.keys() - self.environment.keys():
                patch.delenv(name)
            for name, value in self.environment.items():
                patch.setenv(name, value)
            return CliRunner().invoke(main, arguments, input=typed)

    def candid(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "candid_assets.cli", *arguments],
            env=self.environment,
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )

    def run(self, *arguments: str) -> tuple[int, dict[str, Any], str]:
        """Run `candid run --json`; return exit code, summary and what people read."""
        done = self.candid("run", "--json", *arguments)
        lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
        assert lines, done.stderr
        return done.returncode, json.loads(lines[-1]), done.stderr

    @property
    def env(self) -> str:
        return self.variables.get("CANDID_ENV", "sample")

    def snapshot(self) -> duckdb.DuckDBPyConnection:
        path = self.data / self.env / "published" / "candid.duckdb"
        return duckdb.connect(str(path), read_only=True)

    def query(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self.snapshot() as connection:
            return connection.execute(sql, list(values)).fetchall()


@pytest.fixture(scope="session")
def sample(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> tuple[Installation, dict[str, Any]]:
    """The whole sample, refreshed once for all workers, each with a copy of its own."""
    shared = tmp_path_factory.getbasetemp()
    shared = (shared if worker_id == "master" else shared.parent) / "sample"
    with FileLock(f"{shared}.lock"):
        if not (shared / "summary.json").exists():
            code, summary, output = Installation(shared / "data").run()
            assert code == 0, output
            (shared / "summary.json").write_text(json.dumps(summary))
    folder = tmp_path_factory.mktemp("sample")
    shutil.copytree(shared / "data", folder / "data")
    text = (shared / "summary.json").read_text().replace(f"{shared}/", f"{folder}/")
    return Installation(folder / "data"), json.loads(text)
