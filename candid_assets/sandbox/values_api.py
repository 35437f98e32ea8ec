"""`spreadsheets.values.get` and `batchGet`: the cells of ranges, in one of three renders."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from candid_assets.sandbox.answers import Answer, locate, open_workbook, read_mask
from candid_assets.sandbox.mask_fields import VALUE_RANGE, VALUE_RANGES
from candid_assets.sandbox.masks import apply_mask
from candid_assets.sandbox.query import Query, one_of
from candid_assets.sandbox.render import json_hook, value_range
from candid_assets.sandbox.store import ServedWorkbook, WorkbookFolder

RENDERS: Final = ("FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA")
DATES: Final = ("SERIAL_NUMBER", "FORMATTED_STRING")
DIMENSIONS: Final = ("DIMENSION_UNSPECIFIED", "ROWS", "COLUMNS")
"""The choices of each parameter in the order of their numbers, which a call may send as well."""
VALUE_PARAMETERS = frozenset({"majorDimension", "valueRenderOption", "dateTimeRenderOption"})


def _values(served: ServedWorkbook, texts: Sequence[str], query: Query) -> list[dict[str, Any]]:
    render = one_of(query, "valueRenderOption", RENDERS, "ValueRenderOption")
    columns_first = one_of(query, "majorDimension", DIMENSIONS, "Dimension") == "COLUMNS"
    places = [locate(served, text) for text in texts]
    return [
        value_range(
            served.tabs[cells.tab],
            cells,
            columns_first=columns_first,
            formatted_in=served.book.locale if render == "FORMATTED_VALUE" else None,
            formulas=render == "FORMULA",
        )
        for cells in places
    ]


def _hook(served: ServedWorkbook, query: Query) -> Callable[[Any], Any]:
    dates = one_of(query, "dateTimeRenderOption", DATES, "DateTimeRenderOption")
    serial = dates == "SERIAL_NUMBER"
    return json_hook("SERIAL_NUMBER" if serial else "FORMATTED_STRING", served.book.locale)


def get_values(folder: WorkbookFolder, spreadsheet_id: str, a1_range: str, query: Query) -> Answer:
    """Answer `spreadsheets.values.get`: the cells of one range."""
    query.only(VALUE_PARAMETERS)
    served = open_workbook(folder, spreadsheet_id)
    content = _values(served, [a1_range], query)[0]
    mask = read_mask(query, VALUE_RANGE)
    return Answer(apply_mask(content, mask), _hook(served, query))


def batch_get_values(folder: WorkbookFolder, spreadsheet_id: str, query: Query) -> Answer:
    """Answer `spreadsheets.values.batchGet`: one bad range fails them all."""
    query.only(VALUE_PARAMETERS | {"ranges"})
    served = open_workbook(folder, spreadsheet_id)
    content: dict[str, Any] = {"spreadsheetId": served.book.spreadsheet_id}
    parts = _values(served, query.all("ranges"), query)
    if parts:
        content["valueRanges"] = parts
    mask = read_mask(query, VALUE_RANGES)
    return Answer(apply_mask(content, mask), _hook(served, query))
