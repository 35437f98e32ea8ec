"""docs/models.md is run from top to bottom as it stands, in a project that `candid init` made."""

import re
from pathlib import Path

import pytest

from candid_assets.settings import REPOSITORY
from candid_assets_tests.documents.written_pages import blocks
from candid_assets_tests.end_to_end.desk import Desk

pytestmark = pytest.mark.slow

PLACE = re.compile(r"(?:#|--) (?P<path>catalog/\S+?)(?:, (?P<how>above|from) `(?P<line>.+)`.*)?")


def write(project: Path, text: str) -> None:
    """Write a file that begins with its path, or the part of it that the path names."""
    first, rest = text.split("\n", 1)
    place = PLACE.fullmatch(first)
    assert place is not None, first
    path = project / place["path"]
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
    for kind, text in blocks(REPOSITORY / "docs" / "models.md"):
        if kind == "sh":
            printed.append(desk.run(text))
            desk.here = tmp_path / "shop"  # where its first commands lead
        elif kind in {"sql", "yaml"}:
            write(desk.here, text)
    built = "\n".join(printed)
    for table in ("ready.mart_city_months", "ready.metrics_sales", "clean.shop__receipts"):
        assert f"built {table}" in built
    checks = desk.run("candid query 'select name, passed from meta.checks' --json")
    for check in ("books_agree", "row_rules_kept", "metric_shop_sales", "metric_share_paid"):
        assert re.search(rf'"name": "{check}", "passed": true', checks), check
    shown = desk.run("candid metrics query share_paid --grain month --json")
    assert '"target": 0.9' in shown
