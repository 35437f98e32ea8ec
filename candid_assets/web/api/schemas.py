"""The schemas of the API's answers, which build them and describe them in the OpenAPI document."""

from typing import Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """The schema of an answer of the API."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(Shape):
    """Why something is not answered, and how to ask instead (RFC 9457)."""

    type: Literal["about:blank"] = "about:blank"
    title: str
    status: int
    detail: str = Field(description="What is wrong, and the fix.")


class ColumnShape(Shape):
    """A column of a table."""

    name: str
    type: str = Field(description="Logical type: string, integer, number, boolean, date, …")
    description: str
    nullable: bool
    key: bool = Field(description="Whether it is part of the primary key.")
    unit: str | None


class TableShape(Shape):
    """A table that may be read."""

    name: str = Field(examples=["ready.fct_invoices"])
    description: str
    grain: str = Field(description="What one row is.")
    owner: str
    row_count: int | None
    built_at: AwareDatetime | None
    href: str
    columns: list[ColumnShape]


class Tables(Shape):
    """The tables that are declared and published."""

    snapshot: str
    env: str
    tables: list[TableShape]


class MetricShape(Shape):
    """A metric of the list of metrics."""

    metric: str
    spoke: str
    label_en: str
    label_id: str
    description: str
    type: str
    unit: str
    grains: list[str]
    dimensions: list[str]
    href: str


class Metrics(Shape):
    """The metrics that are declared."""

    snapshot: str
    env: str
    metrics: list[MetricShape]


class Definition(Shape):
    """Everything that is declared of a metric, with its SQL and the tables behind it."""

    metric: str
    spoke: str
    label_en: str
    label_id: str
    type: str
    unit: str
    grains: list[str]
    dimensions: list[str]
    description: str
    when_off: str = Field(description="What to do when the value is off.")
    when_off_id: str = Field(description="The same in Indonesian.")
    owner: str
    direction: str
    target: dict[str, str]
    warning: dict[str, str]
    grows: str
    minimum: str | None
    maximum: str | None
    filter: str | None
    expression: str
    inputs: list[str]
    lineage: list[str]
    sql: str


LISTED: Final = 200
"""Rows of each input of a value that are listed where a request does not say how many."""
MOST_LISTED: Final = 2_000


class MetricCellsShape(Shape):
    """A value of a metric with the rows and cells that it is computed from."""

    snapshot: str
    metric: str
    label: str
    place: dict[str, Any] = Field(description="grain, start, dimension and member.")
    value: int | float | str | None
    unit: str
    status: str
    is_complete: bool
    expression: str = Field(description="How the value is computed from its inputs.")
    inputs: list[dict[str, Any]] = Field(
        description="Each with its amount, row_count, and rows with their sources' rows and cells."
    )
    adds_up: bool = Field(description="Whether the inputs give the value to its last digit.")
    says: str


class Lineage(BaseModel):
    """Where a table, column or header comes from, or what hangs on it."""

    model_config = ConfigDict(extra="allow", frozen=True)

    of: str
    direction: Literal["up", "down"]


class Health(Shape):
    """What the snapshot says of itself: freshness, checks, failures, worst tabs."""

    snapshot: str
    env: str
    last_run: str | None
    workbooks: list[dict[str, Any]]
    checks: dict[str, int]
    worst_tabs: list[dict[str, Any]]
    quarantine: dict[str, Any]
    failures: list[dict[str, Any]]


SHAPES: Final = (Problem, Tables, Metrics, Definition, Lineage, Health, MetricCellsShape)
"""The schemas of whole answers."""
