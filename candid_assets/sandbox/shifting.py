"""What moves with the cells when rows or columns are inserted or deleted in a tab."""

from candid_assets.names import column_letter
from candid_assets.sandbox.cells import cell_position
from candid_assets.sandbox.workbook import SampleTab


def shift_rows(tab: SampleTab, at: int, count: int) -> None:
    """Move merges, hidden rows, checkboxes and formulas for rows inserted or, if < 0, deleted.

    The grid grows and shrinks with them, where the tab says how large it is.
    """
    tab.grid_rows = max(1, tab.grid_rows + count) if tab.grid_rows else 0
    tab.merges = [
        (*rows, *box[2:]) for box in tab.merges if (rows := _span(box[0], box[1], at, count))
    ]
    tab.checkboxes = [
        (*rows, *box[2:]) for box in tab.checkboxes if (rows := _span(box[0], box[1], at, count))
    ]
    tab.hidden_rows = _positions(tab.hidden_rows, at, count)
    tab.filtered_rows = _positions(tab.filtered_rows, at, count)
    _finish(tab, row=(at, count))


def shift_columns(tab: SampleTab, at: int, count: int) -> None:
    """Move merges, hidden columns, checkboxes and formulas for columns inserted or deleted."""
    tab.grid_columns = max(1, tab.grid_columns + count) if tab.grid_columns else 0
    tab.merges = [
        (*box[:2], *span) for box in tab.merges if (span := _span(box[2], box[3], at, count))
    ]
    tab.checkboxes = [
        (*box[:2], *span) for box in tab.checkboxes if (span := _span(box[2], box[3], at, count))
    ]
    tab.hidden_columns = _positions(tab.hidden_columns, at, count)
    _finish(tab, column=(at, count))


def _finish(
    tab: SampleTab, row: tuple[int, int] = (0, 0), column: tuple[int, int] = (0, 0)
) -> None:
    tab.merges = [box for box in tab.merges if (box[1] - box[0]) * (box[3] - box[2]) > 1]
    shifted: dict[str, str] = {}
    for address, formula in tab.formulas.items():
        down, across = cell_position(address)
        places = _positions([down], *row), _positions([across], *column)
        if places[0] and places[1]:
            shifted[f"{column_letter(places[1][0] + 1)}{places[0][0] + 1}"] = formula
    tab.formulas = shifted


def _span(start: int, end: int, at: int, count: int) -> tuple[int, int] | None:
    """Return a range after the change, or None where it was deleted whole."""
    if count >= 0:
        return start + count * (start >= at), end + count * (end > at)
    first = start if start < at else max(at, start + count)
    last = end if end <= at else max(at, end + count)
    return (first, last) if last > first else None


def _positions(positions: list[int], at: int, count: int) -> list[int]:
    """Return positions after the change, without those that were deleted."""
    return [
        position + count * (position >= at)
        for position in positions
        if count >= 0 or not at <= position < at - count
    ]
