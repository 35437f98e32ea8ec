"""Foreign keys: every value of a column is in the table it refers to.

An anti-join inside DuckDB; the referenced table is what the warehouse has published, or the
staged table itself where a table points to itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial

import duckdb

from candid_assets.contracts.catalog import Column, Model, Reference, Severity
from candid_assets.quality.frame import ROW, column_types, row_number
from candid_assets.quality.outcome import placed, planned_result
from candid_assets.quality.suite import references_check
from candid_assets.quality.table_rules import Subject, referencing_columns
from candid_assets.sql import quoted
from candid_assets.warehouse.check_results import MAX_SAMPLES, Cells, CheckResult, Sample

Resolve = Callable[[str], str | None]
"""Table of a foreign key (without layer) to its name as SQL; None where it does not exist."""
TypesOf = Callable[[str], Mapping[str, str] | None]
"""A relation to the types of its columns; None where there is no such relation."""


@dataclass(frozen=True, slots=True)
class _KeyCheck:
    """The outcome of one foreign key."""

    column: str
    severity: Severity
    looked_at: int = 0
    unmatched: int = 0
    distinct: int = 0
    samples: tuple[Sample, ...] = ()
    message: str = ""


def check_references(
    connection: duckdb.DuckDBPyConnection,
    subject: Subject,
    relation: str,
    cells: Cells | None = None,
    resolve: Resolve | None = None,
) -> list[CheckResult]:
    """Return the check `references_found` of a relation, or nothing if it has no foreign key.

    A blank finds nothing to refer to and passes; that it must not be blank is `values_present`.

    Args:
        connection: Where the table and the referenced tables stand; nothing is written.
        subject: The contract.
        relation: The table's name as SQL, staged or published.
        cells: Leads from rows to the sheet; None where there is no sheet.
        resolve: Table of a foreign key to its name as SQL; by default what is published.
    """
    plan = references_check(subject)
    if plan is None:
        return []
    types_of = cache(partial(_types, connection))
    resolve = resolve or _published(types_of, subject)
    checked = []
    for column in referencing_columns(subject):
        if (reference := column.reference) is None:
            continue
        own = reference.table == subject.table
        try:
            target = relation if own else resolve(reference.table)
            targets = types_of(target) if target else None
            other = (target, targets) if target is not None and targets is not None else None
            staged = (relation, types_of(relation) or {})
            checked.append(_one(connection, column, reference, staged, other, cells))
        except duckdb.Error as error:
            said = f"{column.name} could not be looked up: {' '.join(str(error).split())}"
            checked.append(_KeyCheck(column.name, reference.severity, message=said))
    broken = [one for one in checked if one.message]
    # The worst of what is broken, not of what is declared: a warning stops nothing.
    worst: Severity = "error" if any(one.severity == "error" for one in broken) else "warning"
    looked_at = sum(one.looked_at for one in checked)
    unmatched = sum(one.unmatched for one in checked)
    counts: dict[str, int | float] = {
        "rules": len(checked),
        "rules_broken": len(broken),
        "element_count": looked_at,
        "unexpected_count": unmatched,
        "unexpected_percent": round(100 * unmatched / looked_at, 4) if looked_at else 0.0,
        "distinct_unexpected": sum(one.distinct for one in checked),
    }
    message = "; ".join(one.message for one in broken)
    samples = [sample for one in broken for sample in one.samples]
    severity = worst if broken else None
    return [planned_result(plan, subject, message, counts, samples, severity=severity)]


def _published(types_of: TypesOf, subject: Subject) -> Resolve:
    """Return where foreign keys look: a tab's in `clean`, a model's in `ready`, then `clean`."""
    layers = ("ready", "clean") if isinstance(subject, Model) else ("clean",)

    def resolve(table: str) -> str | None:
        names = (f"{layer}.{quoted(table)}" for layer in layers)
        return next((name for name in names if types_of(name) is not None), None)

    return resolve


def _one(
    connection: duckdb.DuckDBPyConnection,
    column: Column,
    reference: Reference,
    own: tuple[str, Mapping[str, str]],
    other: tuple[str, Mapping[str, str]] | None,
    cells: Cells | None,
) -> _KeyCheck:
    relation, types = own
    pointed = f"{reference.table}.{reference.column}"
    if column.name not in types:
        message = f"{column.name} is not in the table, so it finds nothing in {pointed}"
        return _KeyCheck(column.name, reference.severity, message=message)
    if other is None:
        message = (
            f"{column.name} cannot be looked up: the table {reference.table} does not exist yet; "
            "refresh the table it comes from, or correct the contract's relationship"
        )
        return _KeyCheck(column.name, reference.severity, message=message)
    target, targets = other
    if reference.column not in targets:
        message = (
            f"{column.name} cannot be looked up: {reference.table} has no column "
            f"{reference.column}; correct the contract's relationship"
        )
        return _KeyCheck(column.name, reference.severity, message=message)
    same = types[column.name] == targets[reference.column]
    place = f"min({row_number(types, 's.')})" if ROW in types else "CAST(NULL AS INTEGER)"
    query = _query((relation, column.name), (target, reference.column), same, place)
    rows = connection.execute(query).fetchall()
    looked_at, unmatched, distinct = (int(x) for x in rows[0][:3])
    samples = tuple(
        placed(cells, column.name, str(value), row, f"not in {pointed}; {count:,} rows")
        for _, _, _, value, row, count in rows
        if value is not None
    )
    share = f"{unmatched:,} of {looked_at:,} values ({distinct:,} different)"
    message = f"{share} of {column.name} are not in {pointed}" if unmatched else ""
    return _KeyCheck(
        column.name, reference.severity, looked_at, unmatched, distinct, samples, message
    )


def _query(ours: tuple[str, str], theirs: tuple[str, str], same: bool, place: str) -> str:
    """Return the anti-join: one line for each unmatched value, at least one with the counts.

    Values of different types are compared as text: a cast the other way could raise.
    """
    (staged, column), (target, pointed) = ours, theirs
    sought, known = f"s.{quoted(column)}", f"t.{quoted(pointed)}"
    if not same:
        sought, known = f"CAST({sought} AS VARCHAR)", f"CAST({known} AS VARCHAR)"
    return f"""
        WITH unmatched AS (
            SELECT CAST({sought} AS VARCHAR) AS sought, {place} AS place, count(*) AS times
            FROM {staged} AS s
            WHERE {sought} IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM {target} AS t WHERE {known} = {sought})
            GROUP BY 1
        ),
        totals AS (
            SELECT
                (SELECT count({quoted(column)}) FROM {staged}) AS looked_at,
                coalesce(sum(times), 0) AS missed,
                count(*) AS kinds
            FROM unmatched
        )
        SELECT totals.*, u.sought, u.place, u.times
        FROM totals
        LEFT JOIN (
            SELECT * FROM unmatched ORDER BY times DESC, sought LIMIT {MAX_SAMPLES}
        ) AS u ON TRUE
        ORDER BY u.times DESC, u.sought
    """


def _types(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str] | None:
    """Return the types of a relation's columns, or None where there is no such relation."""
    try:
        return dict(column_types(connection, relation))
    except duckdb.CatalogException:
        return None
