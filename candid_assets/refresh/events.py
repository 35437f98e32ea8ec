"""What a refresh says while it works: one value per fact, the same for Dagster and the CLI."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from candid_assets.names import Layer
from candid_assets.quality.result import CheckResult


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
    """A table was looked at and stands as it should; nothing was written."""

    layer: Layer
    table: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A check was evaluated."""

    result: CheckResult


@dataclass(frozen=True, slots=True)
class Failed:
    """A table could not be refreshed; its last good content stays."""

    layer: Layer
    table: str
    cause: str
    """Closed code, such as `tab_missing`, `missing_column`, `check_failed`, `internal_error`."""
    message: str
    """What is wrong, naming workbook, tab, cell or file."""
    fix: str
    workbook: str | None = None
    tab: str | None = None

    def __str__(self) -> str:
        """Return the cause and the fix as one sentence."""
        return f"{self.message} — {self.fix}" if self.fix else self.message


Event = Built | Unchanged | Checked | Failed
