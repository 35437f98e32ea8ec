"""Audits published tables whole: every rule by Great Expectations, and by the counts in SQL.

A refresh asks Great Expectations only about rules that SQL finds broken. This asks it about all, so
that a rule which one of the two misjudges comes to light.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from candid_assets.contracts.catalog import Catalog
from candid_assets.names import Layer, relation
from candid_assets.quality.audited_table import PAGE_POLICY, AuditedTable
from candid_assets.quality.expectations import SuiteRunner
from candid_assets.quality.frame import column_types, read_frame
from candid_assets.quality.outcome import RuleOutcome
from candid_assets.quality.suite_sql import count_broken
from candid_assets.quality.table_rules import Subject, TableRule, suite_rules
from candid_assets.sql import qualified

NO_REQUESTS = f'<meta http-equiv="Content-Security-Policy" content="{PAGE_POLICY}">'


@dataclass(frozen=True, slots=True)
class TableAudit(AuditedTable):
    """What an audit found in a table, with the table's page."""

    page: str
    """Of Great Expectations' Data Docs; it loads nothing."""


def audit_tables(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> Iterator[TableAudit]:
    """Yield the audit of every clean and ready table of the catalog that the snapshot holds.

    Raises:
        duckdb.Error: A table cannot be read.
    """
    runner = SuiteRunner()
    there = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
    subjects: list[tuple[Layer, Subject]] = [
        *(("clean", tab) for tab in catalog.tabs),
        *(("ready", model) for model in catalog.models),
    ]
    for layer, subject in subjects:
        if (layer, subject.table) in there and suite_rules(subject):
            yield _audited(connection, runner, layer, subject)


def _audited(
    connection: duckdb.DuckDBPyConnection, runner: SuiteRunner, layer: Layer, subject: Subject
) -> TableAudit:
    table, rules = qualified(layer, subject.table), suite_rules(subject)
    counts = count_broken(connection, table, rules, dict(column_types(connection, table)))
    frame = read_frame(connection, table, rules, beside=subject.primary_key)
    name = relation(layer, subject.table)
    outcomes, page = runner.document(name, subject, rules, frame)
    return TableAudit(
        name,
        len(rules),
        counts.rows,
        tuple(_in_words(outcome) for outcome in outcomes if not outcome.passed),
        tuple(
            f"{_named(rule)}: SQL finds {count:,} values, Great Expectations"
            f" {'none' if outcome.passed else 'some'}"
            for rule, count, outcome in zip(rules, counts.broken, outcomes, strict=True)
            if count is not None and bool(count) is outcome.passed
        ),
        page.replace("<head>", f"<head>{NO_REQUESTS}", 1),
    )


def _named(rule: TableRule) -> str:
    return " ".join((rule.expectation, *rule.columns))


def _in_words(outcome: RuleOutcome) -> str:
    why = outcome.error or f"{outcome.unexpected:,} of {outcome.looked_at:,}"
    return f"{_named(outcome.rule)}: {why}"
