"""An error that nobody foresees is the failure of one workbook or table, at whatever stage."""

from collections.abc import Callable
from typing import Any

import pytest

from candid_assets.quality.audit import SuiteAudit
from candid_assets.refresh import (
    clean_stage,
    closing,
    foreign_keys,
    land_stage,
    ready_stage,
    ready_verdicts,
)
from candid_assets.refresh import tab_tables as tables
from candid_assets.sources.sheets import read_tabs
from candid_assets.sources.sheets.reader import GoogleReader
from candid_assets.sources.sheets.tab_builder import TabBuilder
from candid_assets.warehouse.landing import Landing
from candid_assets_tests.refresh.shop import Shop
from candid_assets_tests.refresh.test_stale_tables import gudang, stock

pytestmark = pytest.mark.slow

__all__ = ["gudang"]


def is_about(value: Any, name: str, depth: int = 2) -> bool:
    """Whether an argument, or what it holds, names a workbook, tab or model."""
    if isinstance(value, str):
        return name in value.casefold()
    if isinstance(value, (list, tuple)):
        return any(is_about(item, name, depth) for item in value)
    names = ("name", "table", "workbook", "tab", "model")
    return depth > 0 and any(is_about(getattr(value, n, None), name, depth - 1) for n in names)


STAGES: dict[str, tuple[Any, str, Exception]] = {
    "look": (GoogleReader, "states", KeyError("files")),
    "read": (GoogleReader, "extract", TypeError("list indices must be integers")),
    "read a tab": (read_tabs, "content_hash", RecursionError("maximum depth")),
    "judge the rows": (land_stage, "held_back", ZeroDivisionError("division by zero")),
    "land": (Landing, "store", OSError(5, "Input/output error")),
    "land as no file": (Landing, "store", AttributeError("no attribute")),
    "raw": (tables, "build_raw", UnicodeDecodeError("utf-8", b"", 0, 1, "invalid")),
    "clean": (tables, "stage_clean", RecursionError("maximum recursion depth exceeded")),
    "stage": (clean_stage, "observe", IndexError("list index out of range")),
    "layout": (tables, "report_layout", KeyError("headers")),
    "audit": (SuiteAudit, "judge", RuntimeError("no verdict")),
    "keys moved": (tables, "moves_keys", AssertionError()),
    "swap": (clean_stage, "swap", TypeError("unhashable type: 'list'")),
    "foreign keys": (foreign_keys, "check_references", StopIteration()),
}
AFTER = {
    "model": (ready_stage, "stage_model", KeyError("kind")),
    "judge a model": (ready_verdicts, "check_agreements", TypeError("bad operand")),
    "publish": (closing, "publish", ValueError("strange")),
}


def break_down(
    patch: pytest.MonkeyPatch, stage: tuple[Any, str, Exception], name: str | None
) -> None:
    """Make a function raise where it is about a name; always where that is None."""
    owner, function, error = stage
    real: Callable[..., Any] = getattr(owner, function)

    def broken(*arguments: Any, **named: Any) -> Any:
        if name is None or any(is_about(value, name) for value in arguments):
            raise error
        return real(*arguments, **named)

    patch.setattr(owner, function, broken)


def edit_both(shop: Shop, gudang: Shop) -> None:
    for one in (shop, gudang):
        one.change("edit", tab="Stok", cells={"B2": "B"})


def new_rows(shop: Shop, table: str) -> int:
    return int(shop.query(f"select count(*) from {table} where sku = 'P1' and place = 'B'")[0][0])


@pytest.mark.parametrize("stage", STAGES)
def test_an_unexpected_error_of_one_workbook_stops_no_other(
    shop: Shop, gudang: Shop, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    assert shop.run().succeeded
    edit_both(shop, gudang)
    with monkeypatch.context() as patch:
        # Inside of one tab's reading nothing says whose tab it is.
        name = None if stage == "read a tab" else "toko"
        break_down(patch, STAGES[stage], name)
        record = shop.run()
    assert not record.succeeded
    failures = record.distinct_failures()
    error = STAGES[stage][2]
    for failure in failures:
        assert failure.cause in ("internal_error", "storage_failed"), failure
        assert "toko" in failure.message or name is None
        if failure.cause == "internal_error":
            assert type(error).__name__ in failure.message or stage == "foreign keys"
            assert "unexpected" in failure.message
            assert "report it" in failure.fix
    assert len(failures) == (2 if name is None else 1), failures
    assert new_rows(shop, "clean.gudang__stock") == (0 if name is None else 1)
    assert shop.run().succeeded, shop.failures()
    for table in ("clean.toko__stock", "clean.gudang__stock"):
        assert new_rows(shop, table) == 1
    assert shop.query("from meta.failures") == []
    assert not shop.run().built


@pytest.mark.parametrize("stage", AFTER)
def test_an_unexpected_error_after_the_tabs_is_named_and_made_up_for(
    shop: Shop, gudang: Shop, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    assert shop.run().succeeded
    edit_both(shop, gudang)
    with monkeypatch.context() as patch:
        break_down(patch, AFTER[stage], None)
        record = shop.run()
    (failure,) = record.distinct_failures()
    assert (failure.cause, "unexpected" in failure.message) == ("internal_error", True)
    assert shop.run().succeeded, shop.failures()
    assert new_rows(shop, "ready.mart_stock") == 2
    assert shop.query("from meta.failures") == []


def test_one_tab_that_cannot_be_assembled_leaves_the_other_tabs_of_its_workbook(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock(shop)
    shop.contract(
        "other",
        (shop.folder / "stock.yaml")
        .read_text()
        .replace("stock", "other", 1)
        .replace("Stok", "Lain"),
    )
    rows = [["SKU", "Rak"], ["P1", "A"]]
    shop.sheet(Stok=rows, Lain=[*rows, ["rusak", "B"]])
    real = TabBuilder.add

    def add(self: TabBuilder, first: int, serial: Any, shown: Any) -> None:
        if "rusak" in str(serial):
            raise TypeError("unhashable type: 'list'")
        real(self, first, serial, shown)

    monkeypatch.setattr(TabBuilder, "add", add)
    shop.run()
    ((cause, message),) = shop.failures()
    assert cause == "internal_error"
    assert "tab 'Lain' of workbook toko" in message
    assert shop.query("select count(*) from clean.toko__stock") == [(1,)]
