"""Proposals are written one by one: what cannot be written keeps no other back."""

from pathlib import Path
from typing import Any

import pytest

from candid_assets.discovery.propose import Proposal
from candid_assets.discovery.write_contracts import Head, write
from candid_assets.source_kinds.registry import recognise_place
from candid_assets_tests.discovery.kit import proposed

ROWS = [["Kode", "Nama", "Stok"], *([f"K{n}", f"Barang {n}", n] for n in range(8))]
BROKEN: dict[str, Any] = {"headerRow": 0}


@pytest.fixture
def proposal(tmp_path: Path) -> Proposal:
    tabs = {"Barang": ROWS, "Toko": [["Toko", "Kota"], *([f"T{n}", "Solo"] for n in range(6))]}
    return proposed(tmp_path / "rehearsal", tabs)


def written(proposal: Proposal, folder: Path) -> tuple[list[str], list[str]]:
    place = recognise_place("sheet-id", None)
    head = Head("staging", place.server, place.other, "unknown", "hub")
    outcome = write(proposal, folder / "toko", head, folder / "trial", force=False)
    return [path.name for path in outcome.files], [p.path.name for p in outcome.problems]


def test_a_contract_that_is_refused_keeps_no_other_back(proposal: Proposal, tmp_path: Path) -> None:
    proposal.tables[0].options |= BROKEN
    files, problems = written(proposal, tmp_path)
    assert files == ["contract.yaml", "toko.yaml"]
    assert problems == ["barang.yaml"]


def test_written_contracts_name_the_schemas_for_editors(proposal: Proposal, tmp_path: Path) -> None:
    folder = tmp_path / "catalog" / "workbooks"
    written(proposal, folder)
    paths = sorted((folder / "toko").glob("*.yaml"))
    named = [path.read_text().splitlines()[0].rpartition("$schema=")[2] for path in paths]
    schemas = [(path.parent / name).resolve() for path, name in zip(paths, named, strict=True)]
    assert [path.stem for path in schemas] == ["tab", "workbook", "tab"]
    assert all(path.is_file() for path in schemas)


def test_nothing_is_written_where_every_contract_is_refused(
    proposal: Proposal, tmp_path: Path
) -> None:
    for table in proposal.tables:
        table.options |= BROKEN
    files, problems = written(proposal, tmp_path)
    assert not files
    assert set(problems) == {"barang.yaml", "toko.yaml"}
    assert not (tmp_path / "toko").exists()
