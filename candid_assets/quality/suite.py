"""Which checks a table has and what each asserts: the plan, known when definitions load.

Fast and pure: made from the contract alone, without Great Expectations.
"""

from dataclasses import dataclass

from candid_assets.contracts.catalog import Model, RowRule, Severity, Tab
from candid_assets.contracts.rule_values import listed
from candid_assets.names import CHECKS, CheckName
from candid_assets.quality.plausible_ranges import judged_columns
from candid_assets.quality.table_rules import (
    Subject,
    TableRule,
    exchangeable_columns,
    referencing_columns,
    suite_rules,
)


@dataclass(frozen=True, slots=True)
class PlannedCheck:
    """A check that a table has."""

    name: CheckName
    severity: Severity
    blocking: bool
    description: str


def planned_checks(subject: Subject) -> tuple[PlannedCheck, ...]:
    """Return the checks for which a contract has rules, in the order of the closed set.

    Args:
        subject: A tab (its clean table) or a model (its ready table).
    """
    rules = suite_rules(subject)
    named = dict.fromkeys(rule.check for rule in rules)
    checks = {name: _planned(subject, name, rules) for name in named}
    for plan_of in (
        references_check,
        row_rules_check,
        plausible_check,
        swapped_check,
        agreements_check,
    ):
        if (plan := plan_of(subject)) is not None:
            checks[plan.name] = plan
    return tuple(checks[name] for name in CHECKS if name in checks)


def references_check(subject: Subject) -> PlannedCheck | None:
    """Return the check of a table's foreign keys, or None where it has none."""
    columns = referencing_columns(subject)
    if not columns:
        return None
    targets = tuple(
        f"{c.name} in {c.reference.table}.{c.reference.column}" for c in columns if c.reference
    )
    errors = any(c.reference and c.reference.severity == "error" for c in columns)
    return PlannedCheck(
        "references_found",
        severity="error" if errors else "warning",
        blocking=errors,
        description=f"Every value is found: {listed(targets)}.",
    )


def row_rules_check(subject: Subject) -> PlannedCheck | None:
    """Return the check of a tab's row rules of severity warning, or None where it has none."""
    rules = watched_rules(subject)
    if not rules:
        return None
    texts = listed(tuple(rule.text.rstrip(".") for rule in rules))
    return PlannedCheck("row_rules_kept", "warning", blocking=False, description=f"{texts}.")


def watched_rules(subject: Subject) -> tuple[RowRule, ...]:
    """Return the row rules of severity warning, whose rows stay in the clean table."""
    rules = subject.row_rules if isinstance(subject, Tab) else ()
    return tuple(rule for rule in rules if rule.severity == "warning")


def plausible_check(subject: Subject) -> PlannedCheck | None:
    """Return the check of a tab's dates, quantities and amounts, or None where it has none."""
    columns = judged_columns(subject) if isinstance(subject, Tab) else ()
    if not columns:
        return None
    names = listed(tuple(column.name for column in columns))
    text = f"The values are near what their columns hold: {names}."
    return PlannedCheck("values_plausible", "warning", blocking=False, description=text)


def swapped_check(subject: Subject) -> PlannedCheck | None:
    """Return the check that no two columns of a tab are exchanged, or None where none could be."""
    if not (isinstance(subject, Tab) and exchangeable_columns(subject)):
        return None
    text = "No two columns hold values that fit each other's past better than their own."
    return PlannedCheck("columns_in_place", "warning", blocking=False, description=text)


def agreements_check(subject: Subject) -> PlannedCheck | None:
    """Return the check of a model's reconciliations, or None where it has none.

    It never stops the table: a difference that is kept out of sight is not corrected.
    """
    agreements = subject.agreements if isinstance(subject, Model) else ()
    if not agreements:
        return None
    errors = any(agreement.severity == "error" for agreement in agreements)
    return PlannedCheck(
        "books_agree",
        severity="error" if errors else "warning",
        blocking=False,
        description=" ".join(agreement.text for agreement in agreements),
    )


def _planned(subject: Subject, name: CheckName, rules: tuple[TableRule, ...]) -> PlannedCheck:
    severity: Severity = subject.rows.severity if name == "rows_in_range" else "error"
    texts = tuple(rule.text for rule in rules if rule.check == name)
    if name == "values_present":
        columns = tuple(rule.columns[0] for rule in rules if rule.check == name)
        texts = (f"no blank in {listed(columns)}",)
    said = "; ".join(texts)
    return PlannedCheck(
        name,
        severity=severity,
        blocking=severity == "error",
        description=f"{said[0].upper()}{said[1:]}." if name != "values_valid" else f"{said}.",
    )
