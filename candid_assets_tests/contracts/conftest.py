"""A good small catalog on disk, and a company that declares destinations."""

from pathlib import Path

import pytest

from candid_assets_tests.contracts.small_catalog import write_catalog
from candid_assets_tests.destinations.conftest import company, declare

__all__ = ["company", "declare"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_catalog(tmp_path / "catalog")
