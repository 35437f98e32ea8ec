"""Which checks a table has, from its contract alone; Great Expectations is not imported here."""

from dataclasses import dataclass

from candid_assets.contracts.model import Column, Model, Severity, Tab
from candid_assets.names import CheckName

Subject = Tab | Model
TEMPORAL = ("time",)
"""Types whose ranges the suite leaves to cleaning, since pandas has no time of day."""


@dataclass(frozen=True, slots=True)
class PlannedCheck:
    """A check that a table has."""

    name: CheckName
    severity: Severity
    blocking: bool
    description: str


def planned_checks(subject: Subject) -> tuple[PlannedCheck, ...]:
    """Return the checks for which the contract holds a rule, in the order of the closed set."""
    columns = subject.columns
    planned = [_strict("columns_match", f"Exactly these columns and types: {_names(columns)}.")]
    if subject.primary_key or any(c.unique for c in columns):
        planned.append(_strict("keys_unique", f"No value twice in {_keys(subject)}."))
    required = tuple(c for c in columns if c.required)
    if required:
        planned.append(_strict("values_present", f"Never blank: {_names(required)}."))
    ruled = tuple(c for c in columns if has_value_rule(c))
    if ruled:
        planned.append(_strict("values_valid", f"Within what is declared: {_names(ruled)}."))
    if any(c.reference for c in columns):
        planned.append(_references(subject))
    limits = subject.rows
    if limits.minimum is not None or limits.maximum is not None:
        bounds = f"{limits.minimum or 0} to {limits.maximum or 'any number of'} rows."
        blocking = limits.severity == "error"
        planned.append(PlannedCheck("rows_in_range", limits.severity, blocking, bounds))
    return tuple(planned)


def has_value_rule(column: Column) -> bool:
    """Whether the column has an enumeration, a range, a length or a pattern."""
    bounds = (
        column.minimum,
        column.maximum,
        column.exclusive_minimum,
        column.exclusive_maximum,
    )
    ranged = column.logical_type not in TEMPORAL and any(b is not None for b in bounds)
    lengths = column.min_length is not None or column.max_length is not None
    return bool(column.enum) or ranged or lengths or column.pattern is not None


def references_severity(subject: Subject) -> Severity:
    """Return the worst severity of the table's foreign keys."""
    severities = {c.reference.severity for c in subject.columns if c.reference}
    return "error" if "error" in severities else "warning"


def _references(subject: Subject) -> PlannedCheck:
    told = "; ".join(
        f"{c.name} in {c.reference.table}.{c.reference.column}"
        for c in subject.columns
        if c.reference
    )
    severity = references_severity(subject)
    return PlannedCheck("references_found", severity, False, f"Found: {told}.")


def _strict(name: CheckName, description: str) -> PlannedCheck:
    return PlannedCheck(name, "error", True, description)


def _names(columns: tuple[Column, ...]) -> str:
    return ", ".join(c.name for c in columns)


def _keys(subject: Subject) -> str:
    told = [f"({', '.join(subject.primary_key)})"] if subject.primary_key else []
    return " and ".join(told + [c.name for c in subject.columns if c.unique])
