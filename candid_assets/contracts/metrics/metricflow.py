"""The keys of a metric file: MetricFlow's semantic models and metrics, and our `config.meta`.

These classes hold a file as written; `resolve.py` resolves them into declarations.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from candid_assets.contracts.metrics.words import Aggregation, Direction, Grain, MetricType

Number = int | float


class _Written(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, use_attribute_docstrings=True)


class Defaults(_Written):
    """The defaults of a semantic model's measures."""

    agg_time_dimension: str | None = None


class WrittenAttribute(_Written):
    """A named column or expression."""

    name: str
    label: str | None = None
    expr: str | None = None
    """A column, or SQL over columns, of the table; the name itself where it is left out."""
    description: str | None = None


class Entity(WrittenAttribute):
    """A key that joins semantic models: `primary` in the model that owns it, else `foreign`."""

    type: Literal["primary", "unique", "natural", "foreign"]
    """A model's own rows are joined by its `primary` key only."""


class TimeParams(_Written):
    """The granularity of a time dimension."""

    time_granularity: Grain = "day"


class DimensionMeta(_Written):
    """The platform's own facts of a dimension, under MetricFlow's `config.meta`."""

    recorded_by: str | None = None
    """Of a time that may lie ahead, such as a due date: a column, or SQL over columns, of the day
    on which a row became known. Periods that these days do not reach are still running."""


class DimensionConfig(_Written):
    """MetricFlow's place for keys of a dimension that it does not define."""

    meta: DimensionMeta = Field(default_factory=DimensionMeta)


class Dimension(WrittenAttribute):
    """A dimension to group by or filter with."""

    type: Literal["time", "categorical"]
    type_params: TimeParams = Field(default_factory=TimeParams)
    config: DimensionConfig = Field(default_factory=DimensionConfig)


class NonAdditive(_Written):
    """The time dimension over which a balance must not be summed, and the day that counts."""

    name: str
    window_choice: Literal["min", "max"] = "max"


class MeasureMeta(_Written):
    """The platform's own facts of a measure, under MetricFlow's `config.meta`."""

    each_in_one_period: bool = False
    """Of a distinct count: each thing counted has rows on one day only, as an order has."""


class MeasureConfig(_Written):
    """MetricFlow's place for keys of a measure that it does not define."""

    meta: MeasureMeta = Field(default_factory=MeasureMeta)


class WrittenMeasure(_Written):
    """One aggregation of a semantic model's rows."""

    name: str
    label: str | None = None
    agg: Aggregation
    expr: str | None = None
    """A column, or SQL over columns, of the table; the name itself where it is left out."""
    description: str | None = None
    agg_time_dimension: str | None = None
    non_additive_dimension: NonAdditive | None = None
    config: MeasureConfig = Field(default_factory=MeasureConfig)


class SemanticModel(_Written):
    """A table with the keys, dimensions and measures that metrics are made of."""

    name: str
    label: str | None = None
    description: str = ""
    model: str
    """The table: `ready.fct_order_lines`, or `ref('fct_order_lines')` for a ready one."""
    primary_entity: str | None = None
    """Name of its own rows' key, where it is no entity of the list."""
    defaults: Defaults = Field(default_factory=Defaults)
    entities: list[Entity] = Field(default_factory=list)
    dimensions: list[Dimension] = Field(default_factory=list)
    measures: list[WrittenMeasure] = Field(default_factory=list)


class MeasureInput(_Written):
    """A measure as the input of a simple or cumulative metric."""

    name: str
    filter: str | None = None
    fill_nulls_with: int | None = None
    join_to_timespine: bool = False
    """Changes nothing: periods without rows are there in any case."""


class MetricInput(_Written):
    """A simple metric, or a measure in place of its simple metric, as input of another metric."""

    name: str
    alias: str | None = None
    filter: str | None = None
    fill_nulls_with: int | None = None
    offset_window: str | None = None


class CumulativeParams(_Written):
    """The period that a cumulative metric accumulates over; all time where neither is given."""

    window: str | None = None
    grain_to_date: Grain | None = None


class TypeParams(_Written):
    """The inputs of a metric; which keys apply depends on its type."""

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


class WrittenJump(_Written):
    """How far the total may move from one period to the next before it is reported."""

    grain: Grain
    limit: Number
    drop_only: bool = False


class Meta(_Written):
    """The platform's own facts of a metric, under MetricFlow's `config.meta`."""

    label_id: str = ""
    """The label in Indonesian; the label where it is left out."""
    when_off: str = ""
    """One sentence on what to do when the value is off."""
    when_off_id: str = ""
    """The same in Indonesian; the sentence above where it is left out."""
    owner: str | None = None
    unit: str = ""
    """What it is measured in; the unit of its measure's column, `ratio` or `count` if left out."""
    direction: Direction = "none"
    """Which way is good."""
    target: Number | ByGrain | None = None
    """From where on it is good: one number, or one for each grain."""
    warning: Number | ByGrain | None = None
    scales: Literal["with_period"] | None = None
    """Longer grains have the target of so many of the periods that it is declared for."""
    grains: list[Grain] = Field(default_factory=list)
    """The periods that it is computed for; from a month to a year where it is left out."""
    dimensions: list[str] = Field(default_factory=list)
    """What it is divided by, one at a time."""
    minimum: Number | None = None
    """What it can be at least; below it the status is `invalid`."""
    maximum: Number | None = None
    """What it can be at most; above it the status is `invalid`."""
    jump: WrittenJump | None = None


class Config(_Written):
    """MetricFlow's place for keys that it does not define."""

    meta: Meta = Field(default_factory=Meta)


class WrittenMetric(_Written):
    """A metric as written."""

    name: str
    label: str = ""
    """What people read; the name in words where it is left out."""
    description: str = ""
    """Its formula in words; the label where it is left out."""
    type: MetricType
    type_params: TypeParams
    filter: str | None = None
    """SQL over dimensions, as names or as `{{ Dimension('entity__name') }}`."""
    config: Config = Field(default_factory=Config)


class WorkingDays(_Written):
    """The table that says which days are worked; other days are worked from Monday to Friday."""

    model: str
    day: str
    is_working: str


class MetricFile(_Written):
    """One file of `catalog/metrics/`."""

    owner: str | None = None
    working_days: WorkingDays | None = None
    semantic_models: list[SemanticModel] = Field(default_factory=list)
    metrics: list[WrittenMetric] = Field(default_factory=list)
