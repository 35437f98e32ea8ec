"""Two processes that apply at once: one changes the tab, the other is refused by name."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pytest

from candid_assets.deployment.one_at_a_time import one_at_a_time
from candid_assets.deployment.publications import PUBLISHED, plan_undo
from candid_assets.gate.errors import GateError
from candid_assets.gate.plans import PublicationPlan
from candid_assets.sandbox.process import SandboxServer
from candid_assets.settings import REPOSITORY
from candid_assets_tests.deployment.boards import AFTER, BEFORE, cells_of, plan_into, publish_as
from candid_assets_tests.deployment.gated import IDENTITY, Gated

pytestmark = pytest.mark.slow

PUBLISHER = """
import json, sys
from pathlib import Path
from candid_assets.deployment import one_at_a_time, publications
from candid_assets.errors import CandidError
from candid_assets.gate import content
from candid_assets.gate.content import Installation
from candid_assets.gate.deployments import Records
from candid_assets.settings import Settings
from candid_assets.sources.sheets.publishing import SheetPublisher

root, catalog, variables, digest = json.loads(sys.argv[1])
content.REPOSITORY = Path(root)
one_at_a_time._PATIENCE = 0
put = SheetPublisher.put

def put_when_told(*given):
    print("writes", flush=True)
    sys.stdin.readline()
    put(*given)

SheetPublisher.put = put_when_told
installation = Installation(Path(root), Path(catalog))
try:
    publications.publish(Settings(**variables), installation, Records(installation).plan(digest))
    print("published", flush=True)
except CandidError as error:
    print(error.message, flush=True)
"""
"""Publishes as `candid apply` does, and waits with its write until it is told to."""


@contextmanager
def publishing(board: Gated, digest: str) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that publishes a plan."""
    variables = board.variables | {
        "CANDID_ENV": "production",
        "CANDID_DATA_DIR": str(board.data),
        "CANDID_CATALOG_DIR": str(board.catalog),
    }
    given = json.dumps([str(board.root), str(board.catalog), variables, digest])
    process = subprocess.Popen(
        [sys.executable, "-c", PUBLISHER, given],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **IDENTITY, "PYTHONPATH": str(REPOSITORY)},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def approved(board: Gated, source: str = "ready.dim_stock") -> PublicationPlan:
    plan = plan_into(board, source=source)
    board.decide(plan)
    return plan


@pytest.fixture
def two_sources(board: Gated) -> Gated:
    with duckdb.connect(str(board.settings().published_file)) as made:
        made.execute(
            "create table ready.dim_less as select * from ready.dim_stock where sku = 'P001'"
        )
    return board


def _apply_at_once(board: Gated, books: SandboxServer, plan: PublicationPlan, other: str) -> None:
    """Apply a second plan while a first one is about to write; the first alone may write."""
    writes = books.counters()["writes"]
    with publishing(board, plan.digest) as first:
        assert line_of(first) == "writes"
        with publishing(board, other) as second:
            assert line_of(second).startswith("another process applies a plan (")
        assert first.stdin is not None
        first.stdin.write("\n")
        first.stdin.flush()
        assert line_of(first) == "published"
    assert books.counters()["writes"] == writes + 1


def test_one_plan_applied_by_two_processes_at_once_is_written_and_recorded_once(
    board: Gated, books: SandboxServer
) -> None:
    plan = approved(board)
    _apply_at_once(board, books, plan, plan.digest)
    assert [[getattr(cell, "serial", cell) for cell in row] for row in cells_of(books)] == AFTER
    assert len(list((board.root / "deployments" / PUBLISHED / plan.digest).iterdir())) == 1
    with pytest.raises(GateError, match="published already"):
        publish_as(board, plan)


def test_of_two_plans_of_one_tab_applied_at_once_one_is_refused(
    two_sources: Gated, books: SandboxServer
) -> None:
    plan, other = approved(two_sources), approved(two_sources, "ready.dim_less")
    _apply_at_once(two_sources, books, plan, other.digest)
    with pytest.raises(GateError, match="was edited since"):
        publish_as(two_sources, other)
    assert [[getattr(cell, "serial", cell) for cell in row] for row in cells_of(books)] == AFTER


def test_a_publication_beside_the_undo_of_the_one_before_it_is_refused(
    two_sources: Gated, books: SandboxServer
) -> None:
    plan = approved(two_sources)
    publish_as(two_sources, plan)
    undo = plan_undo(two_sources.settings(), two_sources.installation, plan.digest)
    two_sources.decide(undo, "budi")
    other = approved(two_sources, "ready.dim_less")
    _apply_at_once(two_sources, books, undo, other.digest)
    assert cells_of(books) == BEFORE
    with pytest.raises(GateError, match="was edited since"):
        publish_as(two_sources, other)


def test_a_publication_waits_for_a_deployment_of_the_same_clone(
    board: Gated, books: SandboxServer
) -> None:
    plan = approved(board)
    with (
        one_at_a_time(board.settings(), board.installation),
        publishing(board, plan.digest) as process,
    ):
        assert line_of(process).startswith("another process applies a plan (")
    assert publish_as(board, plan).cells == 7
