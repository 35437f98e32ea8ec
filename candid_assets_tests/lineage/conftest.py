from collections.abc import Iterator
from pathlib import Path

import pytest

from candid_assets.sandbox.process import SandboxServer
from candid_assets_tests.layers.timemachine.shop import Shop, opened_shop


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    with SandboxServer(tmp_path_factory.mktemp("books"), quota=False) as running:
        yield running


@pytest.fixture
def shop(server: SandboxServer, tmp_path: Path) -> Iterator[Shop]:
    with opened_shop(tmp_path, server) as made:
        yield made
