import subprocess
import sys

from candid_assets.contracts.catalog import Reference, RowLimits
from candid_assets.quality.suite import planned_checks
from candid_assets_tests.quality.contracts_made import column, model, tab


def test_the_plan_is_made_without_great_expectations_pandas_or_dagster() -> None:
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, candid_assets.quality.suite, candid_assets.warehouse.check_results;"
            "print([m for m in ('great_expectations', 'pandas', 'duckdb', 'dagster')"
            " if m in sys.modules])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "[]"


def test_importing_the_runner_does_not_import_great_expectations() -> None:
    code = (
        "import sys, candid_assets.quality.expectations; print('great_expectations' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"


def test_a_contract_without_rules_has_only_its_columns_checked() -> None:
    assert [c.name for c in planned_checks(tab(column("note")))] == ["columns_match"]


def test_each_kind_of_rule_brings_its_check() -> None:
    subject = tab(
        column("id", primary_key_position=1),
        column("sku", reference=Reference("items", "sku")),
        column("status", enum=("lunas", "tempo")),
        rows=RowLimits(minimum=1),
    )
    assert [c.name for c in planned_checks(subject)] == [
        "columns_match",
        "keys_unique",
        "values_present",
        "values_valid",
        "columns_in_place",
        "references_found",
        "rows_in_range",
    ]


def test_a_unique_column_alone_brings_keys_unique_and_nothing_else() -> None:
    names = [c.name for c in planned_checks(tab(column("phone", unique=True)))]
    assert names == ["columns_match", "keys_unique"]


def test_descriptions_name_the_columns() -> None:
    subject = tab(
        column("outlet", primary_key_position=1),
        column("month", "date", primary_key_position=2),
        column("amount", "number", minimum=0, exclusive_maximum=10),
        column("code", pattern="[A-Z]+", min_length=2, max_length=4),
    )
    said = {c.name: c.description for c in planned_checks(subject)}
    assert said["keys_unique"] == "No two rows share outlet + month."
    assert said["values_present"] == "No blank in outlet, month."
    assert said["values_valid"] == (
        "amount is at least 0 and below 10; code has between 2 and 4 characters; "
        "code matches [A-Z]+."
    )


def test_only_references_and_row_limits_may_be_warnings() -> None:
    subject = model(
        column("id", primary_key_position=1, required=True, reference=Reference("a", "b")),
        column("kind", enum=("a",)),
        rows=RowLimits(maximum=9),
    )
    blocking = {c.name: (c.severity, c.blocking) for c in planned_checks(subject)}
    warnings = {name for name, said in blocking.items() if said == ("warning", False)}
    assert warnings == {"references_found", "rows_in_range"}
    assert all(said == ("error", True) for n, said in blocking.items() if n not in warnings)


def test_the_contract_can_make_references_and_row_limits_blocking() -> None:
    subject = tab(
        column("a", reference=Reference("x", "y")),
        column("b", reference=Reference("x", "z", severity="error")),
        rows=RowLimits(minimum=1, severity="error"),
    )
    blocking = {c.name: c.blocking for c in planned_checks(subject)}
    assert blocking["references_found"]
    assert blocking["rows_in_range"]
