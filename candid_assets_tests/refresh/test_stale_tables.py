"""Every selected table that is stale is built, whichever workbook had news."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from candid_assets.names import Layer
from candid_assets.refresh.record import Record
from candid_assets_tests.refresh.shop import Shop

pytestmark = pytest.mark.slow

STOCK = """name: stock
physicalName: Stok
description: Goods.
properties:
  - {name: sku, physicalName: "SKU", logicalType: string, primaryKey: true, required: true, description: Code.}
  - {name: place, physicalName: "Rak", logicalType: string, description: Where it lies, enum: [ALLOWED]}
"""  # noqa: E501
BOTH = "{value: A}, {value: B}"
ONLY_A = "{value: A}"
MODEL_SQL = """select sku, place from clean.toko__stock
union all
select sku, place from clean.gudang__stock
"""
MODEL_YAML = """name: mart_stock
description: Goods of both.
dataGranularityDescription: One row per code and place.
customProperties:
  - {property: kind, value: mart}
  - {property: owner, value: "team:shop"}
properties:
  - {name: sku, logicalType: string, description: Code.}
  - {name: place, logicalType: string, description: Where it lies.}
"""


def stock(shop: Shop, allowed: str = BOTH) -> None:
    shop.contract("stock", STOCK.replace("ALLOWED", allowed))


@pytest.fixture
def gudang(tmp_path: Path, shop: Shop, make_shop: Callable[[Path, str], Shop]) -> Iterator[Shop]:
    """A second workbook of the shop's installation, and a model that reads both."""
    other = make_shop(tmp_path, "Gudang")
    for one in (shop, other):
        stock(one)
        one.sheet(Stok=[["SKU", "Rak"], ["P1", "A"], ["P2", "B"], ["P3", "B"], ["P4", "A"]])
    folder = tmp_path / "catalog" / "models" / "sales"
    folder.mkdir(parents=True)
    (folder / "mart_stock.sql").write_text(MODEL_SQL)
    (folder / "mart_stock.yaml").write_text(MODEL_YAML)
    yield other
    for path in other.server.folder.glob("Gudang*.json"):
        path.unlink()


def built(record: Record) -> set[tuple[Layer, str]]:
    return {(event.layer, event.table) for event in record.built}


def quarantined(shop: Shop) -> int:
    return int(shop.query("select count(*) from quarantine.toko__stock")[0][0])


def test_a_changed_contract_is_applied_although_another_workbook_has_the_news(
    shop: Shop, gudang: Shop
) -> None:
    assert shop.run().succeeded
    stock(shop, ONLY_A)
    gudang.change("edit", tab="Stok", cells={"B2": "B"})
    record = shop.run()
    assert record.succeeded
    assert quarantined(shop) == 2
    assert {("clean", "toko__stock"), ("clean", "gudang__stock"), ("ready", "mart_stock")} <= built(
        record
    )
    assert shop.query("select count(*) from ready.mart_stock") == [(6,)]
    assert not shop.run().built


def test_a_model_names_why_a_table_that_it_reads_was_never_built(shop: Shop, gudang: Shop) -> None:
    gudang.sheet(Lain=[["SKU", "Rak"], ["P1", "A"]])
    assert {cause for cause, _ in _failures(shop)} == {"tab_missing", "input_missing"}
    (failed,) = [f for f in shop.runs[-1].failures if f.cause == "input_missing"]
    assert "clean.gudang__stock, which could not be built" in failed.message
    assert "its own failure" in failed.fix


def test_a_model_does_not_name_a_failure_of_a_table_that_has_none(shop: Shop, gudang: Shop) -> None:
    shop.only = {"toko"}
    ((cause, message),) = _failures(shop)
    assert cause == "input_missing"
    assert "clean.gudang__stock, which is no part of this run" in message
    assert "candid run" in shop.runs[-1].failures[0].fix
    shop.only = set()
    assert shop.run().succeeded


def _failures(shop: Shop) -> list[tuple[str, str]]:
    shop.run()
    return shop.failures()


@pytest.mark.parametrize("broken", ["workbooks/toko/stock.yaml", "models/sales/mart_stock.yaml"])
def test_a_contract_that_is_valid_again_has_not_failed_any_more(
    shop: Shop, gudang: Shop, broken: str
) -> None:
    assert shop.run().succeeded
    checks = 'select layer, "table", name, passed from meta.checks order by all'
    before = shop.query(checks)
    path = shop.root / "catalog" / broken
    text = path.read_text()
    path.write_text(text.replace("description:", "beschreibung:"))
    assert "contract_invalid" in {cause for cause, _ in _failures(shop)}
    path.write_text(text)
    assert _failures(shop) == []
    assert shop.query("from meta.failures") == []
    assert shop.query(checks) == before
    assert not shop.run().built
