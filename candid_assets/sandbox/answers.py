"""What every call to the Sheets API shares: the workbook, its ranges, the mask, the answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from candid_assets.sandbox.a1 import AddressedTab, CellRange, parse_range
from candid_assets.sandbox.errors import (
    invalid_argument,
    no_permission,
    not_found,
    not_imitated,
    office_file,
)
from candid_assets.sandbox.masks import Mask, check_mask, parse_mask
from candid_assets.sandbox.query import Query
from candid_assets.sandbox.store import ServedWorkbook, WorkbookFolder

SPREADSHEET_TYPE: Final = "application/vnd.google-apps.spreadsheet"


@dataclass(frozen=True, slots=True)
class Answer:
    """A body that is still plain data, and how JSON writes the cells in it."""

    content: dict[str, Any]
    hook: Callable[[Any], Any] | None = None


def open_workbook(folder: WorkbookFolder, spreadsheet_id: str) -> ServedWorkbook:
    """Return the workbook of an id, or raise the 403, 404 or 400 of one that cannot be read."""
    head = folder.head(spreadsheet_id)
    if head is None:
        raise not_found()
    if not head.shared:
        raise no_permission()
    if head.mime_type != SPREADSHEET_TYPE:
        raise office_file()
    served = folder.get(spreadsheet_id)
    if served is None:
        raise not_found()
    return served


def read_mask(query: Query, vocabulary: Any) -> Mask:
    """Return the mask of a call, empty where it has none, or raise 400 for a name nothing has."""
    fields = query.get("fields") or query.get("$fields")
    if not fields:
        return {}
    mask = parse_mask(fields)
    check_mask(mask, vocabulary, "sheets", fields)
    return mask


def locate(served: ServedWorkbook, text: str) -> CellRange:
    """Return the cells that a range names; a chart's tab has none and cannot be named.

    Raises Google's 501 for a tab that shows a connected data source.
    """
    grids: Sequence[AddressedTab] = [tab.grid for tab in served.tabs]
    cells = parse_range(text, grids, served.book.named_ranges)
    kind = served.tabs[cells.tab].tab.sheet_type
    if kind == "DATA_SOURCE":
        raise not_imitated("the cells of a connected data source")
    if kind != "GRID":
        raise invalid_argument(f"Unable to parse range: {text}")
    return cells
