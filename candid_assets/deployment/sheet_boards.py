"""What is published to a sheet: a ready table, or the latest values of a spoke's metrics."""

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from math import isfinite
from typing import Any, Final

import duckdb

from candid_assets.gate.errors import GateError
from candid_assets.names import HUB, SPOKES
from candid_assets.sql import literal, qualified

BOARD: Final = "metrics:"
MOST_CELLS: Final = 50_000
_EXACT: Final = 2**53

_BOARD_SQL: Final = """
    select c.label_id as metrik, v.period_start as periode, v.value as nilai, v.unit as satuan,
        v.target, v.status
    from ready.metric_values as v
    inner join ready.metric_catalog as c on v.metric = c.metric
    where c.spoke = {spoke} and v.grain = 'month' and v.dimension = 'all'
    qualify row_number() over (
        partition by v.metric order by v.is_complete desc, v.period_start desc
    ) = 1
    order by all
"""


def board(snapshot: duckdb.DuckDBPyConnection, source: str) -> list[list[Any]]:
    """Return the cells to publish, header first.

    Args:
        snapshot: The published snapshot.
        source: `ready.<table>`, or `metrics:<spoke>` for a board of metrics.

    Raises:
        GateError: There is no such table or spoke, or it is too large for a sheet.
    """
    result = snapshot.execute(_query(snapshot, source))
    header = [column[0] for column in result.description or []]
    rows = [[_cell(value) for value in row] for row in result.fetchall()]
    if (len(rows) + 1) * len(header) > MOST_CELLS:
        raise GateError(
            f"{source} has {len(rows):,} rows of {len(header)} columns, more than {MOST_CELLS:,}"
            " cells",
            "publish a mart that sums it up",
        )
    return [header, *rows]


def _query(snapshot: duckdb.DuckDBPyConnection, source: str) -> str:
    if source.startswith(BOARD):
        spoke = source.removeprefix(BOARD)
        if spoke not in (HUB, *SPOKES):
            raise GateError(f"no spoke is called {spoke!r}", f"use one of {', '.join(SPOKES)}")
        return _BOARD_SQL.format(spoke=literal(spoke))
    layer, _, table = source.partition(".")
    known = snapshot.execute(
        "select table_name from duckdb_tables() where schema_name = 'ready' order by all"
    ).fetchall()
    if layer != "ready" or (table,) not in known:
        raise GateError(
            f"no ready table is called {source!r}", "name one: candid plan --publish ready.TABLE"
        )
    return f"select * from {qualified('ready', table)} order by all"


def _cell(value: Any) -> Any:
    """Return a value as a sheet's cell: numbers that a sheet holds exactly, all else as text."""
    if value is None or isinstance(value, bool | str):
        return "" if value is None else value
    if isinstance(value, int | float | Decimal) and isfinite(value):
        number = int(value) if value == int(value) else float(value)
        exact = isinstance(value, float) or Decimal(str(number)) == value
        return number if exact and abs(number) <= _EXACT else str(value)
    return value.isoformat() if isinstance(value, date | time) else str(value)


def width_of(rows: Sequence[Sequence[Any]]) -> int:
    """Return the number of columns that rows take."""
    return max((len(row) for row in rows), default=0)
