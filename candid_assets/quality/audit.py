"""Audits staged tables by their contracts: SQL counts what breaks a rule, and only then is asked.

One statement says for every rule of the suite whether it holds. A rule that does not, or that SQL
cannot judge, goes to Great Expectations over the columns it names, and what that finds is the
result. So Great Expectations is loaded by the first table that breaks a rule, and by no other.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

import duckdb

from candid_assets.warehouse.check_results import Cells, CheckResult

if TYPE_CHECKING:
    from candid_assets.quality.expectations import SuiteRunner
    from candid_assets.quality.outcome import RuleOutcome
    from candid_assets.quality.table_rules import Subject, TableRule


class SuiteAudit:
    """Judges staged tables by the suites of their contracts."""

    def judge(
        self,
        subject: "Subject",
        connection: duckdb.DuckDBPyConnection,
        relation: str,
        cells: Cells | None,
    ) -> list[CheckResult]:
        """Return the results of every rule of a staged table's contract but foreign keys.

        Args:
            subject: A tab's contract for a clean table, a model's for a ready one.
            connection: Where the staged table is.
            relation: Its name as SQL.
            cells: Leads from rows to the sheet; None where there is no sheet.

        Returns:
            One result for each check of `planned_checks` but those of `LOOKED_UP`, in its order.

        Raises:
            duckdb.Error: The staged table cannot be read.
        """
        # A refresh without news has an audit and judges nothing.
        from candid_assets.quality.frame import column_types
        from candid_assets.quality.outcome import RuleOutcome, suite_results
        from candid_assets.quality.suite_sql import count_broken
        from candid_assets.quality.table_rules import suite_rules

        rules = suite_rules(subject)
        types = column_types(connection, relation)
        counts = count_broken(connection, relation, rules, dict(types))
        broken = [r for r, count in zip(rules, counts.broken, strict=True) if count != 0]
        explained = _explained(subject, connection, relation, broken) if broken else {}
        outcomes = [
            _agreed(explained[id(rule)], count)
            if id(rule) in explained
            else RuleOutcome(rule, passed=True, looked_at=counts.rows)
            for rule, count in zip(rules, counts.broken, strict=True)
        ]
        return suite_results(subject, outcomes, types, cells)


@lru_cache(maxsize=1)
def _runner() -> "SuiteRunner":
    from candid_assets.quality.expectations import SuiteRunner

    return SuiteRunner()


def _explained(
    subject: "Subject",
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    rules: "list[TableRule]",
) -> "dict[int, RuleOutcome]":
    """Return what Great Expectations finds where SQL found a rule broken, by the rule's id."""
    from candid_assets.quality.frame import read_frame

    runner = _runner()
    runner.load()
    frame = read_frame(connection, relation, rules, beside=subject.primary_key)
    return {id(outcome.rule): outcome for outcome in runner.explain(subject, rules, frame)}


def _agreed(outcome: "RuleOutcome", count: int | None) -> "RuleOutcome":
    """Return the outcome, which has failed where the two disagree: then one of them is wrong."""
    if count is None or not outcome.passed:
        return outcome
    from candid_assets.quality.outcome import RuleOutcome

    error = f"SQL finds {count:,} values that break it, Great Expectations none"
    return RuleOutcome(outcome.rule, passed=False, looked_at=outcome.looked_at, error=error)
