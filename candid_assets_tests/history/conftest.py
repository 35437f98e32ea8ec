"""A shop whose publications are kept, so that each can be built again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from candid_assets.sandbox.process import SandboxServer
from candid_assets_tests.history.shop import Shop, opened_shop


@pytest.fixture
def shop(books: SandboxServer, tmp_path: Path) -> Iterator[Shop]:
    with opened_shop(tmp_path, books) as made:
        yield made
