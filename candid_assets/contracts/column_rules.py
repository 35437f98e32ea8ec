"""The table of column rules: what a contract may demand of each value of a column.

`COLUMN_RULES` has one row a rule. Reading a contract, cleaning, the audit by Great Expectations
and the generated documents iterate over it: a new rule is a new row here, and its test.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final, Literal

from candid_assets.contracts.catalog import Column, LogicalType, RuleValue
from candid_assets.contracts.rule_values import (
    Declared,
    read_bound,
    read_enum,
    read_length,
    read_pattern,
    shown,
)
from candid_assets.sql import literal, literals, quoted

Asserted = tuple[Mapping[str, object], str]
"""Arguments of an expectation, and what it asserts, in the words behind the column's name."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The end of a range that a rule sets; a strict one is itself out of the range."""

    end: Literal["min", "max"]
    strict: bool
    words: str


@dataclass(frozen=True, slots=True)
class Expectation:
    """An assertion of Great Expectations, of which several rules of a column may be parts."""

    name: str
    """Class name in `great_expectations.expectations`."""
    of: Callable[["Valued"], Asserted]
    """Returns arguments and words from the rules that share the expectation and their values."""
    exact: bool = False
    """Whether values are compared for equality, which a DECIMAL does not survive as a float."""


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """One rule; in its texts `{value}` is the value that the contract gives it."""

    key: str
    """Its key in the Open Data Contract Standard."""
    types: frozenset[LogicalType]
    """Logical types of the columns that may have it."""
    read: Callable[[Declared], RuleValue | None]
    """Returns the rule's value and reports what is wrong with it."""
    broken: str
    """SQL condition under which a value of the column, `{name}`, breaks the rule."""
    reason: str
    """Its code in quarantine, which several rules may share."""
    phrase: str
    """What quarantine says of a cell that breaks it, behind the cell's content."""
    expectation: Expectation
    documented: str
    """What the generated documents say of the column."""
    limit: Limit | None = None
    of_column: bool = False
    """Whether its key is the column's own, not one of its `logicalTypeOptions`."""


Valued = Sequence[tuple[ColumnRule, Any]]


def rules_of(column: Column) -> Valued:
    """Return the rules of a column with their values, in the table's order."""
    return [(rule, column.rules[rule.key]) for rule in COLUMN_RULES if rule.key in column.rules]


def broken_sql(rule: ColumnRule, value: RuleValue, column: Column) -> str:
    """Return the condition under which a value of the column, not NULL, breaks a rule."""
    written = literals(value) if isinstance(value, tuple) else literal(value)
    if isinstance(value, tuple) and column.logical_type != "string":
        items = (f"TRY_CAST({literal(item)} AS {column.physical_type})" for item in value)
        written = ", ".join(items)
    return rule.broken.format(name=quoted(column.name), value=written)


def limits_text(low: int | None, high: int | None) -> str:
    """Return in words how many there may be, from at least one of the two limits."""
    if low is not None and high is not None:
        return f"exactly {low:,}" if low == high else f"between {low:,} and {high:,}"
    return f"at least {low:,}" if low is not None else f"at most {high:,}"


def _limits(valued: Valued) -> dict[Limit, Any]:
    """Return the tightest lower and upper limit; of two equal ones the strict one."""
    limits = [(rule.limit, value) for rule, value in valued if rule.limit]
    lows = [(value, limit.strict, limit) for limit, value in limits if limit.end == "min"]
    highs = [(value, not limit.strict, limit) for limit, value in limits if limit.end == "max"]
    tightest = [*sorted(lows, key=itemgetter(0, 1))[-1:], *sorted(highs, key=itemgetter(0, 1))[:1]]
    return {limit: value for value, _, limit in tightest}


def _range(valued: Valued) -> Asserted:
    limits = _limits(valued)
    arguments = {f"{limit.end}_value": value for limit, value in limits.items()}
    arguments |= {f"strict_{limit.end}": limit.strict for limit in limits}
    texts = (f"{limit.words} {shown(value)}" for limit, value in limits.items())
    return arguments, f"is {' and '.join(texts)}"


def _length(valued: Valued) -> Asserted:
    arguments = {f"{end.end}_value": value for end, value in _limits(valued).items()}
    words = limits_text(arguments.get("min_value"), arguments.get("max_value"))
    return arguments, f"has {words} characters"


def _allowed(valued: Valued) -> Asserted:
    ((_, values),) = valued
    return {"value_set": list(values)}, f"is one of {shown(values)}"


def _match(valued: Valued) -> Asserted:
    ((_, pattern),) = valued
    return {"regex": f"^(?:{pattern})$"}, f"matches {pattern}"


_ORDERED: Final = frozenset[LogicalType]({"integer", "number", "date", "timestamp"})
_TEXT: Final = frozenset[LogicalType]({"string"})
_AT_LEAST: Final = Limit("min", strict=False, words="at least")
_ABOVE: Final = Limit("min", strict=True, words="above")
_AT_MOST: Final = Limit("max", strict=False, words="at most")
_BELOW: Final = Limit("max", strict=True, words="below")
_RANGE: Final = Expectation("ExpectColumnValuesToBeBetween", _range)
_LENGTH: Final = Expectation("ExpectColumnValueLengthsToBeBetween", _length)

COLUMN_RULES: Final[tuple[ColumnRule, ...]] = (
    ColumnRule(
        key="enum", of_column=True, types=_TEXT | _ORDERED, read=read_enum,
        broken="COALESCE({name} NOT IN ({value}), TRUE)",
        reason="not_allowed", phrase="is none of the allowed values: {value}",
        expectation=Expectation("ExpectColumnValuesToBeInSet", _allowed, exact=True),
        documented="one of {value}",
    ),
    ColumnRule(
        key="minimum", limit=_AT_LEAST, types=_ORDERED, read=read_bound,
        broken="{name} < {value}",
        reason="below_minimum", phrase="is below {value}",
        expectation=_RANGE, documented="≥ {value}",
    ),
    ColumnRule(
        key="exclusiveMinimum", limit=_ABOVE, types=_ORDERED, read=read_bound,
        broken="{name} <= {value}",
        reason="below_minimum", phrase="is not above {value}",
        expectation=_RANGE, documented="> {value}",
    ),
    ColumnRule(
        key="maximum", limit=_AT_MOST, types=_ORDERED, read=read_bound,
        broken="{name} > {value}",
        reason="above_maximum", phrase="is above {value}",
        expectation=_RANGE, documented="≤ {value}",
    ),
    ColumnRule(
        key="exclusiveMaximum", limit=_BELOW, types=_ORDERED, read=read_bound,
        broken="{name} >= {value}",
        reason="above_maximum", phrase="is not below {value}",
        expectation=_RANGE, documented="< {value}",
    ),
    ColumnRule(
        key="minLength", limit=_AT_LEAST, types=_TEXT, read=read_length,
        broken="length({name}) < {value}",
        reason="too_short", phrase="is shorter than {value} characters",
        expectation=_LENGTH, documented="at least {value} characters",
    ),
    ColumnRule(
        key="maxLength", limit=_AT_MOST, types=_TEXT, read=read_length,
        broken="length({name}) > {value}",
        reason="too_long", phrase="is longer than {value} characters",
        expectation=_LENGTH, documented="at most {value} characters",
    ),
    ColumnRule(
        key="pattern", types=_TEXT, read=read_pattern,
        broken="NOT regexp_full_match({name}, {value})",
        reason="bad_pattern", phrase="does not match the pattern {value}",
        expectation=Expectation("ExpectColumnValuesToMatchRegex", _match),
        documented="like `{value}`",
    ),
)  # fmt: skip
