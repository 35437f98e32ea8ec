"""The words that metric files choose from."""

from typing import Literal

Grain = Literal["day", "week", "month", "quarter", "year"]
Aggregation = Literal["sum", "count", "count_distinct", "sum_boolean", "min", "max"]
Direction = Literal["up", "down", "none"]
MetricType = Literal["simple", "ratio", "derived", "cumulative"]
