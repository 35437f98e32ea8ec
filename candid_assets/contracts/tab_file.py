"""Reads one tab's contract file."""

from pathlib import Path
from typing import Any, Final

from open_data_contract_standard.model import DataQuality, SchemaObject

from candid_assets.contracts.catalog import Column, RowLimits, Severity, Tab
from candid_assets.contracts.columns import check_identifier, read_columns
from candid_assets.contracts.custom_properties import ReadOptions, TabOptions
from candid_assets.contracts.families import check_family
from candid_assets.contracts.fingerprint import fingerprint
from candid_assets.contracts.forms import check_forms
from candid_assets.contracts.header_text import MOST_HEADER_ROWS
from candid_assets.contracts.line_kinds import check_lines
from candid_assets.contracts.odcs_vocabulary import (
    custom_place,
    custom_values,
    option_fields,
    parse,
)
from candid_assets.contracts.other_headers import check_other_headers
from candid_assets.contracts.row_rules import read_row_rules
from candid_assets.contracts.sections import check_sections
from candid_assets.contracts.tables_in_tab import check_table_in_tab, check_without_header
from candid_assets.contracts.yaml_document import YamlDocument, read_document
from candid_assets.near_names import nearest

_OPERATORS: Final = (
    "mustBe",
    "mustBeBetween",
    "mustBeGreaterThan",
    "mustBeGreaterOrEqualTo",
    "mustBeLessThan",
    "mustBeLessOrEqualTo",
    "mustNotBe",
    "mustNotBeBetween",
)
_REFUSED_OPERATORS: Final = frozenset({"mustNotBe", "mustNotBeBetween"})
_OPTION_FIELDS: Final = option_fields(TabOptions)
_READ_FIELDS: Final = option_fields(ReadOptions)


def read_tab(path: Path, workbook: str, owner: str) -> tuple[Tab | None, YamlDocument]:
    """Return the tab that a file declares (None where it has problems) and the file as read."""
    document = read_document(path)
    schema = parse(document, SchemaObject)
    if schema is None:
        return None, document
    check_table(document, schema)
    title = (schema.physicalName or "").strip()
    if not title:
        fix = "write the tab's title in its source as physicalName"
        document.report(1, "the tab has no physicalName", fix)
    columns = read_columns(document, schema.properties, of_tab=True)
    _check_optional(document, columns)
    check_other_headers(document, schema.properties, columns)
    rows = read_row_limits(document, schema.quality)
    row_rules = read_row_rules(document, schema.quality, columns)
    options, reading = _tab_options(document, schema, columns)
    if document.problems:
        return None, document
    tab = Tab(
        workbook=workbook,
        name=path.stem,
        title=title,
        description=(schema.description or "").strip(),
        columns=columns,
        owner=owner,
        path=path,
        fingerprint=fingerprint(title, schema.description, columns, rows, options, *row_rules),
        grain=(schema.dataGranularityDescription or "").strip(),
        rows=rows,
        options=options,
        reading=reading,
        row_rules=row_rules,
    )
    return tab, document


def check_table(document: YamlDocument, schema: SchemaObject) -> None:
    """Report what is wrong with the keys of a tab or model as a whole."""
    stem = document.path.stem
    check_identifier(document, (), stem, "file name", part=True)
    if schema.name != stem:
        message = f"name {schema.name!r} is not that of the file, {stem!r}"
        document.fault(("name",), message, f"write name: {stem} or rename the file")
    if not (schema.description or "").strip():
        document.report(1, f"{stem!r} has no description", "say in one sentence what a row is")
    if schema.relationships is not None:
        message = "relationships of a whole table would not be checked"
        document.fault(("relationships",), message, "write each on its column")
    if schema.logicalType not in {None, "object"}:
        message = f"logicalType of a table is 'object', not {schema.logicalType!r}"
        document.fault(("logicalType",), message, "remove it")


def _check_optional(document: YamlDocument, columns: tuple[Column, ...]) -> None:
    """Report columns that are required as well as optional, and tables of optional columns only."""
    for index, column in enumerate(columns):
        if column.options.may_lack and column.required:
            state = "optional" if column.options.optional else "retired"
            message = f"column {column.name!r} is required and {state} at once"
            document.fault(("properties", index), message, "remove one of the two")
    if columns and all(column.options.may_lack for column in columns):
        message = "every column is optional, so that no header can be recognised"
        document.fault(("properties",), message, "leave optional away from one column")


def _tab_options(
    document: YamlDocument, schema: SchemaObject, columns: tuple[Column, ...]
) -> tuple[TabOptions, ReadOptions]:
    """Return how the tab's rows are cleaned, and how they are read."""
    custom = custom_values(document, (), schema.customProperties, "tab")
    row = custom.get("headerRow")
    if row is not None and row < 1:
        message = f"headerRow {row} is no row of a table"
        at = custom_place((), schema.customProperties, "headerRow")
        document.fault(at, message, "count the source's rows from 1")
    _check_whole(document, schema, custom)
    check_family(document, schema, columns, custom)
    check_lines(document, schema, columns, custom)
    check_table_in_tab(document, schema, custom)
    check_forms(document, columns)
    check_without_header(document, schema, columns, custom)
    _check_columns(document, schema, columns, custom)
    cleaning = {_OPTION_FIELDS[k]: v for k, v in custom.items() if k in _OPTION_FIELDS}
    reading = {_READ_FIELDS[k]: v for k, v in custom.items() if k in _READ_FIELDS}
    return TabOptions(**cleaning), ReadOptions(**reading)


def _check_whole(document: YamlDocument, schema: SchemaObject, custom: dict[str, Any]) -> None:
    """Report options of the tab with an invalid number or blank texts."""
    rows = custom.get("headerRows")
    if rows is not None and not 0 <= rows <= MOST_HEADER_ROWS:
        at = custom_place((), schema.customProperties, "headerRows")
        message = f"headerRows {rows} is no number of header rows"
        document.fault(at, message, f"write 0 to {MOST_HEADER_ROWS}")
    share = custom.get("lossHeldFrom", 1)
    if share != "never" and not 0 < share <= 1:
        at = custom_place((), schema.customProperties, "lossHeldFrom")
        message = f"lossHeldFrom {share} is no share of the rows"
        document.fault(at, message, "write a number above 0 and up to 1, or never")
    for key in ("ignoredHeaders", "endsAt", "summaryRows"):
        if any(not text.strip() for text in custom.get(key, ())):
            at = custom_place((), schema.customProperties, key)
            document.fault(at, f"an item of {key!r} is blank", "remove it")


def _check_columns(
    document: YamlDocument,
    schema: SchemaObject,
    columns: tuple[Column, ...],
    custom: dict[str, Any],
) -> None:
    """Report columns that an option names and the table lacks, and rows without a typed column."""
    names = [column.name for column in columns if column.in_sheet]
    for key in ("prefilled", "totalColumns", "descriptionRow", "sectionColumn"):
        at = custom_place((), schema.customProperties, key)
        given = custom.get(key) or ()
        for name in [given] if isinstance(given, str) else given:
            if name not in names:
                message = f"{key} names {name!r}, which is no column of the table"
                document.fault(at, message, f"the nearest column is {nearest(name, names)!r}")
    check_sections(document, columns, custom)
    cells = custom.get("prefilled") or {}
    if cells and set(names) <= set(cells):
        at = custom_place((), schema.customProperties, "prefilled")
        message = "prefilled names every column, so that no cell would count as typed"
        document.fault(at, message, "leave out the columns that people type in")


def read_row_limits(document: YamlDocument, rules: list[DataQuality] | None) -> RowLimits:
    """Return the bounds on the number of rows; rules of type `sql` are read elsewhere."""
    numbered = [(i, rule) for i, rule in enumerate(rules or ()) if rule.type != "sql"]
    if not numbered:
        return RowLimits()
    if len(numbered) > 1:
        message = "more than one quality rule for the table"
        document.fault(("quality", numbered[1][0]), message, "keep the one for the metric rowCount")
    index, rule = numbered[0]
    at = ("quality", index)
    if rule.type not in {None, "library"} or rule.metric != "rowCount":
        named = rule.metric or rule.type
        message = f"quality rule {named!r} would not be checked"
        document.fault(at, message, "keep row limits here: {type: library, metric: rowCount, …}")
        return RowLimits()
    if rule.severity not in {None, "error", "warning"}:
        near = nearest(rule.severity or "", ("error", "warning"))
        message = f"unknown severity {rule.severity!r}"
        document.fault((*at, "severity"), message, f"the nearest known one is {near!r}")
    severity: Severity = "error" if rule.severity == "error" else "warning"
    lowest, highest = _row_bounds(document, rule, at)
    return RowLimits(minimum=lowest, maximum=highest, severity=severity)


def _row_bounds(
    document: YamlDocument, rule: DataQuality, at: tuple[str, int]
) -> tuple[int | None, int | None]:
    """Return the least and the greatest number of rows."""
    given = {key: getattr(rule, key) for key in _OPERATORS if getattr(rule, key) is not None}
    bounds: dict[str, int | None] = {"low": None, "high": None}
    for key, value in given.items():
        pair = value if isinstance(value, list) else [value]
        if key in _REFUSED_OPERATORS or not all(type(number) is int for number in pair):
            message = f"{key} {value!r} is no limit on a number of rows"
            document.fault((*at, key), message, "write mustBeBetween: [100, 5000], whole numbers")
        elif key in {"mustBe", "mustBeBetween"}:
            bounds = {"low": pair[0], "high": pair[-1]}
        elif key.startswith("mustBeGreater"):
            bounds["low"] = pair[0] + (key == "mustBeGreaterThan")
        else:
            bounds["high"] = pair[0] - (key == "mustBeLessThan")
    low, high = bounds["low"], bounds["high"]
    if not given:
        document.fault(at, "the row limit has no bounds", "write mustBeBetween: [100, 5000]")
    if low is not None and high is not None and low > high:
        document.fault(
            at, f"no table has {low} rows or more and {high} or less", "exchange the two"
        )
    return low, high
