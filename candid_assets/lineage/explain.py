"""Explains rows of a ready table: the rows of the sheets they came from, with their cells."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import duckdb

from candid_assets.contracts.catalog import Tab
from candid_assets.lineage.addresses import shown
from candid_assets.lineage.catalog_lineage import CatalogLineage, Table
from candid_assets.lineage.errors import LineageError
from candid_assets.lineage.lineage_types import ColumnRef
from candid_assets.lineage.sheet_places import FindPlaces, TabPlace, find_places
from candid_assets.lineage.trace_rows import Trace, notes_of, trace
from candid_assets.lineage.walk import walk_up
from candid_assets.sql import qualified, quoted

Role = Literal["value", "decides"]
"""Whether a cell's value went into the row, or decided that the row exists."""
WANTED = "_wanted"
CONSTANT = "no row of a source is behind it: it is made of constants"
UNKNOWN = "no row that is in a source now is behind it"


def explain(
    connection: duckdb.DuckDBPyConnection,
    lineage: CatalogLineage,
    table: Table,
    where: str,
    *,
    columns: Sequence[str] = (),
    limit: int = 3,
) -> dict[str, Any]:
    """Return the rows of a table that meet a condition with the sheet rows they came from.

    Args:
        connection: The published snapshot.
        lineage: The catalog's lineage.
        table: A clean or ready table.
        where: A condition in SQL.
        columns: Columns to explain; none explains all.
        limit: How many rows to explain at most.

    Raises:
        LineageError: The condition cannot be evaluated.
    """
    matching = _want(connection, table, where, limit)
    names = lineage.columns(table)
    rows = connection.execute(
        f"select w.n, {', '.join('t.' + quoted(n) for n in names)} from temp.{WANTED} as w"
        f" join {qualified(*table)} as t on t.rowid = w.row order by w.n"
    ).fetchall()
    tracing = trace(connection, lineage, table, WANTED)
    roles = _roles(lineage, table, columns or names)
    sources = {
        t: sheet_rows(connection, lineage.tabs[t[1]], tracing, roles) for t in tracing.clean()
    }
    return {
        "table": shown(table),
        "where": where,
        "matching": matching,
        "columns": list(columns or names),
        "rows": [
            {
                "row": dict(zip(names, row[1:], strict=True)),
                "sources": [
                    {**tab_of(lineage, t[1]), "rows": by_row[row[0]]}
                    for t, by_row in sources.items()
                    if row[0] in by_row
                ],
            }
            for row in rows
        ],
        "notes": [
            {"table": shown(n.table), "why": n.why, "in": shown(n.model)} for n in notes_of(tracing)
        ],
    }


def _want(connection: duckdb.DuckDBPyConnection, table: Table, where: str, limit: int) -> int:
    """Make the table of the rows asked about; return how many meet the condition."""
    name = qualified(*table)
    try:
        if len(connection.extract_statements(f"select 1 from {name} where (\n{where}\n)")) != 1:
            raise LineageError("give one condition, such as: invoice_id = 'INV-2025-00001'")
        connection.execute(
            f"create temp table {WANTED} as select row_number() over (order by rowid) as n,"
            f" rowid as row from {name} where (\n{where}\n) order by rowid limit {limit}"
        )
        counted = connection.execute(f"select count(*) from {name} where (\n{where}\n)").fetchone()
    except duckdb.Error as error:
        raise LineageError(f"--where cannot be evaluated: {str(error).splitlines()[0]}") from error
    return int(counted[0]) if counted else 0


def _roles(
    lineage: CatalogLineage, table: Table, columns: Sequence[str]
) -> Mapping[Table, Mapping[str, Role]]:
    """Return the clean columns behind the columns asked about, each with its role."""
    roles: dict[Table, dict[str, Role]] = {}
    for column in columns:
        upstream = walk_up(lineage, ColumnRef(*table, column))
        decides = {*upstream.rows, *(e.source for e in upstream.edges if e.kind == "order")}
        values = {upstream.column, *(e.source for e in upstream.edges if e.kind == "value")}
        by_role: tuple[tuple[Role, set[ColumnRef]], ...] = (("decides", decides), ("value", values))
        for role, refs in by_role:
            for ref in refs:
                if ref.layer == "clean":
                    here = roles.setdefault((ref.layer, ref.table), {})
                    if role == "value" or ref.column not in here:
                        here[ref.column] = role
    return roles


def columns_behind(
    lineage: CatalogLineage, table: Table, columns: Sequence[str]
) -> Mapping[Table, Mapping[str, Role]]:
    """Return the clean columns whose values went into columns of a table, by table."""
    return {
        t: values
        for t, roles in _roles(lineage, table, columns).items()
        if (values := {name: role for name, role in roles.items() if role == "value"})
    }


def tables_behind(
    lineage: CatalogLineage, table: Table, columns: Sequence[str]
) -> frozenset[Table]:
    """Return the tables that values of columns of a table came through, the table included.

    A payment's invoice says what else was paid on it; the amount of the payment did not come
    through the invoice.
    """
    tables = {table}
    for name in columns:
        for edge in walk_up(lineage, ColumnRef(*table, name)).edges:
            if edge.kind == "value":
                tables |= {(ref.layer, ref.table) for ref in (edge.source, edge.target)}
    return frozenset(tables)


def tab_of(lineage: CatalogLineage, table: str) -> dict[str, Any]:
    """Return a clean table with its workbook and tab."""
    tab = lineage.tabs[table]
    workbook = lineage.catalog.workbook_of(tab)
    return {"table": f"clean.{table}", "workbook": workbook.title, "tab": tab.title}


def sheet_rows(
    connection: duckdb.DuckDBPyConnection,
    tab: Tab,
    tracing: Trace,
    roles: Mapping[Table, Mapping[str, Role]],
    find: FindPlaces | None = None,
) -> dict[int, list[dict[str, Any]]]:
    """Return the sheet rows of one tab behind each row asked about.

    Args:
        connection: The published snapshot.
        tab: The tab.
        tracing: The clean rows behind the rows asked about.
        roles: The columns to show, by clean table.
        find: Finds the places of a tab; asked anew without.
    """
    column_roles = roles.get(("clean", tab.table), {})
    columns = [column for column in tab.columns if column.name in column_roles and column.in_sheet]
    located = find(tab.table) if find else find_places(connection, tab)
    places = {place.sheet_id: place for place in located}
    sheet = "c._sheet_id" if tab.is_family else "null"
    values = "".join(f", c.{quoted(column.name)}" for column in columns)
    rows = connection.execute(
        f"select p.n, c._row, {sheet}{values} from temp.{tracing.pairs['clean', tab.table]} as p"
        f" join {qualified('clean', tab.table)} as c on c.rowid = p.row order by 1, 3, 2"
    ).fetchall()
    by_row: dict[int, list[dict[str, Any]]] = {}
    # One row of a sheet is behind many: what is said of it is made once.
    made: dict[tuple[object, int], dict[str, Any]] = {}
    for n, number, sheet_id, *cells in rows:
        if (sheet_id, number) not in made:
            place = places.get(sheet_id) if tab.is_family else next(iter(places.values()), None)
            made[sheet_id, number] = {
                "row": number,
                "tab": place.title if place else tab.title,
                "link": place.link(number) if place else None,
                "cells": [
                    {
                        "column": column.name,
                        "header": column.header,
                        "role": column_roles[column.name],
                        "value": value,
                        **_cell(place, number, column.name),
                    }
                    for column, value in zip(columns, cells, strict=True)
                ],
            }
        by_row.setdefault(n, []).append(made[sheet_id, number])
    return by_row


def _cell(place: TabPlace | None, row: int, column: str) -> dict[str, str | None]:
    if place is None or column not in place.letters:
        return {"cell": None, "link": None}
    return {"cell": place.cell(row, column), "link": place.link(row, column)}


def _spoken(cells: Sequence[Mapping[str, Any]]) -> str:
    """Return the cells whose values went into a row, or those that decided that it counts."""
    values = [cell for cell in cells if cell["role"] == "value"]
    text = ", ".join(
        f"{c['cell'] or c['column']} '{c['header']}'={c['value']}" for c in values or cells
    )
    return text if values or not cells else f"decided by {text}"


def lines(answer: dict[str, Any], most: int) -> Iterator[str]:
    """Yield an explanation as lines for the terminal, `most` sheet rows of each tab at most."""
    for item in answer["rows"]:
        yield ""
        yield ", ".join(f"{name}={value}" for name, value in item["row"].items())
        if not item["sources"]:
            yield f"  {UNKNOWN if answer['notes'] else CONSTANT}"
        for source in item["sources"]:
            rows = source["rows"]
            yield f"  {source['table']}: {len(rows)} rows of workbook {source['workbook']}"
            for row in rows[:most]:
                yield f"    tab '{row['tab']}' row {row['row']}: {_spoken(row['cells'])}"
                yield f"      {row['link']}"
            if len(rows) > most:
                yield f"    … {len(rows) - most} more; --json gives all"
    for note in answer["notes"]:
        yield f"only as a whole: {note['table']} ({note['why']}, in {note['in']})"
    if answer["matching"] > len(answer["rows"]):
        yield f"{answer['matching']} rows match; {len(answer['rows'])} are explained (--limit)"
