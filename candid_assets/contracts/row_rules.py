"""Row rules of a tab: its quality rules of type `sql`, each over the columns of one row.

A rule's query counts the rows that break it and must be 0, so that any tool of the standard can
run it: `select count(*) from ${object} where not (delivered_qty <= ordered_qty)`. What stands
behind `where` is evaluated for each row; where it is NULL, the row keeps the rule.
"""

import re
from collections.abc import Sequence
from typing import Final

from open_data_contract_standard.model import DataQuality

from candid_assets.contracts.catalog import Column, RowRule, Severity
from candid_assets.contracts.column_rules import COLUMN_RULES
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
    | {"bad_phone", "fault_word", "out_of_range", "too_precise", "not_a_number", "not_an_integer"}
    | {"not_a_boolean", "not_a_date", "not_a_timestamp", "not_a_time", "implausible"}
    | {"no_year", "outside_period", "ambiguous_year"}
    | {rule.reason for rule in COLUMN_RULES}
)
"""Reasons of single cells, which no row rule may be named like."""


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
    used = _used(document, at, condition, columns) if condition else ()
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


def _used(
    document: YamlDocument, at: tuple[Step, ...], condition: str, columns: Sequence[Column]
) -> tuple[str, ...]:
    # sqlglot takes 0.1 s and 30 MB to import; a table without row rules goes without it.
    from candid_assets.contracts.row_rule_conditions import columns_of_condition

    return columns_of_condition(document, (*at, "query"), condition, columns, _WRITE)
