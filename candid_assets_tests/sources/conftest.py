"""One process of audits for the room; an installation for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from candid_assets_tests.layers.shop import KeptAudit
from candid_assets_tests.sources.installation import Installation


@pytest.fixture(scope="session")
def audits() -> Iterator[KeptAudit]:
    process = KeptAudit()
    yield process
    process.end()


@pytest.fixture
def place(tmp_path: Path, audits: KeptAudit) -> Installation:
    return Installation(tmp_path, audits)
