"""From a value of a metric to its cells: those that add up to it, and no others.

`explain_metric` takes the rows of each input's source that the period, member and filter leave,
and only then walks up to the sheets. Pages and the API show what it returns.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any, Final

import duckdb

from candid_assets.contracts.metrics.declarations import TOTAL, Input, Metric
from candid_assets.contracts.metrics.metric_tables import described
from candid_assets.contracts.metrics.words import Grain
from candid_assets.lineage.addresses import shown
from candid_assets.lineage.catalog_lineage import CatalogLineage, Table
from candid_assets.lineage.errors import LineageError
from candid_assets.lineage.explain import columns_behind, sheet_rows, tab_of, tables_behind
from candid_assets.lineage.metric_columns import words_of
from candid_assets.lineage.metric_rows import MetricPlace, amount_of, computed, take_rows
from candid_assets.lineage.sheet_places import FindPlaces, find_places
from candid_assets.lineage.trace_rows import notes_of, trace
from candid_assets.names import METRIC_VALUES
from candid_assets.sql import literal, quoted
from candid_assets.warehouse.read_published import plain_value

MOST_ROWS: Final = 100_000
_TAKEN: Final = "_taken"
_LISTED: Final = "_listed"


@dataclass(frozen=True, slots=True)
class RowBehind:
    """One row of an input's source: what it adds, and the rows of sheets that it came from."""

    amount: Any
    """What it adds; 1 where rows are counted, the thing itself where each is counted once."""
    sheet_rows: tuple[Mapping[str, Any], ...]
    """Each with `table`, `workbook`, `tab`, `row`, `link` and `cells`; a cell has `cell`, `link`,
    `header`, `column` and `value`."""


@dataclass(frozen=True, slots=True)
class InputCells:
    """One input of a metric's value: a numerator, a denominator, or the value itself."""

    name: str
    words: str
    """What it is: `numerator = sum(net_amount_idr) of ready.fct_order_lines`."""
    aggregation: str
    amount: Decimal | None
    """What all its rows come to."""
    row_count: int
    rows: tuple[RowBehind, ...]
    """The rows, as many as were asked for."""
    without_cells: int
    """How many of the rows listed add something and lead to no row of a sheet."""
    notes: tuple[str, ...]
    """Tables that are reached as a whole only, and why."""


@dataclass(frozen=True, slots=True)
class MetricCells:
    """A value of a metric with the cells behind it."""

    metric: str
    label: str
    place: MetricPlace
    value: Decimal | None
    unit: str
    status: str
    is_complete: bool
    expression: str
    """How the value is computed from the amounts of its inputs."""
    inputs: tuple[InputCells, ...]
    adds_up: bool
    """Whether the amounts of the inputs, computed anew, give the value to its last digit."""
    says: str
    """The same in a sentence."""

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as JSON holds it; what is said of one row of a sheet is one object."""
        plain: dict[int, Any] = {}
        inputs = [_listed(one, plain) for one in self.inputs]
        return {**plain_value(asdict(replace(self, inputs=()))), "inputs": inputs}


def _listed(one: InputCells, plain: dict[int, Any]) -> dict[str, Any]:
    for row in one.rows:
        for sheet_row in row.sheet_rows:
            if id(sheet_row) not in plain:
                plain[id(sheet_row)] = plain_value(sheet_row)
    rows = [
        {"amount": plain_value(r.amount), "sheet_rows": [plain[id(s)] for s in r.sheet_rows]}
        for r in one.rows
    ]
    bare = plain_value(asdict(replace(one, rows=())))
    return {**bare, "rows": rows, "notes": list(one.notes)}


def last_place(
    connection: duckdb.DuckDBPyConnection,
    metric: Metric,
    grain: Grain,
    dimension: str = TOTAL,
    member: str = TOTAL,
) -> MetricPlace:
    """Return the last complete period that has a value; the last with a value where none is.

    Raises:
        LineageError: The metric has no value at this grain for this member.
    """
    row = connection.execute(
        f"select period_start from ready.{METRIC_VALUES} where metric = {literal(metric.name)}"
        f" and grain = {literal(grain)} and dimension = {literal(dimension)}"
        f" and member = {literal(member)} and value is not null"
        " order by is_complete desc, period_start desc limit 1"
    ).fetchone()
    if row is None:
        raise LineageError(
            f"{metric.name} has no value by {grain}{_of_member(dimension, member)}",
            _what_there_is(metric, grain, dimension),
        )
    return MetricPlace(grain, row[0], dimension, member)


def _of_member(dimension: str, member: str) -> str:
    return "" if dimension == TOTAL else f" for {dimension} {member!r}"


def _what_there_is(metric: Metric, grain: str, dimension: str) -> str:
    by = "" if dimension == TOTAL else f" --by {dimension}"
    return f"candid metrics query {metric.name} --grain {grain}{by} shows what there is"


def explain_metric(
    connection: duckdb.DuckDBPyConnection,
    lineage: CatalogLineage,
    metric: Metric,
    place: MetricPlace,
    most: int = MOST_ROWS,
) -> MetricCells:
    """Return a published value of a metric with the cells that add up to it.

    Args:
        connection: The published snapshot.
        lineage: The catalog's lineage.
        metric: The metric.
        place: The period and member of the value.
        most: Rows of each input that are listed with their cells; all of them are added up.

    Raises:
        LineageError: The metric has no such value.
    """
    value, status, is_complete = _published(connection, metric, place)
    find = cache(lambda table: find_places(connection, lineage.tabs[table]))
    # A cursor has temporary tables of its own, which go with it.
    with connection.cursor() as cursor:
        # It begins at the first file that is open, which need not be the connection's.
        (file,) = connection.execute("select current_database()").fetchall()[0]
        cursor.execute(f"use {quoted(file)}")
        inputs = tuple(
            _input(cursor, lineage, metric, place, alias, most, find) for alias in metric.inputs
        )
    again = computed(metric.expr, {i.name: i.amount for i in inputs})
    # Beyond the reach of the rows a sum is not known, and no cell is behind that it is not.
    nothing = value is None and all(not i.row_count for i in inputs)
    adds_up = again == value or nothing
    return MetricCells(
        metric=metric.name,
        label=metric.label,
        place=place,
        value=value,
        unit=metric.unit,
        status=status,
        is_complete=is_complete,
        expression=metric.expr,
        inputs=inputs,
        adds_up=adds_up,
        says=_sentence(metric, value, inputs, adds_up=adds_up),
    )


def _published(
    connection: duckdb.DuckDBPyConnection, metric: Metric, place: MetricPlace
) -> tuple[Decimal | None, str, bool]:
    row = connection.execute(
        f"select value, status, is_complete from ready.{METRIC_VALUES}"
        f" where metric = {literal(metric.name)} and grain = {literal(place.grain)}"
        f" and period_start = {literal(place.start)} and dimension = {literal(place.dimension)}"
        f" and member = {literal(place.member)}"
    ).fetchone()
    if row is None:
        of = _of_member(place.dimension, place.member)
        raise LineageError(
            f"{metric.name} has no value for the {place.grain} of {place.start}{of}",
            _what_there_is(metric, place.grain, place.dimension),
        )
    return row


def _input(
    cursor: duckdb.DuckDBPyConnection,
    lineage: CatalogLineage,
    metric: Metric,
    place: MetricPlace,
    alias: str,
    most: int,
    find: FindPlaces,
) -> InputCells:
    """Return the rows and cells of one input."""
    one = metric.inputs[alias]
    table: Table = ("ready" if one.measure.source.layer == "ready" else "clean",
                    one.measure.source.table)  # fmt: skip
    take_rows(cursor, lineage.catalog.registry, metric, place, one, _TAKEN)
    amount = amount_of(cursor, one, _TAKEN)
    counted = cursor.execute(f"select count(*) from temp.{_TAKEN}").fetchone()
    cursor.execute(
        f"create or replace temp table {_LISTED} as"
        f" select * from temp.{_TAKEN} order by n limit {most}"
    )
    amounts = cursor.execute(f"select n, amount from temp.{_LISTED} order by n").fetchall()
    measured = _measured(lineage, table, one)
    columns = columns_behind(lineage, table, measured)
    tracing = trace(cursor, lineage, table, _LISTED, tables_behind(lineage, table, measured))
    behind: dict[int, list[Mapping[str, Any]]] = {}
    for tab in tracing.clean():
        if tab in columns:
            facts = tab_of(lineage, tab[1])
            roles = {tab: columns[tab]}
            by_row = sheet_rows(cursor, lineage.tabs[tab[1]], tracing, roles, find)
            distinct = {id(row): row for own in by_row.values() for row in own}
            kept = {key: {**facts, **row} for key, row in distinct.items()}
            for n, own in by_row.items():
                behind.setdefault(n, []).extend(kept[id(row)] for row in own)
    notes = [f"{shown(n.table)}: {n.why}, in {shown(n.model)}" for n in notes_of(tracing)
             if n.table in columns or n.table[0] == "ready"]  # fmt: skip
    rows = tuple(RowBehind(amount, tuple(behind.get(n, ()))) for n, amount in amounts)
    return InputCells(
        name=alias,
        words=described(alias, metric),
        aggregation=one.measure.aggregation,
        amount=amount,
        row_count=int(counted[0]) if counted else 0,
        rows=rows,
        without_cells=sum(bool(row.amount) and not row.sheet_rows for row in rows),
        notes=tuple(dict.fromkeys(notes)),
    )


def _measured(lineage: CatalogLineage, table: Table, one: Input) -> list[str]:
    """Return the columns of a source that a measure's expression reads."""
    known = set(lineage.columns(table))
    return [name for name in dict.fromkeys(words_of(one.measure.expr)) if name in known]


def _sentence(
    metric: Metric, value: Decimal | None, inputs: tuple[InputCells, ...], *, adds_up: bool
) -> str:
    """Return in words whether the cells add up to the value."""
    if value is None:
        return f"{metric.label} has no value here: nothing is known of the period"
    how = {"count_distinct": "different things in", "min": "the least of", "max": "the most of"}
    parts = [
        f"{i.name} {in_full(i.amount)}: {how.get(i.aggregation, '')} {i.row_count:,} rows".replace(
            ":  ", ": "
        )
        for i in inputs
    ]
    if metric.type in {"simple", "cumulative"}:
        (only,) = inputs
        what = {"sum": "add up to", "count": "count as", "sum_boolean": "count as"}
        verb = what.get(only.aggregation, "give")
        text = f"the {only.row_count:,} rows below {verb} {in_full(value)} {metric.unit}"
    else:
        text = f"{'; '.join(parts)}; {metric.expr} is {in_full(value)} {metric.unit}"
    return (
        text if adds_up else f"the rows behind it do NOT give {in_full(value)}: {'; '.join(parts)}"
    )


def in_full(number: Decimal | None) -> str:
    """Return a value in full, with thousands apart."""
    if number is None:
        return "unknown"
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
