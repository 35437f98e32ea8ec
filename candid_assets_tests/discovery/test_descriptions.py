"""What contracts say of tables and columns, without a word that the cells do not show."""

from pathlib import Path

import pytest
import yaml

from candid_assets.discovery.contract_text import table_yaml
from candid_assets_tests.discovery.kit import column_of, table_of

CITIES = ("Kota Bandung", "Kota Bogor", "Kab. Cirebon", "Kota Depok")


def _written(table) -> dict:
    return yaml.safe_load(table_yaml(table, family=True))


def test_a_table_says_what_one_row_is_by_its_key(tmp_path: Path) -> None:
    rows = [["Kode", "Harga (Rp)"], *([f"K{n:03d}", 5000 + n] for n in range(30))]
    said = _written(table_of(tmp_path, rows))
    assert said["description"] == "One row for each Kode, from the tab 'Data'."
    code, price = said["properties"]
    assert (
        code["description"] == "Kode: a code or number that names something; each row has its own."
    )
    assert price["description"] == "Harga (Rp): an amount in rupiah."
    assert {"property": "unit", "value": "Rp"} in price["customProperties"]


def test_a_table_without_a_key_leaves_the_row_to_a_person(tmp_path: Path) -> None:
    rows = [["Nama", "Qty"], *(["Budi", 3] for _ in range(30))]
    assert _written(table_of(tmp_path, rows))["description"].endswith("say what one row is.")


def test_small_sales_are_pieces_and_are_called_no_money(tmp_path: Path) -> None:
    assert column_of(tmp_path, "Penjualan", [n % 40 for n in range(60)]).logical == "integer"
    assert column_of(tmp_path, "Penjualan", [n * 12500 for n in range(60)]).logical == "number"
    assert column_of(tmp_path, "Penjualan (juta)", [n % 40 for n in range(60)]).logical == "number"
    rows = [["Kode", "Rata Penjualan"], *([f"K{n:03d}", n + 0.5] for n in range(30))]
    said = _written(table_of(tmp_path, rows))["properties"][1]["description"]
    assert said == "Rata Penjualan: a number."


@pytest.mark.parametrize("header", ["Kota / Kelurahan", "Nama Pelanggan", "Kasir"])
def test_places_and_people_are_no_list_of_allowed_values(tmp_path: Path, header: str) -> None:
    values = [CITIES[n % 4] for n in range(200)]
    assert column_of(tmp_path, header, values).enum == ()
    assert len(column_of(tmp_path, "Status", values).enum) == 4
