"""Which cell holds the text of each merged cell: a merge keeps its text in its first cell only."""

from collections.abc import Callable, Iterable

import orjson
import pyarrow as pa

from candid_assets.names import column_letter
from candid_assets.sources.extract import Merge
from candid_assets.sources.table_limits import TableTooLargeError


def merged_cells(
    merges: Iterable[Merge], size: tuple[int, int], is_blank: Callable[[int, int], bool]
) -> pa.Array | None:
    """Return for each row the cells that a merge covers and its first cell, as `{"A": "A2"}`.

    Null for a row without any; None where no row has one. Merges whose first cell is blank, and
    what of others lies beyond the cells that were read, are left out.

    Args:
        merges: The merges of the tab.
        size: Number of rows and of columns that were read.
        is_blank: Returns whether the cell in a row and column, counted from 0, is blank.

    Raises:
        TableTooLargeError: Merges cover more cells than there are.
    """
    height, width = size
    covered: list[dict[str, str] | None] = [None] * height
    area = 0
    for top, bottom, left, right in sorted(merges):
        if top >= height or left >= width or is_blank(top, left):
            continue
        first = f"{column_letter(left + 1)}{top + 1}"
        letters = [column_letter(place + 1) for place in range(left, min(right, width))]
        area += len(letters) * (min(bottom, height) - top)
        if area > height * width:
            message = "its merged cells lie over each other"
            raise TableTooLargeError(message, "have the program that wrote it save it again")
        for row in range(top, min(bottom, height)):
            cells = covered[row] or {}
            cells |= dict.fromkeys(letters[int(row == top) :], first)
            covered[row] = cells
    if not any(covered):
        return None
    return pa.array([orjson.dumps(row).decode() if row else None for row in covered], pa.string())
