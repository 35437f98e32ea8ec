"""A good small catalog on disk."""

from pathlib import Path

import pytest

from candid_assets_tests.contracts.mini import write_catalog


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_catalog(tmp_path / "catalog")
