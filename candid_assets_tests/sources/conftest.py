"""An installation for each test."""

from pathlib import Path

import pytest

from candid_assets_tests.layers.shop import KeptAudit
from candid_assets_tests.sources.installation import Installation


@pytest.fixture
def place(tmp_path: Path, audits: KeptAudit) -> Installation:
    return Installation(tmp_path, audits)
