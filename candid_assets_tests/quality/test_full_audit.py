"""Every rule of a published table by Great Expectations, beside what SQL counts."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from candid_assets.quality import full_audit
from candid_assets.quality.full_audit import NO_REQUESTS, audit_tables
from candid_assets.quality.suite_sql import SuiteCounts
from candid_assets.quality.table_rules import suite_rules
from candid_assets_tests.quality.contracts_made import stage
from candid_assets_tests.quality.test_audit import GOOD, SUBJECT

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def published() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("create schema clean")
    return connection


def audited(connection: duckdb.DuckDBPyConnection, rows: list[tuple[Any, ...]]) -> Any:
    staged = stage(connection, SUBJECT, rows)
    connection.execute(f'create table clean."{SUBJECT.table}" as from {staged}')
    catalog: Any = SimpleNamespace(tabs=[SUBJECT], models=[])
    (table,) = audit_tables(connection, catalog)
    return table


def test_every_rule_of_a_good_table_is_asked_and_holds(published) -> None:
    table = audited(published, GOOD)
    assert (table.relation, table.rows) == (f"clean.{SUBJECT.table}", len(GOOD))
    assert table.rules == len(suite_rules(SUBJECT))
    assert (table.broken, table.disputed) == ((), ())
    assert table.relation in table.page


def test_broken_rules_are_named_with_their_counts_and_not_disputed(published) -> None:
    table = audited(published, [*GOOD, (1, EVIL, Decimal(-1))])
    words = " | ".join(table.broken)
    assert "id: 2 of 3" in words
    assert "code" in words
    assert "amount" in words
    assert table.disputed == ()


def test_a_page_neither_runs_nor_loads_what_stands_in_it(published) -> None:
    table = audited(published, [*GOOD, (3, EVIL, Decimal(1))])
    head = table.page.partition("<head>")[2]
    assert head.startswith(NO_REQUESTS)
    assert "default-src 'none'" in NO_REQUESTS


def test_a_rule_on_which_the_two_differ_is_disputed(published, monkeypatch) -> None:
    def blind(connection: Any, table: str, rules: Any, types: Any) -> SuiteCounts:
        return SuiteCounts(3, (0,) * len(rules))

    monkeypatch.setattr(full_audit, "count_broken", blind)
    table = audited(published, [*GOOD, (1, None, Decimal(1))])
    assert len(table.broken) == len(table.disputed) == 1
    assert "SQL finds 0 values, Great Expectations some" in table.disputed[0]


def test_tables_that_are_not_published_are_left_out(published) -> None:
    catalog: Any = SimpleNamespace(tabs=[SUBJECT], models=[])
    assert list(audit_tables(published, catalog)) == []
