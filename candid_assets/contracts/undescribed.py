"""Tables of a source that no contract names: whether they are news, and what may be done."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from open_data_contract_standard.model import CustomProperty

from candid_assets.contracts.catalog import Catalog, Tab, Workbook
from candid_assets.contracts.families import may_claim_title
from candid_assets.contracts.odcs_vocabulary import custom_place
from candid_assets.contracts.title_patterns import (
    SlowPatternError,
    matches_title,
    pattern_problem,
)
from candid_assets.contracts.titles import folded_title, is_named
from candid_assets.contracts.yaml_document import YamlDocument, read_document
from candid_assets.vocabulary import any_of, months

_FIGURES: Final = re.compile(r"[0-9]+")


def ignored_titles(
    document: YamlDocument, items: Sequence[CustomProperty] | None, titles: Sequence[str]
) -> tuple[str, ...]:
    """Return the titles and patterns of `ignore`; one that is no pattern is reported."""
    for title in titles:
        problem = pattern_problem(title)
        if problem is not None and title.strip():
            at = custom_place((), items, "ignore")
            message = f"ignore {title!r} is no regular expression: {problem}"
            document.fault(at, message, "put a \\ before signs such as ( and +")
    return tuple(titles)


def is_undescribed(workbook: Workbook, title: str) -> bool:
    """Return whether a table of a source is named by no contract and is not to be ignored."""
    if _is_ignored(workbook, title):
        return False
    folded = folded_title(title)
    for tab in workbook.tabs:
        options = tab.options
        if tab.is_family and may_claim_title(tab, title):
            return False
        if is_named((*options.archived_tabs, *options.retired_tabs), title):
            return False
        if not tab.is_family and folded_title(tab.title) == folded:
            return False
    # A contract with a problem still names its tab.
    broken = (read_document(tab.path).data or {} for tab in workbook.broken_tabs)
    names = (item.get("physicalName") for item in broken if isinstance(item, dict))
    return folded not in {folded_title(name) for name in names if isinstance(name, str)}


def proposal_for(workbook: Workbook, title: str, members: Sequence[tuple[Tab, str]] = ()) -> str:
    """Return what may be done about a table that no contract names.

    Args:
        workbook: The workbook's contracts.
        title: The table's title.
        members: The families with the titles of their members.
    """
    head = workbook.path.name
    ignore = f"or add it to the custom property ignore in {head}"
    shape = _shape(title)
    for family, member in members:
        if _shape(member) == shape:
            return (
                f"it is titled like '{member}': let titlePattern of {family.path.name} match it,"
                f" {ignore}"
            )
    alike = next((tab for tab in workbook.tabs if _shape(tab.title) == shape), None)
    like = f"it is titled like '{alike.title}' of {alike.path.name}: " if alike else ""
    location = next((place for place in workbook.locations.values() if place), "SOURCE")
    command = f"candid discover {location} --workbook {workbook.name} --tab '{title}'"
    return f"{like}describe it (`{command}`), {ignore}"


def known_workbook(catalog: Catalog, name: str) -> Workbook | None:
    """Return the workbook of a name, or None where the catalog has none."""
    return next((workbook for workbook in catalog.workbooks if workbook.name == name), None)


def _is_ignored(workbook: Workbook, title: str) -> bool:
    shown = " ".join(title.split())
    return is_named(workbook.ignored, title) or any(
        _is_like(pattern, shown) for pattern in workbook.ignored
    )


def _is_like(pattern: str, title: str) -> bool:
    """Whether a pattern matches a title; of one that takes too long, the title stays news."""
    try:
        return matches_title(pattern, title)
    except SlowPatternError:
        return False


def _shape(title: str) -> str:
    """Return a title with its figures and names of months brought to one each."""
    return _FIGURES.sub("9", _month().sub("#", folded_title(title)))


@cache
def _month() -> re.Pattern[str]:
    """Return the pattern of a month's name that is no part of another word."""
    return re.compile(rf"(?<![^\W\d_])(?:{any_of(months())})(?![^\W\d_])")
