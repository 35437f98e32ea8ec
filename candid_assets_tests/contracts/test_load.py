"""A good catalog is read to exact values, and a fault costs no more than its own file."""

import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from candid_assets.contracts.catalog import Reference, RowLimits
from candid_assets.contracts.custom_properties import ColumnOptions, TabOptions
from candid_assets.contracts.load import load_catalog
from candid_assets_tests.contracts.small_catalog import spoil, write

ORDERS = "workbooks/sales_master/orders.yaml"
OUTLETS = "workbooks/sales_master/outlets.yaml"
HEAD = "workbooks/sales_master/contract.yaml"


def test_a_head_is_read_to_exact_values(root: Path) -> None:
    catalog = load_catalog(root)
    assert catalog.problems == ()
    (book,) = catalog.workbooks
    assert (book.name, book.title, book.version) == ("sales_master", "Sales_MASTER", "1.2.0")
    assert (book.owner, book.domain, book.volatile) == ("team:sales-ops", "sales", True)
    assert book.description == "Orders of the sales people."
    assert book.locations == {"sample": "Sales_MASTER", "staging": ""}
    assert book.path == root / HEAD
    assert [tab.name for tab in book.tabs] == ["orders", "outlets"]
    assert book.broken_tabs == ()


def test_a_tab_is_read_to_exact_values(root: Path) -> None:
    tab = load_catalog(root).tabs[0]
    assert (tab.workbook, tab.name, tab.title) == ("sales_master", "orders", "Order Harian")
    assert tab.grain == tab.description == "One row per order line."
    assert tab.owner == "team:sales-ops"
    assert tab.rows == RowLimits(100, 5000, "error")
    assert tab.options == TabOptions(
        header_row=3, total_words=("total", "jumlah"), duplicate_keys="keep_last"
    )
    assert tab.primary_key == ("line_no", "order_id")
    assert [column.line for column in tab.columns] == [12, 13, 14, 15, 16, 17]


def test_columns_are_read_to_exact_values(root: Path) -> None:
    order, line, outlet, day, amount, status = load_catalog(root).tabs[0].columns
    assert (order.header, order.physical_type, order.rules) == (
        "No Order",
        "VARCHAR",
        {"pattern": "SO-[0-9]{6}"},
    )
    assert order.required
    assert (line.physical_type, line.rules) == ("BIGINT", {"minimum": 1, "maximum": 99})
    assert outlet.reference == Reference("sales_master__outlets", "outlet_id", "warning")
    assert (day.logical_type, day.rules) == ("date", {"minimum": date(2024, 1, 1)})
    assert (amount.physical_type, amount.unit) == ("DECIMAL(20,4)", "IDR")
    assert amount.rules == {"minimum": Decimal(0), "exclusiveMaximum": Decimal("1.5")}
    assert amount.options == ColumnOptions(notation="en")
    assert status.rules == {"enum": ("lunas", "tempo")}
    assert status.options.synonyms == {"paid": "lunas"}
    assert not status.required


def test_models_are_read_in_the_order_in_which_they_are_made(root: Path) -> None:
    dim, fact = load_catalog(root).models
    assert (dim.spoke, dim.name, dim.kind, dim.owner) == (
        "hub",
        "dim_outlet",
        "dimension",
        "team:sales-ops",
    )
    assert dim.inputs == (("clean", "sales_master__outlets"),)
    assert dim.columns[0].header == "outlet_id"
    assert fact.inputs == (("clean", "sales_master__orders"), ("ready", "dim_outlet"))
    assert fact.columns[0].reference == Reference("dim_outlet", "outlet_id", "error")
    assert (fact.owner, fact.kind) == ("sales@example.com", "fact")
    assert fact.sql.startswith("with lines as (")


def test_a_model_follows_what_it_reads_whatever_the_names(root: Path) -> None:
    write(root, "models/finance/a_first.sql", "select outlet_id from ready.fct_sales\n")
    text = (root / "models/sales/fct_sales.yaml").read_text().replace("fct_sales", "a_first")
    write(root, "models/finance/a_first.yaml", text.rsplit("  - {name: net", 1)[0])
    names = [model.name for model in load_catalog(root).models]
    assert names == ["dim_outlet", "fct_sales", "a_first"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("mustBe: 7", RowLimits(7, 7, "error")),
        ("mustBeGreaterThan: 7", RowLimits(8, None, "error")),
        ("mustBeGreaterOrEqualTo: 7", RowLimits(7, None, "error")),
        ("mustBeLessThan: 7", RowLimits(None, 6, "error")),
        ("mustBeGreaterOrEqualTo: 2, mustBeLessOrEqualTo: 7", RowLimits(2, 7, "error")),
    ],
)
def test_row_limits_may_be_written_with_any_operator(
    root: Path, rule: str, expected: RowLimits
) -> None:
    spoil(root, ORDERS, "mustBeBetween: [100, 5000]", rule)
    assert load_catalog(root).tabs[0].rows == expected


def test_keys_without_positions_are_counted_in_their_order(root: Path) -> None:
    spoil(root, ORDERS, " primaryKeyPosition: 2,", "")
    spoil(root, ORDERS, " primaryKeyPosition: 1,", "")
    assert load_catalog(root).tabs[0].primary_key == ("order_id", "line_no")


def test_keys_of_the_standard_without_effect_are_accepted(root: Path) -> None:
    spoil(
        root,
        OUTLETS,
        "logicalType: date,",
        "logicalType: date, businessName: Opening, classification: internal, examples: [a],"
        " authoritativeDefinitions: [{url: https://example.com, type: definition}],",
    )
    assert load_catalog(root).problems == ()


def test_a_model_may_use_numbers_that_are_not_exact_but_a_tab_may_not(root: Path) -> None:
    spoil(
        root,
        "models/sales/fct_sales.yaml",
        "logicalType: number,",
        "logicalType: number, physicalType: DOUBLE,",
    )
    assert load_catalog(root).models[1].columns[1].physical_type == "DOUBLE"


def test_the_fingerprint_ignores_comments_layout_and_order_of_keys(root: Path) -> None:
    before = load_catalog(root).tabs[0].fingerprint
    text = (root / ORDERS).read_text()
    first, second, rest = text.split("\n", 2)
    write(root, ORDERS, f"# A comment.\n{second}\n\n{first}\n{rest}")
    assert load_catalog(root).tabs[0].fingerprint == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("value: keep_last", "value: keep_first"),
        ("value: [total, jumlah]", "value: [jumlah]"),
        ("minimum: 1, maximum: 99", "minimum: 1, maximum: 98"),
        ('physicalName: "Tgl"', 'physicalName: "Tanggal"'),
        ("[100, 5000]", "[100, 5001]"),
        ("severity: error", "severity: warning"),
        ("{paid: lunas}", "{paid: tempo}"),
        ("description: Day of the order.", "description: Day it was taken."),
    ],
)
def test_fingerprint_changes_with_any_content_of_the_contract(
    root: Path, old: str, new: str
) -> None:
    before = load_catalog(root).tabs
    spoil(root, ORDERS, old, new)
    after = load_catalog(root).tabs
    assert after[0].fingerprint != before[0].fingerprint
    assert after[1].fingerprint == before[1].fingerprint


def test_a_models_fingerprint_changes_with_its_sql_and_with_its_yaml(root: Path) -> None:
    first = load_catalog(root).models[0].fingerprint
    spoil(
        root,
        "models/hub/dim_outlet.sql",
        "clean.sales_master__outlets",
        "clean.sales_master__outlets where true",
    )
    second = load_catalog(root).models[0].fingerprint
    spoil(root, "models/hub/dim_outlet.yaml", "primaryKey: true", "unique: true")
    third = load_catalog(root).models[0].fingerprint
    assert len({first, second, third}) == 3


def test_models_of_a_broken_tab_stay_in_the_catalog(root: Path) -> None:
    spoil(root, OUTLETS, "name: outlets", "name: outlet")
    catalog = load_catalog(root)
    assert [tab.name for tab in catalog.tabs] == ["orders"]
    assert [model.name for model in catalog.models] == ["dim_outlet", "fct_sales"]
    assert {problem.path for problem in catalog.problems} == {root / OUTLETS}


def test_models_that_read_a_broken_model_stay_in_the_catalog(root: Path) -> None:
    spoil(root, "models/hub/dim_outlet.sql", "select", "selec")
    catalog = load_catalog(root)
    assert [model.name for model in catalog.models] == ["fct_sales"]
    assert {p.path for p in catalog.problems} == {root / "models/hub/dim_outlet.sql"}


def test_a_broken_head_keeps_the_owner_and_spreadsheets_that_can_be_read(root: Path) -> None:
    spoil(root, HEAD, "domain: sales", "domain: sale")
    (book,) = load_catalog(root).workbooks
    assert (book.owner, book.locations["sample"]) == ("team:sales-ops", "Sales_MASTER")
    spoil(root, HEAD, "kind: DataContract", "kind: [")
    (book,) = load_catalog(root).workbooks
    assert (book.owner, dict(book.locations)) == ("team:unknown", {})
    assert [broken.table for broken in book.broken_tabs] == [
        "sales_master__orders",
        "sales_master__outlets",
    ]


def test_a_file_whose_name_is_no_identifier_has_no_table(root: Path) -> None:
    write(root, "workbooks/sales_master/Retur Bulanan.yaml", (root / OUTLETS).read_text())
    write(root, "workbooks/Sales Master/contract.yaml", (root / HEAD).read_text())
    catalog = load_catalog(root)
    assert [book.name for book in catalog.workbooks] == ["sales_master"]
    assert catalog.workbooks[0].broken_tabs == ()
    assert any("file name 'Retur Bulanan' is not snake_case" in str(p) for p in catalog.problems)
    assert any("workbook folder 'Sales Master' is not" in str(p) for p in catalog.problems)


def test_a_catalog_without_models_has_no_ready_layer(root: Path) -> None:
    for path in sorted((root / "models").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    (root / "models").rmdir()
    catalog = load_catalog(root)
    assert (catalog.models, catalog.problems) == ((), ())


def test_problems_are_sorted_and_the_same_on_every_reading(root: Path) -> None:
    spoil(root, ORDERS, "description: Order number.", "descripton: Order number.")
    spoil(root, HEAD, "domain: sales", "domain: sale")
    first = load_catalog(root).problems
    assert first == load_catalog(root).problems
    places = [(str(problem.path), problem.line) for problem in first]
    assert places == sorted(places)


def test_reading_a_catalog_imports_neither_dagster_nor_pandas(root: Path) -> None:
    script = (
        "import sys; from pathlib import Path;"
        "from candid_assets.contracts.load import load_catalog;"
        "assert load_catalog(Path(sys.argv[1])).problems == ();"
        "print(sorted({'dagster', 'pandas', 'great_expectations', 'gspread'} & set(sys.modules)))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, str(root)], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout.strip()) == (0, "[]"), ended.stderr
