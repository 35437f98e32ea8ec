"""Two tables below one another in one tab: each is read, however long the upper one grows."""

from candid_assets_tests.refresh.shop import Shop

SALES = """name: sales
physicalName: Harian
description: One row for each sale.
customProperties:
  - {property: tableInTab, value: 1}
  - {property: endsAt, value: ["Kota | Total"]}
properties:
  - {name: receipt, physicalName: "No", logicalType: string, description: Number.}
  - {name: amount, physicalName: "Jumlah", logicalType: integer, description: Amount.}
"""
CITIES = """name: cities
physicalName: Harian
description: One row for each city.
customProperties: [{property: tableInTab, value: Rekap}]
properties:
  - {name: city, physicalName: "Kota", logicalType: string, description: City.}
  - {name: total, physicalName: "Total", logicalType: integer, description: Sum.}
"""
UPPER = [["No", "Jumlah"], ["N1", 5], ["N2", 7]]
LOWER = [[], ["Rekap per kota"], ["Kota", "Total"], ["Solo", 12]]


def counts(shop: Shop) -> list[tuple[int, int]]:
    return shop.query(
        "select (select count(*) from clean.toko__sales), (select count(*) from clean.toko__cities)"
    )


def test_the_lower_table_moves_with_the_rows_of_the_upper_one(shop: Shop) -> None:
    shop.contract("sales", SALES)
    shop.contract("cities", CITIES)
    shop.sheet(Harian=[*UPPER, *LOWER])
    shop.run()
    assert shop.runs[-1].succeeded, shop.failures()
    assert counts(shop) == [(2, 1)]
    shop.change("insert_rows", tab="Harian", row=3, rows=[["N3", 1], ["N4", 2], ["N5", 3]])
    shop.run()
    summary = shop.runs[-1].summary
    assert summary is not None
    assert (summary.succeeded, summary.checks_failed) == (True, 0)
    assert counts(shop) == [(5, 1)]
    assert summary.rows_landed == summary.rows_clean + summary.rows_quarantined + (
        summary.rows_dropped
    )
