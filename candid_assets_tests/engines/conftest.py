"""A shop for each test, and one cluster for all that ask for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from candid_assets.sandbox.process import SandboxServer
from candid_assets_tests.engines.cluster import Cluster, started_cluster
from candid_assets_tests.refresh.shop import Shop


@pytest.fixture(scope="session")
def standing_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with started_cluster(tmp_path_factory.mktemp("cluster")) as started:
        yield started


@pytest.fixture
def cluster(standing_cluster: Cluster) -> Iterator[Cluster]:
    """The cluster, whole again once the test has ended."""
    yield standing_cluster
    standing_cluster.mend()


@pytest.fixture
def shop(tmp_path: Path, books: SandboxServer) -> Iterator[Shop]:
    yield Shop(tmp_path, books)
    for path in books.folder.glob("Toko*.json"):
        path.unlink()
