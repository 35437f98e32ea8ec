"""The plausible range of a column in SQL, which a check and cleaning use alike."""

from functools import cache
from importlib.resources import files

from candid_assets.contracts.catalog import Column, Tab
from candid_assets.contracts.column_rules import rules_of
from candid_assets.sql import quoted

EARLIEST = "DATE '2000-01-01'"
"""The day before which a date is not plausible unless much of its column is."""


@cache
def plausibility_macros() -> str:
    """Return the statements that create the macros of plausible ranges."""
    folder = files(__package__ or "candid_assets.quality")
    return folder.joinpath("plausibility.sql").read_text("utf-8")


def judged_columns(tab: Tab) -> tuple[Column, ...]:
    """Return the columns whose values are compared with what is plausible.

    These are dates, and the numbers that measure something: no keys and no foreign keys. A limit
    that the contract declares says itself what is plausible.
    """
    return tuple(column for column in tab.columns if _sides(column))


def is_day(column: Column) -> bool:
    """Return whether a column is judged by its days."""
    return column.logical_type in {"date", "timestamp"}


def range_sql(column: Column, relation: str, read_day: str) -> str:
    """Return a query of one row: the lowest and the highest plausible value, NULL for no limit.

    Args:
        column: One of `judged_columns`.
        relation: Where its values are, as named behind FROM.
        read_day: The day on which the table was read, as SQL.
    """
    name, sides = quoted(column.name), _sides(column)
    if not is_day(column):
        return (
            f"SELECT -size AS low, size AS high FROM (SELECT implausible_size(list_sort(list("
            f"abs({name}::DOUBLE)))) AS size FROM {relation} WHERE {name} <> 0)"
        )
    end = f"make_date(year({read_day}) + 1, 12, 31)"
    low = "plausible_from(days, early, filled)" if "min" in sides else "NULL::DATE"
    high = f"plausible_to(days, late, filled, {read_day})" if "max" in sides else "NULL::DATE"
    return (
        f"SELECT {low} AS low, {high} AS high FROM (SELECT list_sort(list(DISTINCT {name}::DATE))"
        f" AS days, count({name}) AS filled, count_if({name}::DATE < {EARLIEST}) AS early,"
        f" count_if({name}::DATE > {end}) AS late FROM {relation} WHERE {name} IS NOT NULL)"
    )


def outside_sql(column: Column, low: str = "low", high: str = "high") -> str:
    """Return the condition under which a value is outside the plausible range.

    Args:
        column: One of `judged_columns`.
        low: The lowest plausible value, as SQL.
        high: The highest one; a number of this size is too large already.
    """
    name = quoted(column.name)
    if is_day(column):
        return f"(coalesce({name}::DATE < {low}, FALSE) OR coalesce({name}::DATE > {high}, FALSE))"
    return f"coalesce(abs({name}::DOUBLE) >= {high}, FALSE)"


def _sides(column: Column) -> frozenset[str]:
    """Return the ends of the range that the contract leaves open; none if it is not judged."""
    measures = column.primary_key_position is None and column.reference is None
    judged = is_day(column) or (column.logical_type in {"number", "integer"} and measures)
    if not judged or column.options.implausible == "accept":
        return frozenset()
    declared = {rule.limit.end for rule, _ in rules_of(column) if rule.limit}
    sides = frozenset({"min", "max"} - declared)
    return sides if is_day(column) or "max" in sides else frozenset()
