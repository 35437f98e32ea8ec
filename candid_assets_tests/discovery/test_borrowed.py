"""Tables without rows take types and key from tables with the same headers."""

from pathlib import Path

from candid_assets_tests.discovery.kit import proposed

STOCK = [
    ["Kode", "Masuk", "Tgl Opname"],
    *([f"BRG{n}", n * 7, f"{n:02d}/03/2025"] for n in range(1, 9)),
]
EMPTY = [["Kode", "Masuk", "Tgl Opname"]]


def _types(table) -> dict[str, str]:
    return {column.name: column.logical for column in table.columns}


def test_a_table_without_rows_is_typed_as_its_twin(tmp_path: Path) -> None:
    full, empty = proposed(tmp_path, {"Stok": STOCK, "Hampir Habis": EMPTY}).tables
    assert (
        _types(empty)
        == _types(full)
        == {
            "kode": "string",
            "masuk": "integer",
            "tgl_opname": "date",
        }
    )
    assert empty.primary_key == full.primary_key == ("kode",)
    assert empty.columns[2].guess.options == full.columns[2].guess.options


def test_a_header_of_two_types_lends_none(tmp_path: Path) -> None:
    other = [["Kode", "Masuk"], *([f"K{n}", "baik" if n % 2 else "rusak"] for n in range(8))]
    tables = proposed(tmp_path, {"Stok": STOCK, "Mutu": other, "Kosong": EMPTY}).tables
    assert _types(tables[-1])["masuk"] == "string"
    assert _types(tables[-1])["tgl_opname"] == "date"


def test_another_set_of_headers_lends_no_key(tmp_path: Path) -> None:
    wider = [["Kode", "Masuk", "Tgl Opname", "Rak"]]
    tables = proposed(tmp_path, {"Stok": STOCK, "Kosong": wider}).tables
    assert tables[-1].primary_key == ()
