"""Formats and merges that a workbook has are proposed, with their evidence."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from candid_assets.discovery.proposal import Proposal, TableProposal
from candid_assets.discovery.propose import propose
from candid_assets.sandbox.number_pattern import show_through
from candid_assets.sandbox.numberformat import show_serial
from candid_assets.sandbox.workbook import Dated, Formatted
from candid_assets.sources.content_hash import content_hash
from candid_assets.sources.read_undescribed import UndescribedWorkbook
from candid_assets.sources.sheets.number_texts import number_blocks
from candid_assets.sources.sheets.tab_builder import TabBuilder
from candid_assets_tests.discovery.kit import Sheet, workbook

PCS, DOZEN, RUPIAH, DOLLAR = '0 "pcs"', '0 "lusin"', '"Rp"#,##0', "[$$-409]#,##0"


def plain(cell: Any) -> Any:
    if isinstance(cell, Dated):
        return cell.serial
    return cell.value if isinstance(cell, Formatted) else cell


def shown(cell: Any) -> Any:
    if isinstance(cell, Dated):
        return show_serial(cell.serial, cell.pattern, "in_ID")
    return plain(cell)


def formatted(cell: Any) -> str:
    if isinstance(cell, Formatted):
        return show_through(cell.value, cell.pattern, "in_ID")
    return "" if cell is None else str(shown(cell))


def proposed(scratch, **sheets: Sheet | Sequence[Sequence[Any]]) -> Proposal:
    """Return what is proposed for tabs of cells with formats, as a reading of Sheets has them."""
    tabs = {t: s if isinstance(s, Sheet) else Sheet(s) for t, s in sheets.items()}
    values = {t: replace(s, rows=[[plain(c) for c in r] for r in s.rows]) for t, s in tabs.items()}
    book = workbook(values)
    tabs_read = []
    for tab, sheet in zip(book.tabs, tabs.values(), strict=True):
        builder = TabBuilder(sheet.merges)
        rows = sheet.rows
        seen = [[shown(c) for c in r] for r in rows]
        builder.add(1, [[plain(c) for c in r] for r in rows], seen)
        for block in number_blocks(tab.title, 1, seen):
            cells = [
                [formatted(r[p]) if p < len(r) else "" for r in rows[block.first - 1 : block.last]]
                for p in range(block.left - 1, block.right)
            ]
            builder.add_shown(block, cells)
        table = builder.table()
        extract = replace(tab.extract, table=table, content_hash=content_hash(table))
        tabs_read.append(replace(tab, extract=extract))
    return propose(UndescribedWorkbook(book.metadata, tuple(tabs_read)), "toko", scratch)


def table_of(scratch, rows: Sheet | Sequence[Sequence[Any]]) -> TableProposal:
    proposal = proposed(scratch, Data=rows)
    assert proposal.tables, proposal.left_out
    return proposal.tables[0]


def column_of(scratch, cells: Sequence[Any], header: str = "Isi"):
    rows = [["Nama", header], *([f"Barang {n}", cell] for n, cell in enumerate(cells))]
    table = table_of(scratch, rows)
    return table.columns[1], table


@pytest.mark.parametrize(
    ("header", "pattern"),
    [("Kode Barang", "00000"), ("Isi", "0000"), ("HP", "0000-0000-0000"), ("Isi", '"SKU-"000')],
)
def test_numbers_that_are_shown_as_codes_are_text(tmp_path, header, pattern):
    column, table = column_of(tmp_path, [Formatted(7 * n, pattern) for n in range(1, 40)], header)
    assert column.logical == "string"
    assert (table.clean, table.quarantined) == (39, 0)


def test_plain_numbers_among_padded_ones_are_text_too(tmp_path):
    cells = [Formatted(1118 + n, "00000") if n % 3 else 40116 + n for n in range(40)]
    assert column_of(tmp_path, cells)[0].logical == "string"


@pytest.mark.parametrize("code", [lambda n: Formatted(n, "00000"), lambda n: f"{n:05d}"])
def test_numbers_without_the_zeros_of_padded_codes_are_reported(tmp_path, code):
    cells = [code(n) for n in range(1, 31)] + [4, 40116]
    column, table = column_of(tmp_path, cells, "Kode")
    assert (column.logical, column.min_length) == ("string", 5)
    assert (table.clean, table.quarantined) == (31, 1)


@pytest.mark.parametrize(
    "cells",
    [
        [f"{n:03d}" for n in range(1, 30)] + ["1000"],
        [f"{n:03d}" for n in range(1, 30)] + ["A-7"],
        [f"{n}" for n in range(100, 130)],
    ],
)
def test_codes_of_several_lengths_or_without_padding_have_no_least_length(tmp_path, cells):
    column, table = column_of(tmp_path, cells, "Kode")
    assert column.min_length is None
    assert table.quarantined == 0


def test_headings_of_sections_are_no_rows_of_data(tmp_path):
    rows: list[list[Any]] = [["Kategori", "Kode", "Produk", "Harga"]]
    merges = []
    for section in range(5):
        merges.append((len(rows), len(rows) + 1, 0, 4))
        rows.append([f"Bagian {section}", None, None, None])
        rows += [[None, f"P{section}{n}", f"Produk {section}{n}", 1000 + n] for n in range(6)]
    table = table_of(tmp_path, Sheet(rows, merges=tuple(merges)))
    assert (table.rows, table.clean, table.quarantined) == (30, 30, 0)
    assert any("5 dropped as section_row" in note for note in table.notes)
    assert not any(column.filled_cells for column in table.columns)


def test_unit_is_proposed_and_the_cells_of_another_named(tmp_path):
    cells = [Formatted(24, PCS)] * 30 + [Formatted(24, DOZEN)] * 3 + [12]
    column, table = column_of(tmp_path, cells)
    assert (column.logical, column.guess.options["shownAs"]) == ("integer", "pcs")
    note = "shown as pcs in 30 of 34 cells, to quarantine as lusin: B32, B33, B34"
    assert note in column.notes
    assert (table.clean, table.quarantined) == (31, 3)


def test_amounts_with_a_currency_by_format_are_money(tmp_path):
    column, table = column_of(tmp_path, [Formatted(1250, RUPIAH)] * 30 + [Formatted(12, DOLLAR)])
    assert (column.logical, column.guess.options) == ("number", {"shownAs": "IDR"})
    assert (table.clean, table.quarantined) == (30, 1)


def test_foreign_currency_by_format_is_the_currency_of_the_column(tmp_path):
    column, table = column_of(tmp_path, [Formatted(12, DOLLAR)] * 30)
    assert column.guess.options == {"shownAs": "USD", "currency": "USD"}
    assert table.quarantined == 0


def test_percentages_beside_plain_numbers_are_named(tmp_path):
    column, table = column_of(tmp_path, [Formatted(0.1, "0%"), 10] * 10, "Diskon")
    assert column.guess.options["shownAs"] == "%"
    note = "shown as % in 10 of 20 cells, to quarantine as a plain number: B3, B5, B7, B9, B11 …"
    assert note in column.notes
    assert (table.clean, table.quarantined) == (10, 10)


def test_percentages_typed_as_text_beside_plain_numbers_are_named(tmp_path):
    column, table = column_of(tmp_path, ["12,5%", "7 %", "10", "-"] * 6, "Diskon")
    assert column.guess.options["shownAs"] == "%"
    assert (table.clean, table.quarantined) == (18, 6)


def test_dates_that_sheets_made_of_text_leave_the_column_text(tmp_path):
    day = (date(2025, 2, 1) - date(1899, 12, 30)).days
    cells = [Dated(day, "d/m"), '1"', '2"', Dated(day + 62, "d/m"), '1 1/2"'] * 6
    column, table = column_of(tmp_path, cells, "Ukuran")
    assert column.logical == "string"
    assert (table.clean, table.quarantined) == (18, 12)


def test_codes_that_are_text_in_one_tab_and_numbers_in_another_have_one_type(tmp_path):
    master = [["Kode", "Nama"], *([Formatted(n, "0000"), f"Barang {n}"] for n in range(1, 21))]
    sales = [["No", "Kode", "Qty"], *([n, f"{n % 20 + 1:04d}", n] for n in range(60))]
    tables = proposed(tmp_path, Master=master, Jual=sales).tables
    assert tables[0].columns[0].logical == tables[1].columns[1].logical == "string"
    assert tables[1].columns[1].reference == "toko__master.kode"


MERGES = [(1 + 2 * n, 3 + 2 * n, place, place + 1) for n in range(10) for place in (0, 1)]


def notes(fill: bool) -> Sheet:
    day = (date(2025, 8, 1) - date(1899, 12, 30)).days
    rows: list[list[Any]] = [["Tanggal", "No Nota", "Barang", "Qty"]]
    for n in range(10):
        rows.append([Dated(day + n, "dd/mm/yyyy"), f"N-{n:03d}", "Beras", n + 1])
        rows.append([None, None, "Gula", n + 2])
    return Sheet(rows, tuple(MERGES) if fill else ())


def test_merged_cells_of_data_are_proposed_to_be_filled_with_their_merges(tmp_path):
    table = table_of(tmp_path, notes(fill=True))
    assert [c.filled_cells for c in table.columns] == [10, 10, 0, 0]
    assert "10 cells filled from 10 merges: A2:A3, A4:A5, A6:A7 …" in table.columns[0].notes
    assert (table.clean, table.quarantined) == (20, 0)
    assert [c.required for c in table.columns] == [True] * 4


def test_blanks_that_are_no_merges_are_not_filled(tmp_path):
    table = table_of(tmp_path, notes(fill=False))
    assert not any(c.filled_cells for c in table.columns)


@pytest.mark.parametrize(("elapsed", "logical"), [({"B"}, "number"), ((), "time")])
def test_clocks_are_lengths_where_their_format_says_so(tmp_path, elapsed, logical):
    rows = [["Nama", "Total"], *([f"Sopir {n}", time(n % 10, 30)] for n in range(20))]
    book = workbook({"Data": rows})
    tab = book.tabs[0]
    extract = replace(tab.extract, elapsed=frozenset(elapsed))
    said = replace(book, tabs=(replace(tab, extract=extract),))
    column = propose(said, "toko", tmp_path).tables[0].columns[1]
    assert column.logical == logical
    assert column.guess.options.get("duration") == ("hours" if elapsed else None)
