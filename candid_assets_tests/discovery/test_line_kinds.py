"""A tab with several kinds of line is proposed as one table for each kind."""

from pathlib import Path

import yaml

from candid_assets.discovery.contract_text import table_yaml
from candid_assets.discovery.proposal import TableProposal
from candid_assets_tests.discovery.kit import Rows, Sheet, proposed, reason_of

HEADS = [
    ["FK", "KD_JENIS_TRANSAKSI", "NOMOR_FAKTUR", "TANGGAL_FAKTUR", "NPWP", "NAMA", "JUMLAH_DPP"],
    ["LT", "NPWP", "NAMA", "JALAN", "KECAMATAN", "KODE_POS"],
    ["OF", "KODE_OBJEK", "NAMA", "HARGA_SATUAN", "JUMLAH_BARANG", "DPP"],
]


def faktur(count: int = 12, *, parties: bool = True) -> list[list[object]]:
    """Return the rows of an export of invoices, as the tax office's program takes it."""
    rows: list[list[object]] = [list(head) for head in HEADS]
    for n in range(count):
        day = f"{n % 28 + 1:02d}/01/2025"
        number = f"00010025{n:05d}"
        rows.append(
            ["FK", "01", number, day, f"0{n}.123.456.7-000", f"PT Maju {n}", 9000 * (n + 1)]
        )
        if parties:
            rows.append(
                ["LT", f"0{n}.123.456.7-000", f"PT Maju {n}", "Jl. Mawar", "Coblong", "40132"]
            )
        for item in range(n % 3 + 1):
            rows.append(["OF", f"BR{item:03d}", f"Barang {item}", 4500, 2 + item, 9000 + item])
    return rows


def _by_name(tables: list[TableProposal]) -> dict[str, TableProposal]:
    return {table.name: table for table in tables}


def _options(table: TableProposal) -> dict[str, object]:
    said = yaml.safe_load(table_yaml(table, family=True))
    return {item["property"]: item["value"] for item in said["customProperties"]}


def test_an_export_of_invoices_is_a_table_for_each_kind(tmp_path: Path) -> None:
    tables = _by_name(proposed(tmp_path, {"Faktur": faktur()}).tables)
    assert list(tables) == ["faktur_fk", "faktur_lt", "faktur_of"]
    top, party, item = tables.values()
    assert (top.rows, party.rows, item.rows) == (12, 12, 24)
    assert [(t.clean, t.quarantined) for t in tables.values()] == [(12, 0), (12, 0), (24, 0)]
    assert {t.accounted for t in tables.values()} == {51}
    types = {c.name: c.logical for c in top.columns}
    assert types["tanggal_faktur"] == "date"
    assert types["nomor_faktur"] == types["npwp"] == "string"
    assert types["jumlah_dpp"] in {"integer", "number"}
    assert top.primary_key == ("nomor_faktur",)
    assert _options(top) == {"linesWhere": {"fk": "FK"}, "otherLines": ["LT", "OF"]}
    assert _options(item) == {"linesWhere": {"of": "OF"}, "linesUnder": "FK"}


def test_items_name_the_row_of_their_invoice(tmp_path: Path) -> None:
    tables = _by_name(proposed(tmp_path, {"Faktur": faktur()}).tables)
    top, item = (
        {p["physicalName"]: p for p in yaml.safe_load(table_yaml(t, family=True))["properties"]}
        for t in (tables["faktur_fk"], tables["faktur_of"])
    )
    assert top["_row"]["name"] == "row_number"
    assert item["_parent"]["name"] == "fk_row"
    assert item["_parent"]["relationships"] == [{"to": "toko__faktur_fk.row_number"}]


def test_a_title_above_and_a_kind_without_a_line_change_nothing(tmp_path: Path) -> None:
    rows = [["Ekspor Faktur Keluaran"], [], *faktur(8, parties=False)]
    tables = _by_name(proposed(tmp_path, {"Faktur": rows}).tables)
    assert list(tables) == ["faktur_fk", "faktur_lt", "faktur_of"]
    assert [t.rows for t in tables.values()] == [8, 0, 15]


def test_a_line_of_an_unknown_kind_goes_to_the_quarantine_of_one_table(tmp_path: Path) -> None:
    rows = faktur()
    rows.insert(20, ["XX", "entah", "apa"])
    tables = _by_name(proposed(tmp_path, {"Faktur": rows}).tables)
    assert [t.quarantined for t in tables.values()] == [1, 0, 0]
    assert {t.accounted for t in tables.values()} == {52}


def test_kinds_below_one_another_know_the_kind_between(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["H", "No Nota", "Tanggal", "Pelanggan"],
        ["D", "Kode Barang", "Qty", "Harga"],
        ["S", "No Seri", "Garansi (bulan)"],
    ]
    for n in range(9):
        rows.append(["H", f"N-{n:03d}", f"{n + 1:02d}/02/2025", f"Toko {n}"])
        for d in range(2):
            rows.append(["D", f"BR-{d:02d}", d + 1, 15000])
            rows += [["S", f"SN{n}{d}{s}X", 12] for s in range(d + 1)]
    tables = _by_name(proposed(tmp_path, {"Nota": rows}).tables)
    assert {name: _options(t).get("linesUnder") for name, t in tables.items()} == {
        "nota_h": None,
        "nota_d": "H",
        "nota_s": "D",
    }


def test_records_without_headers_are_a_question(tmp_path: Path) -> None:
    rows: Rows = [
        line
        for n in range(10)
        for line in (
            ["H", f"N-{n:03d}", f"{n + 1:02d}/02/2025", "", ""],
            ["D", f"BR-{n:02d}", 2, 15000, 30000],
            ["D", f"BX-{n:02d}", 1, 9000, 9000],
        )
    ]
    assert reason_of(tmp_path, [*rows, ["T", 20, "", "", ""]]) == "kinds_of_line"


def test_an_ordinary_table_with_a_short_first_column_stays_one(tmp_path: Path) -> None:
    rows = [["Kode", "Nama", "Qty"], *([f"{'AB'[n % 2]}", f"Barang {n}", n] for n in range(30))]
    (table,) = proposed(tmp_path, {"Stok": rows}).tables
    assert table.rows == 30
    graded = [["A", "Nama", "Kota"], *(["BA"[n % 2], f"Ibu {n}", "Solo"] for n in range(30))]
    assert len(proposed(tmp_path / "graded", {"Mutu": graded}).tables) <= 1
    again = [["No", "Nama", "Qty"], *([n % 4 + 1, f"Barang {n}", n * 3] for n in range(30))]
    (table,) = proposed(tmp_path / "no", {"Stok": again}).tables
    assert table.rows == 30


def test_lines_of_merged_groups_are_of_one_kind(tmp_path: Path) -> None:
    months = ("Januari", "Februari", "Maret")
    rows: list[list[object]] = [["Wilayah", "Sales", "Bulan", "Target", "Hasil"]]
    merges = []
    for n in range(18):
        first, second = n % 6 == 0, n % 3 == 0
        group = [f"Wilayah {n // 6}" if first else None, f"Sales {n // 3}" if second else None]
        rows.append([*group, months[n % 3], 1000 * n, 900 * n])
        if first:
            merges.append((n + 1, n + 7, 0, 1))
        if second:
            merges.append((n + 1, n + 4, 1, 2))
    (table,) = proposed(tmp_path, {"Target": Sheet(rows, tuple(merges))}).tables
    assert (table.rows, table.clean, table.quarantined) == (18, 18, 0)
    assert [column.name for column in table.columns][:2] == ["wilayah", "sales"]
