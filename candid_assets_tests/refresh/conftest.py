"""A shop for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from candid_assets.sandbox.process import SandboxServer
from candid_assets_tests.refresh.shop import Shop


@pytest.fixture
def shop(tmp_path: Path, books: SandboxServer) -> Iterator[Shop]:
    yield Shop(tmp_path, books)
    for path in books.folder.glob("Toko*.json"):
        path.unlink()


@pytest.fixture
def make_shop(books: SandboxServer) -> Callable[[Path, str], Shop]:
    def make(root: Path, title: str) -> Shop:
        return Shop(root, books, title.casefold(), title)

    return make
