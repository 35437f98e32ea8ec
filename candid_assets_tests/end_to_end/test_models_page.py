"""docs/models.md is run from top to bottom as it stands, in a project that `candid init` made."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from candid_assets.settings import REPOSITORY

pytestmark = pytest.mark.slow

PAGE = (REPOSITORY / "docs" / "models.md").read_text()
BLOCK = re.compile(r"^```(sh|sql|yaml)\n(.*?)^```$", re.M | re.S)
PLACE = re.compile(r"(?:#|--) (?P<path>catalog/\S+?)(?:, (?P<how>above|from) `(?P<line>.+)`.*)?")


class Desk:
    """A folder in which the page's commands run and its files are written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        tools = folder / "bin"
        tools.mkdir()
        command = f'#!/bin/sh\nexec "{sys.executable}" -m candid_assets.cli "$@"\n'
        (tools / "candid").write_text(command)
        (tools / "candid").chmod(0o755)
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("CANDID_", "DAGSTER_"))}
        path = f"{tools}{os.pathsep}{os.environ['PATH']}"
        self.environment = {**plain, "PATH": path, "PYTHONPATH": str(REPOSITORY), "COLUMNS": "200"}

    def run(self, script: str) -> str:
        """Run commands; return what they printed."""
        done = subprocess.run(
            ["bash", "-e"],
            input=script,
            cwd=self.here,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    @property
    def here(self) -> Path:
        """The project, once the page has made it."""
        project = self.folder / "shop"
        return project if project.is_dir() else self.folder

    def write(self, text: str) -> None:
        """Write a file that begins with its path, or the part of it that the path names."""
        first, rest = text.split("\n", 1)
        place = PLACE.fullmatch(first)
        assert place is not None, first
        path = self.here / place["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        if place["how"] is not None:
            before, line, after = path.read_text().partition(f"\n{place['line']}\n")
            assert line, f"{path} has no line {place['line']}"
            kept = f"{line.strip()}\n{after}" if place["how"] == "above" else ""
            rest = f"{before}\n{rest}{kept}"
        path.write_text(rest)


def test_the_page_runs_from_top_to_bottom(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    printed = []
    for kind, text in BLOCK.findall(PAGE):
        if kind == "sh":
            printed.append(desk.run(text))
        else:
            desk.write(text)
    built = "\n".join(printed)
    for table in ("ready.mart_city_months", "ready.metrics_sales", "clean.shop__receipts"):
        assert f"built {table}" in built
    checks = desk.run("candid query 'select name, passed from meta.checks' --json")
    for check in ("books_agree", "row_rules_kept", "metric_shop_sales", "metric_share_paid"):
        assert re.search(rf'"name": "{check}", "passed": true', checks), check
    shown = desk.run("candid metrics query share_paid --grain month --json")
    assert '"target": 0.9' in shown
