"""Who reads a catalog again reads only the files that changed, and sees every problem."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from candid_assets.contracts import workbook_file, yaml_document
from candid_assets.contracts.read_catalog import read_catalog
from candid_assets_tests.contracts.metrics.small_metrics import HUB_METRICS, SALES_METRICS
from candid_assets_tests.contracts.small_catalog import spoil, write

ORDERS = "workbooks/sales_master/orders.yaml"
DIMENSION = "models/hub/dim_outlet.sql"


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of the files of tabs, models and metrics that were parsed."""
    names: list[str] = []
    really = yaml_document.read_document

    def read(path: Path) -> yaml_document.YamlDocument:
        names.append(path.name)
        return really(path)

    monkeypatch.setattr("candid_assets.contracts.tab_file.read_document", read)
    monkeypatch.setattr("candid_assets.contracts.model_file.read_document", read)
    monkeypatch.setattr("candid_assets.contracts.metrics.metric_files.read_document", read)
    return names


def problems(root: Path) -> list[str]:
    return [problem.message for problem in read_catalog(root, {}).problems]


def test_only_the_file_that_changed_is_parsed_again(root: Path, parsed: list[str]) -> None:
    first = read_catalog(root, {})
    assert {"orders.yaml", "outlets.yaml", "dim_outlet.yaml"} <= set(parsed)
    parsed.clear()
    assert read_catalog(root, {}) == first
    assert parsed == []
    spoil(root, ORDERS, "description: Day of the order.", "description: Day it was taken.")
    assert read_catalog(root, {}) != first
    assert parsed == ["orders.yaml"]
    parsed.clear()
    spoil(root, DIMENSION, "from clean", "from  clean")
    read_catalog(root, {})
    assert parsed == ["dim_outlet.yaml"]


def test_of_the_files_of_metrics_too_only_the_one_that_changed_is_parsed_again(
    root: Path, parsed: list[str]
) -> None:
    write(root, "metrics/hub.yaml", HUB_METRICS)
    write(root, "metrics/sales.yaml", SALES_METRICS)
    first = read_catalog(root, {})
    assert {"hub.yaml", "sales.yaml"} <= set(parsed)
    parsed.clear()
    assert read_catalog(root, {}) == first
    assert parsed == []
    spoil(root, "metrics/sales.yaml", "numerator: sales", "numerator: sale")
    assert problems(root) == problems(root) != []
    assert set(parsed) == {"sales.yaml"}


def test_a_problem_is_named_each_time_until_it_is_mended(root: Path) -> None:
    spoil(root, ORDERS, "logicalType: date", "logicalType: dat")
    named = problems(root)
    assert named
    assert problems(root) == named
    spoil(root, ORDERS, "logicalType: dat", "logicalType: date")
    assert problems(root) == []


def test_what_other_files_make_of_a_good_one_is_forgotten_with_them(root: Path) -> None:
    path = root / "workbooks/sales_master/outlets.yaml"
    text = path.read_text()
    assert problems(root) == []
    path.unlink()
    assert len(problems(root)) >= 2  # the reference of the orders, the input of the dimension
    path.write_text(text)
    assert problems(root) == []


def test_a_workbook_that_has_another_owner_is_not_taken_for_the_former(root: Path) -> None:
    (before,) = {tab.owner for tab in read_catalog(root, {}).tabs}
    spoil(root, "workbooks/sales_master/contract.yaml", "name: sales-ops", "name: outlets")
    (after,) = {tab.owner for tab in read_catalog(root, {}).tabs}
    assert (before, after) == ("team:sales-ops", "team:outlets")


def test_a_file_that_changes_while_it_is_read_is_read_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = workbook_file.read_tab

    def read_then_save(path: Path, *of: str) -> object:
        read = really(path, *of)
        if path.name == "outlets.yaml":
            path.write_text(path.read_text().replace("Day of opening", "First day"))
        return read

    monkeypatch.setattr(workbook_file, "read_tab", read_then_save)
    read_catalog(root, {})
    monkeypatch.undo()
    (outlets,) = (tab for tab in read_catalog(root, {}).tabs if tab.name == "outlets")
    assert outlets.columns[1].description.startswith("First day")
