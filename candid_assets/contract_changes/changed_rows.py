"""Rows before and after a change, computed on the sample: what a person sees before approving."""

from typing import Any, Final

import duckdb

from candid_assets.contracts.catalog import Catalog
from candid_assets.gate.plans import CatalogChange, ChangedRows, Row
from candid_assets.sql import literal, qualified, quoted

SHOWN: Final = 5
_FAILED: Final = (duckdb.Error, KeyError)


def changed_rows(
    change: CatalogChange, before: Catalog, snapshot: duckdb.DuckDBPyConnection
) -> ChangedRows:
    """Return how rows of the sample change; what cannot be computed says why.

    Args:
        change: A change of a model, a metric or a contract.
        before: The catalog that production runs.
        snapshot: The published sample of the commit at work: the rows after.
    """
    try:
        if change.kind == "model":
            return _of_model(change, before, snapshot)
        if change.kind == "metric":
            return _of_metric(change, before, snapshot)
        if change.kind == "contract":
            after = qualified("clean", change.name.partition(".")[2])
            return ChangedRows(after=_rows(snapshot, f"select * exclude (_extract) from {after}"))
    except _FAILED as error:
        return ChangedRows(not_computed=str(error).splitlines()[0])
    return ChangedRows()


def _of_model(
    change: CatalogChange, before: Catalog, snapshot: duckdb.DuckDBPyConnection
) -> ChangedRows:
    name = change.name.partition(".")[2]
    old = next((m.sql for m in before.models if m.name == name), None)
    new = None if "removed" in change.what else f"select * from {qualified('ready', name)}"
    return _compared(snapshot, old, new)


def _of_metric(
    change: CatalogChange, before: Catalog, snapshot: duckdb.DuckDBPyConnection
) -> ChangedRows:
    where = f"where metric = {literal(change.name)}"
    table = change.downstream[0].partition(".")[2]
    old = next((m.sql for m in before.models if m.name == table), None)
    new = f"select * from {qualified('ready', table)} {where}"
    if old is None or "added" in change.what:
        return _compared(snapshot, None, new)
    return _compared(
        snapshot,
        f"select * from ({old.rstrip().rstrip(';')}) {where}",
        None if "removed" in change.what else new,
    )


def _compared(snapshot: duckdb.DuckDBPyConnection, old: str | None, new: str | None) -> ChangedRows:
    """Return the rows that only one of two queries gives, compared by the columns of both."""
    if old is None or new is None:
        rows = _rows(snapshot, str(old or new))
        return ChangedRows(before=rows) if new is None else ChangedRows(after=rows)
    names = {}
    for side, query in (("before", old), ("after", new)):
        snapshot.execute(f"create or replace temp table {side} as {query}")
        described = snapshot.execute(f"describe {side}").fetchall()
        names[side] = [line[0] for line in described if not line[0].startswith("_")]
    shared = ", ".join(quoted(n) for n in names["after"] if n in names["before"])
    facts: dict[str, Any] = {}
    for side, other in (("before", "after"), ("after", "before")):
        one = snapshot.execute(f"select count(*) from {side}").fetchone()
        only = f"select {shared} from {side} except all select {shared} from {other}"
        differing = snapshot.execute(f"select count(*) from ({only})").fetchone()
        facts[f"rows_{side}"] = one[0] if one else 0
        facts[f"rows_only_{side}"] = differing[0] if differing else 0
        facts[side] = _rows(snapshot, only)
    return ChangedRows(**facts)


def _rows(snapshot: duckdb.DuckDBPyConnection, query: str) -> tuple[Row, ...]:
    result = snapshot.execute(f"select * from ({query}) order by all limit {SHOWN}")
    names = [column[0] for column in result.description or []]
    return tuple(
        {n: None if v is None else str(v) for n, v in zip(names, row, strict=True)}
        for row in result.fetchall()
    )
