"""Lineage as an answer to a person: one object for `--json`, a tree for the terminal."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rich.markup import escape
from rich.tree import Tree

from candid_assets.lineage.addresses import shown
from candid_assets.lineage.catalog_lineage import CatalogLineage, Table
from candid_assets.lineage.column_sources import ColumnRef
from candid_assets.lineage.metric_columns import metrics_reached
from candid_assets.lineage.sheet_places import Place
from candid_assets.lineage.walk import (
    Downstream,
    Edge,
    Upstream,
    tables_from,
    walk_down,
    walk_up,
)
from candid_assets.source_kinds.registry import SOURCES

FindPlaces = Callable[[str], Sequence[Place]]
"""Where a tab or each tab of a family stands, by its table; nowhere if it was never read."""


def column_answer(
    lineage: CatalogLineage, column: ColumnRef, *, up: bool, places: FindPlaces
) -> dict[str, Any]:
    """Return the lineage of a column as one object."""
    if up:
        return _up(lineage, walk_up(lineage, column), places)
    return _down(lineage, walk_down(lineage, column), places)


def table_answer(lineage: CatalogLineage, table: Table, *, up: bool) -> dict[str, Any]:
    """Return the tables behind a table, or those that hang on it, as one object."""
    step = lineage.inputs if up else lineage.readers
    found = sorted(tables_from(step, table))
    return {
        "of": shown(table),
        "direction": "up" if up else "down",
        "direct": [shown(t) for t in sorted(step(table))],
        "tables": [shown(t) for t in found],
    }


def header_of(lineage: CatalogLineage, ref: ColumnRef, places: FindPlaces) -> dict[str, Any]:
    """Return a sheet's header with its workbook, tab, letter and link."""
    tab = lineage.tabs[ref.table]
    workbook = next(w for w in lineage.catalog.workbooks if w.name == tab.workbook)
    stands = places(ref.table)
    column = next(c.name for c in tab.columns if c.header == ref.column)
    letters = {place.letters.get(column) for place in stands}
    letter = letters.pop() if len(letters) == 1 else None
    first = stands[0] if stands and not tab.is_family else None
    return {
        "asset": f"{ref.layer}/{ref.table}",
        "workbook": workbook.title,
        "tab": first.title if first else tab.title,
        "header": ref.column,
        "letter": letter,
        "link": first.link(first.header_row, column) if first and letter else None,
    }


def _up(lineage: CatalogLineage, found: Upstream, places: FindPlaces) -> dict[str, Any]:
    return {
        "of": str(found.column),
        "direction": "up",
        "exact": found.exact,
        "headers": [header_of(lineage, ref, places) for ref in found.headers],
        "made": [{"in": str(ref), "kind": m.kind, "sql": m.sql} for ref, m in found.made],
        "edges": _edges(found.edges),
        "rows": [str(ref) for ref in found.rows],
    }


def _down(lineage: CatalogLineage, found: Downstream, places: FindPlaces) -> dict[str, Any]:
    is_header = found.column.layer in SOURCES
    return {
        "of": str(found.column),
        "direction": "down",
        "header": header_of(lineage, found.column, places) if is_header else None,
        "columns": [str(ref) for ref in found.columns],
        "edges": _edges(found.edges),
        "rows_of": [shown(table) for table in found.rows_of],
        "reached": [shown(table) for table in found.reached],
        "metrics": list(metrics_reached(lineage, found)),
    }


def _edges(edges: Iterable[Edge]) -> list[dict[str, str]]:
    return [{"from": str(e.source), "to": str(e.target), "kind": e.kind} for e in edges]


def column_tree(answer: dict[str, Any]) -> Tree:
    """Return a column's lineage as a tree; a branch that was shown already is cut short."""
    up = answer["direction"] == "up"
    here, there = ("to", "from") if up else ("from", "to")
    branches: dict[str, list[tuple[str, str]]] = {}
    for edge in answer["edges"]:
        branches.setdefault(edge[here], []).append((edge[there], edge["kind"]))
    told = {f"{h['asset']}.{h['header']}": _spoken(h) for h in answer.get("headers", ())}
    for made in answer.get("made", ()):
        branches.setdefault(made["in"], []).append((f"{made['kind']} {made['sql']}", "made"))
    root = Tree(f"[bold]{escape(answer['of'])}[/]")
    _grow(root, answer["of"], branches, told, set())
    return root


def _grow(
    tree: Tree,
    name: str,
    branches: dict[str, list[tuple[str, str]]],
    told: dict[str, str],
    seen: set[str],
) -> None:
    if name in seen and branches.get(name):
        tree.add("[dim]as above[/]")
        return
    seen.add(name)
    for other, kind in branches.get(name, ()):
        note = " [dim](orders rows)[/]" if kind == "order" else ""
        style = "[dim]" if kind == "made" else ""
        leaf = tree.add(f"{style}{escape(told.get(other, other))}{note}")
        if kind != "made":
            _grow(leaf, other, branches, told, seen)


def _spoken(header: dict[str, Any]) -> str:
    at = f", column {header['letter']}" if header["letter"] else ""
    return f"workbook {header['workbook']}, tab '{header['tab']}', header '{header['header']}'{at}"


def table_tree(lineage: CatalogLineage, table: Table, *, up: bool) -> Tree:
    """Return the tables behind a table, or those that hang on it, as a tree."""
    root = Tree(f"[bold]{shown(table)}[/]")
    _grow_tables(root, table, lineage.inputs if up else lineage.readers, set())
    return root


def _grow_tables(
    tree: Tree, table: Table, step: Callable[[Table], Sequence[Table]], seen: set[Table]
) -> None:
    for other in sorted(step(table)):
        again = other in seen and bool(step(other))
        leaf = tree.add(shown(other) + (" [dim]as above[/]" if again else ""))
        if not again:
            seen.add(other)
            _grow_tables(leaf, other, step, seen)
