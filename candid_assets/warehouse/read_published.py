"""Reads from the published snapshot: one statement that reads, its rows as JSON holds them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from candid_assets.warehouse.check_results import CheckResult
from candid_assets.warehouse.data_folder import require_known_folder
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.errors import WarehouseError
from candid_assets.warehouse.publications import snapshot_facts
from candid_assets.warehouse.query_limits import QueryLimits
from candid_assets.warehouse.refresh_record import recorded_checks
from candid_assets.warehouse.versions import require_not_newer

READING = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}
_AT_ONCE = 1_000
EXACT_DIGITS = 15
"""Digits that a JSON number keeps in every reader; longer decimals become text."""


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The rows of one query."""

    columns: Sequence[str]
    rows: Sequence[tuple[Any, ...]]
    more: bool = False
    """Whether there were more rows than asked for."""

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The rows as objects of values that JSON holds without loss."""
        return [dict(zip(self.columns, map(plain_value, row), strict=True)) for row in self.rows]


def read(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    limits: QueryLimits,
) -> QueryResult:
    """Run exactly one statement that reads.

    Args:
        connection: The snapshot's.
        sql: The statement.
        limits: What it may take; further rows are left out and said to be there.

    Raises:
        WarehouseError: There is not one statement, it does not read, or it needs too much.
        duckdb.Error: DuckDB refuses it.
    """
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise WarehouseError(f"give one statement; this is {len(statements)}")
    if statements[0].type not in READING:
        kind = statements[0].type.name
        message = f"{kind} is refused: the published snapshot is for reading"
        raise WarehouseError(message, "use SELECT")
    with limits.applied(connection):
        cursor = connection.execute(statements[0])
        columns = [d[0] for d in cursor.description or []]
        rows: list[tuple[Any, ...]] = []
        length = 0
        while len(rows) <= limits.rows:
            piece = cursor.fetchmany(min(_AT_ONCE, limits.rows + 1 - len(rows)))
            length += sum(map(_length, piece))
            limits.require_length(length)
            rows += piece
            if not piece:
                break
    return QueryResult(columns, rows[: limits.rows], len(rows) > limits.rows)


def standing_failures(path: Path) -> list[CheckResult]:
    """Return the checks that fail in the published snapshot; none where nothing is published.

    Raises:
        WarehouseError: The snapshot cannot be read.
    """
    if not path.exists():
        return []
    facts = snapshot_facts(path)
    if facts is not None and facts.version is not None:
        require_known_folder(path.parent.parent)
        require_not_newer(facts.version, str(path))
        return list(facts.failed)
    with open_published(path) as connection:
        return recorded_checks(connection, failed=True)


def _length(row: tuple[Any, ...]) -> int:
    """Return about how many characters a row has."""
    return sum(len(v) if isinstance(v, str | bytes) else _nested_length(v) for v in row)


def _nested_length(value: Any) -> int:
    if isinstance(value, list | tuple):
        return sum(len(v) if isinstance(v, str | bytes) else _nested_length(v) for v in value)
    if isinstance(value, dict):
        return _nested_length(list(value.values()))
    return 8


def plain_value(value: Any) -> Any:
    """Return a value as JSON holds it without loss."""
    if isinstance(value, Decimal):
        if value == value.to_integral_value():
            return int(value)
        return float(value) if len(value.as_tuple().digits) <= EXACT_DIGITS else str(value)
    if isinstance(value, dict):
        return {k: plain_value(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain_value(v) for v in value]
    return value
