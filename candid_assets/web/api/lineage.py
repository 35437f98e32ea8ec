"""Lineage for the API: the answers of `candid lineage`, computed from the snapshot's catalog."""

from functools import cache
from typing import Any

import duckdb

from candid_assets.lineage.addresses import parse_address
from candid_assets.lineage.answers import column_answer, table_answer
from candid_assets.lineage.catalog_lineage import CatalogLineage
from candid_assets.lineage.lineage_types import ColumnRef
from candid_assets.lineage.sheet_places import TabPlace, find_places
from candid_assets.source_kinds.registry import SOURCES
from candid_assets.web.api.snapshots import Snapshot


def traced(
    snapshot: Snapshot, cursor: duckdb.DuckDBPyConnection, name: str, direction: str | None
) -> dict[str, Any]:
    """Return the lineage of a table, column or header as one object.

    Raises:
        LineageError: The catalog has no such name.
    """
    graph = snapshot.made.setdefault("lineage", CatalogLineage(snapshot.catalog))
    address = parse_address(graph, name)
    up = address[0] not in SOURCES if direction is None else direction == "up"
    if not isinstance(address, ColumnRef):
        return table_answer(graph, address, up=up)

    @cache
    def places(table: str) -> tuple[TabPlace, ...]:
        return find_places(cursor, graph.tabs[table])

    return column_answer(graph, address, up=up, places=places)
