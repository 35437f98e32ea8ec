"""Families of tabs: one contract for every tab of one layout, selected by a pattern of titles."""

import unicodedata
from typing import Any, Final

from open_data_contract_standard.model import SchemaObject

from candid_assets.contracts.catalog import Column, Tab
from candid_assets.contracts.odcs_vocabulary import custom_place
from candid_assets.contracts.title_patterns import (
    SlowPatternError,
    matches_title,
    pattern_problem,
)
from candid_assets.contracts.titles import folded_title, is_named
from candid_assets.contracts.yaml_document import YamlDocument

_OF_FAMILIES: Final = ("archivedTabs", "retiredTabs")


def claims_title(tab: Tab, title: str) -> bool:
    """Return whether a whole title matches the family's pattern, without case.

    Raises:
        SlowPatternError: The pattern takes too long.
    """
    pattern = tab.options.title_pattern
    if pattern is None:
        return False
    shown = " ".join(unicodedata.normalize("NFKC", title).split())
    return matches_title(pattern, shown) and not is_named(tab.options.retired_tabs, title)


def may_claim_title(tab: Tab, title: str) -> bool:
    """Return whether the family's pattern matches a title; one that takes too long does not.

    Reading the workbook reports such a pattern.
    """
    try:
        return claims_title(tab, title)
    except SlowPatternError:
        return False


def check_family(
    document: YamlDocument,
    schema: SchemaObject,
    columns: tuple[Column, ...],
    custom: dict[str, Any],
) -> None:
    """Report an invalid title pattern, and properties of families on other tabs."""
    pattern = custom.get("titlePattern")
    for key in _OF_FAMILIES if pattern is None else ():
        if custom.get(key):
            at = custom_place((), schema.customProperties, key)
            message = f"{key!r} means nothing without titlePattern"
            document.fault(at, message, "add titlePattern or remove it")
    both = {folded_title(t) for t in custom.get("archivedTabs", ())} & {
        folded_title(t) for t in custom.get("retiredTabs", ())
    }
    if both:
        at = custom_place((), schema.customProperties, "retiredTabs")
        message = f"tab {sorted(both)[0]!r} is archived and retired at once"
        document.fault(at, message, "keep it in one of the two lists")
    for index, column in enumerate(columns):
        if column.of_title:
            _check_title_column(document, index, column, family=pattern is not None)
    if pattern is None:
        return
    at = custom_place((), schema.customProperties, "titlePattern")
    problem = pattern_problem(pattern)
    if problem is not None:
        message = f"titlePattern {pattern!r} is no regular expression: {problem}"
        document.fault(at, message, "write one such as (januari|februari) [0-9]{4}")
    if columns and all(column.of_title for column in columns):
        message = "the family has no column but that of the title"
        document.fault(("properties",), message, "add the columns that its tabs share")


def _check_title_column(
    document: YamlDocument, index: int, column: Column, *, family: bool
) -> None:
    at = ("properties", index)
    if not family:
        message = f"column {column.name!r} receives the tab's title, but the tab is no family"
        document.fault((*at, "physicalName"), message, "add titlePattern or write its header")
    if column.logical_type != "string":
        message = f"column {column.name!r} receives the tab's title, which is a string"
        document.fault((*at, "logicalType"), message, "write logicalType: string")
