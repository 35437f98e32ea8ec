"""Reconciliations are declared with a tolerance, and a mistake in one is reported."""

from decimal import Decimal
from pathlib import Path

import pytest

from candid_assets.contracts.load import load_catalog
from candid_assets.quality.suite import planned_checks
from candid_assets_tests.contracts.small_catalog import FACT_YAML, write

RULE = (
    'quality:\n  - {type: sql, description: "Sales are nothing.", query: "select'
    ' max(abs(net_amount_idr)) from ${object}", mustBeBetween: [0, 0.5], severity: warning}\n'
    "  - {type: library, metric: rowCount, mustBeGreaterOrEqualTo: 1}\n"
)
GOOD = FACT_YAML.replace("properties:\n", RULE + "properties:\n")


def test_a_reconciliation_becomes_a_check_that_stops_nothing(root: Path) -> None:
    write(root, "models/sales/fct_sales.yaml", GOOD)
    catalog = load_catalog(root)
    assert catalog.problems == ()
    model = next(m for m in catalog.models if m.name == "fct_sales")
    (agreement,) = model.agreements
    assert (agreement.column, agreement.minimum, agreement.maximum) == (
        "net_amount_idr",
        Decimal(0),
        Decimal("0.5"),
    )
    assert model.rows.minimum == 1
    plan = {c.name: c for c in planned_checks(model)}["books_agree"]
    assert (plan.severity, plan.blocking) == ("warning", False)
    assert plan.description == "Sales are nothing."


@pytest.mark.parametrize(
    ("old", "new", "message", "fix"),
    [
        ("max(abs(net_amount_idr))", "sum(net_amount_idr)", "is no reconciliation", "max(abs("),
        ("abs(net_amount_idr)", "abs(net_amount)", "no column of numbers", "net_amount_idr"),
        ("abs(net_amount_idr)", "abs(outlet_id)", "no column of numbers", "net_amount_idr"),
        ("mustBeBetween: [0, 0.5], ", "", "has no tolerance", "mustBeBetween: [0, 0]"),
        ("[0, 0.5]", "[1, 0.5]", "has no tolerance", "mustBeBetween: [0, 0]"),
        ("severity: warning", "severity: warn", "unknown severity", "warning"),
        ('description: "Sales are nothing.", ', "", "is not described", "what agrees"),
    ],
)
def test_mistake_in_a_reconciliation_is_reported(
    root: Path, old: str, new: str, message: str, fix: str
) -> None:
    assert old in GOOD
    write(root, "models/sales/fct_sales.yaml", GOOD.replace(old, new))
    (problem,) = load_catalog(root).problems
    assert message in problem.message
    assert fix in problem.fix
    assert problem.line == 7
