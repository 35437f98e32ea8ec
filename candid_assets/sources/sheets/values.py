"""Requests the cells of several ranges, and checks that the answer is about these ranges."""

import re
from collections.abc import Sequence
from typing import Any, Final, Literal
from urllib.parse import quote

from gspread.urls import SPREADSHEET_VALUES_BATCH_URL

from candid_assets.sources.sheets.chunks import TabRange
from candid_assets.sources.sheets.retry import CallFailedError
from candid_assets.sources.sheets.session import SheetsSession
from candid_assets.sources.sheets.tab_builder import Rows

Render = Literal["SERIAL_NUMBER", "FORMATTED_STRING"]
_ECHO: Final = re.compile(
    r"(?:'(?P<quoted>(?:[^']|'')*)'|(?P<plain>[^!]*))(?:!(?P<cells>.*))?", re.S
)
_FIRST_ROW: Final = re.compile(r"\$?[A-Z]*\$?(\d+)")


def read_values(
    session: SheetsSession,
    spreadsheet_id: str,
    chunk: Sequence[TabRange],
    render: Render,
    *,
    workbook: str,
) -> tuple[list[Rows], int]:
    """Return the rows of each range in one render, and the size of the answer in bytes."""
    params = {
        "ranges": [part.a1 for part in chunk],
        "majorDimension": "ROWS",
        "valueRenderOption": "UNFORMATTED_VALUE",
        "dateTimeRenderOption": render,
        "prettyPrint": "false",
    }
    reply = session.get(
        SPREADSHEET_VALUES_BATCH_URL % quote(spreadsheet_id, safe=""),
        params,
        workbook=workbook,
        tab=chunk[0].title if len(chunk) == 1 else "",
        check=lambda body: _check(body, chunk),
    )
    return [part.get("values", []) for part in reply.body["valueRanges"]], reply.size


def _check(body: dict[str, Any], chunk: Sequence[TabRange]) -> None:
    """Raise for an answer with other ranges, in another order, or without rows of cells."""
    answered = body.get("valueRanges")
    if not isinstance(answered, list) or len(answered) != len(chunk):
        raise CallFailedError("malformed", True, f"the answer does not hold {len(chunk)} ranges")
    for part, answer in zip(chunk, answered, strict=True):
        if not isinstance(answer, dict) or not _is_about(str(answer.get("range", "")), part):
            raise CallFailedError(
                "malformed", True, f"the answer for {part.a1} is about other cells"
            )
        rows = answer.get("values", [])
        most = None if part.last is None else part.rows
        if not isinstance(rows, list) or (most is not None and len(rows) > most):
            raise CallFailedError("malformed", True, f"the answer for {part.a1} is not its rows")
        if not all(type(row) is list for row in rows):
            raise CallFailedError("malformed", True, f"a row of {part.a1} is not a list of cells")


def _is_about(echo: str, part: TabRange) -> bool:
    """Whether the range that the answer names begins where the requested range begins."""
    match = _ECHO.fullmatch(echo)
    if not match:
        return False
    quoted = match["quoted"]
    title = match["plain"] if quoted is None else quoted.replace("''", "'")
    if title.casefold() != part.title.casefold():
        return False
    first = _FIRST_ROW.match(match["cells"] or "")
    return first is None or int(first[1]) == part.first
