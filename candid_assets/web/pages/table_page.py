"""The page of one table: what it is, its columns, its checks, and its rows to look through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import duckdb

from candid_assets.contracts.catalog import Tab
from candid_assets.lineage.sheet_places import find_places
from candid_assets.source_kinds.links import source_link
from candid_assets.warehouse.refresh_record import recorded_checks
from candid_assets.web.api.query_parameters import (
    ORDERED,
    Statement,
    compile_query,
    select,
    unknown,
    whole,
)
from candid_assets.web.api.relations import CELLS, Relation, RelationColumn
from candid_assets.web.api.responses import page_of, row_count
from candid_assets.web.api.snapshots import Snapshot
from candid_assets.web.pages.mend import in_jakarta
from candid_assets.web.refusal import Refused

PAGE: Final = 50
MOST_CONDITIONS: Final = 8
MOST_ROWS: Final = 500_000
"""Rows of a download; a table with more is read with `candid query` or delivered."""
CONDITION: Final = ("column", "is", "value")
BLANK: Final = {"blank": "true", "filled": "false"}


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on a column, as a person chose it."""

    column: str
    operator: str
    value: str

    @property
    def parameter(self) -> tuple[str, str]:
        """The parameter of `/api/v1` that says the same."""
        if self.operator in BLANK:
            return f"{self.column}.null", BLANK[self.operator]
        return f"{self.column}.{self.operator}", self.value

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """The fields of the form that say it again."""
        return tuple(zip(CONDITION, (self.column, self.operator, self.value), strict=True))


def relation_of(snapshot: Snapshot, name: str) -> Relation:
    """Return a published table by its name, with or without its layer.

    Raises:
        Refused: There is none; the reason names the nearest ones.
    """
    for full in (name, f"ready.{name}", f"clean.{name}"):
        if full in snapshot.tables:
            return snapshot.tables[full]
    raise Refused(404, unknown("table", name, snapshot.tables).message)


def operators_of(field: RelationColumn) -> tuple[str, ...]:
    """Return the operators that the form offers for a column."""
    names = ["eq", "ne"]
    if field.kind == "string":
        names.insert(0, "contains")
    if field.kind not in ("boolean", "string"):
        names += ORDERED
    return (*names, *BLANK)


def conditions_of(parameters: Sequence[tuple[str, str]]) -> list[Condition]:
    """Return the conditions of a request: its columns, operators and values belong by place.

    Raises:
        Refused: Some have no column, or there are too many.
    """
    given = {name: [v for n, v in parameters if n == name] for name in CONDITION}
    columns, operators, values = (given[name] for name in CONDITION)
    if not len(columns) == len(operators) == len(values):
        raise Refused(400, "each condition has `column`, `is` and `value`")
    listed = [Condition(*parts) for parts in zip(columns, operators, values, strict=True)]
    # A form sends its fields also where nothing was chosen or typed.
    listed = [c for c in listed if c.column and (c.value or c.operator in BLANK)]
    if len(listed) > MOST_CONDITIONS:
        raise Refused(400, f"a table is looked through with {MOST_CONDITIONS} conditions at most")
    return listed


def statement_of(
    relation: Relation, parameters: Sequence[tuple[str, str]], own: Mapping[str, str]
) -> Statement:
    """Return the query of a request for rows: the one that `/api/v1/tables` would run.

    Raises:
        Refused: A column is not declared, or a value is not of its type.
    """
    asked = [condition.parameter for condition in conditions_of(parameters)]
    sort = next((value for name, value in parameters if name == "sort" and value), None)
    asked += [("sort", sort)] if sort else []
    return compile_query(relation, [*asked, *own.items()])


def table_facts(
    snapshot: Snapshot,
    connection: duckdb.DuckDBPyConnection,
    relation: Relation,
    parameters: Sequence[tuple[str, str]],
) -> dict[str, Any]:
    """Return what the page of a table shows.

    Raises:
        Refused: The request asks for what the table does not have.
    """
    given = dict(parameters)
    number = whole(given.get("page"), "page", 1, 1, 1_000_000)
    own = {"limit": str(PAGE), "offset": str((number - 1) * PAGE)}
    tab = next((t for t in snapshot.catalog.tabs if t.table == relation.table), None)
    in_tab = tab if relation.schema != "ready" else None
    workbook = snapshot.catalog.workbook_of(in_tab) if in_tab else None
    location = workbook.locations.get(snapshot.env) if workbook else None
    statement = statement_of(relation, parameters, own)
    rows = connection.execute(statement.text, statement.values).fetchall()[:PAGE]
    total = row_count(connection, statement)
    rows = [tuple(map(in_jakarta, row)) for row in rows]
    conditions = conditions_of(parameters)
    headers = _headers(connection, relation, in_tab)
    checks = recorded_checks(connection, table=relation.table)
    built = snapshot.built.get(relation.name, (None, None))
    sort = given.get("sort", "")
    return {
        "relation": relation,
        "tab": in_tab,
        "workbook": workbook.title if workbook else "",
        "source": source_link(location) if location else "",
        "headers": headers,
        "row_count": built[0],
        "built_at": built[1],
        "checks": sorted(
            (c for c in checks if c.layer == relation.schema), key=lambda c: (c.passed, c.name)
        ),
        "rows": rows,
        "places": _places(connection, relation, in_tab, statement),
        "reasons": _reasons(connection, relation, rows),
        "id_place": next((n for n, f in enumerate(relation.fields) if f.name == "_id"), 0),
        "total": total,
        "number": number,
        "pages": max(1, -(-total // PAGE)),
        "conditions": conditions,
        "sort": sort,
        "kept": _kept(conditions, sort),
        "operators": _operators(relation),
        "without": [(c, _kept([o for o in conditions if o is not c], sort)) for c in conditions],
        "siblings": _siblings(snapshot, relation),
    }


def _places(
    connection: duckdb.DuckDBPyConnection,
    relation: Relation,
    tab: Tab | None,
    statement: Statement,
) -> list[tuple[int, str]]:
    """Return the row of each row of a clean table in its source, with the link that opens it."""
    if tab is None or relation.schema != "clean":
        return []
    known = connection.execute(
        "select list(column_name) from duckdb_columns() where database_name = current_database()"
        " and schema_name = ? and table_name = ? and column_name in ('_row', '_sheet_id')",
        [relation.schema, relation.table],
    ).fetchone()
    columns = (known[0] or []) if known else []
    places = {place.sheet_id: place for place in find_places(connection, tab)}
    if "_row" not in columns or not places:
        return []
    sheet = "_sheet_id" if tab.is_family and "_sheet_id" in columns else "null"
    _, _, rest = statement.text.partition(" from ")
    rows = connection.execute(f"select _row, {sheet} from {rest}", statement.values).fetchall()
    only = next(iter(places.values())) if len(places) == 1 else None
    located = [(row, places.get(sheet_id, only)) for row, sheet_id in rows[:PAGE]]
    return [(row, place.link(row) if place else "") for row, place in located]


def _kept(conditions: Sequence[Condition], sort: str) -> list[tuple[str, str]]:
    """Return the parameters that say the same conditions and order again."""
    kept = [field for condition in conditions for field in condition.fields]
    return [*kept, *([("sort", sort)] if sort else [])]


def _operators(relation: Relation) -> tuple[str, ...]:
    """Return the operators that some column takes, in one order."""
    known = {operator for field in relation.fields for operator in operators_of(field)}
    return tuple(o for o in ("contains", "eq", "ne", *ORDERED, *BLANK) if o in known)


def _headers(
    connection: duckdb.DuckDBPyConnection, relation: Relation, tab: Tab | None
) -> dict[str, str]:
    """Return the header in the sheet of each column of a clean or quarantine table."""
    if tab is None:
        return {}
    headers = {c.name: c.header for c in tab.columns}
    if relation.schema != "quarantine":
        return headers
    places = find_places(connection, tab)
    letters = places[0].letters if places else {}
    return {letter: headers.get(column, column) for column, letter in letters.items()}


def _reasons(
    connection: duckdb.DuckDBPyConnection, relation: Relation, rows: Sequence[tuple[Any, ...]]
) -> dict[str, list[dict[str, Any]]]:
    """Return the cells that keep each row of a quarantine out, by what identifies the row."""
    names = [field.name for field in relation.fields]
    if relation.schema != "quarantine" or "_id" not in names:
        return {}
    ids = [row[names.index("_id")] for row in rows]
    conditions = ['"table" = ?', "resolved is null", '"_id" = any(?)']
    values = [relation.table, ids]
    own = {"limit": "10000"}
    query = select(CELLS, CELLS.fields, conditions, values, sort=("cell",), own=own)
    fields = [field.name for field in query.fields]
    reasons: dict[str, list[dict[str, Any]]] = {}
    for cell in connection.execute(query.text, query.values).fetchall():
        facts = dict(zip(fields, cell, strict=True))
        reasons.setdefault(facts["_id"], []).append(facts)
    return reasons


def _siblings(snapshot: Snapshot, relation: Relation) -> list[tuple[str, int | None]]:
    """Return the other layers of the same tab, each with its rows."""
    if relation.schema == "ready":
        return []
    names = [f"{layer}.{relation.table}" for layer in ("clean", "quarantine")]
    return [
        (name, snapshot.built.get(name, (None, ""))[0])
        for name in names
        if name in snapshot.tables and name != relation.name
    ]


def table_csv(
    connection: duckdb.DuckDBPyConnection,
    relation: Relation,
    parameters: Sequence[tuple[str, str]],
) -> bytes:
    """Return all rows of a request as CSV; texts that a spreadsheet would calculate are escaped.

    Raises:
        Refused: There are more rows than a download has.
    """
    statement = replace(statement_of(relation, parameters, {}), limit=MOST_ROWS)
    answer = page_of(connection, statement, "csv", lambda count, more: {}, "escape")
    if answer.more:
        raise Refused(
            422, f"a download has {MOST_ROWS:,} rows at most; choose fewer with a condition"
        )
    return answer.body
