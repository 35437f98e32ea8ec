"""A tab that lost rows is judged by the keys that its table has, whatever its size."""

import pytest

from candid_assets.deployment.settle_hold import settle_hold
from candid_assets.gate.open_holds import held
from candid_assets_tests.refresh.shop import Shop

pytestmark = pytest.mark.slow

PRICES = """name: prices
physicalName: Harga
description: Prices.
customProperties: [OPTION]
properties:
  - {name: sku, physicalName: "SKU", logicalType: string, KEYdescription: Code.}
  - {name: price_idr, physicalName: "Harga", logicalType: number, required: true, description: Price.}
"""  # noqa: E501
NEVER = "{property: lossHeldFrom, value: never}"
HALF = "{property: lossHeldFrom, value: 0.5}"


def rows(*numbers: int) -> list[list[object]]:
    return [["SKU", "Harga"], *[[f"P{n:03}", 1000 + n] for n in numbers]]


def prices(shop: Shop, count: int = 120, option: str = "", key: str = "primaryKey: true, ") -> Shop:
    shop.contract("prices", PRICES.replace("OPTION", option).replace("KEY", key))
    shop.sheet(Harga=rows(*range(count)))
    shop.run()
    assert shop.failures() == []
    return shop


def come_with(shop: Shop, *numbers: int) -> None:
    shop.sheet(Harga=rows(*numbers))
    shop.change("touch")
    shop.run()


def table(shop: Shop) -> int:
    return int(shop.query("select count(*) from clean.toko__prices")[0][0])


@pytest.mark.parametrize(
    ("count", "left"), [(120, 95), (10, 7), (120, 70)], ids=["prices", "small", "most"]
)
def test_lost_rows_are_held_and_named_until_they_are_accepted(
    shop: Shop, count: int, left: int
) -> None:
    prices(shop, count)
    come_with(shop, *range(left))
    assert table(shop) == count
    ((cause, message),) = shop.failures()
    lost = count - left
    assert cause == "rows_vanished"
    assert f"has lost {lost} of the {count} rows that the table was built from" in message
    assert f"such as P{left:03}" in message
    (hold,) = held(shop.settings)
    assert (hold.rows_before, hold.rows_now) == (count, left)
    fix = shop.runs[-1].distinct_failures()[0].fix
    assert f"candid holds accept {hold.content_hash[:12]}" in fix
    assert "candid run --tab toko__prices --accept-loss" in fix
    settle_hold(shop.settings, None, hold, None, True, "")
    shop.run()
    assert shop.failures() == []
    assert table(shop) == left
    assert held(shop.settings) == []


def test_rows_that_were_replaced_by_others_are_lost_although_their_number_stays(shop: Shop) -> None:
    prices(shop)
    come_with(shop, *range(60), *range(500, 560))
    assert "has lost 60 of the 120 rows" in shop.failures()[0][1]
    assert table(shop) == 120


def test_wrong_paste_that_was_held_and_undone_leaves_nothing_behind(shop: Shop) -> None:
    prices(shop)
    come_with(shop, *range(500, 900))
    assert shop.failures()[0][0] == "rows_vanished"
    come_with(shop, *range(120))
    assert shop.failures() == []
    assert held(shop.settings) == []
    assert table(shop) == 120


def test_loss_below_the_share_is_reported_and_taken(shop: Shop) -> None:
    prices(shop)
    come_with(shop, *range(110))
    assert shop.failures() == []
    assert table(shop) == 110
    passed, message = shop.check("keys_kept")
    assert (passed, message) == (
        False,
        "10 of 120 rows of the last good table are gone from the source",
    )
    come_with(shop, *range(109))
    assert shop.check("keys_kept")[0]


@pytest.mark.parametrize(("option", "taken"), [(NEVER, 2), (HALF, 61)])
def test_declared_share_is_the_one_that_holds(shop: Shop, option: str, taken: int) -> None:
    prices(shop, option=option)
    come_with(shop, *range(taken))
    assert shop.failures() == []
    assert table(shop) == taken


def test_row_that_is_in_quarantine_now_is_not_lost(shop: Shop) -> None:
    prices(shop, 10)
    shop.sheet(
        Harga=[*rows(*range(5)), *[[f"P{n:03}", "banyak"] for n in range(5, 7)], *rows(7, 8, 9)[1:]]
    )
    shop.change("touch")
    shop.run()
    assert shop.failures() == []
    assert shop.check("keys_kept") == (
        True,
        "every row of the last good table is still in the source",
    )


def test_table_without_a_key_is_judged_by_its_number_of_rows(shop: Shop) -> None:
    prices(shop, 40, key="")
    come_with(shop, *range(40, 70))
    assert "has lost 10 of the 40 rows" in shop.failures()[0][1]


def test_share_that_is_none_is_reported_in_the_contract(shop: Shop) -> None:
    option = "{property: lossHeldFrom, value: 20}"
    shop.contract("prices", PRICES.replace("OPTION", option).replace("KEY", ""))
    (problem,) = shop.catalog().problems
    assert "is no share of the rows" in problem.message
