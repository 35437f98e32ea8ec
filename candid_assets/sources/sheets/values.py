"""Requests the cells of several ranges, and checks that the answer is about these ranges."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, Protocol
from urllib.parse import quote

from gspread.urls import SPREADSHEET_VALUES_BATCH_URL, SPREADSHEET_VALUES_URL

from candid_assets.names import column_letter
from candid_assets.sources.sheets.answer_parts import (
    OtherAnswerError,
    as_list,
    as_object,
    as_text,
    checked,
    require_same,
)
from candid_assets.sources.sheets.chunks import TabRange
from candid_assets.sources.sheets.echoed_range import AskedRange, is_about
from candid_assets.sources.sheets.session import SheetsSession
from candid_assets.sources.sheets.tab_builder import Rows

Render = Literal["SERIAL_NUMBER", "FORMATTED_STRING"]
_CELLS: Final[frozenset[type]] = frozenset({str, int, float, bool, type(None)})
_TEXTS: Final[frozenset[type]] = frozenset({str, type(None)})


class CellBlock(AskedRange, Protocol):
    """A range of one tab, as a request names it."""

    @property
    def a1(self) -> str:
        """The range in A1 notation."""


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
    return _read(session, spreadsheet_id, chunk, render_options, _CELLS, workbook)


def read_shown(
    session: SheetsSession, spreadsheet_id: str, blocks: Sequence[CellBlock], *, workbook: str
) -> tuple[list[Rows], int]:
    """Return the columns of each block as the sheet shows them, and the answer's size in bytes."""
    options = {"majorDimension": "COLUMNS", "valueRenderOption": "FORMATTED_VALUE"}
    return _read(session, spreadsheet_id, blocks, options, _TEXTS, workbook)


def read_formulas(
    session: SheetsSession, spreadsheet_id: str, title: str, *, workbook: str
) -> Rows:
    """Return a whole tab's cells as they were typed, formulas as formulas."""
    part = TabRange(title, 1, None, 1, 1)
    place = (quote(spreadsheet_id, safe=""), quote(part.a1, safe=""))
    params = {"valueRenderOption": "FORMULA", "dateTimeRenderOption": "SERIAL_NUMBER"}

    def rows(body: dict[str, Any]) -> Rows:
        return _values_of(part, body, "ROWS", _CELLS)

    url = SPREADSHEET_VALUES_URL % place
    reply = session.get(url, params, workbook=workbook, tab=title, check=checked(rows))
    return rows(reply.body)


def _read(
    session: SheetsSession,
    spreadsheet_id: str,
    parts: Sequence[CellBlock],
    options: Mapping[str, str],
    types: frozenset[type],
    workbook: str,
) -> tuple[list[Rows], int]:
    params = {"ranges": [part.a1 for part in parts], **options, "prettyPrint": "false"}

    def values(body: dict[str, Any]) -> list[Rows]:
        require_same("spreadsheetId", spreadsheet_id, body["spreadsheetId"])
        answered = as_list(body["valueRanges"])
        if len(answered) != len(parts):
            raise OtherAnswerError(f"the answer holds {len(answered)} ranges, not {len(parts)}")
        return [
            _values_of(part, as_object(answer), options["majorDimension"], types)
            for part, answer in zip(parts, answered, strict=True)
        ]

    kept: list[Rows] = []

    def check(body: dict[str, Any]) -> None:
        kept[:] = values(body)

    reply = session.get(
        SPREADSHEET_VALUES_BATCH_URL % quote(spreadsheet_id, safe=""),
        params,
        workbook=workbook,
        tab=parts[0].title if len(parts) == 1 else "",
        check=checked(check),
    )
    return kept, reply.size


def _values_of(
    part: CellBlock, answer: Mapping[str, Any], dimension: str, types: frozenset[type]
) -> Rows:
    """Return the rows, or columns, of one range of an answer.

    Raises:
        OtherAnswerError: They are of other cells, or not as they were asked for.
        TypeError: They are no lists of cells.
    """
    if not is_about(as_text(answer["range"]), part):
        raise OtherAnswerError(f"the answer for {part.a1} is about other cells: {answer['range']}")
    if answer.get("majorDimension", dimension) != dimension:
        raise OtherAnswerError(f"the answer for {part.a1} has rows in the place of columns")
    lines = as_list(answer.get("values", []))
    most = part.limits if dimension == "ROWS" else part.limits[::-1]
    widest = max((len(as_list(line)) for line in lines), default=0)
    for number, limit in zip((len(lines), widest), most, strict=True):
        if limit is not None and number > limit:
            raise OtherAnswerError(f"the answer for {part.a1} holds more cells than the range")
    for number, line in enumerate(lines):
        if not set(map(type, line)) <= types:
            place = next(i for i, cell in enumerate(line) if type(cell) not in types)
            down, right = (number, place) if dimension == "ROWS" else (place, number)
            cell = f"{column_letter(part.left + right)}{part.first + down}"
            kind = type(line[place]).__name__
            raise TypeError(f"cell {cell} of tab {part.title!r} holds a {kind}, which no cell does")
    return lines
