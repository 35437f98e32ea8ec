"""What a cluster could not compute is refused where it is declared, and listed on request."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from candid_assets.cli import main
from candid_assets_tests.contracts.small_catalog import spoil, write

DIM = "models/hub/dim_outlet"
RANKED = """\
select max(outlet_id) as outlet_id,
    mode(opened_date) as opened_date
from clean.sales_master__outlets
"""
REFUSED = (
    ":2: ready.dim_outlet cannot go to a cluster: `MODE(opened_date)` is not the same to every"
    " engine; write it with what other models use, or let the embedded engine build the table"
)


@pytest.fixture(autouse=True)
def catalog(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CANDID_CATALOG_DIR", str(root))
    write(root, f"{DIM}.sql", RANKED)
    return root


def candid(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def declare_engine(root: Path) -> None:
    kind = "  - {property: kind, value: dimension}"
    spoil(root, f"{DIM}.yaml", kind, f"{kind}\n  - {{property: engine, value: spark}}")


def test_a_model_that_declares_the_cluster_and_cannot_go_there_is_a_problem(root: Path) -> None:
    declare_engine(root)
    refused = candid("contracts", "validate")
    assert refused.exit_code == 1
    assert refused.stdout == f"{root / DIM}.sql{REFUSED}\n"
    assert refused.stderr == f"1 problems in {root}\n"
    (problem,) = json.loads(candid("contracts", "validate", "--json").stdout)["problems"]
    assert (problem["path"], problem["line"]) == (f"{root / DIM}.sql", 2)


def test_a_model_that_stays_here_may_say_what_the_cluster_could_not(root: Path) -> None:
    assert candid("contracts", "validate").exit_code == 0


def test_check_lists_what_keeps_any_model_from_going_there(root: Path) -> None:
    checked = candid("engine", "check")
    assert checked.exit_code == 1
    assert checked.stdout.splitlines() == [
        f"{root / DIM}.sql{REFUSED}",
        "1 of 2 models can go to a cluster",
    ]
    facts = json.loads(candid("engine", "check", "--json").stdout)
    assert facts["fit"] == 1
    assert [len(table["problems"]) for table in facts["tables"]] == [1, 0]


def test_check_of_named_tables_is_of_those_alone() -> None:
    checked = candid("engine", "check", "--tables", "ready.fct_sales")
    assert (checked.exit_code, checked.stdout) == (0, "1 of 1 models can go to a cluster\n")


@pytest.mark.parametrize("command", ["check", "compare"])
def test_an_unknown_table_is_named_with_those_that_are_near(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANDID_ENGINE_URL", "sc://127.0.0.1:1")
    refused = candid("engine", command, "--tables", "fct_sale")
    assert refused.exit_code == 1
    assert "no model makes ready.fct_sale; did you mean fct_sales?" in refused.output
