"""`candid lineage` answers for any catalog, with or without a warehouse."""

import json

import pytest
from click.testing import CliRunner

from candid_assets.cli import main
from candid_assets_tests.contracts.small_catalog import write_catalog


@pytest.fixture
def ask(tmp_path, monkeypatch):
    monkeypatch.setenv("CANDID_CATALOG_DIR", str(write_catalog(tmp_path / "catalog")))
    monkeypatch.setenv("CANDID_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("CANDID_ENV", raising=False)
    return lambda *arguments: CliRunner().invoke(main, ["lineage", *arguments])


def test_a_ready_column_is_followed_to_workbook_tab_and_header(ask):
    answer = json.loads(ask("ready.fct_sales.net_amount_idr", "--json").stdout)
    header = {
        "asset": "sheets/sales_master__orders",
        "workbook": "Sales_MASTER",
        "tab": "Order Harian",
        "header": "Jumlah (Rp)",
        "letter": None,
        "link": None,
    }
    assert answer["headers"] == [header]
    assert answer["rows"] == [
        "clean.sales_master__orders.outlet_id",
        "ready.dim_outlet.outlet_id",
    ]
    assert [e["to"] for e in answer["edges"]] == [
        "ready.fct_sales.net_amount_idr",
        "clean.sales_master__orders.net_amount_idr",
    ]


def test_lineage_of_a_header_lists_everything_downstream(ask):
    answer = json.loads(ask("sheets/sales_master__outlets.kode", "--json").stdout)
    assert answer["of"] == "sheets/sales_master__outlets.Kode"
    assert answer["columns"] == [
        "clean.sales_master__outlets.outlet_id",
        "ready.dim_outlet.outlet_id",
    ]
    assert answer["rows_of"] == ["ready.fct_sales"]
    assert answer["reached"] == [
        "clean.sales_master__outlets",
        "ready.dim_outlet",
        "ready.fct_sales",
    ]
    assert answer["metrics"] == []


def test_the_tree_names_environment_and_header(ask):
    output = ask("fct_sales.net_amount_idr").output
    assert output.startswith("candid · environment sample · ")
    assert "workbook Sales_MASTER, tab 'Order Harian', header 'Jumlah (Rp)'" in output
    assert "rows are decided by" in output
    down = ask("sheets/sales_master__outlets.Kode").output
    assert "2 columns of 2 tables are computed from it" in down
    assert "it decides the rows of ready.fct_sales" in down


def test_a_table_is_followed_both_ways(ask):
    up = json.loads(ask("ready.fct_sales", "--json").stdout)
    assert up["direct"] == ["clean.sales_master__orders", "ready.dim_outlet"]
    assert "sheets/sales_master__outlets" in up["tables"]
    assert json.loads(ask("dim_outlet", "--down", "--json").stdout)["tables"] == ["ready.fct_sales"]
    assert "└── ready.fct_sales" in ask("ready.dim_outlet", "--down").output


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("ready.fct_sale.net_amount_idr", "ready.fct_sales"),
        ("ready.fct_sales.net_amount", "net_amount_idr"),
        ("sheets/sales_master__outlets.Kodee", "Kode"),
        ("sheets/sales_master__outlet.Kode", "sheets/sales_master__outlets"),
        ("fct_salles", "fct_sales"),
        ("ready.fct_sales.zzzz", "there are net_amount_idr, outlet_id"),
    ],
)
def test_unknown_name_gets_the_nearest_known_one(ask, name, near):
    result = ask(name)
    assert result.exit_code == 2
    assert near in result.stderr.replace("\n", "")
