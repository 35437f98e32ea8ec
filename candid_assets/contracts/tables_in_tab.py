"""Several tables in one tab, and tables without a header: what their contracts may say."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from open_data_contract_standard.model import SchemaObject

from candid_assets.contracts.catalog import Column, Tab
from candid_assets.contracts.header_text import normalise
from candid_assets.contracts.line_kinds import kind_of
from candid_assets.contracts.odcs_vocabulary import custom_place
from candid_assets.contracts.yaml_document import YamlDocument

_NOT_WITH: Final = ("headerRow", "linesWhere")
BLANK_HEADER: Final = re.compile(r"\(column ([A-Z]{1,3})\)", re.IGNORECASE)
"""How a contract names the column under a blank header, or without one."""


def check_table_in_tab(
    document: YamlDocument, schema: SchemaObject, custom: Mapping[str, Any]
) -> None:
    """Report a place in the tab that is none, or that another property contradicts."""
    which = custom.get("tableInTab")
    if which is None:
        return

    def fault(key: str, message: str, fix: str) -> None:
        document.fault(custom_place((), schema.customProperties, key), message, fix)

    if which == "" or (isinstance(which, int) and which < 1):
        message = f"tableInTab {which!r} is no table of a tab"
        fault("tableInTab", message, "write the title above the table, or its number from 1")
    for key in _NOT_WITH:
        if custom.get(key):
            message = f"{key!r} and tableInTab say two things of where the table stands"
            fault(key, message, "keep one of the two")
    if custom.get("headerRows") == 0:
        message = "tableInTab finds a table by its headers, but the table has none"
        fault("tableInTab", message, "write headers above the data, or remove it")


def check_without_header(
    document: YamlDocument,
    schema: SchemaObject,
    columns: Sequence[Column],
    custom: Mapping[str, Any],
) -> None:
    """Report headers of a table that has none: its columns are named by their letters."""
    if custom.get("headerRows") != 0:
        return
    for index, column in enumerate(columns):
        if column.in_sheet and not BLANK_HEADER.fullmatch(column.header):
            message = f"the table has no header (headerRows 0), but {column.name!r} names one"
            document.fault(("properties", index, "physicalName"), message, "write (column A)")


def shares_tab(one: Tab, other: Tab) -> bool:
    """Return whether two contracts of one title take different lines or tables of its tab."""
    if one.options.lines_where and other.options.lines_where:
        return kind_of(one) != kind_of(other)
    return is_one_of_several(one) and is_one_of_several(other) and _table(one) != _table(other)


def is_one_of_several(tab: Tab) -> bool:
    """Return whether a contract takes one of several tables of its tab."""
    return tab.options.table_in_tab is not None


def _table(tab: Tab) -> tuple[str, frozenset[str]]:
    """Return what tells a table from the others of its tab."""
    headers = frozenset(normalise(column.header) for column in tab.columns if column.in_sheet)
    return normalise(str(tab.options.table_in_tab)), headers
