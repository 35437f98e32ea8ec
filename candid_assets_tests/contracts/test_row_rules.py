"""Row rules are read from contracts in the standard's words, and a mistake in one is reported."""

import subprocess
import sys
from pathlib import Path

import pytest

from candid_assets.contracts.catalog import Tab
from candid_assets.contracts.load import load_catalog
from candid_assets.contracts.odcs_export import odcs_documents
from candid_assets_tests.contracts.small_catalog import ORDERS, write

LIMITS = "  - {type: library, metric: rowCount, mustBeBetween: [100, 5000], severity: error}\n"
CONDITION = "not (order_date >= date '2024-02-01' or net_amount_idr <= 1)"
RULE = (
    "  - {type: sql, id: early_orders_are_small, description: Orders of the first month are small.,"
    f' query: "select count(*) from ${{object}} where {CONDITION}", mustBe: 0}}\n'
)
GOOD = ORDERS.replace(LIMITS, LIMITS + RULE)


def orders(root: Path, text: str) -> Tab:
    write(root, "workbooks/sales_master/orders.yaml", text)
    catalog = load_catalog(root)
    assert catalog.problems == ()
    return next(tab for tab in catalog.tabs if tab.name == "orders")


def test_row_rule_is_read_with_its_columns_beside_the_row_limits(root: Path) -> None:
    tab = orders(root, GOOD)
    (rule,) = tab.row_rules
    assert (rule.name, rule.severity) == ("early_orders_are_small", "error")
    assert rule.columns == ("order_date", "net_amount_idr")
    assert rule.broken == CONDITION
    assert tab.rows.minimum == 100


def test_contract_without_row_rules_is_read_without_a_parser_of_sql(root: Path) -> None:
    script = (
        "import sys; from pathlib import Path;"
        "from candid_assets.contracts.tab_file import read_tab;"
        "assert read_tab(Path(sys.argv[1]), 'sales_master', 'team:sales')[0];"
        "print('sqlglot' in sys.modules)"
    )
    path = root / "workbooks" / "sales_master" / "orders.yaml"
    ended = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout.strip()) == (0, "False"), ended.stderr


def test_contract_without_row_rules_keeps_its_fingerprint(root: Path) -> None:
    before = orders(root, ORDERS).fingerprint
    assert orders(root, GOOD).fingerprint != before
    assert orders(root, ORDERS).fingerprint == before


@pytest.mark.parametrize(
    "query",
    [
        "SELECT COUNT(*) FROM {object} WHERE order_date > '2024-02-01'",
        "select count( * ) from orders where order_date is null;",
        'select count(*) from "${table}" where abs(line_no * net_amount_idr - 5) > 0.01',
        "select count(*) from {model} where Status = 'a; -- b' and ORDER_ID like '%(%'",
    ],
)
def test_row_rule_may_count_any_rows_of_its_own_table(root: Path, query: str) -> None:
    text = f'  - {{type: sql, id: r, description: D., query: "{query}", mustBe: 0}}\n'.replace(
        '"${table}"', "${table}"
    )
    (rule,) = orders(root, ORDERS.replace(LIMITS, LIMITS + text)).row_rules
    assert rule.columns


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("order_date >=", "ordered_at >=", "no column 'ordered_at'"),
        ("order_date >=", "o.order_date >=", "names a table"),
        ("order_date >= date '2024-02-01'", "order_date >= today()", "answers differently"),
        ("net_amount_idr <= 1", "random() < 1", "answers differently"),
        ("net_amount_idr <= 1", "net_amount_idr / line_no <= 1", "floating point"),
        ("net_amount_idr <= 1", "divide(net_amount_idr, line_no) <= 1", "floating point"),
        ("net_amount_idr <= 1", "net_amount_idr <= max(line_no)", "more than one row"),
        ("net_amount_idr <= 1", "line_no = row_number() over ()", "more than one row"),
        ("net_amount_idr <= 1", "line_no in (select 1)", "more than one row"),
        ("net_amount_idr <= 1", "status < line_no", "does not suit"),
        ("net_amount_idr <= 1", "cast(status as integer) < line_no", "does not fit"),
        ("net_amount_idr <= 1", "net_amount_idr <= ?", "stands for no value"),
        ("where not (", "where (", "cannot be read"),
        (CONDITION, "line_no + 1", "neither true nor false"),
        (CONDITION, "1 = 1", "names no column"),
        ("count(*)", "count(status)", "is no row rule"),
        ("from ${object}", "from clean.sales_master__outlets", "is no row rule"),
        ("mustBe: 0", "mustBe: 1", "must be 0"),
        ("mustBe: 0", "mustBeLessThan: 5", "must be 0"),
        ("id: early_orders_are_small, ", "", "has no id"),
        ("id: early_orders_are_small", "id: Early orders", "is not snake_case"),
        ("id: early_orders_are_small", "id: below_minimum", "name of a reason"),
        ("description: Orders of the first month are small., ", "", "is not described"),
        ("mustBe: 0", "mustBe: 0, severity: high", "unknown severity"),
    ],
)
def test_mistake_in_a_row_rule_is_reported(root: Path, old: str, new: str, message: str) -> None:
    spoilt = RULE.replace(old, new)
    if new == "where (":
        spoilt = RULE.replace("where not (", "where not ((")
    assert spoilt != RULE
    write(root, "workbooks/sales_master/orders.yaml", GOOD.replace(RULE, spoilt))
    problems = load_catalog(root).problems
    assert message in problems[0].message
    assert {p.line for p in problems} == {11}


def test_second_rule_of_a_name_is_reported(root: Path) -> None:
    write(root, "workbooks/sales_master/orders.yaml", GOOD.replace(RULE, RULE + RULE))
    (problem,) = load_catalog(root).problems
    assert "given twice" in problem.message


def test_row_rule_over_the_title_of_a_family_is_reported(root: Path) -> None:
    text = GOOD.replace(
        "customProperties:\n  -",
        "customProperties:\n  - {property: titlePattern, value: Order.*}\n  -",
        1,
    ).replace(
        "properties:\n  - {name: order_id",
        "properties:\n  - {name: month, physicalName: _tab, logicalType: string, description: T.}\n"
        "  - {name: order_id",
        1,
    )
    write(
        root,
        "workbooks/sales_master/orders.yaml",
        text.replace("order_date >=", "month = '' or order_date >="),
    )
    (problem,) = load_catalog(root).problems
    assert "holds no cell of the row" in problem.message


def test_exported_contract_holds_the_row_rule(root: Path) -> None:
    orders(root, GOOD)
    document = odcs_documents(load_catalog(root))["sales_master.yaml"]
    assert "early_orders_are_small" in document
    assert CONDITION in " ".join(document.split()).replace("''", "'")
