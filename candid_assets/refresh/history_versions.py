"""Keeps the versions of a history: closes what changed, opens what is new, leaves the rest.

A version stands from the moment the extract that brought it was read until the moment the extract
that ended it was read, in Asia/Jakarta. Nothing but the record decides: the versions before, the
tables that stand now and the builds that made them; so a repeated build gives the same rows.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import duckdb

from candid_assets.contracts.catalog import Model
from candid_assets.contracts.histories import IS_CURRENT, VALID_FROM, VALID_TO, declared
from candid_assets.settings import TIME_ZONE, ZONE
from candid_assets.sql import literal, quoted
from candid_assets.warehouse.builds import inputs_read

_TICK: Final = timedelta(microseconds=1)


def fold(connection: duckdb.DuckDBPyConnection, model: Model, staged: str, before: str) -> None:
    """Turn a staged relation of the current rows into all versions.

    Args:
        connection: The warehouse.
        model: A history.
        staged: Temporary table of the model's SELECT; it is replaced.
        before: Relation of the versions as they were until now.
    """
    moment = _moment(connection, model.inputs, before)
    columns = [column.name for column in declared(model.columns)]
    keys = [n for n in model.primary_key if n != VALID_FROM]
    connection.execute(
        f"""
        create or replace temp table {staged} as
        with present as (from temp.{staged}),
        versions as (from {before})
        select * from versions where not {IS_CURRENT}
        union all by name
        select v.* from versions as v semi join present as p on {_same(columns)}
        where v.{IS_CURRENT}
        union all by name
        select v.* replace ({moment} as {VALID_TO}, false as {IS_CURRENT})
        from versions as v anti join present as p on {_same(columns)}
        where v.{IS_CURRENT}
        union all by name
        select p.* replace ({moment} as {VALID_FROM})
        from present as p
        anti join (from versions where {IS_CURRENT}) as v on {_same(columns)}
        order by {", ".join(quoted(n) for n in keys)}, {VALID_FROM}
        """
    )


def _same(columns: Sequence[str]) -> str:
    return " and ".join(f"v.{quoted(n)} is not distinct from p.{quoted(n)}" for n in columns)


def _moment(
    connection: duckdb.DuckDBPyConnection, inputs: Sequence[tuple[str, str]], before: str
) -> str:
    """Return as SQL when the current rows were read, in Asia/Jakarta.

    Where that moment is past already, because the contract changed and not the sheet, it is when
    the table was built; and where that is past, because a clock was wrong, just after the last
    version began: a version never begins where another one did, nor ends before it began.
    """
    row = connection.execute(
        f"select max({VALID_FROM}) at time zone '{TIME_ZONE}' from {before}"
    ).fetchone()
    began: datetime | None = row[0] if row else None
    moment, built_at = inputs_read(connection, [table for _, table in inputs])
    if moment is None or (began is not None and moment <= began):
        moment = built_at
    if moment is not None and began is not None and moment <= began:
        moment = began + _TICK
    return literal(moment.astimezone(ZONE).replace(tzinfo=None)) if moment else "null::timestamp"


def empty(connection: duckdb.DuckDBPyConnection, model: Model, name: str) -> str:
    """Make an empty temporary table for versions, and return its name."""
    columns = ", ".join(f"{quoted(c.name)} {c.physical_type}" for c in model.columns)
    connection.execute(f"create or replace temp table {name} ({columns})")
    return f"temp.{name}"
