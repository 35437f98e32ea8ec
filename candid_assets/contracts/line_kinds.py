"""Tables of one tab: several kinds of line, each of which a contract of its own takes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from open_data_contract_standard.model import SchemaObject

from candid_assets.contracts.catalog import Column, Tab
from candid_assets.contracts.header_text import OF_ROWS, PARENT_HEADER
from candid_assets.contracts.odcs_vocabulary import custom_place
from candid_assets.contracts.yaml_document import YamlDocument

_ONLY_WITH: Final = ("otherLines", "linesUnder")


def check_lines(
    document: YamlDocument,
    schema: SchemaObject,
    columns: Sequence[Column],
    custom: Mapping[str, Any],
) -> None:
    """Report what is wrong with a contract that takes one kind of line of its tab."""
    where = custom.get("linesWhere") or {}

    def fault(key: str, message: str, fix: str) -> None:
        document.fault(custom_place((), schema.customProperties, key), message, fix)

    for key in _ONLY_WITH if not where else ():
        if custom.get(key):
            fault(key, f"{key!r} means nothing without linesWhere", "add linesWhere or remove it")
    for index, column in enumerate(columns):
        _check_number(document, index, column, custom)
    if not where:
        return
    if len(where) != 1:
        message = f"linesWhere names {len(where)} columns"
        fault("linesWhere", message, "name the one column that says of which kind a line is")
    elif "titlePattern" in custom:
        message = "linesWhere means nothing for a family of tabs"
        fault("linesWhere", message, "write one contract for each tab")
    else:
        _check_kind(document, columns, next(iter(where.items())), custom.get("linesUnder"), fault)


def _check_kind(
    document: YamlDocument,
    columns: Sequence[Column],
    where: tuple[str, str],
    under: str | None,
    fault: Callable[[str, str, str], None],
) -> None:
    """Report a kind of line that no column of text tells, or that is under itself."""
    name, kind = where
    column = next((c for c in columns if c.name == name and c.in_sheet), None)
    if column is None or column.logical_type != "string":
        message = f"linesWhere names {name!r}, which is no column of text of the table"
        fault("linesWhere", message, "name the column that says of which kind a line is")
    elif under is None:
        _check_top(document, column, kind)
    elif under.strip().casefold() == kind.strip().casefold():
        fault("linesUnder", f"lines {kind!r} are under themselves", "name another kind")


def _check_top(document: YamlDocument, column: Column, kind: str) -> None:
    """Report a first table of a tab that would take lines of an unknown kind for its own."""
    if column.required and dict(column.rules).get("enum") == (kind,):
        return
    message = f"column {column.name!r} would take lines of an unknown kind for {kind!r}"
    fix = f"write required: true and enum: [{{value: {kind}}}], so that they are quarantined"
    document.report(column.line, message, fix)


def _check_number(
    document: YamlDocument, index: int, column: Column, custom: Mapping[str, Any]
) -> None:
    """Report a column for the number of a row that cannot hold one."""
    if column.header not in OF_ROWS:
        return
    at = ("properties", index)
    if not custom.get("linesWhere"):
        message = f"column {column.name!r} receives a row's number, but the tab has one kind"
        document.fault((*at, "physicalName"), message, "add linesWhere or write its header")
    elif column.header == PARENT_HEADER and not custom.get("linesUnder"):
        message = f"column {column.name!r} receives the row of a line above, but none is named"
        document.fault((*at, "physicalName"), message, "add linesUnder, or write _row")
    if column.logical_type != "integer":
        message = f"column {column.name!r} receives a row's number, which is an integer"
        document.fault((*at, "logicalType"), message, "write logicalType: integer")


def kind_of(tab: Tab) -> str:
    """Return the kind of line that a contract takes, as kinds are compared."""
    return next(iter(tab.options.lines_where.values()), "").strip().casefold()


def kinds_problem(tabs: Sequence[Tab]) -> tuple[Tab, str, str] | None:
    """Return why the contracts of one tab do not take each of its lines once, and how to fix it."""
    tops = [tab for tab in tabs if tab.options.lines_under is None]
    kinds = {kind_of(tab) for tab in tabs}
    if len(tops) != 1:
        names = ", ".join(tab.path.name for tab in tops or tabs)
        message = f"{len(tops)} contracts of tab {tabs[0].title!r} have no linesUnder ({names})"
        fix = "leave it away from one alone: lines of an unknown kind go to its quarantine"
        return tabs[-1], message, fix
    top = tops[0]
    named = {kind.strip().casefold() for kind in top.options.other_lines}
    if lacking := sorted(kinds - named - {kind_of(top)}):
        message = (
            f"otherLines of {top.path.name} lacks {lacking[0]!r}, which another contract takes"
        )
        return top, message, "add it, so that its lines are not quarantined there"
    for tab in tabs:
        under = (tab.options.lines_under or "").strip().casefold()
        if under and under not in kinds | named:
            message = f"linesUnder {tab.options.lines_under!r} is no kind of line of the tab"
            return tab, message, f"write one of {', '.join(sorted(kinds | named))}"
    return None
