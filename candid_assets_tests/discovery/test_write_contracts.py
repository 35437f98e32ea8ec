"""Proposals are written one by one: what cannot be written keeps no other back."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from candid_assets.contracts.catalog import LogicalType
from candid_assets.contracts.tab_file import read_tab
from candid_assets.contracts.yaml_edits import YamlFile
from candid_assets.discovery.answer_lines import answer_line, whole_answers
from candid_assets.discovery.contract_text import table_yaml
from candid_assets.discovery.propose import Proposal
from candid_assets.discovery.questions import ContractAnswer, ContractQuestion, Damage
from candid_assets.discovery.write_contracts import Head, write
from candid_assets.source_kinds.registry import recognise_place
from candid_assets_tests.discovery.kit import proposed, table_of

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


READ_ALIKE = [
    ["Kode", "Tanggal", "Jumlah", "Berat"],
    *(
        [f"K{n}", date(2025, 1, 1) + timedelta(n), 12_500 * n, n + 0.0625 + (n % 3) / 10_000]
        for n in range(24)
    ),
]


@pytest.mark.parametrize(
    ("locale", "notation", "order"),
    [("in_ID", "id", "dmy"), ("en_US", "en", "mdy"), ("en_GB", "en", "dmy"), ("", "id", "dmy")],
)
def test_how_the_next_number_and_day_are_read_is_written_always(
    tmp_path: Path, locale: str, notation: str, order: str
) -> None:
    text = table_yaml(table_of(tmp_path, READ_ALIKE, locale), family=False)
    lines = {line.split("name: ")[1].split(",")[0]: line for line in text.splitlines()[-4:]}
    assert f"{{property: dateOrder, value: {order}}}" in lines["tanggal"]
    assert f"{{property: notation, value: {notation}}}" in lines["jumlah"]
    assert f"{{property: notation, value: {notation}}}" in lines["berat"]
    assert "notation" not in lines["kode"]
    assert "dateOrder" not in lines["kode"]


@pytest.mark.parametrize("column", ["tanggal", "jumlah", "berat"])
@pytest.mark.parametrize("logical", ["string", "date", "number", "timestamp"])
def test_another_type_takes_out_what_means_nothing_for_it(
    tmp_path: Path, column: str, logical: LogicalType
) -> None:
    path = tmp_path / "data.yaml"
    written = table_yaml(table_of(tmp_path / "rehearsal", READ_ALIKE), family=False)
    file = YamlFile(path, written)
    typed = ContractAnswer("it is another", "logicalType", logical, column)
    question = ContractQuestion(Damage.MISREAD_VALUES, "", "", (typed,))
    for answer in whole_answers(question, file):
        file = YamlFile(path, answer_line(answer, file).edited)
    path.write_text(file.content, encoding="utf-8")
    tab, document = read_tab(path, "toko", "team:unknown")
    assert not document.problems
    assert tab
