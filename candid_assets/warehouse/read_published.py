"""Reads from the published snapshot: one statement that reads, its rows as JSON holds them."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from candid_assets.warehouse.errors import WarehouseError

READING = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}
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
    limit: int | None = None,
    seconds: float | None = None,
) -> QueryResult:
    """Run exactly one statement that reads.

    Args:
        connection: The snapshot's.
        sql: The statement.
        limit: How many rows to return at most.
        seconds: How long it may take.

    Raises:
        WarehouseError: There is not one statement, it does not read, or it took too long.
        duckdb.Error: DuckDB refuses it.
    """
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise WarehouseError(f"give one statement; this is {len(statements)}")
    if statements[0].type not in READING:
        kind = statements[0].type.name
        message = f"{kind} is refused: the published snapshot is for reading"
        raise WarehouseError(message, "use SELECT")
    timer = threading.Timer(seconds, connection.interrupt) if seconds else None
    try:
        if timer:
            timer.start()
        cursor = connection.execute(statements[0])
        columns = [d[0] for d in cursor.description or []]
        rows = cursor.fetchall() if limit is None else cursor.fetchmany(limit + 1)
    except duckdb.InterruptException as error:
        raise WarehouseError(f"it took more than {seconds:g} s", "ask for less") from error
    finally:
        if timer:
            timer.cancel()
    return QueryResult(columns, rows[:limit], limit is not None and len(rows) > limit)


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
