"""Traces rows of a ready table back, model by model, to the rows of clean tables behind them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import duckdb

from candid_assets.contracts import histories
from candid_assets.contracts.catalog import Model
from candid_assets.lineage.carried_rows import SHIFT, WHY, CarriedQuery, carried_query
from candid_assets.lineage.catalog_lineage import CatalogLineage, Table
from candid_assets.lineage.errors import UnfollowedError
from candid_assets.sql import qualified, quoted

STALE = "some rows are not in the model's present result: it was not refreshed since they changed"
ENDED = "versions that ended came from earlier extracts: candid diff TAB --from WHEN shows them"


@dataclass(frozen=True, slots=True)
class Note:
    """What could not be traced row by row."""

    table: Table
    why: str
    model: Table


@dataclass(slots=True)
class Trace:
    """Rows of clean tables behind the chosen rows."""

    pairs: dict[Table, str] = field(default_factory=dict)
    """Temporary tables by table: `n`, the number of a chosen row, and `row`, a rowid."""
    notes: list[Note] = field(default_factory=list)
    through: frozenset[Table] | None = None
    """The tables to go through; None for all."""

    def clean(self) -> list[Table]:
        """Return the clean tables reached, in the order of their names."""
        return sorted(table for table in self.pairs if table[0] == "clean")


def trace(
    connection: duckdb.DuckDBPyConnection,
    lineage: CatalogLineage,
    table: Table,
    wanted: str,
    through: Collection[Table] | None = None,
) -> Trace:
    """Return the clean rows behind rows of a table.

    Args:
        connection: The published snapshot.
        lineage: The catalog's lineage.
        table: The table of the chosen rows.
        wanted: A temporary table of `n` and `row`, the rowids of the chosen rows.
        through: The tables that a way may lead through; all where left out.

    What a model's rows are made of is kept with the connection, for what is traced on it next.
    """
    tracing = Trace({table: wanted}, through=None if through is None else frozenset(through))
    for model in reversed(lineage.catalog.models):
        here: Table = ("ready", model.name)
        if here in tracing.pairs and counted(connection, tracing, here):
            _step(connection, lineage, model, tracing)
    return tracing


def _step(
    connection: duckdb.DuckDBPyConnection, lineage: CatalogLineage, model: Model, tracing: Trace
) -> None:
    """Trace the rows of one model to rows of its inputs."""
    here: Table = ("ready", model.name)
    inputs = lineage.inputs(here)
    only_values = tracing.through is not None
    prefix = f"_{'values' if only_values else 'why'}_{model.name}"
    try:
        schema = tuple((t, lineage.columns(t)) for t in inputs)
        carried = _carried(model.sql, schema, prefix, only_values=only_values)
        for part in carried.parts:
            connection.execute(part.statement)
        refs = _refs(connection, model, carried, tracing.pairs[here], prefix)
    except (UnfollowedError, duckdb.Error) as error:
        reason = str(error).splitlines()[0]
        tracing.notes += [Note(t, f"its rows cannot be followed: {reason}", here) for t in inputs]
        return
    tracing.notes += [Note((layer, name), why, here) for (layer, name), why in carried.loose]
    history = model.is_history
    if _has_untraced(connection, tracing.pairs[here], refs, alone=history):
        why = ENDED if history else STALE
        tracing.notes.append(Note(here, why, here))
    for number, (layer, name) in carried.inputs.items():
        if tracing.through is None or (layer, name) in tracing.through:
            _add(connection, tracing, (layer, name), refs, number)


@lru_cache(maxsize=128)
def _carried(
    sql: str, schema: tuple[tuple[Table, tuple[str, ...]], ...], prefix: str, *, only_values: bool
) -> CarriedQuery:
    return carried_query(sql, dict(schema), prefix, only_values=only_values)


def _refs(
    connection: duckdb.DuckDBPyConnection,
    model: Model,
    carried: CarriedQuery,
    wanted: str,
    prefix: str,
) -> str:
    """Return a temporary table of `n`, `row` and `ref`: the numbers behind each row wanted."""
    keys = model.primary_key or tuple(column.name for column in model.columns)
    if model.is_history:
        keys = (*(key for key in keys if key != histories.VALID_FROM), histories.IS_CURRENT)
    same = " and ".join(f"q.{quoted(k)} is not distinct from m.{quoted(k)}" for k in keys)
    refs = f"{prefix}_refs"
    connection.execute(
        f"create or replace temp table {refs}_lists as with asked as ("
        f" select w.n, w.row, m.* from temp.{wanted} as w"
        f" join {qualified('ready', model.name)} as m on m.rowid = w.row)"
        f" select m.n, m.row, q.{WHY} as refs"
        f" from ({carried.select}) as q join asked as m on {same}"
    )
    connection.execute(
        f"create or replace temp table {refs} as select distinct n, row, unnest(refs) as ref"
        f" from temp.{refs}_lists"
    )
    # A later part names earlier ones only, so that one pass from the last opens them all.
    for part in reversed(carried.parts):
        connection.execute(
            f"insert into {refs} select distinct r.n, r.row, unnest(p.{WHY})"
            f" from {refs} as r join temp.{part.name} as p on r.ref = {part.number * SHIFT} + p._id"
        )
        connection.execute(f"delete from {refs} where ref // {SHIFT} = {part.number}")
    return refs


def _has_untraced(
    connection: duckdb.DuckDBPyConnection, wanted: str, refs: str, *, alone: bool
) -> bool:
    """Whether a chosen row is not in the model's present result, `alone` or beside others."""
    row = connection.execute(
        f"select count(*) from temp.{wanted} as w anti join temp.{refs}_lists as r using (n, row)"
        f" where {alone} or exists (select 1 from temp.{refs}_lists)"
    ).fetchone()
    return bool(row and row[0])


def _add(
    connection: duckdb.DuckDBPyConnection, tracing: Trace, table: Table, refs: str, number: int
) -> None:
    pairs = tracing.pairs.get(table)
    if pairs is None:
        pairs = tracing.pairs[table] = f"_pairs_{len(tracing.pairs)}"
        connection.execute(f"create or replace temp table {pairs} (n bigint, row bigint)")
    connection.execute(
        f"insert into {pairs} select distinct n, ref % {SHIFT} from {refs}"
        f" where ref // {SHIFT} = {number} except select n, row from {pairs}"
    )


def counted(
    connection: duckdb.DuckDBPyConnection, tracing: Trace, table: Table
) -> Mapping[int, int]:
    """Return how many rows of a table are behind each chosen row."""
    return dict(
        connection.execute(
            f"select n, count(*) from temp.{tracing.pairs[table]} group by n"
        ).fetchall()
    )


def notes_of(tracing: Trace) -> Iterator[Note]:
    """Yield each note once."""
    yield from dict.fromkeys(tracing.notes)
