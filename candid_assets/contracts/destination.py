"""A destination as its contract declares it: where published tables are delivered, and which."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from candid_assets.names import METRIC_VALUES

PlaceType = Literal["postgresql", "local", "s3"]


@dataclass(frozen=True, slots=True)
class DestinationPlace:
    """The location of a destination in one environment, without credentials."""

    type: PlaceType
    host: str = ""
    port: int = 5432
    database: str = ""
    schema: str = "public"
    location: str = ""
    """Folder, or `s3://bucket/prefix`."""
    endpoint: str | None = None
    """Address of an S3-compatible store; None is Amazon's."""
    region: str | None = None

    def folder(self, data_dir: Path) -> Path:
        """Return a local place's folder; a path that is not absolute starts at the data folder."""
        return data_dir / Path(self.location).expanduser()


@dataclass(frozen=True, slots=True)
class Destination:
    """Ready tables and metrics that are delivered to one place on a schedule."""

    name: str
    description: str
    owner: str
    places: Mapping[str, DestinationPlace]
    """By environment; it does not exist in the others."""
    tables: tuple[str, ...]
    """Ready tables, without layer."""
    metrics: tuple[str, ...]
    """Metrics whose values are delivered as the table `metric_values`."""
    schedule: str | None
    """Cron, in Jakarta."""
    path: Path

    @property
    def delivered(self) -> tuple[str, ...]:
        """The tables that it receives."""
        return (*self.tables, *((METRIC_VALUES,) if self.metrics else ()))

    def facts(self, env: str) -> dict[str, Any]:
        """Return what `candid export --list --json` shows of it in an environment."""
        place = self.places[env]
        where = place.location or f"{place.host}:{place.port}/{place.database} {place.schema}"
        head = {"destination": self.name, "type": place.type, "place": where, "owner": self.owner}
        return head | {"tables": list(self.delivered), "schedule": self.schedule}
