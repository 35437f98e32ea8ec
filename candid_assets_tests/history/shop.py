"""A small company on the local server, refreshed in this process, every publication saved aside."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from candid_assets.contracts.load import load_catalog
from candid_assets.history.earlier_versions import versions_before
from candid_assets.history.replay import AuditPassed
from candid_assets.orchestration.resources import Warehouse
from candid_assets.refresh.closing import WriteReport
from candid_assets.refresh.context import Refresh
from candid_assets.refresh.record import Record
from candid_assets.refresh.stages import run_refresh
from candid_assets.sandbox.process import SandboxServer
from candid_assets.sandbox.workbook import SampleTab, SampleWorkbook
from candid_assets.settings import Settings
from candid_assets.sources.open_sources import Sources
from candid_assets.warehouse.landing import Landing
from candid_assets_tests.workbook_contract import WORKBOOK_CONTRACT

HEAD = WORKBOOK_CONTRACT.format(name="toko", title="Toko")
SALES = """name: sales
physicalName: "Penjualan"
description: Sales of a shop.
dataGranularityDescription: One row per receipt.
properties:
  - {name: receipt_id, physicalName: "No Nota", logicalType: string, primaryKey: true, required: true, description: Receipt.}
  - {name: sold_date, physicalName: "Tgl", logicalType: date, description: Day.}
  - {name: amount_idr, physicalName: "Jumlah (Rp)", logicalType: number, logicalTypeOptions: {minimum: 0}, description: Amount.}
"""  # noqa: E501
NOTES = """name: notes
physicalName: "Catatan"
description: Notes without a key.
properties:
  - {name: who, physicalName: "Nama", logicalType: string, required: true, description: Person.}
  - {name: phone, physicalName: "HP", logicalType: string, description: Telephone, customProperties: [{property: phone, value: true}]}
"""  # noqa: E501
DAILY_SQL = """select sold_date, count(*) as receipts, sum(amount_idr) as amount_idr
from clean.toko__sales
group by sold_date
"""
DAILY = """name: mart_daily
description: Sales of each day.
dataGranularityDescription: One row per day.
customProperties: [{property: owner, value: team:shop}]
properties:
  - {name: sold_date, logicalType: date, description: Day.}
  - {name: receipts, logicalType: integer, description: Receipts.}
  - {name: amount_idr, logicalType: number, physicalType: "DECIMAL(38, 2)", description: Amount.}
"""
PEOPLE_SQL = """select n.who, count(*) as notes
from clean.toko__notes as n
group by n.who
"""
PEOPLE = """name: mart_people
description: Notes of each person.
dataGranularityDescription: One row per person.
customProperties: [{property: owner, value: team:shop}]
properties:
  - {name: who, logicalType: string, description: Person.}
  - {name: notes, logicalType: integer, description: Notes.}
"""
SALES_ROWS = [
    ["No Nota", "Tgl", "Jumlah (Rp)"],
    ["N1", "17 Agustus 2025", "1.000"],
    ["N2", "18/08/2025", 2500],
    ["N3", "18/08/2025", "2 jt"],
]
NOTES_ROWS = [["Nama", "HP"], ["Budi", "0812-3456-7890"], ["Siti", None]]


@dataclass
class Shop:
    """One installation and the server it reads."""

    root: Path
    server: SandboxServer
    settings: Settings
    session: Sources
    saved: list[tuple[str, Path]] = field(default_factory=list)
    """Run id and copy of every publication."""

    def write(self, name: str, text: str) -> None:
        path = self.settings.catalog_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def edit(self, tab: str, **cells: object) -> None:
        self.server.change("Toko", "edit", tab=tab, cells=cells)

    def refresh(self, *, force: bool = False, report: WriteReport = lambda *_: None) -> Record:
        record, run_id = Record(), str(uuid.uuid4())
        warehouse = Warehouse(database=str(self.settings.warehouse_file), env=self.settings.env)
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        with warehouse.get_connection() as connection:
            work = Refresh(
                settings=self.settings,
                catalog=load_catalog(self.settings.catalog_dir),
                connection=connection,
                landing=Landing(self.settings.landing_dir),
                run_id=run_id,
                earlier_versions=versions_before,
                force=force,
                audit=AuditPassed(),
            )
            list(run_refresh(work, nullcontext(self.session), record, report))
        if record.published:
            copy = self.root / "saved" / f"{len(self.saved)}.duckdb"
            copy.parent.mkdir(exist_ok=True)
            shutil.copy(self.settings.published_file, copy)
            self.saved.append((run_id, copy))
        return record

    def query(self, sql: str, file: Path | None = None) -> list[tuple[object, ...]]:
        path = str(file or self.settings.published_file)
        with duckdb.connect(path, read_only=True) as connection:
            connection.execute("set TimeZone = 'Asia/Jakarta'")
            return connection.execute(sql).fetchall()


@contextmanager
def opened_shop(root: Path, server: SandboxServer) -> Iterator[Shop]:
    """A shop with two tabs and two models, not yet refreshed."""
    server.reset()
    tabs = [SampleTab(1, "Penjualan", SALES_ROWS), SampleTab(2, "Catatan", NOTES_ROWS)]
    SampleWorkbook("Toko", "Toko", tabs).save(server.folder)
    settings = Settings(
        CANDID_ENV="staging",
        CANDID_DATA_DIR=root / "data",
        CANDID_CATALOG_DIR=root / "catalog",
        CANDID_GOOGLE_API_URL=server.url,
        GOOGLE_APPLICATION_CREDENTIALS=server.credentials_file,
        CANDID_READS_PER_MINUTE=100_000,
    )
    with Sources(settings) as session:
        shop = Shop(root, server, settings, session)
        shop.write("workbooks/toko/contract.yaml", HEAD)
        shop.write("workbooks/toko/sales.yaml", SALES)
        shop.write("workbooks/toko/notes.yaml", NOTES)
        shop.write("models/sales/mart_daily.sql", DAILY_SQL)
        shop.write("models/sales/mart_daily.yaml", DAILY)
        shop.write("models/sales/mart_people.sql", PEOPLE_SQL)
        shop.write("models/sales/mart_people.yaml", PEOPLE)
        try:
            yield shop
        finally:
            for path in server.folder.glob("Toko*.json"):
                path.unlink()


def same_tables(one: Path, other: Path) -> list[str]:
    """Name every table of the two files that differs, compared row for row by plain DuckDB."""
    data = ("raw", "clean", "quarantine", "ready")
    meta = (
        *("environment", "runs", "extracts", "builds", "publications", "published_tables"),
        *("tables", "ledger", "dropped_rows", "outside_cells", "quarantine_history"),
    )
    with duckdb.connect() as connection:
        connection.execute(f"attach '{one}' as a (read_only)")
        connection.execute(f"attach '{other}' as b (read_only)")
        named = [
            set(
                connection.execute(
                    "select schema_name, table_name from duckdb_tables() where database_name = ?"
                    " and (list_contains(?, schema_name) or"
                    " schema_name = 'meta' and list_contains(?, table_name))",
                    [side, list(data), list(meta)],
                ).fetchall()
            )
            for side in ("a", "b")
        ]
        differing = [f"{s}.{t} is in one only" for s, t in named[0] ^ named[1]]
        for schema, table in named[0] & named[1]:
            name = f'"{schema}"."{table}"'
            here = [connection.execute(f"describe {side}.{name}").fetchall() for side in ("a", "b")]
            if here[0] != here[1]:
                differing.append(f"{schema}.{table} has other columns")
                continue
            for x, y in (("a", "b"), ("b", "a")):
                more = connection.execute(f"from {x}.{name} except all from {y}.{name}").fetchall()
                differing += [f"{schema}.{table}: {x} has {row}" for row in more]
    return differing
