"""A small workbook behind the real local server, refreshed as a run does, without Dagster."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb

from candid_assets.contracts.catalog import Catalog
from candid_assets.contracts.load import load_catalog
from candid_assets.history.earlier_versions import versions_before
from candid_assets.refresh.closing import WriteReport
from candid_assets.refresh.context import Refresh, Selection
from candid_assets.refresh.downstream import with_downstream
from candid_assets.refresh.record import Record
from candid_assets.refresh.stages import run_refresh
from candid_assets.refresh.staleness import stale_tables
from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.workbook import SampleTab, SampleWorkbook
from candid_assets.settings import Settings
from candid_assets.sources.open_sources import Sources
from candid_assets.warehouse.database import bootstrap
from candid_assets.warehouse.landing import Landing
from candid_assets.warehouse.memory import fit_to_size
from candid_assets.warehouse.tab_changes import accepted_layouts
from candid_assets_tests.workbook_contract import WORKBOOK_CONTRACT


@dataclass
class Shop:
    """One workbook, its contracts and its warehouse; shops of one root are one installation."""

    root: Path
    server: SandboxServer
    name: str = "toko"
    title: str = "Toko"
    runs: list[Record] = field(default_factory=list)
    only: set[str] = field(default_factory=set)
    """Workbooks that are refreshed, by name, with what hangs on them; all where there are none."""
    write_report: WriteReport = lambda *_: None
    """What a refresh leaves behind beside its tables."""

    @property
    def settings(self) -> Settings:
        return Settings(
            CANDID_ENV="staging",
            CANDID_DATA_DIR=self.root / "data",
            CANDID_CATALOG_DIR=self.root / "catalog",
            CANDID_READS_PER_MINUTE=100_000,
            CANDID_GOOGLE_API_URL=self.server.url,
            GOOGLE_APPLICATION_CREDENTIALS=self.server.credentials_file,
        )

    @property
    def folder(self) -> Path:
        return self.root / "catalog" / "workbooks" / self.name

    def contract(self, tab: str, text: str) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        head = self.folder / "contract.yaml"
        if not head.exists():
            head.write_text(WORKBOOK_CONTRACT.format(name=self.name, title=self.title))
        path = self.folder / f"{tab}.yaml"
        path.write_text(text)
        return path

    def sheet(self, **tabs: list[list[Any]]) -> None:
        made = [SampleTab(i, title, rows) for i, (title, rows) in enumerate(tabs.items(), 101)]
        SampleWorkbook(self.title, self.title, made).save(self.server.folder)

    def change(self, do: str, **what: Any) -> None:
        self.server.change(self.title, do, **what)

    def catalog(self) -> Catalog:
        return load_catalog(self.settings.catalog_dir)

    def run(self) -> Record:
        settings, catalog, record = self.settings, self.catalog(), Record()
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with (
            self.warehouse() as connection,
            Sources(settings) as session,
        ):
            looks = session.states(catalog.workbooks)
            stale = stale_tables(catalog, connection, settings.env, looks)
            if self.only:
                stale &= with_downstream(catalog, self.only, set())
            refresh = Refresh(
                settings=settings,
                catalog=catalog,
                connection=connection,
                landing=Landing(settings.landing_dir),
                run_id=str(uuid4()),
                earlier_versions=versions_before,
                selection=Selection(stale),
                looks=looks,
            )
            list(run_refresh(refresh, nullcontext(session), record, self.write_report))
            # What a refresh remembers of accepted layouts is what the warehouse holds.
            assert refresh.layouts == {w: accepted_layouts(connection, w) for w in refresh.layouts}
        self.runs.append(record)
        return record

    @contextmanager
    def warehouse(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with duckdb.connect(str(self.settings.warehouse_file)) as connection:
            fit_to_size(connection, self.settings.warehouse_file)
            bootstrap(connection, "staging")
            yield connection

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.settings.published_file), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def failures(self) -> list[tuple[str, str]]:
        """Cause and message of the last run's failures, each cause once."""
        return [(f.cause, f.message) for f in self.runs[-1].distinct_failures()]

    def check(self, name: str) -> tuple[bool, str]:
        results = [c for c in self.runs[-1].checks if c.name == name]
        return results[-1].passed, results[-1].message
