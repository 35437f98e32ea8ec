"""All tabs of the sample, cleaned on a real cluster: the same tables as here."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from candid_assets.cleaning.raw_file import RawFile
from candid_assets.engines.attempts import Attempt
from candid_assets.engines.spark_tasks import SparkTasks
from candid_assets.refresh import clean_rows
from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.sample import ensure_sample
from candid_assets.settings import PACKAGE, Settings
from candid_assets.warehouse.database import bootstrap
from candid_assets_tests.engines.cluster import Cluster
from candid_assets_tests.refresh.shop import Shop

pytestmark = [pytest.mark.engines, pytest.mark.slow]


@dataclass
class Company(Shop):
    """The sample without its models."""

    @property
    def settings(self) -> Settings:
        return Settings(
            CANDID_ENV="sample",
            CANDID_DATA_DIR=self.root / "data",
            CANDID_CATALOG_DIR=self.root / "catalog",
            CANDID_READS_PER_MINUTE=100_000,
            CANDID_GOOGLE_API_URL=self.server.url,
            GOOGLE_APPLICATION_CREDENTIALS=self.server.credentials_file,
        )

    @contextmanager
    def warehouse(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with duckdb.connect(str(self.settings.warehouse_file)) as opened:
            bootstrap(opened, "sample")
            yield opened

    def tables(self) -> dict[str, Any]:
        """Return the fingerprints of all tables of the last run, and what went into none."""
        record = self.runs[-1]
        assert record.failures == []
        built = {f"{b.layer}.{b.table}": b.version for b in record.built}
        kept = ("dropped_rows", "outside_cells")
        return built | {name: self.query(f"from meta.{name} order by all") for name in kept}


def test_all_tabs_of_the_sample_are_the_same_in_every_cell_and_reason(
    tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = ensure_sample(tmp_path / "books")
    shutil.copytree(PACKAGE / "catalog" / "workbooks", tmp_path / "catalog" / "workbooks")
    with SandboxServer(books, quota=False) as server:
        company = Company(tmp_path, server)
        company.run()
        here = company.tables()
        shutil.rmtree(company.settings.data_dir)
        monkeypatch.setattr(clean_rows, "goes_to_cluster", lambda *_: True)
        attempts: list[Attempt] = []

        def tasks_in(_: Settings, attempt: Attempt) -> SparkTasks:
            attempts.append(attempt)
            return SparkTasks(cluster.url, attempt.folder)

        monkeypatch.setattr(clean_rows, "tasks_in", tasks_in)
        quarter = property(lambda raw: (raw.last - raw.first) // 4 + 1)
        monkeypatch.setattr(RawFile, "part_rows", quarter)
        company.run()
        assert company.tables() == here
    assert len(attempts) == sum(name.startswith("clean.") for name in here) >= 90
