"""The package's own catalog: every contract and model is whole, described and named by rule."""

import re
from collections import Counter
from collections.abc import Iterator

from candid_assets.contracts.catalog import Column, Model
from candid_assets.contracts.histories import VERSIONED
from candid_assets.contracts.load import load_catalog
from candid_assets.names import HUB, SPOKES
from candid_assets.settings import PACKAGE

CATALOG = load_catalog(PACKAGE / "catalog")
TABLES = (*CATALOG.tabs, *CATALOG.models)

SENTENCE = re.compile(r"[A-Z'\"0-9].{2,}[.)]")


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


def test_the_catalog_read_twice_is_the_same() -> None:
    assert load_catalog(PACKAGE / "catalog") == CATALOG


def test_every_table_says_what_it_is_and_what_a_row_is() -> None:
    for table in TABLES:
        assert SENTENCE.fullmatch(table.description), (table.table, table.description)
        assert SENTENCE.fullmatch(table.grain), (table.table, table.grain)


def test_every_column_is_described_by_a_sentence_of_its_own() -> None:
    for table in TABLES:
        for column in table.columns:
            text = column.description
            assert SENTENCE.fullmatch(text), (table.table, column.line, text)
            own = text.casefold().rstrip(".") != column.name.replace("_", " ")
            assert own, (table.table, column.line, text)
        described = Counter(column.description for column in table.columns)
        assert [text for text, count in described.items() if count > 1] == [], table.table


def test_every_table_has_a_key() -> None:
    assert [table.table for table in TABLES if not table.primary_key] == []


def test_columns_are_named_by_the_rule_of_their_kind() -> None:
    faults = [
        f"{table.table}, line {column.line}: {column.name}: {fault}"
        for table in TABLES
        # The columns of metrics are compiled, not written.
        if not (isinstance(table, Model) and table.kind == "metrics")
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


def test_money_is_exact() -> None:
    money = [
        (tab.table, column.name, column.physical_type)
        for tab in CATALOG.tabs
        for column in tab.columns
        if column.name.endswith("_idr")
    ]
    assert money
    assert [place for place in money if not re.match(r"DECIMAL|BIGINT", place[2])] == []
