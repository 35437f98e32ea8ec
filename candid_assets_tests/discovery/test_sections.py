"""The name of a group on a row of its own becomes a column; an unfinished line does not."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from candid_assets_tests.discovery.kit import Sheet, proposed, table_of

HEADER = ["Kode", "Nama", "Satuan", "Harga"]


def lines(letter: str, count: int) -> list[list[Any]]:
    """Return rows of data whose codes begin with a letter."""
    return [
        [f"{letter}-{n:02d}", f"Barang {letter}{n}", "pcs", 500 * n + 700] for n in range(count)
    ]


@pytest.mark.parametrize(
    ("headings", "name"),
    [
        (("MAKANAN", "MINUMAN"), "section"),
        (("Supplier : CV Abadi", "Supplier : UD Makmur"), "supplier"),
        (("Gudang: Cimahi", "Gudang: Solo"), "gudang"),
        (("Minggu 1", "Minggu 2"), "section"),
    ],
)
@pytest.mark.parametrize("place", [0, 1])
def test_each_line_gets_the_heading_above_it(
    tmp_path: Path, headings: tuple[str, str], name: str, place: int
) -> None:
    above = [[*[None] * place, heading] for heading in headings]
    rows = [HEADER, above[0], *lines("A", 6), [], above[1], *lines("B", 5)]
    table = table_of(tmp_path, rows)
    assert (table.rows, table.clean, table.quarantined) == (11, 11, 0)
    (column,) = table.line_columns
    assert (column.name, column.header, column.required) == (name, "_section", True)
    assert table.options["sectionColumn"] == ["kode", "nama"][place]


def test_merged_headings_are_a_column_as_well(tmp_path: Path) -> None:
    rows = [HEADER, ["MAKANAN"], *lines("A", 6), ["MINUMAN"], *lines("B", 5)]
    table = table_of(tmp_path, Sheet(rows, ((1, 2, 0, 4), (8, 9, 0, 4))))
    assert (table.rows, table.clean, len(table.line_columns)) == (11, 11, 1)


def test_headings_of_groups_with_subtotals_are_a_column(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["Tgl", "Nota", "Beli", "Bayar"]]
    for number, group in enumerate(("CV Abadi", "UD Makmur", "PT Lima")):
        days = [[date(2025, 1, n + 1), f"N{number}{n}", 700 + n, 300] for n in range(4)]
        rows += [[group], *days, ["Subtotal", None, 2806, 1200]]
    table = table_of(tmp_path, [*rows, ["Total", None, 8418, 3600]])
    assert (table.rows, table.clean, table.quarantined) == (12, 12, 0)
    assert table.line_columns[0].header == "_section"


def test_lines_above_the_first_heading_have_none(tmp_path: Path) -> None:
    rows = [HEADER, *lines("X", 3), ["MAKANAN"], *lines("A", 6), ["MINUMAN"], *lines("B", 5)]
    table = table_of(tmp_path, rows)
    assert (table.clean, table.line_columns[0].required) == (14, False)


@pytest.mark.parametrize("name", ["Siti", "Toko Baru", "Barang B"])
def test_a_line_that_nobody_finished_heads_nothing(tmp_path: Path, name: str) -> None:
    rows = [[f"Barang {n}", f"K{n}", "pcs", 900 + n] for n in range(12)]
    rows[4] = [name, None, None, None]
    rows[9] = [f"{name} 2", None, None, None]
    table = table_of(tmp_path, [["Nama", "Kode", "Satuan", "Harga"], *rows])
    assert (table.rows, table.line_columns) == (12, [])
    assert table.quarantined + table.clean == 12


def test_a_first_line_that_nobody_finished_heads_nothing(tmp_path: Path) -> None:
    rows = [[f"Barang {n}", f"K{n}", "pcs", 900 + n] for n in range(12)]
    table = table_of(tmp_path, [["Nama", "Kode", "Satuan", "Harga"], ["Barang X"], *rows])
    assert (table.rows, table.line_columns) == (13, [])


def test_tabs_of_a_family_share_the_column_of_headings(tmp_path: Path) -> None:
    tabs = {
        f"Harga {month}": [HEADER, ["MAKANAN"], *lines("A", 4), ["MINUMAN"], *lines("B", 5)]
        for month in ("Januari", "Februari")
    }
    (table,) = proposed(tmp_path, tabs).tables
    assert (table.rows, table.clean, len(table.line_columns)) == (18, 18, 1)


@pytest.mark.parametrize("part_words", ["Sub Jumlah", "To collection"])
@pytest.mark.parametrize("numbers", [("I", "II", "III"), ("A.", "B.", "C.")])
def test_headings_with_numbers_of_their_own_are_a_column(
    tmp_path: Path, numbers: tuple[str, ...], part_words: str
) -> None:
    """A bill of quantities: groups, their subtotals, the total, the tax and the total once more."""
    rows: list[list[Any]] = [["No", "Uraian", "Satuan", "Volume", "Harga", "Jumlah"]]
    whole = 0.0
    for number, works in zip(numbers, ("Persiapan", "Galian", "Beton"), strict=True):
        rows.append([number, f"Pekerjaan {works}"])
        lines = [
            [n, f"{works} {n}", "m3", n + 0.25, n * 5000, (n + 0.25) * n * 5000]
            for n in range(1, 6)
        ]
        part = sum(line[-1] for line in lines)
        rows += [*lines, [None, f"{part_words} {number}", None, None, None, part]]
        whole += part
    for words, amount in (
        ("JUMLAH", whole),
        ("PPN 11%", whole * 0.11),
        ("TOTAL", whole * 1.11),
        ("Dibulatkan", round(whole * 1.11, -3)),
    ):
        rows.append([None, words, None, None, None, amount])
    table = table_of(tmp_path, rows)
    assert (table.layout.header_rows, table.rows, table.clean, table.quarantined) == (1, 15, 15, 0)
    assert table.options["sectionColumn"] == "uraian"
    assert (table.columns[0].logical, table.accounted) == ("integer", len(rows))


def test_lines_of_classes_with_letters_that_nobody_finished_head_nothing(tmp_path: Path) -> None:
    begun = [["A", "Ani"], ["B", "Budi"]]
    rows = [["AB"[n % 2], f"Siswa {n}", 70 + n, "Lulus"] for n in range(20)]
    table = table_of(tmp_path, [["Kelas", "Nama", "Nilai", "Ket"], *begun, *rows])
    assert (table.rows, table.clean, "sectionColumn" in table.options) == (22, 22, False)


def test_lines_that_are_equal_below_two_headings_are_no_mistakes(tmp_path: Path) -> None:
    lines_of_both = [[n, f"Bahan {n}", n + 1, 500 * n] for n in range(1, 7)]
    rows = [["No", "Uraian", "Jumlah", "Harga"]]
    rows += [["A", "Umum"], *lines_of_both, ["B", "Teknik"], *lines_of_both]
    table = table_of(tmp_path, rows)
    assert (table.primary_key, table.clean, table.quarantined) == ((), 12, 0)
    assert any("12 rows have their own" in question.text for question in table.questions)


MARKS = ["Halaman {} dari 3", "Hal. {}", "Page {} of 3", "- {} -", "–{}–"]


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("place", [0, 1])
def test_one_mark_of_a_page_among_full_lines_is_left_out(
    tmp_path: Path, mark: str, place: int
) -> None:
    end = [*[None] * place, mark.format(2)]
    table = table_of(tmp_path, [HEADER, *lines("A", 8), end, *lines("B", 8)])
    assert (table.rows, table.clean, table.quarantined) == (16, 16, 0)
    assert not table.line_columns
    assert table.accounted == 18


@pytest.mark.parametrize("text", ["- habis -", "2", "-2", "Hal. dua", "- 12.500 -"])
def test_a_text_that_is_no_mark_of_a_page_stays(tmp_path: Path, text: str) -> None:
    table = table_of(tmp_path, [HEADER, *lines("A", 8), [None, text], *lines("B", 8)])
    assert (table.rows, table.clean + table.quarantined) == (17, 17)


@pytest.mark.parametrize("mark", MARKS)
def test_ends_of_pages_are_left_out_and_head_nothing(tmp_path: Path, mark: str) -> None:
    rows: list[list[Any]] = []
    for page in range(3):
        rows += [HEADER, *lines("ABC"[page], 6), [mark.format(page + 1)]]
    table = table_of(tmp_path, rows)
    assert (table.rows, table.clean, table.quarantined) == (18, 18, 0)
    assert not table.line_columns
    assert not [q for q in table.questions if "head the lines below" in q.text]
