"""Builds the same models on both engines from the same tables, and lists the cells that differ."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from candid_assets.contracts.catalog import Model
from candid_assets.engines.embedded import Embedded
from candid_assets.engines.errors import EngineError
from candid_assets.engines.protocol import Engine, StagedRows, States
from candid_assets.sql import literal, quoted

MOST_CELLS: Final = 20
"""Cells of a table that are listed."""


@dataclass(frozen=True, slots=True)
class DifferentCell:
    """One cell that the engines computed differently, or a row that only one of them has."""

    row: str
    """The row's key."""
    column: str
    here: str | None
    there: str | None


@dataclass(frozen=True, slots=True)
class ComparedTable:
    """What came of building one table twice."""

    table: str
    rows: int
    cells: tuple[DifferentCell, ...] = ()
    error: str = ""

    @property
    def is_equal(self) -> bool:
        """Whether both engines gave the same rows."""
        return not self.cells and not self.error


def compared(
    connection: duckdb.DuckDBPyConnection, models: Sequence[Model], states: States, other: Engine
) -> Iterator[ComparedTable]:
    """Build each model in this process and on another engine; yield how they compare.

    Args:
        connection: The warehouse, of which only temporary relations change.
        models: What to build; what was never read is left out.
        states: What the tables hold.
        other: The engine to compare with.
    """
    for model in models:
        if all(table in states for table in model.inputs):
            yield _compared(connection, model, states, other)


def _compared(
    connection: duckdb.DuckDBPyConnection, model: Model, states: States, other: Engine
) -> ComparedTable:
    here = Embedded().build(connection, model, states, f"here {model.name}")
    try:
        there = other.build(connection, model, states, f"there {model.name}")
    except EngineError as error:
        here.drop(connection)
        return ComparedTable(f"ready.{model.name}", 0, error=str(error))
    try:
        counted = connection.execute(f"select count(*) from {here.relation}").fetchone()
        cells = tuple(_different(connection, model, here, there))
        return ComparedTable(f"ready.{model.name}", int(counted[0]) if counted else 0, cells)
    finally:
        here.drop(connection)
        there.drop(connection)


def _different(
    connection: duckdb.DuckDBPyConnection, model: Model, here: StagedRows, there: StagedRows
) -> Iterator[DifferentCell]:
    """Yield the cells that differ, of as many rows as are listed; rows are paired by their key."""
    a, b = here.relation, there.relation
    keys = [quoted(key) for key in model.primary_key]
    columns = [row[0] for row in connection.execute(f"describe from {a}").fetchall()]
    if not keys:
        keys = [quoted(column) for column in columns]
    only_a, only_b = (f"(from {x} except all from {y})" for x, y in ((a, b), (b, a)))
    key_of = {side: ", ".join(f"cast({side}.{key} as varchar)" for key in keys) for side in "ab"}
    mark = literal(" | ")
    pairs = " and ".join(f"a.{key} is not distinct from b.{key}" for key in keys)
    cells = ", ".join(f"cast({side}.{quoted(c)} as varchar)" for c in columns for side in "ab")
    rows = connection.execute(
        f"select case when a.is_here then concat_ws({mark}, {key_of['a']})"
        f" else concat_ws({mark}, {key_of['b']}) end,"
        f" a.is_here is null, b.is_there is null, {cells}"
        f" from (select *, true as is_here from {only_a}) as a"
        f" full join (select *, true as is_there from {only_b}) as b on {pairs}"
        f" limit {MOST_CELLS}"
    ).fetchall()
    for row in rows:
        yield from _cells_of(columns, row)


def _cells_of(columns: Sequence[str], row: Sequence[Any]) -> Iterator[DifferentCell]:
    key, only_there, only_here, *values = row
    if only_there or only_here:
        side = "only there" if only_there else "only here"
        yield DifferentCell(key, side, None, None)
        return
    for index, column in enumerate(columns):
        here, there = values[2 * index : 2 * index + 2]
        if here != there:
            yield DifferentCell(key, column, here, there)
