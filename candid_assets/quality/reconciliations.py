"""Reconciliations: what one workbook says agrees with what another says, within a tolerance."""

from decimal import Decimal

import duckdb

from candid_assets.contracts.catalog import Agreement, Model, Severity
from candid_assets.quality.outcome import planned_result, written
from candid_assets.quality.suite import agreements_check
from candid_assets.sql import quoted
from candid_assets.warehouse.check_results import MAX_SAMPLES, CheckResult, Sample


def check_agreements(
    connection: duckdb.DuckDBPyConnection, model: Model, relation: str
) -> list[CheckResult]:
    """Return the check `books_agree` of a ready table, or nothing if it declares none.

    Args:
        connection: Where the table stands; nothing is written.
        model: Its declaration.
        relation: The table's name as SQL.
    """
    plan = agreements_check(model)
    if plan is None:
        return []
    broken: list[Agreement] = []
    said: list[str] = []
    samples: list[Sample] = []
    for agreement in model.agreements:
        query = agreement.query.replace("${object}", relation)
        row = connection.execute(query).fetchone()
        furthest = Decimal(str(row[0])) if row and row[0] is not None else Decimal(0)
        if agreement.minimum <= furthest <= agreement.maximum:
            continue
        broken.append(agreement)
        rows = _rows(connection, model, relation, agreement)
        unit = next((c.unit for c in model.columns if c.name == agreement.column), None)
        shown = " ".join(filter(None, (f"{furthest:,f}", unit)))
        allowed = f"{agreement.maximum:,f} is allowed"
        said.append(
            f"{agreement.text} They differ in {len(rows)} rows, by up to {shown}; {allowed}."
        )
        samples += rows[:MAX_SAMPLES]
    errors = any(agreement.severity == "error" for agreement in broken)
    severity: Severity | None = ("error" if errors else "warning") if broken else None
    counts: dict[str, int | float] = {
        "rules": len(model.agreements),
        "rules_broken": len(broken),
    }
    return [planned_result(plan, model, " ".join(said), counts, samples, severity=severity)]


def _rows(
    connection: duckdb.DuckDBPyConnection, model: Model, relation: str, agreement: Agreement
) -> list[Sample]:
    """Return a sample for each row that differs by more than is allowed, the worst first."""
    keys = ", ".join(quoted(name) for name in model.primary_key)
    column = quoted(agreement.column)
    rows = connection.execute(
        f"select {column}, {keys} from {relation} where abs({column}) > {agreement.maximum:f}"
        f" order by abs({column}) desc, {keys}"
    ).fetchall()
    return [
        Sample(
            agreement.column,
            written(row[0]),
            detail=", ".join(
                f"{name}={written(value)}"
                for name, value in zip(model.primary_key, row[1:], strict=True)
            ),
        )
        for row in rows
    ]
