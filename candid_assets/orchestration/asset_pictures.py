"""Metadata that shows a built asset as a picture in Dagster's UI."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import dagster as dg
import duckdb

from candid_assets.contracts.catalog import Catalog, Model
from candid_assets.number_format import day
from candid_assets.refresh.events import Built
from candid_assets.reports.markdown_pictures import metric_board, quality_over_time

log = logging.getLogger(__name__)

MOST: Final = 60_000
"""Characters that a picture may have: Dagster's event log keeps each of them for ever."""


class Pictures:
    """Draws what was built: the board of a spoke's metrics, a tab's quality over time."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, catalog: Catalog, started_at: datetime
    ) -> None:
        """Draw from a connection of its own, since the refresh works on in another thread."""
        self._connection = connection
        self._registry = catalog.registry
        self._today = day(started_at)
        self._boards: Mapping[str, Model] = {
            model.name: model for model in catalog.models if catalog.registry.owning(model.name)
        }

    def of(self, event: Built) -> dict[str, dg.MarkdownMetadataValue]:
        """Return the picture of a built table; none where there is nothing to see."""
        try:
            name, drawn = self._drawn(event)
        except Exception:
            # The table stands; a fault in drawing must not keep it from readers.
            log.exception("no picture of %s.%s", event.layer, event.table)
            return {}
        if drawn is None:
            return {}
        if len(drawn) > MOST:
            drawn = "Too large to be kept here; see the run's page."
        return {name: dg.MetadataValue.md(drawn)}

    def _drawn(self, event: Built) -> tuple[str, str | None]:
        if event.layer == "clean":
            return "quality over time", quality_over_time(self._connection, event.table)
        model = self._boards.get(event.table) if event.layer == "ready" else None
        if model is None:
            return "", None
        board = metric_board(self._connection, self._registry, model.spoke, self._today)
        return "metric board", board
