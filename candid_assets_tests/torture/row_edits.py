"""What people do to cells and rows; each function returns a line that says what was done."""

from copy import deepcopy
from datetime import date
from typing import Final

from candid_assets.sandbox.workbook import Dated, Formatted, SampleTab
from candid_assets_tests.torture.company import value_for
from candid_assets_tests.torture.desk import BAD, Desk, Nothing
from candid_assets_tests.torture.oracle import EPOCH

PATTERNS: Final = ("#,##0.00", "0", "#,##0", "0.0")


def cell_of(desk: Desk, workbook: str) -> tuple[SampleTab, int, int, str]:
    tab, place, texts = desk.table(workbook)
    row = desk.rng.randrange(place + 1, len(tab.rows))
    columns = [c for c, text in enumerate(texts) if text in BAD]
    column = desk.rng.choice(columns)
    cells = tab.rows[row]
    cells.extend([None] * (column + 1 - len(cells)))
    if any(top < row < end and left == column for top, end, left, _ in tab.merges):
        raise Nothing
    if not any(cell is not None for cell in cells):
        raise Nothing
    return tab, row, column, str(texts[column])


def enter(desk: Desk, workbook: str) -> str:
    tab, row, column, header = cell_of(desk, workbook)
    tab.rows[row][column] = value_for(header, desk.rng, 0)
    return f"{tab.title} row {row + 1} {header} = {tab.rows[row][column]!r}"


def mistype(desk: Desk, workbook: str) -> str:
    tab, row, column, header = cell_of(desk, workbook)
    tab.rows[row][column] = desk.rng.choice(BAD[header])
    return f"{tab.title} row {row + 1} {header} = {tab.rows[row][column]!r}"


def clear(desk: Desk, workbook: str) -> str:
    tab, row, column, header = cell_of(desk, workbook)
    tab.rows[row][column] = None
    return f"{tab.title} row {row + 1} {header}"


def enter_date(desk: Desk, workbook: str) -> str:
    tab, row, column, header = cell_of(desk, workbook)
    if header != "Tgl":
        raise Nothing
    when = date(2025, desk.rng.randint(1, 12), desk.rng.randint(1, 28))
    tab.rows[row][column] = Dated((when - EPOCH).days, "dd/mm/yyyy")
    return f"{tab.title} row {row + 1} is the date {when}"


def change_format(desk: Desk, workbook: str) -> str:
    tab, row, column, header = cell_of(desk, workbook)
    cell = tab.rows[row][column]
    if isinstance(cell, Formatted):
        cell = cell.value
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        raise Nothing
    tab.rows[row][column] = Formatted(cell, desk.rng.choice(PATTERNS))
    return f"{tab.title} row {row + 1} {header} {tab.rows[row][column]}"


def append(desk: Desk, workbook: str) -> str:
    tab, _, texts = desk.table(workbook, 0)
    count = desk.rng.choice([1, 1, 2, 8])
    tab.rows.extend(desk.new_row(texts) for _ in range(count))
    return f"{count} to {tab.title}"


def insert(desk: Desk, workbook: str) -> str:
    tab, place, texts = desk.table(workbook)
    at = desk.rng.randrange(place + 1, len(tab.rows) + 1)
    blank = desk.rng.random() < 0.3
    tab.rows.insert(at, [] if blank else desk.new_row(texts))
    return f"{'blank ' if blank else ''}row {at + 1} of {tab.title}"


def delete(desk: Desk, workbook: str) -> str:
    tab, place, _ = desk.table(workbook, 3)
    count = desk.rng.choice([1, 1, 2, (len(tab.rows) - place) // 2])
    at = desk.rng.randrange(place + 1, len(tab.rows) - count + 1)
    del tab.rows[at : at + count]
    return f"{count} from row {at + 1} of {tab.title}"


def paste_over(desk: Desk, workbook: str) -> str:
    tab, place, texts = desk.table(workbook, 0)
    count = desk.rng.choice([3, 200])
    tab.rows[place : place + 1] = [desk.new_row(texts) for _ in range(count)]
    return f"{count} rows over the header of {tab.title}"


def repeat(desk: Desk, workbook: str) -> str:
    tab, place, texts = desk.table(workbook)
    row = deepcopy(desk.rng.choice(tab.rows[place + 1 :]))
    exact = desk.rng.random() < 0.5
    columns = [c for c, text in enumerate(texts) if text in ("Qty", "Jumlah (Rp)")]
    if not any(cell is not None for cell in row):
        raise Nothing
    if not exact:
        row.extend([None] * (len(texts) - len(row)))
        row[columns[0]] = desk.rng.randint(10_000, 20_000)
    tab.rows.append(row)
    return f"row {row!r} of {tab.title} once more"


def sort(desk: Desk, workbook: str) -> str:
    tab, place, _ = desk.table(workbook)
    rest = tab.rows[place + 1 :]
    desk.rng.shuffle(rest)
    tab.rows[place + 1 :] = rest
    return tab.title


def title_row(desk: Desk, workbook: str) -> str:
    tab, place, _ = desk.table(workbook, 0)
    if place > 3:
        raise Nothing
    tab.rows[0:0] = [["Laporan"], []]
    return tab.title


def merge(desk: Desk, workbook: str) -> str:
    tab, row, column, header = cell_of(desk, workbook)
    if row + 1 >= len(tab.rows) or any(r0 <= row + 1 and row < r1 for r0, r1, _, _ in tab.merges):
        raise Nothing
    below = tab.rows[row + 1]
    below.extend([None] * (column + 1 - len(below)))
    below[column] = None
    tab.merges.append((row, row + 2, column, column + 1))
    return f"{header} in rows {row + 1} and {row + 2} of {tab.title}"
