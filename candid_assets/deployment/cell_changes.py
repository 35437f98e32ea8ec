"""The cells of a tab before and after: which differ, and a hash of all of them."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from candid_assets.deployment.sheet_boards import width_of
from candid_assets.gate.plans import Cell
from candid_assets.gate.records import digest_of
from candid_assets.names import column_letter

Rows: TypeAlias = Sequence[Sequence[Any]]


def changed_cells(now: Rows, wanted: Rows) -> dict[str, tuple[Cell, Cell]]:
    """Return old and new value of every cell that differs, by its address."""
    cells: dict[str, tuple[Cell, Cell]] = {}
    for row in range(max(len(now), len(wanted))):
        for column in range(max(width_of(now[row : row + 1]), width_of(wanted[row : row + 1]))):
            before, after = _at(now, row, column), _at(wanted, row, column)
            if before != after or isinstance(before, bool) != isinstance(after, bool):
                cells[f"{column_letter(column + 1)}{row + 1}"] = (before, after)
    return dict(sorted(cells.items()))


def taken_back(now: Rows, cells: Mapping[str, tuple[Cell, Cell]]) -> list[list[Any]]:
    """Return the rows of a tab with the old value of each changed cell put back."""
    rows = [list(row) for row in now]
    for at, (before, _) in cells.items():
        letters = at.rstrip("0123456789")
        row, column = int(at[len(letters) :]) - 1, 0
        for letter in letters:
            column = column * 26 + ord(letter) - ord("A") + 1
        rows.extend([] for _ in range(row + 1 - len(rows)))
        rows[row].extend([""] * (column - len(rows[row])))
        rows[row][column - 1] = before
    return rows


def cells_hash(rows: Rows) -> str:
    """Return the hash of a tab's cells, whatever blanks trail."""
    cut = [list(row) for row in rows]
    for row in cut:
        while row and row[-1] == "":
            row.pop()
    while cut and not cut[-1]:
        cut.pop()
    return digest_of({"rows": [[_exact(cell) for cell in row] for row in cut]})


def _at(rows: Rows, row: int, column: int) -> Any:
    return rows[row][column] if row < len(rows) and column < len(rows[row]) else ""


def _exact(cell: Any) -> Any:
    is_whole = isinstance(cell, float) and cell.is_integer()
    return int(cell) if is_whole else cell
