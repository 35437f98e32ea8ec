"""The log of real refreshes: lines with run, workbook and tab, of which rotation loses none."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.workbook import SampleTab, SampleWorkbook
from candid_assets_tests.end_to_end.conftest import REPOSITORY, Installation
from candid_assets_tests.workbook_contract import RECEIPTS_TAB, WORKBOOK_CONTRACT

pytestmark = pytest.mark.slow

TABS = [f"tab{number:02}" for number in range(12)]
LAYERS = ("sheets", "raw", "clean", "quarantine")
WITH_SMALL_FILES = """
import sys
from candid_assets import logs
logs.LARGEST_FILE, logs.FILES_KEPT = 2_000, 500
from candid_assets.cli import main
sys.argv = ["candid", *sys.argv[1:]]
main()
"""


@pytest.fixture
def shop(tmp_path):
    """Two workbooks that are refreshed into one data folder, and their server."""
    for title in ("Toko", "Gudang"):
        name = title.casefold()
        folder = tmp_path / "catalog" / "workbooks" / name
        folder.mkdir(parents=True)
        (folder / "contract.yaml").write_text(WORKBOOK_CONTRACT.format(name=name, title=title))
        for tab in TABS:
            (folder / f"{tab}.yaml").write_text(RECEIPTS_TAB.format(name=tab, title=tab))
        rows = [["No Nota"], ["N1"], ["N2"]]
        tabs = [SampleTab(number, tab, rows) for number, tab in enumerate(TABS, 1)]
        SampleWorkbook(title, title, tabs).save(tmp_path / "books")
    with SandboxServer(tmp_path / "books", quota=False) as server:
        variables = {
            "CANDID_ENV": "staging",
            "CANDID_CATALOG_DIR": str(tmp_path / "catalog"),
            "CANDID_READS_PER_MINUTE": "1000",
            **server.environment,
        }
        yield Installation(tmp_path / "data", variables), server


def _started(installation: Installation, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WITH_SMALL_FILES, "run", "--json", *arguments],
        env=installation.environment,
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _summary(process: subprocess.Popen[str]) -> dict[str, Any]:
    printed, _ = process.communicate(timeout=300)
    assert process.returncode == 0, printed
    summary: dict[str, Any] = json.loads(printed[printed.index("{") :])
    return summary


def _files(installation: Installation) -> list[Path]:
    return sorted((installation.data / "staging" / "logs").glob("candid.jsonl*"))


def _lines(installation: Installation) -> list[dict[str, Any]]:
    return [json.loads(line) for file in _files(installation) for line in file.open()]


def _new_content(lines: list[dict[str, Any]], run: str) -> Counter[tuple[str, str, str]]:
    return Counter(
        (line["layer"], line["workbook"], line["tab"])
        for line in lines
        if line.get("run") == run and line["message"].endswith("has new content")
    )


def test_the_log_of_refreshes_names_run_workbook_and_tab_and_rotation_loses_no_line(shop):
    installation, server = shop
    server.fault({"do": "error", "error": "unavailable"}, workbook="Gudang", api="sheets_reads")
    first = _summary(_started(installation))
    lines = _lines(installation)
    every = Counter(
        (layer, book, tab) for layer in LAYERS for book in ("toko", "gudang") for tab in TABS
    )
    assert _new_content(lines, first["run_id"]) == every
    assert all(line["at"].endswith("Z") and line["level"] for line in lines)
    (again,) = [line for line in lines if "trying again" in line["message"]]
    assert (again["workbook"], again["run"]) == ("gudang", first["run_id"])
    assert len(_files(installation)) > 5

    # Two processes that refresh at once, of what was read already, put the same files aside.
    started = [_started(installation, "--force", "--workbook", book) for book in ("toko", "gudang")]
    summaries = [_summary(process) for process in started]
    lines = _lines(installation)
    assert _new_content(lines, first["run_id"]) == every
    for book, summary in zip(("toko", "gudang"), summaries, strict=True):
        of_book = Counter(table for table in every if table[0] != "sheets" and table[1] == book)
        assert _new_content(lines, summary["run_id"]) == of_book
        (end,) = [
            line
            for line in lines
            if line["message"] == "refresh ended" and line["run"] == summary["run_id"]
        ]
        assert end["succeeded"] is True
    assert all(file.stat().st_size < 4_000 for file in _files(installation))
