"""A small company of two workbooks whose refresh is set on fire, and what must survive."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

import duckdb

from candid_assets.contracts.catalog import Catalog
from candid_assets.contracts.load import load_catalog
from candid_assets.history.earlier_versions import versions_before
from candid_assets.refresh.context import Refresh, Selection
from candid_assets.refresh.record import Record
from candid_assets.refresh.stages import run_refresh
from candid_assets.refresh.staleness import stale_tables
from candid_assets.reports.report import write_report
from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.workbook import SampleTab, SampleWorkbook
from candid_assets.settings import Settings
from candid_assets.source_kinds.registry import DEFAULT
from candid_assets.sources.open_sources import Sources
from candid_assets.sources.retry import RetryPolicy
from candid_assets.sources.sheets.reader import GoogleReader
from candid_assets.sources.sheets.session import SheetsSession
from candid_assets.warehouse.database import bootstrap
from candid_assets.warehouse.landing import Landing
from candid_assets_tests.workbook_contract import WORKBOOK_CONTRACT

BRISK = RetryPolicy(
    attempts=3,
    deadline=20,
    first_wait=0.005,
    longest_wait=0.02,
    connect_timeout=2,
    read_timeout=0.4,
    answer_timeout=0.8,
    round_wait=0.01,
)
SMALL_CHUNK = 40_000
"""Bytes of one read of values, so that the tab with many rows takes several."""

TAB = """name: {name}
physicalName: "{title}"
description: Receipts of a shop.
dataGranularityDescription: One row per receipt.
properties:
  - {{name: receipt_id, physicalName: "No Nota", logicalType: string, primaryKey: true,
     required: true, description: Receipt number.}}
  - {{name: sold_date, physicalName: "Tgl", logicalType: date, description: Day.}}
  - {{name: amount_idr, physicalName: "Jumlah (Rp)", logicalType: number,
     logicalTypeOptions: {{minimum: 0}}, description: Amount in Rupiah.}}
"""
MODEL_SQL = """select sold_date, count(*) as receipts, sum(amount_idr)::decimal(18, 2) as amount_idr
from (
    select sold_date, amount_idr from clean.toko__harian
    union all
    select sold_date, amount_idr from clean.toko__kuartal
    union all
    select sold_date, amount_idr from clean.gudang__harian
) as receipts
group by sold_date
"""
MODEL_YAML = """name: mart_daily
description: Receipts a day.
dataGranularityDescription: One row per day.
customProperties:
  - {property: kind, value: mart}
  - {property: owner, value: "team:shop"}
properties:
  - {name: sold_date, logicalType: date, primaryKey: true, description: Day.}
  - {name: receipts, logicalType: integer, description: Receipts.}
  - {name: amount_idr, logicalType: number, description: Amount.}
"""
BOOKS = {"Toko": {"Jan25": 900, "Q1": 4}, "Gudang": {"Jan25": 5}}
NAMES = {"Jan25": "harian", "Q1": "kuartal"}


def rows_of(count, amount=1_000):
    head = ["No Nota", "Tgl", "Jumlah (Rp)"]
    return [head, *([f"N{n}", f"{n % 28 + 1}/01/2025", amount + n] for n in range(count))]


def write_company(root: Path) -> None:
    """Write catalog and workbooks: Toko with a long and a short tab, Gudang with one."""
    for title, tabs in BOOKS.items():
        name = title.lower()
        folder = root / "catalog" / "workbooks" / name
        folder.mkdir(parents=True)
        (folder / "contract.yaml").write_text(WORKBOOK_CONTRACT.format(name=name, title=title))
        made = []
        for number, (tab, count) in enumerate(tabs.items(), 101):
            text = TAB.format(name=NAMES[tab], title=tab)
            (folder / f"{NAMES[tab]}.yaml").write_text(text)
            made.append(SampleTab(number, tab, rows_of(count)))
        SampleWorkbook(title, title, made).save(root / "books")
    models = root / "catalog" / "models" / "sales"
    models.mkdir(parents=True)
    (models / "mart_daily.sql").write_text(MODEL_SQL)
    (models / "mart_daily.yaml").write_text(MODEL_YAML)


@dataclass
class Shop:
    """One installation over the company, refreshed in this process."""

    server: SandboxServer
    catalog: Catalog
    settings: Settings
    policy: RetryPolicy = BRISK
    sessions: list[SheetsSession] = field(default_factory=list)

    def refresh(self) -> Record:
        """Refresh what is stale once, as `candid run` does within Dagster's run."""
        record = Record()
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        with (
            duckdb.connect(str(self.settings.warehouse_file)) as connection,
            self.session() as session,
        ):
            bootstrap(connection, self.settings.env)
            looks = session.states(self.catalog.workbooks)
            work = Refresh(
                settings=self.settings,
                catalog=self.catalog,
                connection=connection,
                landing=Landing(self.settings.landing_dir),
                run_id=str(uuid4()),
                earlier_versions=versions_before,
                looks=looks,
                selection=Selection(
                    stale_tables(self.catalog, connection, self.settings.env, looks)
                ),
            )
            for _ in run_refresh(work, nullcontext(session), record, write_report):
                pass
        return record

    @contextmanager
    def session(self):
        with SheetsSession.from_settings(self.settings, policy=self.policy) as session:
            yield Sources(self.settings, {DEFAULT.name: GoogleReader(session)})

    def copy(self, to: Path) -> "Shop":
        """Return another installation with the same data."""
        if self.settings.data_dir.exists():
            shutil.copytree(self.settings.data_dir, to / self.settings.env)
        return Shop(self.server, self.catalog, self.settings_in(to), self.policy)

    def settings_in(self, folder: Path) -> Settings:
        return settings_for(self.server, self.settings.catalog_dir, folder)

    def published(self) -> "Outcome":
        return outcome_of(self.settings.published_file)

    def warehouse(self) -> "Outcome":
        return outcome_of(self.settings.warehouse_file)


@contextmanager
def company_books(root: Path) -> Iterator[tuple[SandboxServer, Settings]]:
    """Write the company and serve its workbooks; yield the server and the settings to read it."""
    write_company(root)
    with SandboxServer(root / "books", quota=False) as server:
        yield server, settings_for(server, root / "catalog", root / "data")


def settings_for(server: SandboxServer, catalog: Path, data: Path) -> Settings:
    return Settings(
        CANDID_ENV="staging",
        CANDID_GOOGLE_API_URL=server.url,
        GOOGLE_APPLICATION_CREDENTIALS=server.credentials_file,
        CANDID_CATALOG_DIR=catalog,
        CANDID_DATA_DIR=data,
        CANDID_READS_PER_MINUTE=100_000,
        XDG_CACHE_HOME=data / "cache",
    )


@dataclass(frozen=True)
class Outcome:
    """What a DuckDB file holds: every table's rows, the verdicts, where the rows went."""

    tables: dict[str, list[tuple]]
    checks: frozenset[tuple]
    ledger: frozenset[tuple]
    failures: frozenset[tuple]


def outcome_of(file: Path) -> Outcome:
    with duckdb.connect(str(file), read_only=True) as connection:
        tables = {}
        for schema, name in connection.execute(
            "select schema_name, table_name from duckdb_tables() where schema_name <> 'meta'"
        ).fetchall():
            relation = f'{schema}."{name}"'
            kept = "* exclude (_loaded_at)" if schema in ("raw", "quarantine") else "*"
            columns = connection.execute(f"describe {relation}").fetchall()
            loaded = any(column[0] == "_loaded_at" for column in columns)
            tables[f"{schema}.{name}"] = connection.execute(
                f"select {kept if loaded else '*'} from {relation} order by all"
            ).fetchall()
        return Outcome(
            tables,
            frozenset(
                connection.execute(
                    'select layer, "table", name, passed from meta.checks'
                ).fetchall()
            ),
            frozenset(connection.execute("from meta.ledger").fetchall()),
            frozenset(
                connection.execute('select layer, "table", cause from meta.failures').fetchall()
            ),
        )


MADE = "checks", "layouts", "schema_changes", "holds", "workbooks", "failures", "ledger"
"""What a refresh records of the tables beside the record of itself."""
PASSING = {
    "run_id",
    "checked_at",
    "accepted_at",
    "first_seen",
    "resolved_at",
    "read_at",
    "failed_at",
    "drive_version",
    "modified_time",
    "contracts_key",
    "number",
    "resolved_number",
}
"""Columns that differ from one run to the next: times, numbers, and whether a workbook with fewer
rows than before is read once more."""


def verdicts_of(file: Path) -> dict[str, list[tuple]]:
    """Every verdict with its words, and what was recorded of tabs, whichever run it was."""
    with duckdb.connect(str(file), read_only=True) as connection:
        verdicts = {}
        for name in MADE:
            columns = [c[0] for c in connection.execute(f"describe meta.{name}").fetchall()]
            kept = [f'"{column}"' for column in columns if column not in PASSING]
            if "resolved_at" in columns:
                kept.append("resolved_at is null as is_open")
            # How many requests a whole run has sent by then is no verdict.
            where = "where name <> 'sheet_untouched'" if name == "checks" else ""
            verdicts[name] = connection.execute(
                f"select {', '.join(kept)} from meta.{name} {where} order by all"
            ).fetchall()
        return verdicts


def without_layouts(outcome: Outcome) -> Outcome:
    """Return an outcome without what is said only once, by the run that built a table."""
    kept = frozenset(check for check in outcome.checks if check[2] != "layout_unchanged")
    return replace(outcome, checks=kept)


def assert_only_whole(now: Outcome, before: Outcome, after: Outcome) -> None:
    """Every table is exactly what it was or what it is to be, never between and never less."""
    assert now.tables.keys() >= before.tables.keys()
    for name, rows in now.tables.items():
        if not name.startswith("ready."):
            assert rows in (before.tables.get(name), after.tables[name]), name


def load(root: Path) -> Catalog:
    catalog = load_catalog(root / "catalog")
    assert not catalog.problems, catalog.problems
    return catalog
