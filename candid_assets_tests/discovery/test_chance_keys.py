"""What differs in every row by chance is no key: it is asked about."""

from datetime import date, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest

from candid_assets_tests.discovery.kit import table_of

DAY = date(2025, 8, 1)
NAMES = ["Melati", "Mawar", "Anggrek", "Kenanga", "Dahlia", "Cempaka", "Tulip", "Teratai"]
SHOPS = [f"Toko {name}" for name in NAMES]


def asked(table: Any) -> list[str]:
    return [q.text for q in table.questions if "name one row each" in q.text]


def test_names_of_a_small_table_are_asked_about(tmp_path: Path) -> None:
    rows = [["Toko", "Kota"], *([shop, "Bogor"] for shop in SHOPS)]
    table = table_of(tmp_path, rows)
    assert table.primary_key == ()
    (question,) = table.questions[:1]
    assert question.text == (
        "Does toko name one row each? Each of the 8 rows has its own, which may be chance."
    )
    (answer,) = question.answers
    assert (answer.key, answer.value, answer.column) == ("primaryKey", True, "toko")


def test_customers_of_events_are_asked_about_however_many(tmp_path: Path) -> None:
    rows = [[f"Pelanggan {n}", DAY + timedelta(n // 2), n * 500] for n in range(40)]
    table = table_of(tmp_path, [["Pelanggan", "Tgl", "Jumlah"], *rows])
    assert table.primary_key == ()
    assert len(asked(table)) == 1


def test_remarks_are_no_key_and_no_question(tmp_path: Path) -> None:
    rows = [[f"retak sebelah {n}", n % 3] for n in range(30)]
    table = table_of(tmp_path, [["Keterangan", "Jumlah"], *rows])
    assert (table.primary_key, asked(table)) == ((), [])


def test_names_of_many_things_and_codes_of_few_are_keys(tmp_path: Path) -> None:
    rows = [[f"Barang {n}", n % 3] for n in range(30)]
    assert table_of(tmp_path / "a", [["Produk", "Stok"], *rows]).primary_key == ("produk",)
    coded = [[f"K{n}", shop] for n, shop in enumerate(SHOPS)]
    assert table_of(tmp_path / "b", [["Kode", "Toko"], *coded]).primary_key == ("kode",)


def test_key_that_is_no_chance_goes_before_a_name_that_may_be(tmp_path: Path) -> None:
    rows = [[DAY + timedelta(n), f"Pelanggan {n}", n] for n in range(15)]
    assert table_of(tmp_path, [["Tgl", "Pelanggan", "Jumlah"], *rows]).primary_key == ("tgl",)


@pytest.mark.parametrize(
    "gaps", [(1,), (7,), (1, 1, 1, 1, 3), (31, 28, 31, 30), (1, 1, 1, 1, 1, 2)]
)
def test_days_at_regular_distances_are_the_key(tmp_path: Path, gaps: tuple[int, ...]) -> None:
    days = [DAY + timedelta(sum(islice(cycle(gaps), n))) for n in range(24)]
    rows = [[day, n * 500, "tunai"] for n, day in enumerate(days)]
    assert table_of(tmp_path, [["Tgl", "Masuk", "Cara"], *rows]).primary_key == ("tgl",)


@pytest.mark.parametrize("gaps", [(1, 3, 2, 5), (2, 1, 1, 4, 1, 6), (1, 2)])
def test_days_on_which_something_happened_are_asked_about(
    tmp_path: Path, gaps: tuple[int, ...]
) -> None:
    days = [DAY + timedelta(sum(islice(cycle(gaps), n))) for n in range(24)]
    rows = [[day, f"Iuran {n // 2}", n * 500] for n, day in enumerate(days)]
    table = table_of(tmp_path, [["Tanggal", "Uraian", "Masuk"], *rows])
    assert (table.primary_key, len(asked(table))) == ((), 1)


def test_day_is_no_key_beside_a_number_that_nearly_every_row_has_of_its_own(tmp_path):
    rows = [
        [f"N{n if n != 50 else 49}", date(2025, 1, 1) + timedelta(days=n), "Teh", n]
        for n in range(100)
    ]
    table = table_of(tmp_path, [["No Nota", "Tgl", "Barang", "Qty"], *rows])
    assert table.primary_key != ("tgl",)


@pytest.mark.slow
def test_a_key_of_two_that_a_row_with_a_fault_breaks_is_asked_about(tmp_path: Path) -> None:
    lines = [[DAY, NAMES[n % 8], f"Barang {n // 8}", n * 500] for n in range(24)]
    faulty = [DAY, NAMES[3], "Barang 1", "#DIV/0! (Function DIVIDE parameter 2 cannot be zero.)"]
    table = table_of(tmp_path, [["Tgl", "Sales", "Barang", "Jumlah"], *lines, faulty])
    assert (table.primary_key, table.clean, table.quarantined) == ((), 24, 1)
    assert len(asked(table)) == 1
