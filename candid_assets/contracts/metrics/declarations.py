"""The resolved declarations of metric files: semantic models, measures and metrics."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final, Literal

from candid_assets.contracts.metrics.words import Aggregation, Direction, Grain, MetricType
from candid_assets.names import metric_table

GRAINS: Final[tuple[Grain, ...]] = ("day", "week", "month", "quarter", "year")
NESTS: Final[dict[Grain, tuple[Grain, ...]]] = {
    "day": ("day", "week"),
    "week": ("week",),
    "month": ("month", "quarter", "year"),
    "quarter": ("quarter", "year"),
    "year": ("year",),
}
"""Units that a whole number of a grain's periods fills: no number of weeks is a month."""
TOTAL: Final = "all"
"""Dimension and member of a metric's undivided value."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """A column of a semantic model: an entity's key or a dimension."""

    name: str
    expr: str


@dataclass(frozen=True, slots=True)
class Source:
    """A semantic model: a table with its entities, dimensions and times."""

    name: str
    description: str
    layer: str
    table: str
    spoke: str
    entities: Mapping[str, Attribute]
    """Every entity by name."""
    primary: str | None
    dimensions: Mapping[str, Attribute]
    """Categorical dimensions by name."""
    times: Mapping[str, Attribute]
    granularities: Mapping[str, Grain]
    recorded_by: Mapping[str, str] = field(default_factory=dict)
    """Of times that may lie ahead: SQL of the day on which a row became known."""

    @property
    def relation(self) -> str:
        """The table's qualified name in SQL."""
        return f"{self.layer}.{self.table}"


@dataclass(frozen=True, slots=True)
class Measure:
    """One aggregation of a source."""

    name: str
    source: Source
    aggregation: Aggregation
    expr: str
    time: str
    """The source's time dimension that places a row in a period."""
    at: Literal["min", "max"] | None = None
    """For a balance: the first or the last day with rows in a period is the period's value."""
    each_in_one_period: bool = False
    """For a distinct count: each thing counted has rows on one day only."""
    unit: str = ""
    """The unit of the column that it sums."""


@dataclass(frozen=True, slots=True)
class Input:
    """A measure as one metric uses it."""

    measure: Measure
    filter: str = ""
    fill: int | None = None
    """Value of a period in which the source has no row; None where it is unknown."""
    offset: tuple[int, Grain] | None = None
    """How many periods earlier it is read."""


@dataclass(frozen=True, slots=True)
class Jump:
    """How far the total may move from one period to the next, as a share of the former."""

    grain: Grain
    limit: Decimal
    drop_only: bool


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric."""

    name: str
    label: str
    label_id: str
    description: str
    when_off: str
    """One sentence on what to do when the value is off."""
    when_off_id: str
    type: MetricType
    spoke: str
    owner: str
    unit: str
    direction: Direction
    grains: tuple[Grain, ...]
    dimensions: tuple[str, ...]
    inputs: Mapping[str, Input]
    """The inputs by their names in the expression."""
    expr: str
    """SQL over the names of the inputs."""
    window_days: int | None
    to_date: Grain | None
    """For a cumulative metric: days that it looks back, or the grain at whose start it restarts."""
    target: Mapping[Grain, Decimal]
    warning: Mapping[Grain, Decimal]
    target_of_members: bool
    """Whether the target holds for each member of a dimension too, as a rate's does."""
    grows: Literal["with_period", "not", "otherwise"]
    """How the value grows with the length of the period."""
    minimum: Decimal | None
    maximum: Decimal | None
    jump: Jump | None
    filter: str
    path: Path
    line: int

    @property
    def sources(self) -> tuple[Source, ...]:
        """The semantic models that its inputs come from, by name."""
        sources = {i.measure.source.name: i.measure.source for i in self.inputs.values()}
        return tuple(sources[name] for name in sorted(sources))

    @property
    def table(self) -> str:
        """The ready table that holds its values."""
        return metric_table(self.spoke)


@dataclass(frozen=True, slots=True)
class WorkedDays:
    """The table that says which days are worked."""

    layer: str
    table: str
    day: str
    """Its column of days."""
    is_working: str
    """SQL over its columns: whether the day is worked; blank where it is not known."""

    @property
    def relation(self) -> str:
        """The table's qualified name in SQL."""
        return f"{self.layer}.{self.table}"


@dataclass(frozen=True, slots=True)
class Registry:
    """Every metric and semantic model of the catalog."""

    sources: tuple[Source, ...] = ()
    metrics: tuple[Metric, ...] = ()
    spokes: tuple[str, ...] = ()
    """Spokes that have a file, in order; one with problems keeps its last good table."""
    broken: frozenset[str] = field(default_factory=frozenset)
    """Spokes whose file has a problem."""
    worked_days: WorkedDays | None = None
    """None where every day from Monday to Friday is worked."""

    def of(self, spoke: str) -> tuple[Metric, ...]:
        """Return one spoke's metrics in the order of the file."""
        return tuple(m for m in self.metrics if m.spoke == spoke)

    def owning(self, table: str) -> tuple[Metric, ...]:
        """Return the metrics whose values a ready table holds, in the order of the file."""
        return tuple(m for m in self.metrics if m.table == table)

    def source(self, name: str) -> Source:
        """Return a semantic model by name."""
        return next(s for s in self.sources if s.name == name)

    def joined(self, dimension: str) -> Source:
        """Return the source that `entity__dimension` leads to: the entity's own."""
        entity = dimension.partition("__")[0]
        return next(s for s in self.sources if s.primary == entity)
