"""One installation over sources of any kind, refreshed as a run does, without Dagster."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import pytest
from click.testing import CliRunner, Result

from candid_assets.cli import main
from candid_assets.contracts.catalog import Catalog
from candid_assets.contracts.load import load_catalog
from candid_assets.history.earlier_versions import versions_before
from candid_assets.refresh.context import Refresh
from candid_assets.refresh.record import Record
from candid_assets.refresh.stages import run_refresh
from candid_assets.settings import Settings
from candid_assets.sources.open_sources import Sources
from candid_assets.warehouse.database import bootstrap
from candid_assets.warehouse.landing import Landing

HEAD = """apiVersion: v3.2.0
kind: DataContract
id: {name}
name: {name}
version: 1.0.0
status: active
domain: sales
description: {{purpose: A source.}}
team: {{name: shop}}
servers:
  - {{server: staging, environment: staging, {server}}}
"""


@dataclass
class Installation:
    """A catalog and a warehouse; a source for each head that is written."""

    root: Path
    runs: list[Record] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return Settings(
            CANDID_ENV="staging",
            CANDID_DATA_DIR=self.root / "data",
            CANDID_CATALOG_DIR=self.root / "catalog",
        )

    def head(self, name: str, server: str) -> None:
        folder = self.root / "catalog" / "workbooks" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "contract.yaml").write_text(HEAD.format(name=name, server=server))

    def table(self, workbook: str, name: str, text: str) -> Path:
        path = self.root / "catalog" / "workbooks" / workbook / f"{name}.yaml"
        path.write_text(text)
        return path

    def catalog(self) -> Catalog:
        return load_catalog(self.settings.catalog_dir)

    def run(self, **how: Any) -> Record:
        settings, catalog, record = self.settings, self.catalog(), Record()
        assert not catalog.problems, catalog.problems
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with (
            duckdb.connect(str(settings.warehouse_file)) as connection,
            Sources(settings) as sources,
        ):
            bootstrap(connection, "staging")
            refresh = Refresh(
                settings=settings,
                catalog=catalog,
                connection=connection,
                landing=Landing(settings.landing_dir),
                run_id=str(uuid4()),
                earlier_versions=versions_before,
                **how,
            )
            for _ in run_refresh(refresh, sources, record, lambda *_: None):
                pass
        self.runs.append(record)
        return record

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.settings.published_file), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def failures(self) -> list[tuple[str, str]]:
        """Cause and message with the fix of the last run's failures, each cause once."""
        return [(f.cause, f"{f.message}; {f.fix}") for f in self.runs[-1].distinct_failures()]

    def built(self) -> set[str]:
        return {f"{b.layer}.{b.table}" for b in self.runs[-1].built}


def discovered(
    place: Installation, monkeypatch: pytest.MonkeyPatch, source: str, name: str, *more: str
) -> Result:
    """Run `candid discover` over a source, as a person does."""
    settings = place.settings
    monkeypatch.setenv("CANDID_ENV", "staging")
    monkeypatch.setenv("CANDID_DATA_DIR", str(place.root / "data"))
    monkeypatch.setenv("CANDID_CATALOG_DIR", str(settings.catalog_dir))
    return CliRunner().invoke(main, ["discover", source, "--workbook", name, "--json", *more])
