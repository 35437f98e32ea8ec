"""The words of a metric file: MetricFlow's semantic models and metrics, and our `config.meta`.

These are the shapes as written; `resolve.py` turns them into metrics that stand on their own.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Grain = Literal["day", "week", "month", "quarter", "year"]
Aggregation = Literal["sum", "count", "count_distinct", "sum_boolean", "min", "max"]
Direction = Literal["up", "down", "none"]
Number = int | float


class _Written(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Defaults(_Written):
    """What a semantic model's measures have unless they say otherwise."""

    agg_time_dimension: str | None = None


class Attribute(_Written):
    """A named column or expression."""

    name: str
    expr: str | None = None
    description: str | None = None


class Entity(Attribute):
    """A key that joins semantic models: `primary` where it is one's own, else `foreign`."""

    type: Literal["primary", "foreign"]


class TimeParams(_Written):
    """How fine a time dimension is."""

    time_granularity: Grain = "day"


class Dimension(Attribute):
    """Something to group by or to filter with."""

    type: Literal["time", "categorical"]
    type_params: TimeParams = Field(default_factory=TimeParams)


class NonAdditive(_Written):
    """The time dimension over which a balance must not be summed, and the day that stands."""

    name: str
    window_choice: Literal["min", "max"] = "max"


class Measure(_Written):
    """One aggregation of a semantic model's rows."""

    name: str
    agg: Aggregation
    expr: str | None = None
    description: str | None = None
    agg_time_dimension: str | None = None
    non_additive_dimension: NonAdditive | None = None


class SemanticModel(_Written):
    """A table with the keys, dimensions and measures that metrics are made of."""

    name: str
    description: str
    model: str
    defaults: Defaults = Field(default_factory=Defaults)
    entities: list[Entity] = Field(default_factory=list)
    dimensions: list[Dimension] = Field(default_factory=list)
    measures: list[Measure] = Field(default_factory=list)


class MeasureInput(_Written):
    """A measure as a simple or cumulative metric takes it."""

    name: str
    filter: str | None = None
    fill_nulls_with: int | None = None


class MetricInput(_Written):
    """A simple metric, or a measure standing for the one it would make, inside another metric."""

    name: str
    alias: str | None = None
    filter: str | None = None
    fill_nulls_with: int | None = None
    offset_window: str | None = None


class CumulativeParams(_Written):
    """The stretch of time that a cumulative metric runs over; neither of the two is all time."""

    window: str | None = None
    grain_to_date: Grain | None = None


class TypeParams(_Written):
    """What a metric is made of; which keys count depends on its type."""

    measure: str | MeasureInput | None = None
    numerator: str | MetricInput | None = None
    denominator: str | MetricInput | None = None
    expr: str | None = None
    metrics: list[MetricInput] = Field(default_factory=list)
    cumulative_type_params: CumulativeParams = Field(default_factory=CumulativeParams)


class ByGrain(_Written):
    """A level of the total for each grain: a month and a year have targets of their own."""

    day: Number | None = None
    week: Number | None = None
    month: Number | None = None
    quarter: Number | None = None
    year: Number | None = None


class Jump(_Written):
    """How far the total may move from one period to the next before someone should look."""

    grain: Grain
    limit: Number
    drop_only: bool = False


class Meta(_Written):
    """What the platform adds to a metric, where MetricFlow leaves room for it."""

    label_id: str
    owner: str | None = None
    unit: str
    direction: Direction
    target: Number | ByGrain | None = None
    warning: Number | ByGrain | None = None
    grains: list[Grain]
    dimensions: list[str] = Field(default_factory=list)
    minimum: Number | None = None
    maximum: Number | None = None
    jump: Jump | None = None


class Config(_Written):
    """MetricFlow's place for what it does not know."""

    meta: Meta


class Metric(_Written):
    """One metric."""

    name: str
    label: str
    description: str
    type: Literal["simple", "ratio", "derived", "cumulative"]
    type_params: TypeParams
    filter: str | None = None
    config: Config


class MetricFile(_Written):
    """One file of `catalog/metrics/`."""

    owner: str | None = None
    semantic_models: list[SemanticModel] = Field(default_factory=list)
    metrics: list[Metric] = Field(default_factory=list)
