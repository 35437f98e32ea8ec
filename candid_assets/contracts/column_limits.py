"""The `logicalTypeOptions` of a column: bounds, lengths and patterns, checked for sense."""

from typing import Any, Final, TypedDict

import yaml
from open_data_contract_standard.model import SchemaProperty

from candid_assets.contracts.catalog import Bound, LogicalType
from candid_assets.contracts.column_types import TYPE_OPTIONS, bound, bound_form
from candid_assets.contracts.duckdb_syntax import pattern_fault
from candid_assets.contracts.yaml_document import Document, Step, known_keys

_BOUNDS: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_LENGTHS: Final = ("minLength", "maxLength")


class Limits(TypedDict):
    """The fields of a column that its `logicalTypeOptions` fill."""

    minimum: Bound | None
    maximum: Bound | None
    exclusive_minimum: Bound | None
    exclusive_maximum: Bound | None
    min_length: int | None
    max_length: int | None
    pattern: str | None


def read_limits(
    document: Document, at: tuple[Step, ...], item: SchemaProperty, logical: LogicalType
) -> Limits:
    """Return a column's limits; what is wrong with them stands in the document."""
    where = (*at, "logicalTypeOptions")
    options = item.logicalTypeOptions or {}
    node = document.node(*where)
    if isinstance(node, yaml.MappingNode):
        what = f"the logicalTypeOptions of {logical} column {item.name!r}"
        known = TYPE_OPTIONS[logical]
        if known:
            known_keys(document, node, known, what)
        elif options:
            document.fault(where, f"{what} are not enforced", "remove them")
    limits = _typed(document, where, options, logical)
    _check_order(document, where, limits)
    return limits


def _typed(
    document: Document, where: tuple[Step, ...], options: dict[str, Any], logical: LogicalType
) -> Limits:
    """Return the limits in the column's type."""
    known = TYPE_OPTIONS[logical]
    bounds: dict[str, Bound | None] = {}
    for key in _BOUNDS:
        written = options.get(key) if key in known else None
        bounds[key] = None if written is None else bound(logical, written)
        if written is not None and bounds[key] is None:
            document.fault(
                (*where, key), f"{key} {written!r} is not {bound_form(logical)}", "correct it"
            )
    lengths = {key: _length(document, where, options.get(key), key) for key in _LENGTHS}
    pattern = options.get("pattern") if "pattern" in known else None
    if pattern is not None:
        _check_pattern(document, (*where, "pattern"), pattern)
    return Limits(
        minimum=bounds["minimum"],
        maximum=bounds["maximum"],
        exclusive_minimum=bounds["exclusiveMinimum"],
        exclusive_maximum=bounds["exclusiveMaximum"],
        min_length=lengths["minLength"],
        max_length=lengths["maxLength"],
        pattern=pattern if isinstance(pattern, str) else None,
    )


def _length(document: Document, where: tuple[Step, ...], written: Any, key: str) -> int | None:
    if written is None or (type(written) is int and written >= 0):
        return written
    document.fault((*where, key), f"{key} {written!r} is not a whole number", "correct it")
    return None


def _check_order(document: Document, where: tuple[Step, ...], limits: Limits) -> None:
    """Report limits that no value can keep."""
    pairs: tuple[tuple[str, Any, str, Any, bool], ...] = (
        ("minimum", limits["minimum"], "maximum", limits["maximum"], False),
        ("minimum", limits["minimum"], "exclusiveMaximum", limits["exclusive_maximum"], True),
        ("exclusiveMinimum", limits["exclusive_minimum"], "maximum", limits["maximum"], True),
        (
            "exclusiveMinimum",
            limits["exclusive_minimum"],
            "exclusiveMaximum",
            limits["exclusive_maximum"],
            True,
        ),
        ("minLength", limits["min_length"], "maxLength", limits["max_length"], False),
    )
    for low_name, low, high_name, high, strict in pairs:
        if low is None or high is None or (low < high if strict else low <= high):
            continue
        message = f"no value has {low_name} {low} and {high_name} {high}"
        document.fault((*where, low_name), message, "exchange or correct the two")


def _check_pattern(document: Document, where: tuple[Step, ...], pattern: Any) -> None:
    """Report a pattern that Python or DuckDB cannot run."""
    if not isinstance(pattern, str):
        document.fault(where, f"pattern {pattern!r} is not text", "put it in quotes")
        return
    fault = pattern_fault(pattern)
    if fault:
        fix = "write it as both read it: no look-around, back-reference or possessive repetition"
        document.fault(where, f"pattern {pattern!r} does not compile: {fault}", fix)
