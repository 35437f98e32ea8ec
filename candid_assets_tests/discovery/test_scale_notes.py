"""A note or a header that says thousands or millions is asked about, with the line that says so."""

from pathlib import Path
from typing import Any

import pytest

from candid_assets.discovery.questions import ContractQuestion
from candid_assets_tests.discovery.kit import table_of


def scales(scratch: Path, above: list[Any], headers: tuple[str, ...]) -> list[ContractQuestion]:
    lines = [[n + 1, f"Cabang {n}", 12.5 + n, 300 + 7 * n] for n in range(20)]
    table = table_of(scratch, [*above, ["No", "Cabang", *headers], *lines])
    return [q for q in table.questions if "thousands or millions" in q.text]


@pytest.mark.parametrize(
    "note",
    [
        "(dalam ribuan rupiah)",
        "(Rp juta)",
        "Dalam jutaan Rupiah",
        "Satuan: Jutaan Rupiah",
        "In thousands of USD",
        "LAPORAN OMZET (dalam Rp ribuan)",
        "(000)",
    ],
)
def test_note_above_a_table_is_asked_about_for_each_of_its_amounts(
    tmp_path: Path, note: str
) -> None:
    (question,) = scales(tmp_path, [["LAPORAN 2024"], [note], []], ("Omzet", "Biaya"))
    assert question.cells == ("A2",)
    assert [(a.key, a.column) for a in question.answers] == [("unit", "omzet"), ("unit", "biaya")]


def test_header_in_millions_is_asked_about_alone(tmp_path: Path) -> None:
    (question,) = scales(tmp_path, [], ("Omzet (Rp juta)", "Biaya"))
    assert [(a.column, a.value) for a in question.answers] == [("omzet_rp_juta", "rp juta")]


@pytest.mark.parametrize("note", ["Data 1.000 pelanggan", "Juta Rasa Bakery", "(kg)", "(unit)"])
def test_other_words_above_a_table_say_no_scale(tmp_path: Path, note: str) -> None:
    assert scales(tmp_path, [[note], []], ("Omzet", "Biaya (kg)")) == []
