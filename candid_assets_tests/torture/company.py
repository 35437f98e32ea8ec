"""A small company that random things happen to: three workbooks, one family, one foreign key.

Everything here is what a person would have written: contracts, a model, a metric and the first
content of the sheets. What the platform must publish of it is said in `oracle.py`.
"""

import random
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from candid_assets.sandbox.workbook import Cell, SampleTab, SampleWorkbook
from candid_assets.settings import PACKAGE, Environment, Settings
from candid_assets_tests.end_to_end.faults.kit import MODEL_YAML
from candid_assets_tests.workbook_contract import WORKBOOK_CONTRACT

RECEIPT: Final = """  - {{name: receipt_id, physicalName: "No Nota", logicalType: string,
     primaryKey: true, required: true, description: Receipt number.}}
"""
DAY: Final = """  - {{name: sold_date, physicalName: "Tgl", logicalType: date, description: Day.}}
"""
PIECES: Final = """  - {{name: pieces, physicalName: "Qty", logicalType: integer,
     logicalTypeOptions: {{minimum: {least}}}, description: Pieces.}}
"""
AMOUNT: Final = """  - {{name: amount_idr, physicalName: "Jumlah (Rp)", logicalType: number,
     logicalTypeOptions: {{minimum: {least}}}, description: Amount in Rupiah.}}
"""
PRODUCT: Final = """  - {{name: sku, physicalName: "Kode", logicalType: string,
     relationships: [{{to: kios__barang.sku}}], description: Product.}}
"""
CONTRACTS: Final[dict[tuple[str, str], str]] = {
    ("kios", "barang"): """name: barang
physicalName: "Barang"
description: Products.
dataGranularityDescription: One row per product.
properties:
  - {{name: sku, physicalName: "Kode", logicalType: string, primaryKey: true, required: true,
     description: Code.}}
  - {{name: product_name, physicalName: "Nama", logicalType: string, description: Name.}}
"""
    + PIECES
    + AMOUNT,
    ("kios", "jual"): """name: jual
physicalName: "Jual"
description: Receipts of the shop.
dataGranularityDescription: One row per receipt.
properties:
"""
    + RECEIPT
    + DAY
    + PRODUCT
    + PIECES
    + AMOUNT,
    ("gudang", "stok"): """name: stok
physicalName: "Stok"
description: Counts of the warehouse.
dataGranularityDescription: One row per count.
properties:
"""
    + RECEIPT
    + DAY
    + PIECES,
    ("gudang", "retur"): """name: retur
physicalName: "Retur"
description: Returned receipts.
dataGranularityDescription: One row per receipt.
properties:
"""
    + RECEIPT
    + AMOUNT,
    ("cabang", "harian"): """name: harian
physicalName: "Harian"
description: Receipts of the branch, a tab a month.
dataGranularityDescription: One row per receipt.
customProperties:
  - {{property: titlePattern, value: "(Jan|Feb|Mar|Apr)[0-9]{{2}}"}}
properties:
  - {{name: month_tab, physicalName: _tab, logicalType: string, primaryKey: true,
     description: Tab of the month.}}
"""
    + RECEIPT
    + DAY
    + AMOUNT,
}
"""Contract of each table, by workbook and name; `{least}` is the one rule that changes."""

MODEL_SQL: Final = """select
    sold_date,
    count(*) as receipts,
    sum(amount_idr)::decimal(18, 2) as amount_idr
from (
    select
        sold_date,
        amount_idr
    from clean.kios__jual
    union all
    select
        sold_date,
        amount_idr
    from clean.cabang__harian
) as receipts
where sold_date is not null
group by sold_date
"""
METRICS: Final = """owner: team:shop
semantic_models:
  - name: receipts
    description: Receipts a day.
    model: ready.mart_daily
    defaults: {agg_time_dimension: sold_date}
    dimensions:
      - {name: sold_date, type: time}
    measures:
      - {name: amount, agg: sum, expr: amount_idr}
metrics:
  - name: takings
    label: Takings
    description: Amount on receipts.
    type: simple
    type_params: {measure: amount}
    config: {meta: {label_id: Omzet, unit: IDR, direction: up, grains: [day, month]}}
"""

HEADERS: Final[dict[tuple[str, str], list[str]]] = {
    ("kios", "barang"): ["Kode", "Nama", "Qty", "Jumlah (Rp)"],
    ("kios", "jual"): ["No Nota", "Tgl", "Kode", "Qty", "Jumlah (Rp)"],
    ("gudang", "stok"): ["No Nota", "Tgl", "Qty"],
    ("gudang", "retur"): ["No Nota", "Jumlah (Rp)"],
    ("cabang", "harian"): ["No Nota", "Tgl", "Jumlah (Rp)"],
}
TABS: Final[dict[str, list[tuple[str, str]]]] = {
    "kios": [("Barang", "barang"), ("Jual", "jual")],
    "gudang": [("Stok", "stok"), ("Retur", "retur")],
    "cabang": [("Jan25", "harian"), ("Feb25", "harian")],
}
"""Title of every tab at the beginning, and the contract that describes it."""
SERVER: Final = (
    "  - {{server: production, environment: production, type: custom, location: {title}}}\n"
)
RETENTION: Final = {"gudang": "customProperties: [{property: retention, value: P30D}]\n"}
TABLES: Final = tuple(f"{workbook}__{name}" for workbook, name in CONTRACTS)


@dataclass
class Rules:
    """What the contract of one table says that a sequence may change."""

    least: int = 0
    """The smallest number that pieces and amounts may be."""
    broken: bool = False
    """Whether its file cannot be read as a contract."""

    def text(self, key: tuple[str, str]) -> str:
        whole = CONTRACTS[key].format(least=self.least)
        return whole.replace("primaryKey:", "primaryKy:") if self.broken else whole


def catalog_of(root: Path, env: Environment) -> Path:
    """Return the folder of the catalog: production's lies in the repository that is deployed."""
    return (
        root / "repository" / PACKAGE.name / "catalog" if env == "production" else root / "catalog"
    )


def write_catalog(root: Path, env: Environment = "staging") -> Path:
    """Write the whole catalog below `root` and return its folder."""
    catalog = catalog_of(root, env)
    for key in CONTRACTS:
        write_contract(catalog, key, Rules())
    models = catalog / "models" / "sales"
    models.mkdir(parents=True)
    (models / "mart_daily.sql").write_text(MODEL_SQL)
    (models / "mart_daily.yaml").write_text(MODEL_YAML)
    (catalog / "metrics").mkdir()
    (catalog / "metrics" / "sales.yaml").write_text(METRICS)
    return catalog


def write_contract(catalog: Path, key: tuple[str, str], rules: Rules) -> None:
    workbook, name = key
    folder = catalog / "workbooks" / workbook
    folder.mkdir(parents=True, exist_ok=True)
    head = (WORKBOOK_CONTRACT + SERVER).format(name=workbook, title=workbook)
    (folder / "contract.yaml").write_text(head + RETENTION.get(workbook, ""))
    (folder / f"{name}.yaml").write_text(rules.text(key))


def value_for(header: str, rng: random.Random, number: int) -> Cell:
    """Return a good cell below a header; keys count up so that no two rows share one."""
    match header:
        case "No Nota":
            return f"N{number:05d}"
        case "Kode":
            return f"P{number % 12:02d}"
        case "Nama":
            return rng.choice(["Sabun", "Sampo", "Teh celup", "Kopi  bubuk", "Gula 1 kg"])
        case "Tgl":
            return f"{rng.randint(1, 28):02d}/{rng.randint(1, 12):02d}/2025"
        case "Qty":
            return rng.randint(20, 90)
        case _:
            whole = rng.randint(1_000, 9_000)
            return rng.choice([whole, f"{whole // 1000}.{whole % 1000:03d}", f"{whole},50"])


def row_for(headers: list[str], rng: random.Random, number: int) -> list[Cell]:
    cells = [value_for(header, rng, number) for header in headers]
    if headers[0] == "Kode":
        cells[0] = f"P{number:02d}"
    return cells


def first_books(rng: random.Random) -> dict[str, SampleWorkbook]:
    """Return the workbooks as a sequence finds them: a dozen rows a tab."""
    books = {}
    for workbook, tabs in TABS.items():
        made, number = [], 0
        for index, (title, name) in enumerate(tabs):
            headers = HEADERS[workbook, name]
            rows: list[list[Cell]] = [list(headers)]
            for _ in range(12):
                rows.append(row_for(headers, rng, number))
                number += 1
            made.append(SampleTab(101 + index, title, rows))
            number = 0 if name != "harian" else number
        books[workbook] = SampleWorkbook(workbook, workbook, made)
    return books


@lru_cache(maxsize=64)
def settings_for(
    root: Path, url: str, credentials: Path, data: Path, env: Environment = "staging"
) -> Settings:
    return Settings(
        CANDID_ENV=env,
        CANDID_GOOGLE_API_URL=url,
        GOOGLE_APPLICATION_CREDENTIALS=credentials,
        CANDID_WRITE_CREDENTIALS=credentials.with_name(f"{credentials.stem}-writer.json"),
        CANDID_CATALOG_DIR=catalog_of(root, env),
        CANDID_DATA_DIR=data,
        CANDID_READS_PER_MINUTE=100_000,
        XDG_CACHE_HOME=root / "cache",
    )
