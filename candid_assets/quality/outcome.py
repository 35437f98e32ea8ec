"""Gathers the outcomes of a suite's rules into one result for each check."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from candid_assets.contracts.catalog import Severity
from candid_assets.quality.suite import PlannedCheck, planned_checks
from candid_assets.quality.table_rules import Subject, TableRule, expected_columns, layer_of
from candid_assets.warehouse.check_results import MAX_SAMPLES, Cells, CheckResult, Sample


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """One row that breaks a rule."""

    values: tuple[object, ...]
    """Values of the rule's columns."""
    row: int | None
    """Row in the sheet, where the table has one."""
    key: Mapping[str, object] = field(default_factory=dict)
    """What identifies the row where it has no place in a sheet."""


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """The outcome of one rule."""

    rule: TableRule
    passed: bool
    looked_at: int = 0
    unexpected: int = 0
    findings: tuple[BrokenRow, ...] = ()
    error: str = ""
    """Why the rule could not be judged; such a rule has failed."""


LOOKED_UP = (
    "references_found",
    "row_rules_kept",
    "values_plausible",
    "columns_in_place",
    "books_agree",
)
"""Checks that look at other tables, several columns or whole sums, outside the suite."""


def suite_results(
    subject: Subject,
    outcomes: Sequence[RuleOutcome],
    types: tuple[tuple[str, str], ...],
    cells: Cells | None,
) -> list[CheckResult]:
    """Return one result for each planned check of the suite, from the outcomes of all rules.

    Args:
        subject: The contract.
        outcomes: What came of each rule of its suite.
        types: Names and types of the staged table's columns.
        cells: Leads from rows to the sheet.
    """
    return [
        check_result(
            subject,
            plan,
            tuple(outcome for outcome in outcomes if outcome.rule.check == plan.name),
            types,
            cells,
        )
        for plan in planned_checks(subject)
        if plan.name not in LOOKED_UP
    ]


def check_result(
    subject: Subject,
    plan: PlannedCheck,
    outcomes: tuple[RuleOutcome, ...],
    types: tuple[tuple[str, str], ...],
    cells: Cells | None,
) -> CheckResult:
    """Return one check's result from the outcomes of its rules.

    Args:
        subject: The contract.
        plan: The check.
        outcomes: What came of each of its rules.
        types: Names and types of the staged table's columns.
        cells: Leads from rows to the sheet.
    """
    broken = tuple(outcome for outcome in outcomes if not outcome.passed)
    if plan.name == "columns_match" and not any(outcome.error for outcome in broken):
        return columns_result(subject, plan.severity, types, agreed=not broken)
    message = "; ".join(_said(outcome) for outcome in broken)
    return planned_result(
        plan, subject, message, _counts(outcomes, broken), tuple(_samples(broken, cells))
    )


def planned_result(
    plan: PlannedCheck,
    subject: Subject,
    message: str,
    counts: dict[str, int | float],
    samples: Sequence[Sample],
    *,
    severity: Severity | None = None,
) -> CheckResult:
    """Return the result of a planned check of a contract's table.

    Args:
        plan: The check.
        subject: The contract.
        message: What is wrong; empty where the check passed.
        counts: The figures behind it.
        samples: The cells that are wrong, of which the first are kept.
        severity: How bad it came out; as planned if None.
    """
    return CheckResult(
        plan.name,
        layer_of(subject),
        subject.table,
        not message,
        message or plan.description,
        severity=severity or plan.severity,
        blocking=plan.blocking,
        counts=counts,
        samples=tuple(samples[:MAX_SAMPLES]),
    )


def columns_result(
    subject: Subject, severity: Severity, types: tuple[tuple[str, str], ...], *, agreed: bool
) -> CheckResult:
    """Return the result of `columns_match`: the suite's verdict on names, and the types.

    pandas does not distinguish DuckDB's types, so types are compared with the staged table's own.
    """
    expected, actual = dict(expected_columns(subject)), dict(types)
    samples = [Sample(c, "", detail="is missing") for c in expected if c not in actual]
    samples += [
        Sample(c, t, detail="is not in the contract") for c, t in types if c not in expected
    ]
    samples += [
        Sample(c, actual[c], detail=f"is {actual[c]}, the contract says {expected[c]}")
        for c in expected
        if c in actual and actual[c].upper() != expected[c].replace(" ", "").upper()
    ]
    wrong = len(samples)
    if not agreed and not samples:
        wrong = 1
        samples = [Sample("", ", ".join(actual), detail="the order is not the contract's")]
    said = "; ".join(f"{s.column} {s.detail}".strip() for s in samples[:MAX_SAMPLES])
    return CheckResult(
        name="columns_match",
        layer=layer_of(subject),
        table=subject.table,
        passed=agreed and not samples,
        severity=severity,
        blocking=severity == "error",
        counts={
            "expected_columns": len(expected),
            "columns": len(types),
            "unexpected_count": wrong,
        },
        samples=tuple(samples[:MAX_SAMPLES]),
        message=said or f"All {len(expected)} columns are as the contract says.",
    )


def written(value: object) -> str:
    """Return a value as a person reads it: nothing for blank, numbers without exponent."""
    if value is None:
        return ""
    if isinstance(value, str | Decimal):
        return str(value).removesuffix(" 00:00:00")
    import pandas as pd

    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    number = value.item() if hasattr(value, "item") else value
    if isinstance(number, float):
        text = f"{Decimal(repr(number)):f}" if number - number == 0 else str(number)
        return text.removesuffix(".0")
    return str(number).removesuffix(" 00:00:00")


def _samples(broken: tuple[RuleOutcome, ...], cells: Cells | None) -> Iterator[Sample]:
    """Yield samples of each broken rule in turn, so that every rule has some."""
    deepest = max((len(outcome.findings) for outcome in broken), default=0)
    turns = (
        (outcome, outcome.findings[depth])
        for depth in range(deepest)
        for outcome in broken
        if depth < len(outcome.findings)
    )
    for _, (outcome, finding) in zip(range(MAX_SAMPLES), turns, strict=False):
        columns = outcome.rule.columns
        key = ", ".join(f"{name}={written(value)}" for name, value in finding.key.items())
        value = " + ".join(written(value) for value in finding.values)
        detail = outcome.rule.text + (f" (row {key})" if key else "")
        sample = placed(cells, columns[0], value or None, finding.row, detail)
        yield replace(sample, column=" + ".join(columns))


def placed(
    cells: Cells | None, column: str, value: str | None, row: int | None, detail: str
) -> Sample:
    """Return a sample with its cell and link as far as they are known."""
    if row is None:
        return Sample(column, value, detail=detail)
    if cells is None:
        return Sample(column, value, detail=f"{detail} (row {row})")
    return cells.sample(column, row, value, detail)


def _counts(
    outcomes: tuple[RuleOutcome, ...], broken: tuple[RuleOutcome, ...]
) -> dict[str, int | float]:
    rule = outcomes[0].rule
    if rule.check == "rows_in_range":
        limits = {"minimum": rule.arguments["min_value"], "maximum": rule.arguments["max_value"]}
        stated = {name: limit for name, limit in limits.items() if isinstance(limit, int)}
        return {"rows": outcomes[0].looked_at, **stated}
    looked_at = sum(outcome.looked_at for outcome in outcomes)
    unexpected = sum(outcome.unexpected for outcome in broken)
    return {
        "rules": len(outcomes),
        "rules_broken": len(broken),
        "element_count": looked_at,
        "unexpected_count": unexpected,
        "unexpected_percent": round(100 * unexpected / looked_at, 4) if looked_at else 0.0,
    }


def _said(outcome: RuleOutcome) -> str:
    if outcome.error:
        return f"{outcome.rule.text}: could not be judged: {outcome.error}"
    if not outcome.rule.columns:
        return f"{outcome.rule.text}: it has {outcome.looked_at:,}"
    share = f"{outcome.unexpected:,} of {outcome.looked_at:,} values"
    return f"{outcome.rule.text}: {share} break this"
