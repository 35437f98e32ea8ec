"""`contracts validate` says what is declared, or where it is wrong."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from candid_assets.cli import main
from candid_assets_tests.contracts.small_catalog import spoil

ORDERS = "workbooks/sales_master/orders.yaml"


@pytest.fixture
def validate(root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CANDID_CATALOG_DIR", str(root))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["contracts", "validate", *arguments])

    return run


def test_a_good_catalog_is_counted(validate) -> None:
    result = validate()
    assert (result.exit_code, result.output) == (
        0,
        "1 workbooks, 2 tabs, 8 columns, 2 models\n",
    )


def test_a_problem_is_printed_with_file_and_line_and_exits_1(validate, root: Path) -> None:
    path = spoil(root, ORDERS, "description: Order number.", "descripton: Order number.")
    result = validate()
    assert result.exit_code == 1
    first = result.output.splitlines()[0]
    assert first == (
        f"{path}:12: unknown key 'descripton' in a column; the nearest known key is 'description'"
    )


def test_paths_below_the_current_folder_are_short(
    validate, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(root, ORDERS, "description: Order number.", "descripton: Order number.")
    monkeypatch.chdir(root)
    assert validate().output.startswith(f"{ORDERS}:12: ")


def test_json_is_one_object_with_counts_and_problems(validate, root: Path) -> None:
    good = json.loads(validate("--json").output)
    assert good == {"workbooks": 1, "tabs": 2, "columns": 8, "models": 2, "problems": []}
    path = spoil(root, ORDERS, "{value: tempo}", "{value: lunas}")
    result = validate("--json")
    assert result.exit_code == 1
    assert json.loads(result.output)["problems"] == [
        {
            "path": str(path),
            "line": 17,
            "message": "enum value 'lunas' is given twice",
            "fix": "remove one of the two",
        }
    ]
