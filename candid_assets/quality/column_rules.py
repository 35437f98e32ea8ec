"""The rules of a contract as data: what is asserted, of which columns and in which check.

Both the plan of checks (at definition load) and the Great Expectations suite (at run time) are
made from these, so that what is announced and what is run cannot differ. Nothing here imports
Great Expectations, pandas or DuckDB.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from candid_assets.contracts.catalog import Bound, Column, Model, Tab
from candid_assets.names import CheckName, Layer

Subject = Tab | Model

PROVENANCE: tuple[tuple[str, str], ...] = (("_row", "INTEGER"), ("_extract", "VARCHAR"))
"""What a clean table carries behind the columns of its contract."""

FAMILY_PROVENANCE: tuple[tuple[str, str], ...] = (("_tab", "VARCHAR"), ("_sheet_id", "BIGINT"))
"""What the clean table of a family carries before its provenance: which tab a row stands in."""

MAX_LISTED = 8


@dataclass(frozen=True, slots=True)
class Rule:
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


def referencing_columns(subject: Subject) -> tuple[Column, ...]:
    """Return the columns that are foreign keys."""
    return tuple(column for column in subject.columns if column.reference is not None)


def suite_rules(subject: Subject) -> tuple[Rule, ...]:
    """Return everything a contract asserts but its foreign keys, in the order of the checks."""
    return (
        *_columns_match(subject),
        *_keys_unique(subject),
        *_values_present(subject),
        *(rule for column in subject.columns for rule in _values_valid(column)),
        *_rows_in_range(subject),
    )


def listed(words: tuple[str, ...]) -> str:
    """Return words joined by commas, long lists cut short."""
    more = len(words) - MAX_LISTED
    return ", ".join(words[:MAX_LISTED]) + (f" and {more} more" if more > 0 else "")


def _columns_match(subject: Subject) -> Iterator[Rule]:
    columns = expected_columns(subject)
    names = tuple(name for name, _ in columns)
    yield Rule(
        check="columns_match",
        expectation="ExpectTableColumnsToMatchOrderedList",
        text=f"the columns, their order and types are those of the contract: {listed(names)}",
        arguments={"column_list": list(names)},
    )


def _keys_unique(subject: Subject) -> Iterator[Rule]:
    keys = [subject.primary_key] if subject.primary_key else []
    keys += [(c.name,) for c in subject.columns if c.unique and (c.name,) not in keys]
    for key in keys:
        if len(key) == 1:
            yield Rule(
                check="keys_unique",
                expectation="ExpectColumnValuesToBeUnique",
                text=f"no two rows share {key[0]}",
                columns=key,
                exact=True,
            )
        else:
            yield Rule(
                check="keys_unique",
                expectation="ExpectCompoundColumnsToBeUnique",
                text=f"no two rows share {' + '.join(key)}",
                columns=key,
                # A blank key part is the business of values_present, as in SQL.
                arguments={"ignore_row_if": "any_value_is_missing"},
                exact=True,
            )


def _values_present(subject: Subject) -> Iterator[Rule]:
    for name in required_columns(subject):
        yield Rule(
            check="values_present",
            expectation="ExpectColumnValuesToNotBeNull",
            text=f"{name} holds no blank",
            columns=(name,),
        )


def _values_valid(column: Column) -> Iterator[Rule]:
    if column.enum:
        yield Rule(
            check="values_valid",
            expectation="ExpectColumnValuesToBeInSet",
            text=f"{column.name} is one of {listed(column.enum)}",
            columns=(column.name,),
            arguments={"value_set": list(column.enum)},
            exact=True,
        )
    bounds, words = _bounds(column)
    if bounds:
        yield Rule(
            check="values_valid",
            expectation="ExpectColumnValuesToBeBetween",
            text=f"{column.name} is {words}",
            columns=(column.name,),
            arguments=bounds,
        )
    lengths = {"min_value": column.min_length, "max_value": column.max_length}
    if column.min_length is not None or column.max_length is not None:
        yield Rule(
            check="values_valid",
            expectation="ExpectColumnValueLengthsToBeBetween",
            text=f"{column.name} has {_limits(column.min_length, column.max_length)} characters",
            columns=(column.name,),
            arguments=lengths,
        )
    if column.pattern is not None:
        yield Rule(
            check="values_valid",
            expectation="ExpectColumnValuesToMatchRegex",
            text=f"{column.name} matches {column.pattern}",
            columns=(column.name,),
            arguments={"regex": f"^(?:{column.pattern})$"},
        )


def _rows_in_range(subject: Subject) -> Iterator[Rule]:
    low, high = subject.rows.minimum, subject.rows.maximum
    if low is not None or high is not None:
        yield Rule(
            check="rows_in_range",
            expectation="ExpectTableRowCountToBeBetween",
            text=f"the table has {_limits(low, high)} rows",
            arguments={"min_value": low, "max_value": high},
        )


def _bounds(column: Column) -> tuple[dict[str, object], str]:
    low, strict_low = _tighter(column.minimum, column.exclusive_minimum, lower=True)
    high, strict_high = _tighter(column.maximum, column.exclusive_maximum, lower=False)
    arguments: dict[str, object] = {}
    words = []
    if low is not None:
        arguments |= {"min_value": low, "strict_min": strict_low}
        words.append(f"{'above' if strict_low else 'at least'} {low}")
    if high is not None:
        arguments |= {"max_value": high, "strict_max": strict_high}
        words.append(f"{'below' if strict_high else 'at most'} {high}")
    return arguments, " and ".join(words)


def _tighter(
    inclusive: Bound | None, exclusive: Bound | None, *, lower: bool
) -> tuple[Bound | None, bool]:
    """Return the bound that says more, and whether it is exclusive."""
    if inclusive is None or exclusive is None:
        return (inclusive, False) if exclusive is None else (exclusive, True)
    # The contract's loader gives both bounds of a column the column's own type.
    low, high = (exclusive, inclusive) if lower else (inclusive, exclusive)
    return (inclusive, False) if low < high else (exclusive, True)  # type: ignore[operator]


def _limits(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return f"exactly {low:,}" if low == high else f"between {low:,} and {high:,}"
    return f"at least {low:,}" if low is not None else f"at most {high:,}"
