"""One tab from clean rows to a grid of cells, with the truth about every row of it."""

from random import Random
from typing import Final

from candid_assets.sandbox.company.appearance import dress, merge_neighbours
from candid_assets.sandbox.company.cell_writers import type_column
from candid_assets.sandbox.company.defects import NBSP, Flaw
from candid_assets.sandbox.company.layout import TabPlan
from candid_assets.sandbox.company.planting import Extra, Planter
from candid_assets.sandbox.company.truth import TabTruth
from candid_assets.sandbox.company.values import Table, pick
from candid_assets.sandbox.workbook import Cell, SampleTab

TITLE_WIDTH: Final = 5
"""Columns over which a title is merged."""


def write_tab(
    workbook: str, plan: TabPlan, rows: Table, rng: Random, sheet_id: int
) -> tuple[SampleTab, TabTruth]:
    """Type a tab's clean rows into a grid, plant its flaws and say where every row must end."""
    truth = TabTruth(workbook, plan)
    planter = Planter(plan, list(rows), rng)
    planter.break_references()
    planter.untidy_cells()
    header = _header(plan, rng)
    body = _body(plan, planter, rng)
    planter.spoilt_rows()
    planter.dates_in_text()
    planter.twins()
    planter.duplicates(body)
    planter.furniture(header)
    grid = _heading(plan, truth)
    grid.append(header)
    truth.count("dropped", data=False)
    truth.dropped_row(len(grid), "header", "header")
    for number, (cell, column) in enumerate(zip(header, plan.fields, strict=True)):
        if cell != column.header:
            truth.flawed_cell(len(grid), number, Flaw("untidy_header", cell, "dropped"), "header")
    flaws = _by_row(planter)
    whole: list[int] = []
    for index, cells in enumerate([*body, None]):
        for extra in planter.extras.get(index, ()):
            grid.append(extra.cells)
            _note(truth, len(grid), extra)
        if cells is not None:
            grid.append(cells)
            truth.count("clean")
            whole += [] if index in flaws else [len(grid) - 1]
            for number, flaw in flaws.get(index, ()):
                truth.flawed_cell(len(grid), number, flaw)
    for _ in range(plan.prepared_to - len(grid)):
        grid.append(_prepared(plan))
        truth.count("dropped", data=False)
        truth.dropped_row(len(grid), "prepared_row", "prefilled_row")
    width = min(TITLE_WIDTH, len(plan.fields))
    merges = [(n, n + 1, 0, width) for n, line in enumerate(plan.heading) if line]
    tab = SampleTab(sheet_id, plan.title, grid, merges=merges, frozen_rows=plan.header_row)
    for name in plan.merges:
        number = [column.name for column in plan.fields].index(name)
        merge_neighbours(tab, number, whole)
    dress(tab, plan)
    return tab, truth


def _heading(plan: TabPlan, truth: TabTruth) -> list[list[Cell]]:
    grid: list[list[Cell]] = []
    for line in plan.heading:
        grid.append([line or None])
        truth.count("dropped", data=False)
        truth.dropped_row(len(grid), "title_row", "above_header")
    return grid


def _header(plan: TabPlan, rng: Random) -> list[Cell]:
    """Return the header cells; in some tabs one was typed with stray spaces."""
    header: list[Cell] = [column.header for column in plan.fields]
    if rng.random() < 0.3:
        number = int(rng.random() * len(header))
        text = plan.fields[number].header
        looks = (f"{text} ", f" {text}", text.replace(" ", "  ", 1), text.replace(" ", NBSP))
        header[number] = pick(rng, looks)
    return header


def _body(plan: TabPlan, planter: Planter, rng: Random) -> list[list[Cell]]:
    columns = [
        type_column(column, values, rng)
        for column, values in zip(plan.fields, zip(*planter.rows, strict=True), strict=True)
    ]
    for (index, number), flaw in planter.flaws.items():
        columns[number][index] = flaw.cell
    return [list(cells) for cells in zip(*columns, strict=True)]


def _prepared(plan: TabPlan) -> list[Cell]:
    """Return a row in which only what was filled down in advance stands."""
    values = dict(plan.prepared)
    return [values.get(column.name) for column in plan.fields]


def _by_row(planter: Planter) -> dict[int, list[tuple[int, Flaw]]]:
    flaws: dict[int, list[tuple[int, Flaw]]] = {}
    for (index, number), flaw in sorted(planter.flaws.items(), key=lambda item: item[0]):
        flaws.setdefault(index, []).append((number, flaw))
    return flaws


def _note(truth: TabTruth, row: int, extra: Extra) -> None:
    truth.count(extra.outcome, data=extra.data)
    if extra.rule is not None:
        truth.dropped_row(row, extra.kind, extra.rule)
    if extra.whole is not None:
        truth.flawed_row(row, extra.whole)
    for number, flaw in sorted(extra.flaws.items()):
        truth.flawed_cell(row, number, flaw)
