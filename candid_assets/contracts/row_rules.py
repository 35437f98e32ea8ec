"""Row rules of a tab: its quality rules of type `sql`, each over the columns of one row.

A rule's query counts the rows that break it and must be 0, so that any tool of the standard can
run it: `select count(*) from ${object} where not (delivered_qty <= ordered_qty)`. What stands
behind `where` is evaluated for each row; where it is NULL, the row keeps the rule.
"""

import re
from collections.abc import Sequence
from typing import Final

import sqlglot
from open_data_contract_standard.model import DataQuality
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import SqlglotError

from candid_assets.contracts.catalog import Column, RowRule, Severity
from candid_assets.contracts.column_rules import COLUMN_RULES
from candid_assets.contracts.deterministic_sql import name_of, unrepeatable
from candid_assets.contracts.duckdb_syntax import condition_type
from candid_assets.contracts.yaml_document import Step, YamlDocument
from candid_assets.near_names import nearest

_FORM: Final = re.compile(
    r"\s*select\s+count\s*\(\s*\*\s*\)\s+from\s+([\w.$\{\}\"]+)\s+where\s(.+?)\s*;?\s*",
    re.IGNORECASE | re.DOTALL,
)
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_PLACEHOLDERS: Final = frozenset(f"{{{word}}}" for word in ("object", "table", "model"))
_WRITE: Final = "write it as select count(*) from ${object} where not (<what holds in every row>)"
_REASONS: Final = frozenset(
    {"missing_value", "error_cell", "blocked_column", "duplicate_key", "duplicate_value"}
    | {"bad_phone", "out_of_range", "too_precise", "not_a_number", "not_an_integer"}
    | {"not_a_boolean", "not_a_date", "not_a_timestamp", "not_a_time", "implausible"}
    | {"no_year", "outside_period", "ambiguous_year"}
    | {rule.reason for rule in COLUMN_RULES}
)
"""Reasons of single cells, which no row rule may be named like."""
_OF_MANY_ROWS: Final = (exp.AggFunc, exp.Window, exp.Query, exp.Star, exp.TableSample)
_FLOATING: Final = frozenset({"fdiv", "divide"})


def read_row_rules(
    document: YamlDocument, rules: Sequence[DataQuality] | None, columns: Sequence[Column]
) -> tuple[RowRule, ...]:
    """Return the row rules that a tab declares; problems are added to the document."""
    by_name: dict[str, RowRule] = {}
    for index, rule in enumerate(rules or ()):
        at = ("quality", index)
        if rule.type != "sql":
            continue
        read = _row_rule(document, at, rule, columns)
        if read is not None and read.name in by_name:
            document.fault(at, f"row rule {read.name!r} is given twice", "rename one of the two")
        elif read is not None:
            by_name[read.name] = read
    return tuple(by_name.values())


def _row_rule(
    document: YamlDocument, at: tuple[Step, ...], rule: DataQuality, columns: Sequence[Column]
) -> RowRule | None:
    before = len(document.problems)
    name = rule.id or rule.name or ""
    if not _NAME.fullmatch(name):
        message = (
            f"the row rule's id {name!r} is not snake_case" if name else "a row rule has no id"
        )
        document.fault(at, message, "name what holds, such as id: delivered_within_ordered")
    elif name in _REASONS:
        message = f"row rule {name!r} has the name of a reason against single cells"
        document.fault(at, message, "choose another id")
    if not (rule.description or "").strip():
        document.fault(at, "the row rule is not described", "say what holds in every row")
    given = rule.model_dump(exclude_none=True)
    operators = {key: given[key] for key in given if key.startswith("must")}
    if operators != {"mustBe": 0} or operators["mustBe"] is False:
        message = "a row rule counts the rows that break it, so that it must be 0"
        document.fault(at, message, "write mustBe: 0")
    if rule.severity not in {None, "error", "warning"}:
        near = nearest(rule.severity or "", ("error", "warning"))
        message = f"unknown severity {rule.severity!r}"
        document.fault((*at, "severity"), message, f"the nearest known one is {near!r}")
    condition = _condition(document, at, rule.query or "")
    used = _columns(document, at, condition, columns) if condition else ()
    if len(document.problems) > before:
        return None
    severity: Severity = "warning" if rule.severity == "warning" else "error"
    text = " ".join((rule.description or "").split())
    return RowRule(name, text, condition, used, severity)


def _condition(document: YamlDocument, at: tuple[Step, ...], query: str) -> str:
    """Return what stands behind `where`, or empty text where the query has another form."""
    matched = _FORM.fullmatch(query)
    named = matched[1].replace("$", "").strip('"') if matched else ""
    if matched is None or named not in _PLACEHOLDERS | {document.path.stem}:
        document.fault((*at, "query"), f"query {query!r} is no row rule", _WRITE)
        return ""
    return matched[2]


def _columns(
    document: YamlDocument, at: tuple[Step, ...], condition: str, columns: Sequence[Column]
) -> tuple[str, ...]:
    """Return the columns of a condition, in the contract's order; report what it may not hold."""
    where, before = (*at, "query"), len(document.problems)
    try:
        parsed = [part for part in sqlglot.parse(condition, dialect=DuckDB) if part is not None]
    except SqlglotError as error:
        text = str(error).splitlines()[0]
        document.fault(where, f"the condition cannot be read: {text}", "write it in plainer SQL")
        return ()
    if len(parsed) != 1 or any(node.comments for node in parsed[0].walk()):
        document.fault(where, "the condition is not one expression", _WRITE)
        return ()
    for node in parsed[0].walk():
        _check_node(document, where, node)
    known = {column.name: column for column in columns}
    _check_casts(document, where, parsed[0], known)
    names = {column.name.casefold() for column in parsed[0].find_all(exp.Column)}
    for name in sorted(names - known.keys()):
        near = nearest(name, known) if known else ""
        message = f"there is no column {name!r} in the table"
        document.fault(where, message, f"the nearest known one is {near!r}")
    for name in sorted(names & known.keys()):
        if not known[name].in_sheet:
            message = f"column {name!r} holds no cell of the row"
            document.fault(where, message, "name columns of the table's cells only")
    if not names:
        document.fault(where, "the condition names no column", _WRITE)
    if len(document.problems) == before:
        _check_types(document, where, condition, columns)
    return tuple(column.name for column in columns if column.name in names)


def _check_node(document: YamlDocument, where: tuple[Step, ...], node: exp.Expr) -> None:
    """Report a part of a condition that looks beyond the row, divides inexactly or varies."""
    if isinstance(node, _OF_MANY_ROWS):
        message = f"{node.sql(dialect=DuckDB)} looks at more than one row"
        document.fault(where, message, "compare columns of the same row only")
    elif isinstance(node, exp.Div) or (
        isinstance(node, exp.Func) and name_of(node).casefold() in _FLOATING
    ):
        message = f"{node.sql(dialect=DuckDB)} divides, which DuckDB does in floating point"
        document.fault(where, message, "multiply instead: a <= b * c for a / b <= c")
    elif isinstance(node, exp.Column) and node.table:
        message = f"column {node.sql(dialect=DuckDB)!r} names a table"
        document.fault(where, message, f"write {node.name}")
    elif isinstance(node, exp.Placeholder | exp.Parameter):
        document.fault(where, f"{node.sql(dialect=DuckDB)} stands for no value", "write the value")
    elif isinstance(node, exp.Func) and (name := unrepeatable(node)):
        message = f"{name} answers differently each time, so that a re-run is not identical"
        document.fault(where, message, "compare with a column or a fixed value")


def _check_casts(
    document: YamlDocument, where: tuple[Step, ...], condition: exp.Expr, known: dict[str, Column]
) -> None:
    """Report a cast of text that would fail for the whole table where one value does not fit."""
    for cast in condition.find_all(exp.Cast):
        names = [column.name.casefold() for column in cast.find_all(exp.Column)]
        texts = [n for n in names if n in known and known[n].logical_type == "string"]
        if texts and not isinstance(cast, exp.TryCast):
            message = f"{cast.sql(dialect=DuckDB)} fails where a text of {texts[0]!r} does not fit"
            document.fault(where, message, "write try_cast")


def _check_types(
    document: YamlDocument, where: tuple[Step, ...], condition: str, columns: Sequence[Column]
) -> None:
    """Report a condition that DuckDB refuses for the columns' types, or that is no condition."""
    types = tuple((c.name, c.physical_type) for c in columns if c.physical_type)
    kind, fault = condition_type(condition, types)
    if fault:
        message = f"the condition does not suit the columns' types: {fault}"
        document.fault(where, message, "compare values of one type")
    elif kind != "BOOLEAN":
        message = f"the condition is {kind}, neither true nor false"
        document.fault(where, message, _WRITE)
