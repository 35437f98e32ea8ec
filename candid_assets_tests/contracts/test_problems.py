"""Each way to spoil a good catalog is named with its file, its line and what to write instead."""

# A column stands in one line of its file, however long.
# ruff: noqa: E501

from pathlib import Path

import pytest

from candid_assets.contracts.load import load_catalog
from candid_assets_tests.contracts.small_catalog import spoil, write

BOOK = "workbooks/sales_master"
ORDERS = f"{BOOK}/orders.yaml"
HEAD = f"{BOOK}/contract.yaml"
DIM = "models/hub/dim_outlet.yaml"
DIM_SQL = "models/hub/dim_outlet.sql"

TAB_CASES = [
    # old text, new text, line, message, fix
    ("description: Order number.", "descripton: Order number.", 12, "unknown key 'descripton' in a column", "nearest known key is 'description'"),
    ("dataGranularityDescription", "dataGranularity", 4, "unknown key 'dataGranularity' in the table", "nearest known key is 'dataGranularityDescription'"),
    ("properties:", "propertys:", 11, "unknown key 'propertys' in the table", "nearest known key is 'properties'"),
    ("{value: tempo}", "{valeu: tempo}", 17, "unknown key 'valeu' in an enum value", "nearest known key is 'value'"),
    ("minimum: 1, maximum: 99", "minimun: 1", 13, "unknown key 'minimun' in the logicalTypeOptions of integer column 'line_no'", "nearest known key is 'minimum'"),
    ("minimum: 1, maximum: 99", "pattern: x", 13, "unknown key 'pattern' in the logicalTypeOptions of integer column 'line_no'", "nearest known key"),
    ("{to: sales_master__outlets.outlet_id}", "{too: sales_master__outlets.outlet_id}", 14, "unknown key 'too' in the relationship", "nearest known key is 'to'"),
    ("severity: error", "severty: error", 10, "unknown key 'severty' in a quality rule", "nearest known key is 'severity'"),
    ("property: headerRow", "property: headrow", 6, "unknown custom property 'headrow' of a tab", "nearest known one is 'headerRow'"),
    ("property: notation", "property: notations", 16, "unknown custom property 'notations' of a column of a tab", "nearest known one is 'notation'"),
    ("property: headerRow, value: 3", "property: headerRow, valu: 3", 6, "unknown key 'valu' in a custom property", "nearest known key is 'value'"),
    ("{property: notation, value: en}", "{property: otherHeaders, value: [' no  ORDER']}", 16, "otherHeaders of 'net_amount_idr' holds ' no  ORDER', which is that of 'order_id' too (in line 12)", "mean by it"),
    ("minimum: 1, maximum: 99}", "minimum: 1}, customProperties: [{property: otherHeaders, value: [Tgl]}]", 13, "otherHeaders of 'line_no' holds 'Tgl', which is that of 'order_date' too (in line 15)", "mean by it"),
    ("{property: notation, value: en}", "{property: unit, value: Rp}", 16, "custom property 'unit' is given twice", "remove one"),
    ("property: headerRow, value: 3", "property: headerRow, value: three", 6, "'headerRow' must be a whole number", "correct three"),
    ("property: headerRow, value: 3", "property: headerRow, value: 0", 6, "headerRow 0 is no row of a table", "from 1"),
    ("value: [total, jumlah]", "value: [total, no]", 7, "an item of 'totalWords' must be text", "put false in quotes"),
    ("value: [total, jumlah]", "value: total", 7, "'totalWords' must be a list", "correct total"),
    ("property: totalWords, value: [total, jumlah]", 'property: prefilled, value: {lin_no: "0"}', 7, "prefilled names 'lin_no', which is no column of the table", "nearest column is 'line_no'"),
    ("property: headerRow, value: 3", "property: engine, value: spark", 6, "engine 'spark' of tab 'Order Harian' would be ignored: no table in Google Sheets goes to a cluster", "remove it; a model"),
    ("property: headerRow, value: 3", "property: engine, value: sparks", 6, "'engine' must be 'spark'", "write spark instead of sparks"),
    ("value: keep_last", "value: last", 8, "'duplicateKeys' must be 'quarantine', 'keep_first' or 'keep_last'", "write keep_last instead of last"),
    ("tags: [core]", "tags: core", 15, "'tags' must be a list", "correct core"),
    ("required: true, relationships", "required: 1, relationships", 14, "'required' must be true or false", "correct 1"),
    ("description: Order number.", "description: 12", 12, "'description' must be text", "put 12 in quotes"),
    ("[{value: lunas}, {value: tempo}]", "[lunas, tempo]", 17, "an item of 'enum' must be keys with values", "correct lunas"),
    ("logicalType: integer", "logicalType: int", 13, "unknown logicalType 'int' of column 'line_no'", "nearest known one is 'integer'"),
    ("logicalType: integer, ", "", 13, "column 'line_no' has no logicalType", "string, integer"),
    ('"DECIMAL(20, 4)"', "DECIMAL(20,4)", 16, "YAML cuts the unquoted text of 'physicalType' at its comma", 'write physicalType: "DECIMAL(20,4)" in quotes'),
    ("description: Order number.", "description: Order number, as printed, here.", 12, "YAML cuts the unquoted text of 'description' at its comma", 'write description: "Order number, as printed, here." in quotes'),
    ('"DECIMAL(20, 4)"', "REAL", 16, "physicalType 'REAL' of 'net_amount_idr' does not suit number", "write DECIMAL(18,2)"),
    ('"DECIMAL(20, 4)"', "BIGINT", 16, "physicalType 'BIGINT' of 'net_amount_idr' does not suit number", "write DECIMAL(18,2)"),
    ('"DECIMAL(20, 4)"', '"DECIMAL(39,4)"', 16, "physicalType 'DECIMAL(39,4)' of 'net_amount_idr' does not suit number", "up to 38 digits"),
    ('"DECIMAL(20, 4)"', "VARCHAR", 16, "physicalType 'VARCHAR' of 'net_amount_idr' does not suit number", "write DECIMAL(18,2)"),
    ("description: Order number.}", "description: One., description: Two.}", 12, "key 'description' is given twice (first in line 12)", "remove one"),
    ("name: line_no", "name: order_id", 13, "column 'order_id' is given twice (first in line 12)", "rename or remove"),
    ('physicalName: "No"', 'physicalName: " NO\u00a0 order "', 13, "of 'line_no' is that of 'order_id' too", "header of its own"),
    (', physicalName: "No"', "", 13, "column 'line_no' has no physicalName", "source's header"),
    ("name: orders", "name: order", 1, "name 'order' is not that of the file, 'orders'", "write name: orders"),
    ("name: order_id", "name: OrderID", 12, "column name 'OrderID' is not snake_case", "small letters"),
    ("name: order_id", "name: _row", 12, "column name '_row' is the platform's own name", "another name"),
    ("name: order_id", "name: _extract", 12, "column name '_extract' is the platform's own name", "another name"),
    ('physicalName: "Order Harian"\n', "", 1, "the tab has no physicalName", "tab's title"),
    ("description: One row per order line.\nd", "d", 1, "'orders' has no description", "one sentence"),
    (", description: Order number.", "", 12, "column 'order_id' has no description", "one sentence"),
    ("SO-[0-9]{6}", "SO-(?=x)", 12, "pattern 'SO-(?=x)' does not compile: DuckDB: invalid perl operator", "no look-around"),
    ("SO-[0-9]{6}", "SO-[0-9", 12, "pattern 'SO-[0-9' does not compile: Python: unterminated character set", "as both read it"),
    ("SO-[0-9]{6}", "(S)O-[0-9]{1001}", 12, "does not compile: DuckDB: invalid repetition size", "as both read it"),
    ("minimum: 1, maximum: 99", "minimum: 100, maximum: 99", 13, "no value has minimum 100 and maximum 99", "exchange or correct"),
    ("minimum: 0, exclusiveMaximum: 1.5", "minimum: 1.5, exclusiveMaximum: 1.5", 16, "no value has minimum 1.5 and exclusiveMaximum 1.5", "exchange or correct"),
    ('pattern: "SO-[0-9]{6}"', "minLength: 9, maxLength: 8", 12, "no value has minLength 9 and maxLength 8", "exchange or correct"),
    ('pattern: "SO-[0-9]{6}"', "minLength: -1", 12, "minLength -1 is not a whole number", "correct it"),
    ("minimum: 1, maximum: 99", "minimum: 1.5", 13, "minimum 1.5 is not a whole number", "correct it"),
    ("minimum: 2024-01-01", "minimum: 2024-13-01", 15, "minimum '2024-13-01' is not a day", "correct it"),
    ("minimum: 2024-01-01", "minimum: 5", 15, "minimum 5 is not a day such as 2025-08-17", "correct it"),
    ("{value: tempo}", "{value: no}", 17, "enum value False of 'status' is not a string", "text in quotes"),
    ("{value: tempo}", "{value: 0017}", 17, "'0017' is not read by YAML as it is written", 'in quotes: "0017"'),
    ("{value: tempo}", "{value: 12:30}", 17, "'12:30' is not read by YAML as it is written", 'in quotes: "12:30"'),
    ("{value: tempo}", "{value: lunas}", 17, "enum value 'lunas' is given twice", "remove one"),
    ("logicalType: string, enum: [{value: lunas}, {value: tempo}]", "logicalType: boolean, enum: [{value: true}]", 17, "enum of boolean column 'status' is not enforced", "remove it"),
    ("[{value: lunas}, {value: tempo}]", "[]", 17, "enum of 'status' is empty", "list its values"),
    ("{property: synonyms, value: {paid: lunas}}", "{property: letterCase, value: upper}", 17, "enum value 'lunas' is not in upper case", "write it in upper case"),
    ("{paid: lunas}", "{paid: luna}", 17, "synonym 'paid' stands for 'luna', which the enum of 'status' lacks", "use 'lunas'"),
    ("{property: notation, value: en}", "{property: phone, value: true}", 16, "custom property 'phone' means nothing for number column 'net_amount_idr'", "remove it or correct logicalType"),
    ("primaryKeyPosition: 1", "primaryKeyPosition: 3", 12, "the key positions of 2 columns are 2, 3", "number them 1 to 2"),
    ("primaryKeyPosition: 1, ", "", 12, "the key positions of 2 columns are 2, none", "number them 1 to 2"),
    ("required: true, relationships", "primaryKeyPosition: 3, relationships", 14, "column 'outlet_id' has a primaryKeyPosition but is no key", "add primaryKey: true"),
    ("primaryKeyPosition: 1,", "primaryKeyPosition: 1, required: false,", 13, "key column 'line_no' is not required", "write required: true"),
    ("sales_master__outlets.outlet_id", "sales_master__outlet.outlet_id", 14, "refers to 'sales_master__outlet.outlet_id', but there is no such table", "nearest known table is 'sales_master__outlets'"),
    ("sales_master__outlets.outlet_id", "sales_master__outlets.outlet", 14, "refers to 'sales_master__outlets.outlet', but the table has no such column", "nearest known column is 'outlet_id'"),
    ("sales_master__outlets.outlet_id", "sales_master__outlets.opened_date", 14, "'outlet_id' is a string, but 'sales_master__outlets.opened_date' is a date", "same logicalType"),
    ("sales_master__outlets.outlet_id", "clean.sales_master__outlets.outlet_id", 14, "names no column", "without a layer"),
    ("sales_master__outlets.outlet_id", "dim_outlet.outlet_id", 14, "refers to the ready table 'dim_outlet'", "a tab cannot wait for a model"),
    ("[{to: sales_master__outlets.outlet_id}]", "[{to: sales_master__outlets.outlet_id}, {to: a.b}]", 14, "a column has two relationships", "keep the one"),
    ("metric: rowCount", "metric: nullValues", 10, "quality rule 'nullValues' would not be checked", "metric: rowCount"),
    ("[100, 5000]", "[5000, 100]", 10, "no table has 5000 rows or more and 100 or less", "exchange the two"),
    ("[100, 5000]", "[100]", 10, "'mustBeBetween' has too few items", "correct [100]"),
    ("mustBeBetween: [100, 5000], ", "", 10, "the row limit has no bounds", "mustBeBetween"),
    ("severity: error", "severity: erorr", 10, "unknown severity 'erorr'", "nearest known one is 'error'"),
    ("enum: [{value: lunas}, {value: tempo}]", "quality: [{type: text}]", 17, "'quality' of column 'status' would not be checked", "use required, unique, enum"),
    ("name: orders", "name: orders\n\tx: 1", 2, "not valid YAML: found a tab character", "indent with spaces"),
    ("{property: headerRow, value: 3}", "{property: headerRow, value: 3", 7, "not valid YAML: did not find expected ',' or '}'", "just above"),
    ("name: orders", "name: &name orders\nid: *name", 2, "the YAML alias *name repeats an earlier value", "write the value out"),
    ("name: orders", "name: !!python/name:os.system orders", 1, "is not supported", "remove the tag"),
]  # fmt: skip

HEAD_CASES = [
    ("environment: staging", "environment: stagin", 13, "unknown environment 'stagin'", "nearest known one is 'staging'"),
    ("environment: staging", "environment: sample", 13, "environment 'sample' is given twice", "remove one"),
    ('location: ""', 'locaton: ""', 13, "unknown key 'locaton' in a server", "nearest known key is 'location'"),
    (', location: ""', "", 13, "the staging server has no location", "not connected"),
    ("domain: sales", "domain: sale", 8, "domain 'sale' is neither hub nor spoke", "nearest known one is 'sales'"),
    ("name: sales-ops", "name: sales ops", 10, "owner 'team:sales ops' is neither a team nor an e-mail address", "team:sales-ops"),
    ("name: sales-ops", "nam: sales-ops", 10, "unknown key 'nam' in the team", "nearest known key is 'name'"),
    ("team: {name: sales-ops}\n", "", 1, "the head has no 'team'", "add `team:`"),
    ("id: sales_master", "id: sales", 4, "id 'sales' is not that of the folder, 'sales_master'", "write id: sales_master"),
    ("kind: DataContract", "kind: Contract", 3, "kind is 'DataContract', not 'Contract'", "write kind: DataContract"),
    ("apiVersion: v3.2.0", "apiVersion: v2.0.0", 2, "apiVersion 'v2.0.0' is not of ODCS 3", "v3.2.0"),
    ("version: 1.2.0", "version: 1.2", 7 - 1, "'version' must be text", "put 1.2 in quotes"),
    ("status: active", "status: active\nstatsu: x", 8, "unknown key 'statsu' in the workbook's contract", "nearest known key is 'status'"),
    ("{purpose: Orders of the sales people.}", "{usage: x}", 9, "the workbook has no description", "purpose"),
    ("property: volatile", "property: volatil", 14, "unknown custom property 'volatil' of a workbook", "nearest known one is 'volatile'"),
    ("status: active", "status: active\nschema: []", 8, "the head describes tables", "<tab>.yaml"),
]  # fmt: skip

MODEL_CASES = [
    (DIM, "property: kind, value: dimension", "property: engine, value: duckdb", 5, "'engine' must be 'spark'", "correct duckdb"),
    (DIM, "value: dimension", "value: dim", 5, "'kind' must be 'dimension', 'fact', 'mart' or 'history'", "write dimension instead of dim"),
    (DIM, "value: team:sales-ops", "value: sales-ops", 6, "owner 'sales-ops' is neither a team nor an e-mail address", "team:sales-ops"),
    (DIM, "  - {property: owner, value: team:sales-ops}\n", "", 1, "the model has no owner", "team:sales-ops"),
    (DIM, "name: opened_date", "name: opening_date", 9, "from column 2 on, SELECT and .yaml differ: the SELECT lacks opening_date here; the .yaml lacks opened_date here", "same order"),
    (DIM, "logicalType: date,", "logicalType: date, physicalName: Buka,", 9, "column 'opened_date' of a model has a physicalName", "reads no source"),
    (DIM, "logicalType: date,", "logicalType: date, customProperties: [{property: dateOrder, value: dmy}],", 9, "unknown custom property 'dateOrder' of a column of a model", "nearest known one is 'unit'"),
    (DIM_SQL, "outlet_id, opened_date", "outlet_id,\n1", 2, "output column 2 has no name", "give it an alias"),
    (DIM_SQL, "clean.sales_master__outlets", "clean.sales_master__outlet", 2, "reads 'clean.sales_master__outlet', which the catalog does not declare", "nearest known table is 'clean.sales_master__outlets'"),
    (DIM_SQL, "clean.sales_master__outlets", "raw.sales_master__outlets", 2, "reads 'raw.sales_master__outlets', which is in neither clean nor ready", "read clean."),
    (DIM_SQL, "clean.sales_master__outlets", "meta.dropped_rows", 2, "reads 'meta.dropped_rows', which is in neither clean nor ready", "read clean."),
    (DIM_SQL, "clean.sales_master__outlets", "warehouse.clean.outlets", 2, "reads 'warehouse.clean.outlets', which is in neither clean nor ready", "read clean."),
    (DIM_SQL, "clean.sales_master__outlets", "outlets", 2, "reads 'outlets', which is in neither clean nor ready", "read clean."),
    (DIM_SQL, "clean.sales_master__outlets", "'outlets.csv'", 2, "reads 'outlets.csv', which is in neither clean nor ready", "read clean."),
    (DIM_SQL, "clean.sales_master__outlets", "read_csv('outlets.csv')", 2, "calls the table function 'read_csv'", "read clean."),
    (DIM_SQL, "clean.sales_master__outlets", "sniff_csv('outlets.csv')", 2, "calls the table function 'sniff_csv'", "read clean."),
    (DIM_SQL, "clean.sales_master__outlets\n", "clean.sales_master__outlets;\ndrop table x\n", 3, "a second statement follows the SELECT", "one SELECT"),
    (DIM_SQL, "select outlet_id, opened_date\n", "create table x as select 1 as outlet_id\n", 1, "the file holds CREATE, not a SELECT", "write one SELECT"),
    (DIM_SQL, "select", "selec", 1, "not valid DuckDB SQL: syntax error at or near \"selec\"", "correct the query"),
    (DIM_SQL, "from", "form", 2, "not valid DuckDB SQL: syntax error", "correct the query"),
    (DIM_SQL, "outlet_id, opened_date", "outlet_id,\n    today() as opened_date", 2, "answers differently each time", "from a column"),
    (DIM_SQL, "clean.sales_master__outlets", "ready.fct_sales", 2, "in a circle: dim_outlet reads fct_sales reads dim_outlet", "take one of these reads out"),
    (DIM_SQL, "clean.sales_master__outlets", "ready.dim_outlet", 2, "in a circle: dim_outlet reads dim_outlet", "take one of these reads out"),
]  # fmt: skip


def assert_problem(root: Path, path: Path, line: int, message: str, fix: str) -> None:
    """Assert that a problem is reported at exactly that file and line, with message and fix."""
    problems = load_catalog(root).problems
    matching = [p for p in problems if (p.path, p.line) == (path, line) and message in p.message]
    assert matching, "\n".join(map(str, problems)) or "no problem at all"
    assert fix in matching[0].fix
    assert str(matching[0]).startswith(f"{path}:{line}: ")


@pytest.mark.parametrize(("old", "new", "line", "message", "fix"), TAB_CASES)
def test_a_fault_in_a_tab_names_its_line_and_breaks_that_tab_alone(
    root: Path, old: str, new: str, line: int, message: str, fix: str
) -> None:
    path = spoil(root, ORDERS, old, new)
    assert_problem(root, path, line, message, fix)
    (book,) = load_catalog(root).workbooks
    assert [tab.name for tab in book.tabs] == ["outlets"]
    (broken,) = book.broken_tabs
    assert (broken.table, broken.owner, broken.path) == (
        "sales_master__orders",
        "team:sales-ops",
        path,
    )
    assert all(problem.path == path for problem in broken.problems)


@pytest.mark.parametrize(("old", "new", "line", "message", "fix"), HEAD_CASES)
def test_a_fault_in_a_head_names_its_line_and_breaks_the_workbooks_tabs(
    root: Path, old: str, new: str, line: int, message: str, fix: str
) -> None:
    path = spoil(root, HEAD, old, new)
    assert_problem(root, path, line, message, fix)
    (book,) = load_catalog(root).workbooks
    assert book.tabs == ()
    assert [broken.name for broken in book.broken_tabs] == ["orders", "outlets"]
    assert len(load_catalog(root).models) == 2


@pytest.mark.parametrize(("name", "old", "new", "line", "message", "fix"), MODEL_CASES)
def test_a_fault_in_a_model_names_its_line_and_leaves_the_model_out(
    root: Path, name: str, old: str, new: str, line: int, message: str, fix: str
) -> None:
    path = spoil(root, name, old, new)
    assert_problem(root, path, line, message, fix)
    catalog = load_catalog(root)
    assert "dim_outlet" not in [model.name for model in catalog.models]
    assert len(catalog.tabs) == 2


def test_columns_in_another_order_than_the_select_are_a_fault_of_the_yaml(root: Path) -> None:
    spoil(root, DIM_SQL, "outlet_id, opened_date", "opened_date, outlet_id")
    assert_problem(root, root / DIM, 8, "from column 1 on, SELECT and .yaml differ", "same order")


def test_two_tabs_may_not_claim_the_same_title(root: Path) -> None:
    spoil(root, ORDERS, '"Order Harian"', "outlet")
    path = root / BOOK / "outlets.yaml"
    assert_problem(root, path, 2, "title 'Outlet' is that of orders.yaml too", "own title")


@pytest.mark.parametrize(
    ("gone", "line_in", "message"),
    [
        (DIM, DIM_SQL, "dim_outlet.sql has no dim_outlet.yaml beside it"),
        (DIM_SQL, DIM, "dim_outlet.yaml has no dim_outlet.sql beside it"),
        (HEAD, HEAD, "the workbook has no contract.yaml"),
    ],
)
def test_contract_or_query_without_its_partner_is_reported(
    root: Path, gone: str, line_in: str, message: str
) -> None:
    write(root, gone, None)
    assert_problem(root, root / line_in, 1, message, "")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("workbooks/sales_master/retur.yml", "file 'retur.yml' is not read"),
        ("workbooks/loose.yaml", "file 'loose.yaml' is not read"),
        ("models/loose.sql", "file 'loose.sql' is not read"),
        ("models/sales/query.py", "file 'query.py' is not read"),
    ],
)
def test_unused_file_is_reported(root: Path, name: str, message: str) -> None:
    write(root, name, "x")
    assert_problem(root, root / name, 1, message, "move or rename it")


def test_a_folder_that_is_no_spoke_is_named_with_the_nearest_spoke(root: Path) -> None:
    write(root, "models/saless/x.sql", "select 1 as a")
    assert_problem(root, root / "models/saless", 1, "neither hub nor spoke", "'sales'")


def test_a_table_made_twice_is_a_fault_of_the_second(root: Path) -> None:
    for suffix in ("sql", "yaml"):
        text = (root / f"models/hub/dim_outlet.{suffix}").read_text()
        write(root, f"models/sales/dim_outlet.{suffix}", text)
    path = root / "models/sales/dim_outlet.yaml"
    assert_problem(root, path, 1, "'ready.dim_outlet' is made in models/hub too", "rename")
    assert [(m.spoke, m.name) for m in load_catalog(root).models] == [
        ("hub", "dim_outlet"),
        ("sales", "fct_sales"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("# only a comment\n", "the file is empty"),
        ("- a\n- b\n", "is not a mapping"),
        ("plain", "is not a mapping"),
        ("a: \x00", "not valid YAML"),
        ("a: 1\n---\nb: 2\n", "not valid YAML"),
        ("a: &x [*x]\n", "alias"),
        ("? [a, b]\n: c\n", "a key is not plain text"),
    ],
)
def test_a_file_that_is_no_contract_at_all_breaks_only_its_tab(
    root: Path, text: str, message: str
) -> None:
    write(root, ORDERS, text)
    catalog = load_catalog(root)
    assert any(p.path == root / ORDERS and message in p.message for p in catalog.problems)
    assert [tab.name for tab in catalog.tabs] == ["outlets"]


def test_a_file_that_is_not_utf8_breaks_only_its_tab(root: Path) -> None:
    (root / ORDERS).write_bytes("name: orders\ndescription: caf\xe9\n".encode("latin-1"))
    assert_problem(root, root / ORDERS, 1, "the file cannot be read", "UTF-8")


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_deep_nesting_is_a_problem_and_no_crash(root: Path, opening: str) -> None:
    write(root, ORDERS, "name:\n  " + opening * 50_000)
    assert_problem(root, root / ORDERS, 2, "nested too deeply", "brackets")


def test_a_catalog_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    catalog = load_catalog(tmp_path / "nowhere")
    assert (catalog.workbooks, catalog.models) == ((), ())
    (problem,) = catalog.problems
    assert problem.path == tmp_path / "nowhere" / "workbooks"
    assert "CANDID_CATALOG_DIR" in problem.fix
