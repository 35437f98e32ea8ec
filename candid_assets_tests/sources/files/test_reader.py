"""Folders of .xlsx, .csv and .parquet files, from the file to the published table."""

import json
import os
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from candid_assets.monitoring.doctor.sources import check_sources
from candid_assets.settings import ZONE
from candid_assets.sources.files.csv_files import rows_of
from candid_assets_tests.sources.installation import Installation, discovered

pytestmark = pytest.mark.slow

SALES = """name: sales
physicalName: {title}
description: One row per receipt.
dataGranularityDescription: One row per receipt.
properties:
  - name: receipt
    physicalName: "No Nota"
    logicalType: string
    primaryKey: true
    description: Number.
  - {{name: sold_on, physicalName: Tgl, logicalType: date, description: Day.}}
  - name: amount_idr
    physicalName: "Jumlah (Rp)"
    logicalType: number
    physicalType: "DECIMAL(18, 2)"
    description: Amount.
"""
ROWS = [
    ["No Nota", "Tgl", "Jumlah (Rp)"],
    ["N1", date(2025, 8, 17), 1250000.5],
    ["N2", date(2025, 8, 18), 2500],
]
CLEAN = [
    ("N1", date(2025, 8, 17), Decimal("1250000.50")),
    ("N2", date(2025, 8, 18), Decimal("2500.00")),
]
SEEN = "select receipt, sold_on, amount_idr from clean.ekspor__sales order by 1"


class Folder:
    """A folder of files and the installation that reads it."""

    def __init__(self, place: Installation, tmp_path: Path) -> None:
        self.place, self.path = place, tmp_path / "ekspor"
        self.path.mkdir()
        self.connect()

    def connect(self, more: str = "", path: Path | None = None) -> None:
        self.place.head("ekspor", f"type: local, path: {path or self.path}{more}")

    def contract(self, title: str = "sales") -> None:
        self.place.table("ekspor", "sales", SALES.format(title=title))

    def at_rest(self, name: str) -> Path:
        path = self.path / name
        os.utime(path, (1_700_000_000 + len(name), 1_700_000_000 + path.stat().st_size))
        return path

    def csv(self, content: str | bytes, name: str = "sales.csv") -> Path:
        raw = content.encode() if isinstance(content, str) else content
        (self.path / name).write_bytes(raw)
        return self.at_rest(name)

    def xlsx(self, rows: list[list[Any]], name: str = "sales.xlsx", sheet: str = "Sheet1") -> Path:
        book = openpyxl.Workbook()
        book.active.title = sheet
        for row in rows:
            book.active.append(row)
        book.save(self.path / name)
        return self.at_rest(name)

    def parquet(self, table: pa.Table, name: str = "sales.parquet") -> Path:
        pq.write_table(table, self.path / name)
        return self.at_rest(name)


@pytest.fixture
def folder(place: Installation, tmp_path: Path) -> Folder:
    made = Folder(place, tmp_path)
    made.contract()
    return made


CSV = 'No Nota,Tgl,Jumlah (Rp)\nN1,17/08/2025,"1.250.000,50"\nN2,18/08/2025,2500\n'


@pytest.mark.parametrize(
    "content",
    [
        CSV.encode(),
        b"\xef\xbb\xbf" + CSV.encode(),
        CSV.replace(",", ";").replace('"1.250.000;50"', "1.250.000,50").encode(),
        CSV.replace("No Nota", "No\xa0Nota").encode("cp1252"),
        CSV.replace("\n", "\r\n").encode("utf-16"),
    ],
    ids=["plain", "with a mark", "semicolons", "cp1252", "utf-16"],
)
def test_a_csv_of_any_dialect_becomes_the_same_clean_table(folder: Folder, content: bytes) -> None:
    folder.csv(content)
    record = folder.place.run()
    assert folder.place.failures() == []
    assert record.succeeded
    assert folder.place.query(SEEN) == CLEAN


def test_an_xlsx_keeps_numbers_dates_and_text_apart(folder: Folder) -> None:
    folder.xlsx([*ROWS, ["N3", "19 Agustus 2025", "12.500"]])
    assert folder.place.run().succeeded
    assert folder.place.query(SEEN) == [*CLEAN, ("N3", date(2025, 8, 19), Decimal("12500.00"))]


def test_a_parquet_file_is_read_by_its_types(folder: Folder) -> None:
    folder.parquet(
        pa.table(
            {
                "No Nota": ["N1", "N2"],
                "Tgl": [datetime(2025, 8, 17, tzinfo=ZONE), datetime(2025, 8, 18, tzinfo=ZONE)],
                "Jumlah (Rp)": [Decimal("1250000.50"), Decimal("2500.00")],
            }
        )
    )
    assert folder.place.run().succeeded
    assert folder.place.query(SEEN) == CLEAN


def test_asset_keys_begin_with_files_and_later_layers_do_not_differ(folder: Folder) -> None:
    folder.csv(CSV)
    folder.place.run()
    assert folder.place.built() == {
        *("files.ekspor__sales", "raw.ekspor__sales"),
        *("clean.ekspor__sales", "quarantine.ekspor__sales"),
    }


def test_nothing_is_read_while_the_files_are_as_they_were(folder: Folder) -> None:
    folder.csv(CSV)
    folder.place.run()
    record = folder.place.run()
    assert record.built == []
    assert {u.layer for u in record.unchanged} == {"files", "raw", "clean", "quarantine"}
    folder.csv(CSV + "N3,19/08/2025,100\n")
    folder.place.run()
    assert folder.place.query("select count(*) from clean.ekspor__sales") == [(3,)]


def test_a_file_touched_without_a_change_makes_no_new_table(folder: Folder) -> None:
    path = folder.csv(CSV)
    folder.place.run()
    os.utime(path, (1_800_000_000, 1_600_000_000))
    assert folder.place.run().built == []


def test_quarantined_row_names_its_file_and_cell(folder: Folder) -> None:
    folder.csv(CSV + "N3,kapan,100\n")
    folder.place.run()
    ((cell, link),) = folder.place.query(
        "select w.cell, w.link from (select unnest(_reasons) as w from quarantine.ekspor__sales)"
    )
    assert (cell, link) == ("B4", f"file://{folder.path}/sales#B4")


def _cut(folder: Folder) -> None:
    path = folder.path / "sales.xlsx"
    path.write_bytes(path.read_bytes()[:2000])


def _gone(folder: Folder) -> None:
    (folder.path / "sales.xlsx").unlink()


def _renamed(folder: Folder) -> None:
    folder.xlsx(ROWS, sheet="Lain")
    book = openpyxl.load_workbook(folder.path / "sales.xlsx")
    book.create_sheet("Kedua")
    book.save(folder.path / "sales.xlsx")


def _no_folder(folder: Folder) -> None:
    _gone(folder)
    folder.path.rmdir()


def _twice(folder: Folder) -> None:
    folder.xlsx([[*ROWS[0], "No Nota"], *ROWS[1:]])


def _emptied(folder: Folder) -> None:
    folder.xlsx([])


def _old(folder: Folder) -> None:
    (folder.path / "sales.xlsx").write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)


def _formula(folder: Folder) -> None:
    folder.xlsx([*ROWS, ["N3", date(2025, 8, 19), "=C2+C3"]])


@pytest.mark.parametrize(
    ("fault", "cause", "expected"),
    [
        (_cut, "file_damaged", "is not a readable .xlsx file"),
        (_gone, "tab_missing", "rename the tab back, or set physicalName"),
        (_renamed, "tab_missing", "did you mean 'sales/Lain'"),
        (_no_folder, "not_found", "put the folder back, or correct path"),
        (_twice, "missing_column", "No Nota"),
        (_emptied, "tab_emptied", "is empty"),
        (_old, "file_damaged", "save it again as .xlsx"),
        (_formula, "file_damaged", "a formula has no stored result, in C4"),
    ],
)
def test_failure_is_reported_with_its_fix_and_the_last_good_table_is_kept(
    folder: Folder, fault: Any, cause: str, expected: str
) -> None:
    folder.xlsx(ROWS)
    assert folder.place.run().succeeded
    fault(folder)
    record = folder.place.run()
    assert not record.succeeded
    ((reported, message),) = folder.place.failures()
    assert expected in message
    assert reported == cause
    assert folder.place.query(SEEN) == CLEAN


ERRORS = ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "Err:502"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_errors_of_formulas_are_reported_in_text_columns_and_others(
    folder: Folder, kind: str
) -> None:
    rows = [[error, "17/08/2025", 1] for error in ERRORS]
    rows += [[f"N{n}", error, 1] for n, error in enumerate(ERRORS)]
    rows += [[f"M{n}", "17/08/2025", error] for n, error in enumerate(ERRORS)]
    rows += [["# 1", "17/08/2025", 1]]
    if kind == "csv":
        lines = [",".join(map(str, row)) for row in rows]
        folder.csv("\n".join(["No Nota,Tgl,Jumlah (Rp)", *lines]))
    else:
        folder.xlsx([ROWS[0], *rows])
    assert folder.place.run().succeeded, folder.place.failures()
    assert folder.place.query("select receipt from clean.ekspor__sales") == [("# 1",)]
    assert folder.place.query(
        'select w."column", w.reason, count(*) from'
        " (select unnest(_reasons) as w from quarantine.ekspor__sales) group by all order by all"
    ) == [
        ("amount_idr", "error_cell", 8),
        ("receipt", "error_cell", 8),
        ("sold_on", "error_cell", 8),
    ]


def test_formats_and_merges_of_an_xlsx_are_read(folder: Folder) -> None:
    folder.place.table(
        "ekspor",
        "sales",
        SALES.format(title="sales").replace(
            "logicalType: date,",
            "logicalType: date, customProperties: [{property: fillMerged, value: true}],",
        ),
    )
    rows = [[7, date(2025, 8, 17), 1250], [8, None, 2500], [9, date(2025, 8, 18), 12]]
    path = folder.xlsx([ROWS[0], *rows, ["x", None, 5]])
    book = openpyxl.load_workbook(path)
    sheet = book.active
    for row, pattern in ((2, '"Rp"#,##0'), (3, '"Rp"#,##0'), (4, "[$$-409]#,##0")):
        sheet[f"A{row}"].number_format = "0000"
        sheet[f"C{row}"].number_format = pattern
    sheet.merge_cells("B2:B3")
    sheet.merge_cells("F1:F9")
    book.save(path)
    folder.at_rest("sales.xlsx")
    assert folder.place.run().succeeded, folder.place.failures()
    assert folder.place.query(SEEN) == [
        ("0007", date(2025, 8, 17), Decimal("1250.00")),
        ("0008", date(2025, 8, 17), Decimal("2500.00")),
        ("x", None, Decimal("5.00")),
    ]
    ((cell, message),) = folder.place.query(
        "select w.cell, w.message from (select unnest(_reasons) as w from quarantine.ekspor__sales)"
    )
    assert cell == "C4"
    assert message.endswith("USD instead of IDR")


def test_csv_of_binary_data_is_reported(folder: Folder) -> None:
    folder.csv(b"No Nota,Tgl\0\1\2")
    folder.place.run()
    ((cause, message),) = folder.place.failures()
    assert cause == "file_damaged"
    assert "holds binary data, not text" in message


def test_file_that_may_not_be_opened_is_reported(folder: Folder, monkeypatch: Any) -> None:
    folder.csv(CSV)

    def refuse(*_: Any, **__: Any) -> Any:
        raise PermissionError(13, "Permission denied", "sales.csv")

    monkeypatch.setattr("candid_assets.sources.files.csv_files.encoding_of", refuse)
    folder.place.run()
    ((cause, message),) = folder.place.failures()
    assert cause == "file_locked"
    assert "close the program that holds it open" in message


def test_file_that_grows_at_each_reading_is_refused(folder: Folder, monkeypatch: Any) -> None:
    path = folder.csv(CSV)

    def growing(*args: Any, **options: Any) -> Any:
        yield from rows_of(*args, **options)
        with path.open("a") as file:
            file.write("N9,18/08/2025,1\n")

    monkeypatch.setattr("candid_assets.sources.files.csv_files.rows_of", growing)
    monkeypatch.setattr("candid_assets.sources.files.reader.SETTLING_SECONDS", 0.0)
    folder.place.run()
    ((cause, message),) = folder.place.failures()
    assert cause == "changed_while_reading"
    assert "is still being written" in message


def test_files_of_one_pattern_are_one_table(place: Installation, tmp_path: Path) -> None:
    folder = Folder(place, tmp_path)
    folder.place.table(
        "ekspor",
        "sales",
        SALES.format(title="penjualan").replace(
            "properties:",
            "customProperties: [{property: titlePattern, value: 'penjualan \\d+'}]\nproperties:",
            1,
        ),
    )
    folder.csv(CSV, "penjualan 1.csv")
    folder.csv(CSV.replace("N1", "N3").replace("N2", "N4"), "penjualan 2.csv")
    folder.csv("x\n", "lain.csv")
    assert folder.place.run().succeeded
    assert folder.place.query(
        "select _tab, count(*) from clean.ekspor__sales group by 1 order by 1"
    ) == [
        ("penjualan 1", 2),
        ("penjualan 2", 2),
    ]


def test_a_single_xlsx_file_is_a_source_whose_tables_are_its_sheets(folder: Folder) -> None:
    path = folder.xlsx(ROWS, "buku.xlsx", sheet="Penjualan")
    folder.connect(path=path)
    folder.contract("Penjualan")
    assert folder.place.run().succeeded
    assert folder.place.query(SEEN) == CLEAN


def test_only_files_of_the_format_declared_are_seen(folder: Folder) -> None:
    folder.csv(CSV)
    folder.xlsx([["x"]])
    folder.connect(", format: csv")
    assert folder.place.run().succeeded
    assert folder.place.query(SEEN) == CLEAN


def test_no_temporary_file_is_left_after_landing(folder: Folder) -> None:
    folder.csv(CSV)
    folder.place.run()
    folder.place.run(force=True)
    left = [p.name for p in (folder.place.settings.landing_dir).iterdir()]
    assert left == ["ekspor"]


def test_discover_writes_contracts_for_each_file_and_sheet(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [[f"N{n}", date(2025, 8, 1 + n % 28), n * 1000] for n in range(100)]
    folder.xlsx([ROWS[0], *rows], "penjualan.xlsx")
    lines = [f"{n};Toko {n};{n}.500" for n in range(100)]
    folder.csv("\n".join(["Kode;Nama;Nilai", *lines]), "toko.csv")
    done = discovered(folder.place, monkeypatch, str(folder.path), "baru")
    assert done.exit_code == 0, done.output
    summary = json.loads(done.output.splitlines()[-1])
    assert {t["title"]: t["rows"] for t in summary["tables"]} == {"penjualan": 100, "toko": 100}
    (folder.place.root / "catalog/workbooks/ekspor/sales.yaml").unlink()
    assert folder.place.run().succeeded, folder.place.failures()
    assert folder.place.query("select count(*) from clean.baru__toko") == [(100,)]


def test_discovered_export_of_a_bank_and_of_ids_is_read_and_damaged_ids_are_named(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ["NIK,Tanggal,Keterangan,HP,Jumlah,Sisa"]
    for n in range(1, 41):
        nik = "3.20101E+15" if n % 4 == 0 else f"32010101010100{n:02d}"
        mark = "DB" if n % 2 else "CR"
        rest = "Rp -" if n % 10 == 0 else f"Rp 1.250.{n:03d}"
        day = f"'{n % 28 + 1:02d}/12/2024,'BIAYA {n}"
        lines.append(f'{nik},{day},"=""0812345678{n:02d}""","{n},500.00 {mark}",{rest}')
    folder.csv("\n".join(lines), "mutasi.csv")
    done = discovered(folder.place, monkeypatch, str(folder.path), "baru")
    assert done.exit_code == 0, done.output
    (folder.place.root / "catalog/workbooks/ekspor/sales.yaml").unlink()
    assert folder.place.run().succeeded, folder.place.failures()
    rows = folder.place.query("select * exclude (_row, _extract) from clean.baru__mutasi")
    assert rows == [
        (
            f"32010101010100{n:02d}",
            date(2024, 12, n % 28 + 1),
            f"BIAYA {n}",
            f"+62812345678{n:02d}",
            Decimal(f"{n}500.00") * (-1 if n % 2 else 1),
            Decimal(0) if n % 10 == 0 else Decimal(f"1250{n:03d}"),
        )
        for n in range(1, 41)
        if n % 4
    ]
    reasons = folder.place.query(
        "select _reasons[1].reason, _reasons[1].cell from quarantine.baru__mutasi order by _row"
    )
    assert reasons == [("damaged_id", f"A{n + 1}") for n in range(4, 41, 4)]


@pytest.mark.parametrize(("minutes", "unit"), [(30, "hours"), (20, "minutes")])
def test_discovered_lengths_of_time_are_numbers_that_can_be_summed(
    folder: Folder,
    monkeypatch: pytest.MonkeyPatch,
    minutes: int,
    unit: str,
) -> None:
    lengths = [timedelta(hours=10 + n, minutes=minutes if n == 14 else 15) for n in range(15)]
    rows = [[f"Sopir {n}", length] for n, length in enumerate(lengths, start=1)]
    path = folder.xlsx([["Nama", "Total Jam"], *rows], "jam.xlsx")
    done = discovered(folder.place, monkeypatch, str(folder.path), "baru")
    assert done.exit_code == 0, done.output
    contract = (folder.place.root / "catalog/workbooks/baru/jam.yaml").read_text()
    assert f"{{property: duration, value: {unit}}}" in contract
    (folder.place.root / "catalog/workbooks/ekspor/sales.yaml").unlink()
    assert folder.place.run().succeeded, (folder.place.failures(), path)
    ((summed, count),) = folder.place.query("select sum(total_jam), count(*) from clean.baru__jam")
    expected = sum(lengths, timedelta()).total_seconds() / {"hours": 3600, "minutes": 60}[unit]
    assert (count, float(summed)) == (15, expected)


def test_discovered_parquet_file_equals_its_values_to_the_last_digit_and_character(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = range(40)
    table = pa.table(
        {
            "id": pa.array(numbers, pa.int64()),
            "nilai": pa.array(
                [Decimal("12345678901235.56") + n for n in numbers], pa.decimal128(18, 2)
            ),
            "kurs": pa.array(
                [Decimal("0.1234567890123456789") + n for n in numbers], pa.decimal128(30, 19)
            ),
            "catatan": pa.array([["", " - ", "A\nB ", "a"][n % 4] for n in numbers]),
        }
    )
    folder.parquet(table, "harga.parquet")
    done = discovered(folder.place, monkeypatch, str(folder.path), "baru")
    assert done.exit_code == 0, done.output
    contract = (folder.place.root / "catalog/workbooks/baru/harga.yaml").read_text()
    assert "DECIMAL(30,19)" in contract
    (folder.place.root / "catalog/workbooks/ekspor/sales.yaml").unlink()
    assert folder.place.run().succeeded, folder.place.failures()
    assert folder.place.query(
        "select id, nilai, kurs, catatan from clean.baru__harga order by id"
    ) == [tuple(row.values()) for row in table.to_pylist()]


def test_doctor_reports_files_that_cannot_be_opened_and_an_empty_folder(
    folder: Folder,
) -> None:
    def findings() -> list[tuple[str, str]]:
        return [
            (f.state, f.what) for f in check_sources(folder.place.settings, folder.place.catalog())
        ]

    (first, second) = findings()
    assert first == ("failed", "has no table 'sales'")
    assert "holds no .xlsx, .csv or .parquet file" in second[1]
    folder.csv(CSV)
    assert [state for state, _ in findings()] == ["ok"]
    (folder.path / "rusak.xlsx").write_bytes(b"PK")
    assert any("is not a readable .xlsx file" in what for _, what in findings())
    folder.connect(path=Path("/nowhere"))
    ((state, what),) = findings()
    assert state == "failed"
    assert "there is no /nowhere" in what


def test_line_of_a_csv_file_with_more_cells_than_its_header_goes_to_quarantine(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"{n},Toko {n},Bogor,{n}" for n in range(1, 25)]
    lines[6] = "7,Toko 7, Jl. Raya,Bogor,7"
    (folder.path / "toko.csv").write_text("\n".join(["id,nama,kota,nilai", *lines]) + "\n")
    done = discovered(folder.place, monkeypatch, str(folder.path), "baru")
    assert done.exit_code == 0, done.output
    folder.place.run()
    assert folder.place.query("select count(*) from clean.baru__toko") == [(23,)]
    assert folder.place.query("select _row from quarantine.baru__toko") == [(8,)]


def test_clocks_of_a_sheet_are_lengths_of_time_where_their_format_says_so(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Nama", "Total", "Masuk"])
    for n in range(20):
        book.active.append([f"Sopir {n}", timedelta(hours=n % 10, minutes=30), time(7 + n % 3, 15)])
    for (cell,) in book.active["B2:B21"]:
        cell.number_format = "[h]:mm"
    book.save(folder.path / "jam.xlsx")
    folder.at_rest("jam.xlsx")
    done = discovered(folder.place, monkeypatch, str(folder.path), "baru")
    assert done.exit_code == 0, done.output
    (table,) = json.loads(done.output.splitlines()[-1])["tables"]
    assert table["columns"] == {"nama": "string", "total": "number", "masuk": "time"}
