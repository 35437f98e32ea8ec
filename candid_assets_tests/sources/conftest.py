"""An installation for each test."""

from pathlib import Path

import pytest

from candid_assets_tests.sources.api.orders_api import api, shop
from candid_assets_tests.sources.installation import Installation

__all__ = ["api", "shop"]


@pytest.fixture
def place(tmp_path: Path) -> Installation:
    return Installation(tmp_path)
