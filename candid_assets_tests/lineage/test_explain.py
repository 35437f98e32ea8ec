"""One cell is falsified in the sheet; the explanation of the number it moved names that cell."""

import json

import pytest
from click.testing import CliRunner

from candid_assets.cli import main
from candid_assets.contracts.load import load_catalog
from candid_assets.lineage.catalog_lineage import CatalogLineage
from candid_assets.lineage.errors import LineageError
from candid_assets.lineage.explain import explain
from candid_assets.sandbox.workbook import SampleTab, SampleWorkbook
from candid_assets.warehouse.database import open_published
from candid_assets_tests.history.shop import NOTES_ROWS, SALES_ROWS

WEEK_SQL = """with days as (
    select date_trunc('week', sold_date) as week_date, receipts, amount_idr
    from ready.mart_daily
),
weeks as (
    select week_date, sum(receipts) as receipts, sum(amount_idr) as amount_idr
    from days group by week_date
    union all
    select date '1900-01-01' as week_date, 0 as receipts, 0 as amount_idr
)
select cast(week_date as date) as week_date, receipts, amount_idr from weeks
"""
WEEK = """name: mart_weekly
description: Sales of each week.
dataGranularityDescription: One row per week.
customProperties: [{property: owner, value: team:shop}]
properties:
  - {name: week_date, logicalType: date, primaryKey: true, description: Monday.}
  - {name: receipts, logicalType: integer, physicalType: "BIGINT", description: Receipts.}
  - {name: amount_idr, logicalType: number, physicalType: "DECIMAL(38, 2)", description: Amount.}
"""


@pytest.fixture
def ask(shop):
    shop.write("models/sales/mart_weekly.sql", WEEK_SQL)
    shop.write("models/sales/mart_weekly.yaml", WEEK)
    shop.refresh()
    graph = CatalogLineage(load_catalog(shop.settings.catalog_dir))

    def asked(table, where, **options):
        with open_published(shop.settings.published_file) as connection:
            return explain(connection, graph, ("ready", table), where, **options)

    return asked


def cells(answer, column="amount_idr"):
    return {
        cell["cell"]: cell["value"]
        for row in answer["rows"]
        for source in row["sources"]
        for sheet_row in source["rows"]
        for cell in sheet_row["cells"]
        if cell["column"] == column
    }


def test_a_sum_leads_to_the_cells_it_was_added_from(ask):
    answer = ask("mart_daily", "sold_date = date '2025-08-18'")
    assert {cell: int(value) for cell, value in cells(answer).items()} == {
        "C3": 2500,
        "C4": 2_000_000,
    }
    (row,) = answer["rows"]
    (source,) = row["sources"]
    assert (source["table"], source["workbook"]) == ("clean.toko__sales", "Toko")
    assert [r["row"] for r in source["rows"]] == [3, 4]
    assert source["rows"][0]["link"].endswith("/edit#gid=1&range=3:3")
    assert answer["notes"] == []


def test_explain_names_the_falsified_cell_behind_a_number(ask, shop):
    before = ask("mart_weekly", "week_date = date '2025-08-18'")
    shop.edit("Penjualan", C3=999_000)
    shop.refresh()
    after = ask("mart_weekly", "week_date = date '2025-08-18'")
    changed = {c for c, value in cells(after).items() if cells(before)[c] != value}
    assert changed == {"C3"}
    link = next(
        cell["link"]
        for source in after["rows"][0]["sources"]
        for row in source["rows"]
        for cell in row["cells"]
        if cell["cell"] == "C3"
    )
    assert link.endswith("/d/Toko/edit#gid=1&range=C3")


def test_cell_that_decides_the_group_of_a_row_is_listed_as_deciding(ask):
    answer = ask("mart_daily", "sold_date = date '2025-08-17'", columns=["amount_idr"])
    roles = {
        (cell["cell"], cell["role"])
        for row in answer["rows"][0]["sources"][0]["rows"]
        for cell in row["cells"]
    }
    assert roles == {("B2", "decides"), ("C2", "value")}


def test_a_row_of_constants_has_no_sheet_row_behind_it(ask):
    (row,) = ask("mart_weekly", "week_date = date '1900-01-01'")["rows"]
    assert row["sources"] == []


def test_number_of_matching_rows_beyond_the_explained_ones_is_reported(ask):
    answer = ask("mart_daily", "true", limit=1)
    assert (answer["matching"], len(answer["rows"])) == (2, 1)


@pytest.mark.parametrize("where", ["nobody = 1", "1 = 1; drop table x", "true) or (", "sum(1) > 0"])
def test_a_condition_that_is_none_is_refused(ask, where):
    with pytest.raises(LineageError):
        ask("mart_daily", where)


@pytest.fixture
def candid(ask, shop, monkeypatch):
    monkeypatch.setenv("CANDID_ENV", "staging")
    monkeypatch.setenv("CANDID_DATA_DIR", str(shop.settings.data_root))
    monkeypatch.setenv("CANDID_CATALOG_DIR", str(shop.settings.catalog_dir))
    return lambda *arguments: CliRunner().invoke(main, list(arguments))


def test_the_command_names_the_environment_the_cells_and_their_links(candid):
    output = candid("explain", "ready.mart_daily", "--where", "receipts = 2").output
    assert output.startswith("candid · environment staging")
    assert "C4 'Jumlah (Rp)'=2000000.00" in output
    assert "/d/Toko/edit#gid=1&range=4:4" in output
    answer = json.loads(candid("explain", "mart_daily", "--where", "receipts = 2", "--json").output)
    assert set(cells(answer)) == {"C3", "C4"}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["ready.mart_dayly", "--where", "true"], 2, "ready.mart_daily"),
        (["ready.mart_daily", "--where", "true", "-c", "recepts"], 2, "receipts"),
        (["ready.mart_daily", "--where", "recepts = 1"], 2, "cannot be evaluated"),
        (["sheets/toko__sales", "--where", "true"], 2, "give a clean or ready table"),
    ],
)
def test_invalid_question_is_answered_with_the_usage(candid, arguments, code, said):
    result = candid("explain", *arguments)
    assert result.exit_code == code
    assert said in result.stderr


def test_lineage_shows_the_letter_of_the_column_once_a_sheet_was_read(candid):
    answer = json.loads(candid("lineage", "ready.mart_weekly.amount_idr", "--json").output)
    (header,) = answer["headers"]
    assert (header["letter"], header["tab"]) == ("C", "Penjualan")
    assert header["link"].endswith("/d/Toko/edit#gid=1&range=C1")


def test_a_model_whose_rows_cannot_be_followed_says_so(shop):
    shop.write(
        "models/sales/mart_weekly.sql",
        "select cast(sold_date as date) as week_date, cast(0 as bigint) as receipts, amount_idr"
        " from ready.mart_daily except select date '1900-01-01', 0, 0",
    )
    shop.write("models/sales/mart_weekly.yaml", WEEK)
    shop.refresh()
    graph = CatalogLineage(load_catalog(shop.settings.catalog_dir))
    with open_published(shop.settings.published_file) as connection:
        answer = explain(connection, graph, ("ready", "mart_weekly"), "true")
    (note,) = answer["notes"]
    assert (note["table"], note["in"]) == ("ready.mart_daily", "ready.mart_weekly")
    assert "rows of except are not followed" in note["why"]


def test_rows_of_a_family_lead_into_their_own_tabs(shop):
    shop.write(
        "workbooks/toko/sales.yaml",
        (shop.settings.catalog_dir / "workbooks/toko/sales.yaml")
        .read_text()
        .replace(
            "properties:",
            "customProperties: [{property: titlePattern, value: 'Penjualan.*'}]\nproperties:",
        ),
    )
    extra = SampleTab(7, "Penjualan 2", [SALES_ROWS[0][::-1], ["5.000", "18/08/2025", "M1"]])
    tabs = [SampleTab(1, "Penjualan", SALES_ROWS), SampleTab(2, "Catatan", NOTES_ROWS), extra]
    SampleWorkbook("Toko", "Toko", tabs).save(shop.server.folder)
    shop.server.reset()
    shop.refresh()
    graph = CatalogLineage(load_catalog(shop.settings.catalog_dir))
    with open_published(shop.settings.published_file) as connection:
        answer = explain(connection, graph, ("ready", "mart_daily"), "receipts = 3")
    rows = answer["rows"][0]["sources"][0]["rows"]
    assert [(r["tab"], r["row"]) for r in rows] == [
        ("Penjualan", 3),
        ("Penjualan", 4),
        ("Penjualan 2", 2),
    ]
    assert set(cells(answer)) == {"C3", "C4", "A2"}
    assert rows[-1]["link"].endswith("#gid=7&range=2:2")
