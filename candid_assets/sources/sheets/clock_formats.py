"""Asks for the number formats of clocks: `[h]:mm` is a length of time, `h:mm` a time of day.

Below 24 hours both are shown alike and hold the same number.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

import pyarrow as pa
from gspread.urls import SPREADSHEET_URL

from candid_assets.names import column_letter
from candid_assets.sources.extract import TabExtract
from candid_assets.sources.sheets.answer_parts import (
    as_list,
    as_number,
    as_object,
    as_text,
    checked,
    require_same,
)
from candid_assets.sources.sheets.chunks import quoted_title
from candid_assets.sources.sheets.session import SheetsSession
from candid_assets.sources.source_errors import SourceError

log = logging.getLogger(__name__)
_MASK: Final = (
    "spreadsheetId,sheets(properties(title),data(startColumn,"
    "rowData(values(effectiveFormat(numberFormat(pattern))))))"
)
_ELAPSED: Final = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_MOST_CELLS: Final = 100
"""Cells that one request asks for; others of a wider workbook are not asked for."""


def with_elapsed(
    session: SheetsSession, spreadsheet_id: str, extract: TabExtract, *, workbook: str
) -> TabExtract:
    """Return a tab with the columns of clocks that are lengths of time by their format.

    A request that fails leaves them unknown: only a proposal depends on it.
    """
    cells = list(_first_clocks(extract.table.column("_kinds")))[:_MOST_CELLS]
    if not cells:
        return extract
    url = SPREADSHEET_URL % quote(spreadsheet_id, safe="")
    tab = quoted_title(extract.title)
    params = {"ranges": [f"{tab}!{c}" for c in cells], "fields": _MASK, "prettyPrint": "false"}

    def elapsed(body: dict[str, Any]) -> frozenset[str]:
        require_same("spreadsheetId", spreadsheet_id, body["spreadsheetId"])
        blocks = [
            as_object(block)
            for sheet in as_list(body["sheets"])
            for block in as_list(as_object(sheet).get("data", []))
        ]
        return frozenset(
            column_letter(as_number(block.get("startColumn", 0)) + 1)
            for block in blocks
            if any(_ELAPSED.search(pattern) for pattern in _patterns(block))
        )

    try:
        reply = session.get(
            url, params, workbook=workbook, tab=extract.title, check=checked(elapsed)
        )
        return replace(extract, elapsed=elapsed(reply.body))
    except SourceError as error:
        log.warning("formats of clocks are not known: %s", error)
        return extract


def _first_clocks(kinds: pa.ChunkedArray) -> Iterator[str]:
    """Yield the first clock of each column that has any, such as `C2`.

    Args:
        kinds: Of every row from the first on, which is all that is in memory of a large tab.
    """
    first: dict[int, int] = {}
    for row, of_row in enumerate(kinds.to_pylist(), 1):
        if "h" in of_row:
            for place, kind in enumerate(of_row, 1):
                if kind == "h":
                    first.setdefault(place, row)
    for place, row in sorted(first.items()):
        yield f"{column_letter(place)}{row}"


def _patterns(block: Mapping[str, Any]) -> Iterator[str]:
    for line in as_list(block.get("rowData", [])):
        for cell in as_list(as_object(line).get("values", [])):
            shape = as_object(as_object(cell).get("effectiveFormat", {}))
            yield as_text(as_object(shape.get("numberFormat", {})).get("pattern", ""))
