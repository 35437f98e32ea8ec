"""From the sheet to clean and quarantine: formats, merges, errors and dates made of text."""

import json
from datetime import date
from decimal import Decimal

import pytest

from candid_assets.sandbox.workbook import CellError, Dated, Formatted, SampleTab, SampleWorkbook
from candid_assets_tests.sources.installation import Installation

ITEMS = """name: barang
physicalName: Barang
description: One row per item.
dataGranularityDescription: One row per item.
properties:
  - {name: code, physicalName: Kode, logicalType: string, primaryKey: true, description: Code.}
  - {name: item, physicalName: Nama, logicalType: string, description: Name.}
  - {name: size, physicalName: Ukuran, logicalType: string, description: Size.}
  - {name: price_idr, physicalName: Harga, logicalType: number, description: Price.}
  - {name: content, physicalName: Isi, logicalType: integer, description: Content.}
"""
NOTES = """name: nota
physicalName: Nota
description: One row per line.
dataGranularityDescription: One row per line.
properties:
  - name: sold_on
    physicalName: Tgl
    logicalType: date
    customProperties: [{property: fillMerged, value: true}]
    description: Day.
  - name: note
    physicalName: No Nota
    logicalType: string
    primaryKey: true
    customProperties: [{property: fillMerged, value: true}]
    description: Number.
  - {name: item, physicalName: Barang, logicalType: string, primaryKey: true, description: Item.}
  - {name: quantity, physicalName: Qty, logicalType: integer, description: Quantity.}
"""


def item(code, price='"Rp"#,##0', content='0 "pcs"', size='1"', name="Beras"):
    number = Formatted(code, "00000") if isinstance(code, int) else code
    return [number, name, size, Formatted(1250, price), Formatted(24, content)]


@pytest.fixture
def shop(google, place: Installation, monkeypatch) -> Installation:
    first = 45870
    items = [["Kode", "Nama", "Ukuran", "Harga", "Isi"]]
    items += [item(7), item(14), item("00021"), item(28), item(1118)]
    items += [item(31, price="[$$-409]#,##0"), item(32, content='0 "lusin"')]
    items += [item(33, size=Dated(45689, "d/m")), item(34, name=CellError("#N/A", "Tidak ada."))]
    notes = [["Tgl", "No Nota", "Barang", "Qty"]]
    notes += [[Dated(first, "dd/mm/yyyy"), "N1", "Beras", 2], [None, None, "Gula", 3]]
    notes += [[Dated(first + 1, "dd/mm/yyyy"), "N2", "Beras", 4], [None, None, "Gula", 5]]
    merges = [(1, 3, 0, 1), (1, 3, 1, 2), (3, 5, 0, 1), (3, 5, 1, 2)]
    tabs = [SampleTab(1, "Barang", items), SampleTab(2, "Nota", notes, merges=merges)]
    SampleWorkbook("book-toko", "Toko", tabs).save(google.folder)
    place.head("toko", "type: custom, location: book-toko")
    place.table("toko", "barang", ITEMS)
    place.table("toko", "nota", NOTES)
    monkeypatch.setenv("CANDID_GOOGLE_API_URL", google.url)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(google.credentials_file))
    monkeypatch.setenv("CANDID_READS_PER_MINUTE", "10000")
    return place


def test_sheet_is_read_as_a_person_sees_it(shop: Installation) -> None:
    assert shop.run().succeeded, shop.failures()
    assert shop.query("select code, price_idr, content from clean.toko__barang order by _row") == [
        (code, Decimal(1250), 24) for code in ("00007", "00014", "00021", "00028", "01118")
    ]
    assert shop.query(
        "select r.cell, r.reason, r.value from (select _row, unnest(_reasons) as r"
        " from quarantine.toko__barang) order by _row"
    ) == [
        ("D7", "other_unit", "$1.250"),
        ("E8", "other_unit", "24 lusin"),
        ("C9", "date_in_text", "1/2"),
        ("B10", "error_cell", "#N/A (Tidak ada.)"),
    ]
    assert shop.query("select sold_on, note, item, quantity from clean.toko__nota") == [
        (date(2025, 8, 1), "N1", "Beras", 2),
        (date(2025, 8, 1), "N1", "Gula", 3),
        (date(2025, 8, 2), "N2", "Beras", 4),
        (date(2025, 8, 2), "N2", "Gula", 5),
    ]
    ((shown, merged),) = shop.query(
        "select (select _shown from raw.toko__barang where _row = 2),"
        " (select _merged from raw.toko__nota where _row = 3)"
    )
    assert json.loads(shown) == {"A": "00007", "D": "Rp1.250", "E": "24 pcs"}
    assert json.loads(merged) == {"A": "A2", "B": "B2"}
    assert shop.run().built == []


def test_format_that_changes_alone_is_a_change(shop: Installation, google) -> None:
    shop.run()
    book = SampleWorkbook.load(google.folder / "book-toko.json")
    book.tabs[0].rows[1][0] = Formatted(7, "000")
    book.version += 1
    book.save(google.folder)
    assert shop.run().succeeded
    codes = shop.query("select code from clean.toko__barang order by _row limit 2")
    assert codes == [("007",), ("00014",)]


def test_merged_cells_that_no_contract_fills_are_reported(shop: Installation) -> None:
    path = shop.table("toko", "nota", NOTES)
    head, _, rest = NOTES.partition("    customProperties: [{property: fillMerged, value: true}]\n")
    path.write_text(head + rest)
    record = shop.run()
    assert record.succeeded, shop.failures()
    (check,) = (c for c in record.checks if c.name == "contract_holds" and c.table == "toko__nota")
    assert (check.passed, check.severity, check.blocking) == (False, "warning", False)
    assert "merged cells are blank in sold_on: A3 (merged with A2), A5 (merged with A4)" in (
        check.message
    )
    assert shop.query("select count(sold_on), count(*) from clean.toko__nota") == [(2, 4)]
