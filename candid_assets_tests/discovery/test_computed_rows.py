"""Lines of a statement that are worked out of others are left out or asked about, never silent."""

from pathlib import Path
from random import Random
from typing import Any

import pytest

from candid_assets.discovery.proposal import TableProposal
from candid_assets_tests.discovery.kit import table_of

MONTHS = ["Jan", "Feb", "Mar"]


def statement(names: tuple[str, str, str], columns: int = 3) -> list[list[Any]]:
    """Return a statement with what is left of sales, what all costs are, and what is left of that.

    Args:
        names: What these three lines are called.
        columns: How many months it has.
    """
    random = Random(5)  # noqa: S311 - chance for a test
    sales, goods, *costs = (
        [random.randrange(10**6, 10**9) for _ in range(columns)] for _ in range(6)
    )
    gross = [a - b for a, b in zip(sales, goods, strict=True)]
    total = [sum(cells) for cells in zip(*costs, strict=True)]
    rest = [a - b for a, b in zip(gross, total, strict=True)]
    lines = [
        ("Penjualan", sales),
        ("HPP", goods),
        (names[0], gross),
        *zip(("Gaji", "Sewa", "Listrik", "Promosi"), costs, strict=True),
        (names[1], total),
        (names[2], rest),
    ]
    return [["Keterangan", *MONTHS[:columns]], *([name, *cells] for name, cells in lines)]


def questions(table: TableProposal) -> list[str]:
    """Return the questions about sums."""
    return [q.text for q in table.questions if "sums of other rows" in q.text or "worked" in q.text]


@pytest.mark.parametrize("columns", [1, 3])
def test_results_with_a_word_for_them_are_left_out_by_name_and_asked_about(
    tmp_path: Path, columns: int
) -> None:
    table = table_of(tmp_path, statement(("Laba Kotor", "Total Biaya", "Laba Bersih"), columns))
    assert (table.rows, table.clean, table.quarantined) == (6, 6, 0)
    assert {"laba kotor", "laba bersih"} <= set(table.options["summaryRows"])
    assert any("laba kotor" in text for text in questions(table))


def test_results_without_a_word_are_lines_and_a_question(tmp_path: Path) -> None:
    table = table_of(tmp_path, statement(("Tahap A", "Tahap B", "Tahap C")))
    assert table.clean == 9
    (question,) = [q for q in table.questions if "worked out of rows above" in q.text]
    assert question.text.startswith("Rows 4, 9–10 (tahap a · tahap b · tahap c)")
    assert question.answers[0].value == ["tahap a", "tahap b", "tahap c"]


def test_small_numbers_that_agree_by_chance_are_no_results(tmp_path: Path) -> None:
    rows = [[f"Laba {n}", n % 7, n % 5, n % 3] for n in range(40)]
    table = table_of(tmp_path, [["Keterangan", *MONTHS], *rows])
    assert (table.clean, questions(table)) == (40, [])


def test_a_word_that_other_lines_begin_with_leaves_none_of_them_out(tmp_path: Path) -> None:
    rows = statement(("Laba", "Total Biaya", "Laba Bersih"))
    rows.insert(3, ["Laba 2024", 123_456_789, 234_567_891, 345_678_912])
    table = table_of(tmp_path, rows)
    assert "laba" not in table.options.get("summaryRows", [])
    assert any("worked out of rows above" in text for text in questions(table))


def test_the_sum_of_all_results_is_one_too(tmp_path: Path) -> None:
    random = Random(6)  # noqa: S311 - chance for a test
    cells = [[random.randrange(-(10**9), 10**9) for _ in range(2)] for _ in range(7)]
    first, second = ([sum(c) for c in zip(*part, strict=True)] for part in (cells[:4], cells[4:]))
    lines = [
        *((f"Kas {n}", *line) for n, line in enumerate(cells[:4])),
        ("Kas bersih operasi", *first),
        *((f"Aset {n}", *line) for n, line in enumerate(cells[4:])),
        ("Kas bersih investasi", *second),
        ("Kenaikan kas", *(a + b for a, b in zip(first, second, strict=True))),
    ]
    table = table_of(tmp_path, [["Uraian", "2024", "2025"], *map(list, lines)])
    assert (table.rows, table.clean) == (7, 7)
    assert "kenaikan kas" in table.options["summaryRows"]
