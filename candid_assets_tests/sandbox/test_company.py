"""The sample company: ninety tabs of the stated size, the same for the same seed."""

import json
from collections import Counter
from pathlib import Path

import pytest

from candid_assets.sandbox.company.generate import generate
from candid_assets.sandbox.company.plan import WORKBOOKS
from candid_assets.sandbox.workbook import CellError, Dated, Formatted, SampleWorkbook

pytestmark = pytest.mark.slow

ODD_TITLES = {"Jan25", "Des25", "Q1", "Q4", "Stok (Gudang) & Retur", "Promo Jan-Des '25"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("company"))


@pytest.fixture(scope="module")
def workbooks(folder: Path) -> list[SampleWorkbook]:
    return [SampleWorkbook.load(folder / f"{plan.name}.json") for plan in WORKBOOKS]


def test_the_manifest_counts_seven_workbooks_ninety_tabs_and_the_stated_rows(
    folder: Path, workbooks: list[SampleWorkbook]
) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    truth = json.loads((folder / "truth.json").read_text())
    assert len(workbooks) == len(manifest["workbooks"]) == 7
    grids = [tab for book in workbooks for tab in book.tabs if tab.sheet_type == "GRID"]
    assert len(grids) == manifest["tabs"] == 90
    assert manifest["rows"] == sum(tab["rows"] for tab in truth["tabs"])
    assert abs(manifest["rows"] - 142_000) <= 1_420
    assert (manifest["seed"], manifest["scale"]) == (20250817, 1)


def test_a_chart_tab_has_no_cells_and_describes_its_chart(workbooks: list[SampleWorkbook]) -> None:
    charts = [tab for book in workbooks for tab in book.tabs if tab.sheet_type == "OBJECT"]
    assert [(tab.title, tab.rows) for tab in charts] == [("Grafik Keluhan", [])]
    spec = charts[0].parts["charts"][0]["spec"]
    assert spec["basicChart"]["series"]


def test_a_few_tabs_are_large_and_most_are_small(folder: Path) -> None:
    rows = [tab["rows"] for tab in json.loads((folder / "truth.json").read_text())["tabs"]]
    assert 3 <= sum(count >= 8_000 for count in rows) <= 8
    assert max(rows) <= 20_000
    assert sum(100 <= count <= 2_100 for count in rows) >= 55


def test_titles_are_unique_and_as_odd_as_real_ones(workbooks: list[SampleWorkbook]) -> None:
    for workbook in workbooks:
        titles = [tab.title for tab in workbook.tabs]
        ids = [tab.sheet_id for tab in workbook.tabs]
        assert len(titles) == len(set(titles))
        assert len(ids) == len(set(ids))
    assert {tab.title for workbook in workbooks for tab in workbook.tabs} >= ODD_TITLES


def test_every_tab_has_six_to_sixteen_columns_and_a_key() -> None:
    for plan in (tab for workbook in WORKBOOKS for tab in workbook.tabs):
        assert 6 <= len(plan.fields) <= 16, plan.title
        assert any(column.key for column in plan.fields), plan.title
        headers = [column.header.casefold() for column in plan.fields]
        assert len(headers) == len(set(headers)), plan.title


def test_all_kinds_of_cells_occur(workbooks: list[SampleWorkbook]) -> None:
    kinds = Counter(
        type(cell)
        for workbook in workbooks
        for tab in workbook.tabs
        for row in tab.rows
        for cell in row
    )
    assert set(kinds) >= {str, int, float, bool, Dated, Formatted, CellError, type(None)}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(
    folder: Path, tmp_path: Path
) -> None:
    again, other = generate(tmp_path / "again"), generate(tmp_path / "other", seed=7)
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 9
    for name in names:
        assert (again / name).read_bytes() == (folder / name).read_bytes(), name
        assert (other / name).read_bytes() != (folder / name).read_bytes(), name
    rows = json.loads((other / "manifest.json").read_text())["rows"]
    assert abs(rows - 142_000) <= 1_420


def test_scale_multiplies_the_rows(folder: Path, tmp_path: Path) -> None:
    double = json.loads((generate(tmp_path, scale=2) / "manifest.json").read_text())
    single = json.loads((folder / "manifest.json").read_text())
    assert double["rows"] == pytest.approx(2 * single["rows"], rel=0.01)
    assert double["tabs"] == 90


def test_an_impossible_scale_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="choose 1 to 20"):
        generate(tmp_path, scale=0)


def test_progress_names_every_workbook(tmp_path: Path) -> None:
    messages: list[str] = []
    generate(tmp_path, progress=messages.append)
    assert messages == [plan.name for plan in WORKBOOKS]
