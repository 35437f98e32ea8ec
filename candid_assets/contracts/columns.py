"""The columns of a contract file: names, types, keys and the values they may hold."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any, Final

import yaml
from open_data_contract_standard.model import Relationship, SchemaProperty

from candid_assets.contracts import column_rules
from candid_assets.contracts.catalog import Column, LogicalType, Reference, RuleValue
from candid_assets.contracts.column_rules import rules_of
from candid_assets.contracts.column_types import LOGICAL_TYPES, physical_type, suitable_types
from candid_assets.contracts.custom_properties import ColumnOptions
from candid_assets.contracts.header_text import normalise
from candid_assets.contracts.odcs_vocabulary import custom_values, option_fields
from candid_assets.contracts.rule_values import Declared, shown
from candid_assets.contracts.yaml_document import Step, YamlDocument, known_keys
from candid_assets.near_names import nearest

IDENTIFIER: Final = re.compile(r"[a-z][a-z0-9_]*")
RESERVED: Final = frozenset(
    {"_row", "_extract", "_kinds", "_loaded_at", "_reasons", "_tab", "_sheet_id", "_id"}
    | {"_shown", "_merged"}
)
_NESTED: Final = ("quality", "properties", "items", "map")
OPTION_TYPES: Final[dict[str, tuple[LogicalType, ...]]] = {
    "notation": ("number", "integer"),
    "currency": ("number", "integer"),
    "duration": ("number", "integer"),
    "negativeMarks": ("number", "integer"),
    "positiveMarks": ("number", "integer"),
    "dateOrder": ("date", "timestamp"),
    "yearFrom": ("date",),
    "daysCounted": ("date", "timestamp"),
    "letterCase": ("string",),
    "shownAs": ("number", "integer"),
    "datesAsShown": ("string",),
    "phone": ("string",),
    "trueWords": ("boolean",),
    "falseWords": ("boolean",),
    "roundToScale": ("number",),
    "implausible": ("number", "integer", "date", "timestamp"),
    "blocked": ("number", "integer", "date", "timestamp"),
}
"""Cleaning options that mean something only for some types."""
_OPTION_FIELDS: Final = option_fields(ColumnOptions)


def read_columns(
    document: YamlDocument, properties: Sequence[SchemaProperty] | None, *, of_tab: bool
) -> tuple[Column, ...]:
    """Return the columns of a tab or a model; their problems are in the document."""
    if not properties:
        document.fault(("properties",), "the table has no columns", "list them under `properties:`")
        return ()
    _check_names(document, properties)
    positions = _key_positions(document, properties)
    columns = [
        _read_column(document, index, item, positions.get(index), of_tab=of_tab)
        for index, item in enumerate(properties)
    ]
    return tuple(column for column in columns if column is not None)


def check_identifier(
    document: YamlDocument, where: tuple[Step, ...], name: str, what: str, *, part: bool = False
) -> None:
    """Report a name that is not snake_case or is reserved."""
    if name in RESERVED:
        document.fault(where, f"{what} {name!r} is the platform's own name", "choose another name")
    elif not IDENTIFIER.fullmatch(name):
        message = f"{what} {name!r} is not snake_case"
        document.fault(where, message, "write small letters, digits and _, a letter first")
    elif part and "__" in name:
        message = f"{what} {name!r} holds the mark between workbook and tab, __"
        document.fault(where, message, "use single underscores")


def _check_names(document: YamlDocument, properties: Sequence[SchemaProperty]) -> None:
    """Report missing, unfit and repeated names and headers."""
    names: dict[str, int] = {}
    headers: dict[str, str] = {}
    for index, item in enumerate(properties):
        name, at = item.name or "", ("properties", index)
        if not name:
            document.fault(at, f"column {index + 1} has no name", "give it a `name:`")
            continue
        check_identifier(document, (*at, "name"), name, "column name")
        if name in names:
            message = f"column {name!r} is given twice (first in line {names[name]})"
            document.fault(at, message, "rename or remove one of the two")
        names.setdefault(name, document.line(*at))
        header = normalise(item.physicalName or "")
        if header and header in headers:
            message = f"header {item.physicalName!r} of {name!r} is that of {headers[header]!r} too"
            document.fault((*at, "physicalName"), message, "give each column a header of its own")
        headers.setdefault(header, name)


def _key_positions(document: YamlDocument, properties: Sequence[SchemaProperty]) -> dict[int, int]:
    """Return the key position of each key column by its place in the file."""
    keyed = [index for index, item in enumerate(properties) if item.primaryKey]
    for index, item in enumerate(properties):
        at = ("properties", index, "primaryKeyPosition")
        if item.primaryKeyPosition is not None and not item.primaryKey:
            message = f"column {item.name!r} has a primaryKeyPosition but is no key"
            document.fault(at, message, "add primaryKey: true or remove the position")
    given = [properties[index].primaryKeyPosition for index in keyed]
    if all(position is None for position in given):
        return {index: position for position, index in enumerate(keyed, start=1)}
    if sorted(position or 0 for position in given) != list(range(1, len(keyed) + 1)):
        shown = ", ".join("none" if position is None else str(position) for position in given)
        message = f"the key positions of {len(keyed)} columns are {shown}"
        at = ("properties", keyed[0], "primaryKeyPosition")
        document.fault(at, message, f"number them 1 to {len(keyed)} without gaps")
    return {index: position or 0 for index, position in zip(keyed, given, strict=True)}


def _read_column(
    document: YamlDocument, index: int, item: SchemaProperty, position: int | None, *, of_tab: bool
) -> Column | None:
    """Return one column, or None where not even its type is known."""
    at, name = ("properties", index), item.name or f"number {index + 1}"
    _check_presence(document, at, item, name, of_tab=of_tab)
    custom = custom_values(
        document, at, item.customProperties, f"column of a {'tab' if of_tab else 'model'}"
    )
    logical = _logical_type(document, at, item, name)
    if logical is None:
        return None
    physical = physical_type(logical, item.physicalType)
    cut = (item.physicalType or "").count("(") > (item.physicalType or "").count(")")
    if physical is None and not (cut and document.has_problem(*at, "physicalType")):
        message = f"physicalType {item.physicalType!r} of {name!r} does not suit {logical}"
        fix = f"write {suitable_types(logical)}"
        document.fault((*at, "physicalType"), message, fix)
    column = Column(
        name=name,
        header=(item.physicalName or "").strip() if of_tab else name,
        logical_type=logical,
        physical_type=physical or "",
        description=(item.description or "").strip(),
        required=bool(item.required) or position is not None,
        unique=bool(item.unique),
        primary_key_position=position,
        reference=_reference(document, at, item.relationships),
        unit=custom.get("unit"),
        options=_options(document, at, custom, logical, name),
        line=document.line(*at),
    )
    column = replace(column, rules=_rules(document, at, item, column))
    _check_limits(document, (*at, "logicalTypeOptions"), column)
    return column


def _check_presence(
    document: YamlDocument, at: tuple[Step, ...], item: SchemaProperty, name: str, *, of_tab: bool
) -> None:
    """Report keys that a column lacks, and keys that would have no effect."""
    if not (item.description or "").strip():
        document.fault(at, f"column {name!r} has no description", "say in one sentence what it is")
    if of_tab and not (item.physicalName or "").strip():
        document.fault(
            at, f"column {name!r} has no physicalName", "write the source's header as physicalName"
        )
    if not of_tab and item.physicalName not in {None, item.name}:
        message = f"column {name!r} of a model has a physicalName"
        document.fault((*at, "physicalName"), message, "remove it: a model reads no source")
    if item.primaryKey and item.required is False:
        message = f"key column {name!r} is not required"
        document.fault((*at, "required"), message, "write required: true or remove it")
    for key in _NESTED:
        if getattr(item, key) is not None:
            message = f"{key!r} of column {name!r} would not be checked"
            fix = "use required, unique, enum, relationships or logicalTypeOptions"
            if key == "quality" and of_tab:
                fix += "; a rule over several columns belongs under quality of the table"
            document.fault((*at, key), message, fix)


def _logical_type(
    document: YamlDocument, at: tuple[Step, ...], item: SchemaProperty, name: str
) -> LogicalType | None:
    """Return the column's logical type, or None where it is not supported."""
    if item.logicalType is None:
        fix = f"write one of {', '.join(LOGICAL_TYPES)}"
        document.fault(at, f"column {name!r} has no logicalType", fix)
        return None
    for logical in LOGICAL_TYPES:
        if item.logicalType == logical:
            return logical
    message = f"unknown logicalType {item.logicalType!r} of column {name!r}"
    fix = f"the nearest known one is {nearest(item.logicalType, LOGICAL_TYPES)!r}"
    document.fault((*at, "logicalType"), message, fix)
    return None


def _options(
    document: YamlDocument,
    at: tuple[Step, ...],
    custom: dict[str, Any],
    logical: LogicalType,
    name: str,
) -> ColumnOptions:
    """Return the cleaning options; report those that mean nothing for the type."""
    for option, types in OPTION_TYPES.items():
        if option in custom and logical not in types:
            message = f"custom property {option!r} means nothing for {logical} column {name!r}"
            document.fault((*at, "customProperties"), message, "remove it or correct logicalType")
    given = {_OPTION_FIELDS[key]: value for key, value in custom.items() if key != "unit"}
    options = ColumnOptions(**given)
    both = {w.casefold() for w in options.true_words} & {w.casefold() for w in options.false_words}
    if both:
        message = f"{sorted(both)[0]!r} means both true and false in column {name!r}"
        document.fault((*at, "customProperties"), message, "keep it in one of the two lists")
    return options


def _rules(
    document: YamlDocument, at: tuple[Step, ...], item: SchemaProperty, column: Column
) -> dict[str, RuleValue]:
    """Return the valid values of the column's rules by their keys."""
    where, logical = (*at, "logicalTypeOptions"), column.logical_type
    options = item.logicalTypeOptions or {}
    node = document.node(*where)
    if isinstance(node, yaml.MappingNode):
        what = f"the logicalTypeOptions of {logical} column {column.name!r}"
        rules = (rule for rule in column_rules.COLUMN_RULES if logical in rule.types)
        known = frozenset(rule.key for rule in rules if not rule.of_column)
        if known:
            known_keys(document, node, known, what)
        elif options:
            document.fault(where, f"{what} are not enforced", "remove them")
    values = {}
    for rule in column_rules.COLUMN_RULES:
        value = getattr(item, rule.key) if rule.of_column else options.get(rule.key)
        place = (*(at if rule.of_column else where), rule.key)
        if value is not None and logical in rule.types:
            values[rule.key] = rule.read(Declared(document, column, place, value))
        elif value is not None and rule.of_column:
            message = f"{rule.key} of {logical} column {column.name!r} is not enforced"
            document.fault(place, message, "remove it")
    return {key: value for key, value in values.items() if value is not None}


def _check_limits(document: YamlDocument, where: tuple[Step, ...], column: Column) -> None:
    """Report pairs of limits that no value satisfies."""
    limits = [(rule, rule.limit, value) for rule, value in rules_of(column) if rule.limit]
    for (lower, low, least), (upper, high, most) in product(limits, limits):
        if (low.end, high.end) != ("min", "max") or lower.expectation is not upper.expectation:
            continue
        if not (least < most if low.strict or high.strict else least <= most):
            message = f"no value has {lower.key} {shown(least)} and {upper.key} {shown(most)}"
            document.fault((*where, lower.key), message, "exchange or correct the two")


def _reference(
    document: YamlDocument, at: tuple[Step, ...], relationships: list[Relationship] | None
) -> Reference | None:
    """Return the column's foreign key."""
    if not relationships:
        return None
    where = (*at, "relationships", 0)
    if len(relationships) > 1:
        again = (*at, "relationships", 1)
        document.fault(again, "a column has two relationships", "keep the one it is a key of")
    relation = relationships[0]
    table, _, column = relation.to.partition(".") if isinstance(relation.to, str) else ("", "", "")
    if not (IDENTIFIER.fullmatch(table) and IDENTIFIER.fullmatch(column)):
        message = f"relationship to {relation.to!r} names no column"
        document.fault((*where, "to"), message, "write to: table.column, without a layer")
        return None
    if relation.type not in {None, "foreignKey"} or relation.from_ is not None:
        message = "a column's relationship is a foreign key from that column"
        document.fault(where, message, "keep only `to:`")
    custom = custom_values(document, where, relation.customProperties, "relationship")
    return Reference(table, column, **custom)
