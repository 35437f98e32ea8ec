"""Sections of a table: the heading over some of its lines, and the column that receives it."""

from collections.abc import Mapping, Sequence
from typing import Any

from candid_assets.contracts.catalog import Column
from candid_assets.contracts.header_text import SECTION_HEADER
from candid_assets.contracts.yaml_document import YamlDocument


def check_sections(
    document: YamlDocument, columns: Sequence[Column], custom: Mapping[str, Any]
) -> None:
    """Report a column for headings of sections where there are none, or that cannot hold them."""
    for index, column in enumerate(columns):
        if column.header != SECTION_HEADER:
            continue
        at = ("properties", index)
        if not custom.get("sectionColumn"):
            message = f"column {column.name!r} receives headings, but no column is named for them"
            document.fault((*at, "physicalName"), message, "add sectionColumn or write its header")
        if column.logical_type != "string":
            message = f"column {column.name!r} receives headings, which are texts"
            document.fault((*at, "logicalType"), message, "write logicalType: string")
