"""Reconciliations of a model: its quality rules of type `sql`, each with a tolerance.

A rule's query gives one number, the largest absolute value of a difference column:
`select max(abs(difference_qty)) from ${object}`. Keeping to this one form lets a broken rule name
the rows that break it.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from open_data_contract_standard.model import DataQuality

from candid_assets.contracts.catalog import Agreement, Column
from candid_assets.contracts.yaml_document import Step, YamlDocument
from candid_assets.near_names import nearest

_FORM: Final = re.compile(
    r"select\s+max\s*\(\s*abs\s*\(\s*([a-z_][a-z0-9_]*)\s*\)\s*\)\s+from\s+\$\{object\}\s*",
    re.IGNORECASE,
)
_WRITE: Final = "write it as select max(abs(<difference column>)) from ${object}"


def read_agreements(
    document: YamlDocument, rules: Sequence[DataQuality] | None, columns: Sequence[Column]
) -> tuple[Agreement, ...]:
    """Return the reconciliations that a model declares; problems are added to the document."""
    agreements: list[Agreement] = []
    for index, rule in enumerate(rules or ()):
        if rule.type == "sql":
            agreement = _agreement(document, ("quality", index), rule, columns)
            agreements += [agreement] if agreement else []
    return tuple(agreements)


def _agreement(
    document: YamlDocument, at: tuple[Step, ...], rule: DataQuality, columns: Sequence[Column]
) -> Agreement | None:
    before = len(document.problems)
    matched = _FORM.fullmatch(rule.query or "")
    numbers = [c.name for c in columns if c.logical_type in {"integer", "number"}]
    column = matched[1] if matched else ""
    if matched is None:
        document.fault((*at, "query"), f"query {rule.query!r} is no reconciliation", _WRITE)
    elif column not in numbers:
        fix = f"the nearest known one is {nearest(column, numbers)!r}"
        document.fault((*at, "query"), f"there is no column of numbers {column!r}", fix)
    bounds = rule.mustBeBetween or []
    if len(bounds) != 2 or not bounds[0] <= bounds[1]:
        message = "the reconciliation has no tolerance"
        document.fault(at, message, "write mustBeBetween: [0, 0], or the distance that is allowed")
    if rule.severity not in {None, "error", "warning"}:
        near = nearest(rule.severity or "", ("error", "warning"))
        message = f"unknown severity {rule.severity!r}"
        document.fault((*at, "severity"), message, f"the nearest known one is {near!r}")
    if not rule.description:
        document.fault(at, "the reconciliation is not described", "say what agrees with what")
    if len(document.problems) > before:
        return None
    return Agreement(
        text=" ".join((rule.description or "").split()),
        column=column,
        query=(rule.query or "").strip(),
        minimum=Decimal(str(bounds[0])),
        maximum=Decimal(str(bounds[1])),
        severity="warning" if rule.severity == "warning" else "error",
    )
