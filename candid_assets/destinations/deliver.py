"""Delivers to one destination: the gate first, then one snapshot, verified where it lies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import duckdb

from candid_assets.contracts.catalog import Catalog
from candid_assets.contracts.destination import Destination
from candid_assets.destinations.payload import DeliveryError, Totals, payloads
from candid_assets.gate.errors import GateError
from candid_assets.gate.production import require_deployed
from candid_assets.settings import Settings
from candid_assets.warehouse.database import open_published
from candid_assets.warehouse.errors import WarehouseError
from candid_assets.warehouse.publications import last_publication


@dataclass(frozen=True, slots=True)
class Delivered:
    """One table at its destination."""

    destination: str
    table: str
    published: Totals
    received: Totals
    snapshot: str

    @property
    def whole(self) -> bool:
        """Whether every row is there."""
        return self.published.rows == self.received.rows

    @property
    def equal(self) -> bool:
        """Whether the rows are those published."""
        return self.published == self.received


def deliver(
    settings: Settings,
    catalog: Catalog,
    destination: Destination,
    only: Sequence[str] = (),
    before_swap: Callable[[], None] = lambda: None,
) -> list[Delivered]:
    """Deliver a destination's tables, all or those named, from one published snapshot.

    Raises:
        DeliveryError: Nothing was delivered; the destination is unchanged.
    """
    place = destination.places.get(settings.env)
    if place is None:
        raise DeliveryError(
            f"{destination.name} has no server in {settings.env}", f"add one in {destination.path}"
        )
    try:
        require_deployed(settings, catalog.files)
    except GateError as error:
        raise DeliveryError(error.message, error.fix) from error
    try:
        with open_published(settings.published_file) as source:
            snapshot = _snapshot(source)
            sent = payloads(source, destination, only)
            if place.type == "postgresql":
                from candid_assets.destinations.postgres import OURS, deliver_to_postgres

                comment = f"{OURS} {settings.env}, snapshot {snapshot}"
                totals = deliver_to_postgres(destination, place, source, sent, comment, before_swap)
            else:
                from candid_assets.destinations.parquet import deliver_parquet

                now = datetime.now(UTC)
                head = {
                    "version": 1,
                    "environment": settings.env,
                    "destination": destination.name,
                    "snapshot": snapshot,
                    "delivery": f"{now:%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}",
                    "delivered_at": now.isoformat(timespec="seconds"),
                }
                totals = deliver_parquet(
                    settings, destination, place, source, sent, head, before_swap
                )
    except WarehouseError as error:
        raise DeliveryError(error.message, error.fix) from error
    return [Delivered(destination.name, p.table, p.totals, totals[p.table], snapshot) for p in sent]


def _snapshot(source: duckdb.DuckDBPyConnection) -> str:
    """Return the number of the publication and the run that made it."""
    last = last_publication(source)
    return f"{last.publication}-{last.run_id[:8]}" if last else "0-unknown"
