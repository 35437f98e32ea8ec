"""What values.get answers and what spreadsheets.get answers are the same cells."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from candid_assets.sandbox.a1 import CellRange
from candid_assets.sandbox.grid_data import grid_data
from candid_assets.sandbox.masks import parse_mask
from candid_assets.sandbox.render import json_hook, value_range
from candid_assets.sandbox.store import ServedTab
from candid_assets.sandbox.workbook import Cell, CellError, Dated, Formatted, SampleTab

FIELDS = parse_mask("startRow,startColumn,rowData.values(effectiveValue,formattedValue)")
NUMBERS = st.integers(-(10**6), 10**6) | st.floats(-1e9, 1e9).map(lambda x: round(x, 3))
CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.none(),
    st.text("ab 0,.-", max_size=4),
    NUMBERS,
    st.booleans(),
    st.builds(Dated, st.integers(1, 60_000), st.sampled_from(["dd/mm/yyyy", "d mmm yyyy"])),
    st.builds(Dated, st.floats(0.01, 9), st.just("[h]:mm:ss")),
    st.builds(Formatted, NUMBERS, st.sampled_from(["00000", "0%", '0 "pcs"', "#,##0.00"])),
    st.builds(CellError, st.sampled_from(["#REF!", "#N/A"]), st.none() | st.text("xy", max_size=3)),
)
ROWS = st.lists(st.lists(CELLS, max_size=5), max_size=6)


def padded(rows: list[list[Any]], height: int, width: int) -> list[list[Any]]:
    rows = [row + [""] * (width - len(row)) for row in rows]
    return rows + [[""] * width] * (height - len(rows))


def unformatted(cell: dict[str, Any]) -> Any:
    value = next(iter(cell.get("effectiveValue", {"": ""}).values()))
    if isinstance(value, dict):
        return f"{cell['formattedValue']} ({value.get('message', '')})"
    return value


@given(ROWS, st.integers(0, 3), st.integers(0, 2))
def test_both_answers_hold_the_same_cells(rows, top, left):
    served = ServedTab.of(SampleTab(1, "Isi", rows, grid_rows=9, grid_columns=6))
    cells = CellRange(0, top, 9, left, 6)
    block = grid_data(served, cells, FIELDS, "in_ID")
    assert (block.get("startRow", 0), block.get("startColumn", 0)) == (top, left)
    grid = [row.get("values", []) for row in block.get("rowData", [])]
    height, width = 9 - top, 6 - left
    shown = value_range(served, cells, columns_first=False, formatted_in="in_ID")
    raw = value_range(served, cells, columns_first=False, formatted_in=None)
    hook = json_hook("SERIAL_NUMBER", "in_ID")
    plain = [
        [hook(c) if isinstance(c, Dated | Formatted | CellError) else c for c in row]
        for row in raw.get("values", [])
    ]
    texts = [[cell.get("formattedValue", "") for cell in row] for row in grid]
    assert padded(texts, height, width) == padded(shown.get("values", []), height, width)
    values = [[unformatted(cell) for cell in row] for row in grid]
    assert padded(values, height, width) == padded(plain, height, width)
    assert [len(row) for row in texts] == [len(row) for row in shown.get("values", [])]
