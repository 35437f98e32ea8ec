"""Lineage as JSON-ready objects and as trees for the terminal."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rich.text import Text
from rich.tree import Tree

from candid_assets.lineage.addresses import shown
from candid_assets.lineage.catalog_lineage import CatalogLineage, Table
from candid_assets.lineage.lineage_types import ColumnRef
from candid_assets.lineage.metric_columns import metrics_reached
from candid_assets.lineage.sheet_places import FindPlaces
from candid_assets.lineage.walk import (
    Downstream,
    Edge,
    Upstream,
    tables_from,
    walk_down,
    walk_up,
)
from candid_assets.source_kinds.registry import SOURCES


def column_answer(
    lineage: CatalogLineage, column: ColumnRef, *, up: bool, places: FindPlaces
) -> dict[str, Any]:
    """Return the lineage of a column as one object."""
    if up:
        return _up(lineage, walk_up(lineage, column), places)
    return _down(lineage, walk_down(lineage, column), places)


def table_answer(lineage: CatalogLineage, table: Table, *, up: bool) -> dict[str, Any]:
    """Return the tables upstream or downstream of a table as one object."""
    step = lineage.inputs if up else lineage.readers
    reached = sorted(tables_from(step, table))
    return {
        "of": shown(table),
        "direction": "up" if up else "down",
        "direct": [shown(t) for t in sorted(step(table))],
        "tables": [shown(t) for t in reached],
    }


def header_of(lineage: CatalogLineage, ref: ColumnRef, places: FindPlaces) -> dict[str, Any]:
    """Return a sheet's header with its workbook, tab, letter and link."""
    tab = lineage.tabs[ref.table]
    workbook = lineage.catalog.workbook_of(tab)
    located = places(ref.table)
    column = next(c.name for c in tab.columns if c.header == ref.column)
    letters = {place.letters.get(column) for place in located}
    letter = letters.pop() if len(letters) == 1 else None
    first = located[0] if located and not tab.is_family else None
    return {
        "asset": f"{ref.layer}/{ref.table}",
        "workbook": workbook.title,
        "tab": first.title if first else tab.title,
        "header": ref.column,
        "letter": letter,
        "link": first.link(first.header_row, column) if first and letter else None,
    }


def _up(lineage: CatalogLineage, upstream: Upstream, places: FindPlaces) -> dict[str, Any]:
    return {
        "of": str(upstream.column),
        "direction": "up",
        "exact": upstream.exact,
        "headers": [header_of(lineage, ref, places) for ref in upstream.headers],
        "made": [{"in": str(ref), "kind": m.kind, "sql": m.sql} for ref, m in upstream.made],
        "edges": _edges(upstream.edges),
        "rows": [str(ref) for ref in upstream.rows],
    }


def _down(lineage: CatalogLineage, downstream: Downstream, places: FindPlaces) -> dict[str, Any]:
    is_header = downstream.column.layer in SOURCES
    return {
        "of": str(downstream.column),
        "direction": "down",
        "header": header_of(lineage, downstream.column, places) if is_header else None,
        "columns": [str(ref) for ref in downstream.columns],
        "edges": _edges(downstream.edges),
        "rows_of": [shown(table) for table in downstream.rows_of],
        "reached": [shown(table) for table in downstream.reached],
        "metrics": list(metrics_reached(lineage, downstream)),
    }


def _edges(edges: Iterable[Edge]) -> list[dict[str, str]]:
    return [{"from": str(e.source), "to": str(e.target), "kind": e.kind} for e in edges]


def column_tree(answer: dict[str, Any]) -> Tree:
    """Return a column's lineage as a tree; a repeated branch is replaced by a note."""
    up = answer["direction"] == "up"
    here, there = ("to", "from") if up else ("from", "to")
    branches: dict[str, list[tuple[str, str]]] = {}
    for edge in answer["edges"]:
        branches.setdefault(edge[here], []).append((edge[there], edge["kind"]))
    labels = {f"{h['asset']}.{h['header']}": _header_label(h) for h in answer.get("headers", ())}
    for made in answer.get("made", ()):
        branches.setdefault(made["in"], []).append((f"{made['kind']} {made['sql']}", "made"))
    root = Tree(Text(answer["of"], "bold"))
    _grow(root, answer["of"], branches, labels, set())
    return root


def _grow(
    tree: Tree,
    name: str,
    branches: dict[str, list[tuple[str, str]]],
    labels: dict[str, str],
    seen: set[str],
) -> None:
    if name in seen and branches.get(name):
        tree.add(Text("as above", "dim"))
        return
    seen.add(name)
    for other, kind in branches.get(name, ()):
        label = Text(labels.get(other, other), "dim" if kind == "made" else "")
        leaf = tree.add(label.append(" (orders rows)" if kind == "order" else "", "dim"))
        if kind != "made":
            _grow(leaf, other, branches, labels, seen)


def _header_label(header: dict[str, Any]) -> str:
    at = f", column {header['letter']}" if header["letter"] else ""
    return f"workbook {header['workbook']}, tab '{header['tab']}', header '{header['header']}'{at}"


def table_tree(lineage: CatalogLineage, table: Table, *, up: bool) -> Tree:
    """Return the tables upstream or downstream of a table as a tree."""
    root = Tree(Text(shown(table), "bold"))
    _grow_tables(root, table, lineage.inputs if up else lineage.readers, set())
    return root


def _grow_tables(
    tree: Tree, table: Table, step: Callable[[Table], Sequence[Table]], seen: set[Table]
) -> None:
    for other in sorted(step(table)):
        again = other in seen and bool(step(other))
        leaf = tree.add(Text(shown(other)).append(" as above" if again else "", "dim"))
        if not again:
            seen.add(other)
            _grow_tables(leaf, other, step, seen)
