"""A shop for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from candid_assets.sandbox.process import SandboxServer
from candid_assets_tests.refresh.shop import Shop


@pytest.fixture
def shop(tmp_path: Path, books: SandboxServer) -> Iterator[Shop]:
    yield Shop(tmp_path, books)
    for path in books.folder.glob("Toko*.json"):
        path.unlink()
