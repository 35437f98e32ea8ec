"""The rules of a table as data: what is asserted, of which columns and in which check.

Both the plan of checks (at definition load) and the Great Expectations suite (at run time) are
made from these, so that what is announced and what is run cannot differ. Nothing here imports
Great Expectations, pandas or DuckDB.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from candid_assets.contracts.catalog import Column, Model, Tab
from candid_assets.contracts.column_rules import broken_sql, limits_text, rules_of
from candid_assets.contracts.rule_values import listed
from candid_assets.names import CheckName, Layer

Subject = Tab | Model
MOST_EXCHANGEABLE = 12
"""Columns of one type that are compared with one another, the first ones of the contract."""

PROVENANCE: tuple[tuple[str, str], ...] = (("_row", "INTEGER"), ("_extract", "VARCHAR"))
"""What a clean table carries behind the columns of its contract."""

FAMILY_PROVENANCE: tuple[tuple[str, str], ...] = (("_tab", "VARCHAR"), ("_sheet_id", "BIGINT"))
"""What the clean table of a family carries before its provenance: which tab a row stands in."""


@dataclass(frozen=True, slots=True)
class TableRule:
    """One assertion about a table."""

    check: CheckName
    expectation: str
    """Class name in `great_expectations.expectations`."""
    text: str
    """The assertion in plain words; messages and descriptions are made from it."""
    columns: tuple[str, ...] = ()
    arguments: Mapping[str, object] = field(default_factory=dict)
    """The expectation's arguments but for the columns; bounds as the contract has them."""
    exact: bool = False
    """Whether values are compared for equality, which a DECIMAL does not survive as a float."""
    broken: str = ""
    """For a rule about values the SQL condition under which one, not NULL, breaks it."""


def layer_of(subject: Subject) -> Layer:
    """Return the layer of the table that a contract describes."""
    return "clean" if isinstance(subject, Tab) else "ready"


def expected_columns(subject: Subject) -> tuple[tuple[str, str], ...]:
    """Return the names and types that the staged table must have, in order."""
    own = tuple((column.name, column.physical_type) for column in subject.columns)
    if not isinstance(subject, Tab):
        return own
    return own + (FAMILY_PROVENANCE if subject.is_family else ()) + PROVENANCE


def required_columns(subject: Subject) -> tuple[str, ...]:
    """Return the columns that hold no blank: the required ones and the parts of the key."""
    return tuple(
        c.name for c in subject.columns if c.required or c.primary_key_position is not None
    )


def exchangeable_columns(tab: Tab) -> list[list[Column]]:
    """Return the columns of a tab that could hold each other's values, in groups of one type."""
    groups: dict[str, list[Column]] = {}
    types = {"integer": "number", "timestamp": "date"}
    for column in tab.columns:
        kind = types.get(column.logical_type, column.logical_type)
        if column.in_sheet and kind != "boolean":
            groups.setdefault(kind, []).append(column)
    return [group[:MOST_EXCHANGEABLE] for group in groups.values() if len(group) > 1]


def referencing_columns(subject: Subject) -> tuple[Column, ...]:
    """Return the columns that are foreign keys."""
    return tuple(column for column in subject.columns if column.reference is not None)


def suite_rules(subject: Subject) -> tuple[TableRule, ...]:
    """Return everything a contract asserts but its foreign keys, in the order of the checks."""
    return (
        *_columns_match(subject),
        *_keys_unique(subject),
        *_values_present(subject),
        *(rule for column in subject.columns for rule in _values_valid(column)),
        *_rows_in_range(subject),
    )


def _columns_match(subject: Subject) -> Iterator[TableRule]:
    columns = expected_columns(subject)
    names = tuple(name for name, _ in columns)
    yield TableRule(
        check="columns_match",
        expectation="ExpectTableColumnsToMatchOrderedList",
        text=f"the columns, their order and types are those of the contract: {listed(names)}",
        arguments={"column_list": list(names)},
    )


def _keys_unique(subject: Subject) -> Iterator[TableRule]:
    keys = [subject.primary_key] if subject.primary_key else []
    keys += [(c.name,) for c in subject.columns if c.unique and (c.name,) not in keys]
    for key in keys:
        single = len(key) == 1
        yield TableRule(
            check="keys_unique",
            expectation="ExpectColumnValuesToBeUnique"
            if single
            else "ExpectCompoundColumnsToBeUnique",
            text=f"no two rows share {' + '.join(key)}",
            columns=key,
            # A blank key part is the business of values_present, as in SQL.
            arguments={} if single else {"ignore_row_if": "any_value_is_missing"},
            exact=True,
        )


def _values_present(subject: Subject) -> Iterator[TableRule]:
    for name in required_columns(subject):
        yield TableRule(
            check="values_present",
            expectation="ExpectColumnValuesToNotBeNull",
            text=f"{name} holds no blank",
            columns=(name,),
        )


def _values_valid(column: Column) -> Iterator[TableRule]:
    for expectation, valued in groupby(rules_of(column), key=lambda pair: pair[0].expectation):
        pairs = list(valued)
        arguments, words = expectation.of(pairs)
        yield TableRule(
            check="values_valid",
            expectation=expectation.name,
            text=f"{column.name} {words}",
            columns=(column.name,),
            arguments=arguments,
            exact=expectation.exact,
            broken=" OR ".join(broken_sql(rule, value, column) for rule, value in pairs),
        )


def _rows_in_range(subject: Subject) -> Iterator[TableRule]:
    low, high = subject.rows.minimum, subject.rows.maximum
    if low is not None or high is not None:
        yield TableRule(
            check="rows_in_range",
            expectation="ExpectTableRowCountToBeBetween",
            text=f"the table has {limits_text(low, high)} rows",
            arguments={"min_value": low, "max_value": high},
        )
