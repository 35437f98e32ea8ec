"""Amounts that stay text for what stands beside them in their cells are a question."""

from pathlib import Path
from typing import Any

import pytest

from candid_assets_tests.discovery.kit import table_of


def marks(scratch: Path, header: str, cells: list[Any]) -> list[str]:
    """Return the units and currencies that a column of cells is asked about."""
    rows = [["Kode", header], *([f"K{n:03d}", cell] for n, cell in enumerate(cells))]
    texts = [q.text for q in table_of(scratch, rows).questions if "to be added up" in q.text]
    return [
        text.partition("numbers with ")[2].removesuffix(" behind or before them.") for text in texts
    ]


@pytest.mark.parametrize(
    ("cells", "asked"),
    [
        ([f"{n * 37 % 900},5 kg" for n in range(20)], ["kg"]),
        ([f"{n} {'pcs' if n % 4 else 'dus'}" for n in range(1, 21)], ["pcs, dus"]),
        ([f"USD {n}.50" if n % 2 else f"Rp {n}.500" for n in range(1, 21)], ["IDR, USD"]),
        ([f"{n}{'ABC'[n % 3]}" for n in range(1, 21)], []),
        ([f"Sabun {n} kg" for n in range(1, 21)], []),
        ([f"{n} orang kaya" for n in range(1, 21)], []),
        (list(range(1, 21)), []),
    ],
)
def test_units_in_cells_are_asked_about(tmp_path: Path, cells: list[Any], asked: list[str]) -> None:
    assert marks(tmp_path, "Banyak", cells) == asked


def test_codes_that_end_like_units_are_none(tmp_path: Path) -> None:
    assert marks(tmp_path, "Kode Rak", [f"{n} m" for n in range(1, 21)]) == []
