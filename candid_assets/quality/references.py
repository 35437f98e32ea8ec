"""Foreign keys: an anti-join in DuckDB against the table that a column refers to."""

import duckdb

from candid_assets.contracts.model import Column, Tab
from candid_assets.names import Layer
from candid_assets.quality.result import MAX_SAMPLES, Cells, CheckResult, Sample
from candid_assets.quality.suite import Subject, references_severity
from candid_assets.warehouse.tables import qualified, quoted


def check_references(
    connection: duckdb.DuckDBPyConnection, subject: Subject, relation: str, cells: Cells | None
) -> list[CheckResult]:
    """Return the check `references_found` of a relation, or nothing if it has no foreign key.

    Tabs refer to clean tables and models to ready tables. A blank finds nothing to refer to and
    passes; that it must not be blank is `values_present`.
    """
    referring = [c for c in subject.columns if c.reference]
    if not referring:
        return []
    layer: Layer = "clean" if isinstance(subject, Tab) else "ready"
    counts: dict[str, int | float] = {}
    samples: list[Sample] = []
    absent: list[str] = []
    for column in referring:
        found = _unmatched(connection, subject, relation, column, layer)
        if found is None:
            absent.append(f"{layer}.{column.reference.table}" if column.reference else "")
            continue
        counts[f"{column.name} not found"] = len(found)
        for row, value in found[: MAX_SAMPLES - len(samples)]:
            samples.append(_sample(column, row, value, cells))
    missing = sum(counts.values())
    severity = references_severity(subject)
    return [
        CheckResult(
            "references_found",
            layer,
            subject.table,
            not missing and not absent,
            _message(subject, counts, absent),
            severity=severity,
            blocking=False,
            counts=counts,
            samples=tuple(samples),
        )
    ]


def _unmatched(
    connection: duckdb.DuckDBPyConnection,
    subject: Subject,
    relation: str,
    column: Column,
    layer: Layer,
) -> list[tuple[int | None, object]] | None:
    """Return sheet row and value of every unmatched row, or None where the other table is not."""
    reference = column.reference
    if reference is None:
        return []
    itself = reference.table == subject.table
    exists = connection.execute(
        "select 1 from duckdb_columns() where schema_name = ? and table_name = ?"
        " and column_name = ?",
        [layer, reference.table, reference.column],
    ).fetchone()
    if not exists and not itself:
        return None
    other = relation if itself else qualified(layer, reference.table)
    row = "t._row" if isinstance(subject, Tab) else "null"
    return connection.execute(
        f"select {row}, t.{quoted(column.name)} from {relation} as t"
        f" anti join {other} as o on t.{quoted(column.name)} = o.{quoted(reference.column)}"
        f" where t.{quoted(column.name)} is not null order by all"
    ).fetchall()


def _sample(column: Column, row: int | None, value: object, cells: Cells | None) -> Sample:
    detail = f"not in {column.reference.table}" if column.reference else None
    if cells is None or row is None:
        return Sample(column.name, str(value), detail=detail)
    return cells.sample(column.name, row, value, detail)


def _message(subject: Subject, counts: dict[str, int | float], absent: list[str]) -> str:
    told = [f"{count:g} of {name}" for name, count in counts.items() if count]
    told += [f"{table} does not exist yet" for table in absent]
    return f"{subject.table}: " + ("; ".join(told) if told else "every foreign key finds its row")
