"""The package's own catalog: every contract and model is whole, described and named by rule."""

import re
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatch

import duckdb
import pytest

from candid_assets.contracts.catalog import Column, Model, Tab
from candid_assets.contracts.histories import VERSIONED
from candid_assets.contracts.load import load_catalog
from candid_assets.names import HUB, SPOKES
from candid_assets.settings import PACKAGE

CATALOG = load_catalog(PACKAGE / "catalog")
TABS = [pytest.param(tab, id=tab.table) for tab in CATALOG.tabs]
MODELS = [pytest.param(model, id=f"{model.spoke}/{model.name}") for model in CATALOG.models]
WRITTEN = [p for p in MODELS if p.values[0].kind != "metrics"]
"""Models written by hand; those of the metrics are compiled."""
TABLES = [*TABS, *MODELS]

LONGEST_MODEL = 80
SENTENCE = re.compile(r"[A-Z'\"0-9].{2,}[.)]")


@pytest.fixture(scope="module")
def made() -> Iterator[tuple[duckdb.DuckDBPyConnection, dict[str, str]]]:
    """A warehouse of every clean table and model, without rows, and why a model is not in it."""
    faults: dict[str, str] = {}
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA clean; CREATE SCHEMA ready")
        for tab in CATALOG.tabs:
            columns = ", ".join(f'"{c.name}" {c.physical_type}' for c in tab.columns)
            own = '"_row" INTEGER, "_extract" VARCHAR'
            connection.execute(f'CREATE TABLE clean."{tab.table}" ({columns}, {own})')
        for model in CATALOG.models:
            try:
                connection.execute(f'CREATE TABLE ready."{model.name}" AS {model.sql}')
            except duckdb.Error as error:
                faults[model.name] = str(error)
        yield connection, faults


def test_the_catalog_has_no_problems() -> None:
    assert CATALOG.problems == (), "\n" + "\n".join(map(str, CATALOG.problems))


def test_the_catalog_is_at_its_full_stated_scale() -> None:
    assert len(CATALOG.workbooks) == 7
    assert len(CATALOG.tabs) == 90
    assert not any(workbook.broken_tabs for workbook in CATALOG.workbooks)


def test_every_workbook_has_a_sample_to_read() -> None:
    for workbook in CATALOG.workbooks:
        assert workbook.locations["sample"], workbook.name
        assert workbook.domain in {HUB, *SPOKES}
        assert workbook.owner != "team:unknown"


def test_the_hub_has_its_dimensions_and_each_spoke_a_fact_and_a_mart() -> None:
    names = {model.name for model in CATALOG.models if model.spoke == HUB}
    for wanted in ("product", "outlet", "distributor", "employee", "calendar"):
        assert f"dim_{wanted}" in names
    kinds = Counter((model.spoke, model.kind) for model in CATALOG.models)
    lacking = [(s, k) for s in SPOKES for k in ("fact", "mart") if not kinds[s, k]]
    assert not lacking


def test_the_catalog_read_twice_is_the_same() -> None:
    assert load_catalog(PACKAGE / "catalog") == CATALOG


@pytest.mark.parametrize("table", TABLES)
def test_every_table_says_what_it_is_and_what_a_row_is(table: Tab | Model) -> None:
    assert SENTENCE.fullmatch(table.description), table.description
    assert SENTENCE.fullmatch(table.grain), table.grain


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_described_by_a_sentence_of_its_own(table: Tab | Model) -> None:
    for column in table.columns:
        assert SENTENCE.fullmatch(column.description), f"line {column.line}: {column.description!r}"
        assert column.description.casefold().rstrip(".") != column.name.replace("_", " ")
    described = Counter(column.description for column in table.columns)
    assert [text for text, count in described.items() if count > 1] == []


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_a_key(table: Tab | Model) -> None:
    assert table.primary_key


@pytest.mark.parametrize("table", [*TABS, *WRITTEN])
def test_columns_are_named_by_the_rule_of_their_kind(table: Tab | Model) -> None:
    faults = [
        f"line {column.line}: {column.name}: {fault}"
        for column in table.columns
        for fault in naming_faults(column)
    ]
    assert not faults, "\n".join(faults)


def naming_faults(column: Column) -> Iterator[str]:
    """Yield what a column's name promises and its type does not keep."""
    name, kind = column.name, column.logical_type
    if name in VERSIONED:
        return
    if (kind == "boolean") != name.startswith(("is_", "has_", "will_")):
        yield "is_, has_ and will_ are for booleans, and every boolean begins with one"
    if (kind == "date") != (name.endswith("_date") or name == "date"):
        yield "_date is for dates, and every date ends with it"
    if (kind == "timestamp") != name.endswith("_at"):
        yield "_at is for moments, and every timestamp ends with it"
    if name.endswith("_id") and kind != "string":
        yield "an identifier is text, or its leading zeros are lost"
    if name.endswith(("_idr", "_pct", "_kg")) and kind not in {"number", "integer"}:
        yield "a unit suffix is for numbers"
    if column.unit == "IDR" and not name.endswith("_idr"):
        yield "an amount in Rupiah ends with _idr"
    if name.endswith("_qty") and kind not in {"number", "integer"}:
        yield "_qty is for numbers"


@pytest.mark.parametrize("tab", TABS)
def test_money_is_exact(tab: Tab) -> None:
    money = [column for column in tab.columns if column.name.endswith("_idr")]
    assert all(re.match(r"DECIMAL|BIGINT", column.physical_type) for column in money)


@pytest.mark.parametrize("model", WRITTEN)
def test_a_model_is_short_and_its_lines_fit_the_screen(model: Model) -> None:
    lines = model.path.with_suffix(".sql").read_text(encoding="utf-8").splitlines()
    assert len(lines) < LONGEST_MODEL
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("model", WRITTEN)
def test_a_model_is_named_by_its_kind(model: Model) -> None:
    named = {"dimension": "dim_*", "fact": "fct_*", "mart": "mart_*", "history": "*_history"}
    assert fnmatch(model.name, named[model.kind])


@pytest.mark.parametrize("model", MODELS)
def test_a_model_gives_the_columns_and_types_that_its_contract_promises(
    model: Model, made: tuple[duckdb.DuckDBPyConnection, dict[str, str]]
) -> None:
    connection, faults = made
    assert model.name not in faults, faults[model.name]
    rows = connection.execute(f'DESCRIBE ready."{model.name}"').fetchall()
    given = [(row[0], row[1]) for row in rows]
    assert given == [(column.name, column.physical_type) for column in model.columns]


@pytest.mark.parametrize("model", MODELS)
def test_inputs_of_a_model_are_those_that_the_database_reports(
    model: Model, made: tuple[duckdb.DuckDBPyConnection, dict[str, str]]
) -> None:
    quoted = model.sql.replace("'", "''")
    parsed = made[0].execute(f"SELECT json_serialize_sql('{quoted}')").fetchall()[0][0]
    pairs = re.findall(r'"schema_name":"(clean|ready)","table_name":"(\w+)"', parsed)
    assert tuple(sorted(set(pairs))) == model.inputs
