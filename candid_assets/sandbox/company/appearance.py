"""What a tab looks like beyond its cells: formats, checkboxes, hidden rows, tables, charts."""

from itertools import groupby
from typing import Any, Final

from candid_assets.sandbox.company.layout import Chart, TabPlan
from candid_assets.sandbox.workbook import Cell, Formatted, SampleTab

_COLUMN_TYPES: Final = {
    "number": "DOUBLE",
    "integer": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "DATE_TIME",
    "time": "TIME",
}


def dress(tab: SampleTab, plan: TabPlan) -> None:
    """Give a written tab the formats and the properties that its plan states."""
    header = plan.header_row
    for number, column in enumerate(plan.fields):
        if column.number_format:
            for row in tab.rows[header:]:
                row[number] = _formatted(row[number], column.number_format)
        if column.kind == "boolean" and not column.style:
            tab.checkboxes += _checkboxes(tab.rows, header, number)
    body = range(header, len(tab.rows))
    if plan.hides_every:
        tab.hidden_rows = list(body[plan.hides_every - 1 :: plan.hides_every])
    if plan.filters_every:
        tab.filtered_rows = list(body[plan.filters_every - 1 :: plan.filters_every])
        tab.parts["basicFilter"] = {"range": _range(tab, plan)}
    if plan.table:
        tab.parts["tables"] = [_table(tab, plan)]


def merge_neighbours(tab: SampleTab, column: int, rows: list[int]) -> None:
    """Merge the cells of a column that say the same in neighbouring rows, of those given."""
    for _, run in groupby(enumerate(rows), lambda item: item[1] - item[0]):
        for value, equal in groupby((row for _, row in run), lambda row: tab.rows[row][column]):
            members = list(equal)
            if value is None or len(members) < 2:
                continue
            tab.merges.append((members[0], members[-1] + 1, column, column + 1))
            for row in members[1:]:
                tab.rows[row][column] = None


def chart_tab(chart: Chart, sheet_id: int, source: SampleTab) -> SampleTab:
    """Return a tab that is one chart and has no cells."""
    area = {"sheetId": source.sheet_id, "startRowIndex": 0, "endRowIndex": len(source.rows)}
    series = [{"series": {"sourceRange": {"sources": [area]}}, "targetAxis": "LEFT_AXIS"}]
    drawn = {
        "chartId": sheet_id + 1,
        "spec": {"title": chart.title, "basicChart": {"chartType": "LINE", "series": series}},
        "position": {"sheetId": sheet_id},
    }
    return SampleTab(sheet_id, chart.title, [], sheet_type="OBJECT", parts={"charts": [drawn]})


def _formatted(cell: Cell, pattern: str) -> Cell:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return cell
    return Formatted(cell, pattern)


def _checkboxes(
    rows: list[list[Cell]], header: int, column: int
) -> list[tuple[int, int, int, int]]:
    """Return the runs of a column that are true or false in every cell."""
    boxes = []
    body = range(header, len(rows))
    for is_box, run in groupby(body, lambda row: isinstance(rows[row][column], bool)):
        members = list(run)
        if is_box:
            boxes.append((members[0], members[-1] + 1, column, column + 1))
    return boxes


def _range(tab: SampleTab, plan: TabPlan) -> dict[str, int]:
    area = {
        "startRowIndex": plan.header_row - 1,
        "endRowIndex": len(tab.rows),
        "startColumnIndex": 0,
        "endColumnIndex": len(plan.fields),
    }
    return {"sheetId": tab.sheet_id, **area} if tab.sheet_id else area


def _table(tab: SampleTab, plan: TabPlan) -> dict[str, Any]:
    columns = [
        {
            **({"columnIndex": number} if number else {}),
            "columnName": column.header,
            "columnType": _COLUMN_TYPES.get(column.kind, "TEXT"),
        }
        for number, column in enumerate(plan.fields)
    ]
    return {
        "tableId": f"{tab.sheet_id}",
        "name": plan.table,
        "range": _range(tab, plan),
        "columnProperties": columns,
    }
