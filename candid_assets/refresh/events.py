"""The events of a refresh: one value per fact, the same for Dagster and the CLI."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from candid_assets.names import Layer
from candid_assets.warehouse.check_results import CheckResult
from candid_assets.warehouse.refresh_record import Failure


@dataclass(frozen=True, slots=True)
class Built:
    """A table (or, in the layer `sheets`, a landed extract) has new content."""

    layer: Layer
    table: str
    rows: int
    version: str
    """Content hash: Dagster's data version."""
    seconds: float
    facts: Mapping[str, str | int | float] = field(default_factory=dict)
    """Further metadata, such as the extract or the rows dropped by each rule."""
    columns: tuple[tuple[str, str, str], ...] = ()
    """Name, type and description of each column, where only the sheet knows them."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A table is current; nothing was written."""

    layer: Layer
    table: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A check was evaluated."""

    result: CheckResult


@dataclass(frozen=True, slots=True)
class Failed(Failure):
    """A table could not be refreshed; its last good content stays."""

    def __str__(self) -> str:
        """Return the cause and the fix as one sentence."""
        return f"{self.message} — {self.fix}" if self.fix else self.message


Event = Built | Unchanged | Checked | Failed
