"""Requests the cells of several ranges, and checks that the answer is about these ranges."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, Protocol
from urllib.parse import quote

from gspread.urls import SPREADSHEET_VALUES_BATCH_URL

from candid_assets.sources.sheets.chunks import TabRange
from candid_assets.sources.sheets.number_texts import NumberBlock
from candid_assets.sources.sheets.retry import CallFailedError
from candid_assets.sources.sheets.session import SheetsSession
from candid_assets.sources.sheets.tab_builder import Rows

Render = Literal["SERIAL_NUMBER", "FORMATTED_STRING"]
_ECHO: Final = re.compile(
    r"(?:'(?P<quoted>(?:[^']|'')*)'|(?P<plain>[^!]*))(?:!(?P<cells>.*))?", re.S
)
_FIRST_ROW: Final = re.compile(r"\$?[A-Z]*\$?(\d+)")


class CellBlock(Protocol):
    """A range of one tab."""

    @property
    def title(self) -> str:
        """The tab's title."""

    @property
    def a1(self) -> str:
        """The range in A1 notation."""

    @property
    def first(self) -> int:
        """Its first row, counted from 1."""


def read_values(
    session: SheetsSession,
    spreadsheet_id: str,
    chunk: Sequence[TabRange],
    render: Render,
    *,
    workbook: str,
) -> tuple[list[Rows], int]:
    """Return the rows of each range in one render, and the size of the answer in bytes."""
    render_options = {
        "majorDimension": "ROWS",
        "valueRenderOption": "UNFORMATTED_VALUE",
        "dateTimeRenderOption": render,
    }
    most = [None if part.last is None else part.rows for part in chunk]
    return _read(session, spreadsheet_id, chunk, render_options, most, workbook)


def read_shown(
    session: SheetsSession, spreadsheet_id: str, blocks: Sequence[NumberBlock], *, workbook: str
) -> tuple[list[Rows], int]:
    """Return the columns of each block as the sheet shows them, and the answer's size in bytes."""
    options = {"majorDimension": "COLUMNS", "valueRenderOption": "FORMATTED_VALUE"}
    most = [block.columns for block in blocks]
    return _read(session, spreadsheet_id, blocks, options, most, workbook)


def _read(
    session: SheetsSession,
    spreadsheet_id: str,
    parts: Sequence[CellBlock],
    options: Mapping[str, str],
    most: Sequence[int | None],
    workbook: str,
) -> tuple[list[Rows], int]:
    params = {"ranges": [part.a1 for part in parts], **options, "prettyPrint": "false"}
    reply = session.get(
        SPREADSHEET_VALUES_BATCH_URL % quote(spreadsheet_id, safe=""),
        params,
        workbook=workbook,
        tab=parts[0].title if len(parts) == 1 else "",
        check=lambda body: _check(body, parts, most),
    )
    return [part.get("values", []) for part in reply.body["valueRanges"]], reply.size


def _check(body: dict[str, Any], parts: Sequence[CellBlock], most: Sequence[int | None]) -> None:
    """Raise for an answer with other ranges, in another order, or without lists of cells."""
    answered = body.get("valueRanges")
    if not isinstance(answered, list) or len(answered) != len(parts):
        raise CallFailedError("malformed", True, f"the answer does not hold {len(parts)} ranges")
    for part, answer, limit in zip(parts, answered, most, strict=True):
        if not isinstance(answer, dict) or not _is_about(str(answer.get("range", "")), part):
            raise CallFailedError(
                "malformed", True, f"the answer for {part.a1} is about other cells"
            )
        rows = answer.get("values", [])
        if not isinstance(rows, list) or (limit is not None and len(rows) > limit):
            raise CallFailedError("malformed", True, f"the answer for {part.a1} is not its rows")
        if not all(type(row) is list for row in rows):
            raise CallFailedError("malformed", True, f"a row of {part.a1} is not a list of cells")


def _is_about(echo: str, part: CellBlock) -> bool:
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
