"""Clocks below 24 hours are lengths of time where their format says so."""

import pytest

from candid_assets.sandbox.workbook import Dated
from candid_assets.sources.protocol import Request
from candid_assets.sources.read_undescribed import ENOUGH
from candid_assets.sources.sheets import read_tabs
from candid_assets.sources.sheets.extract_workbook import extract_workbook
from candid_assets_tests.sources.sheets.conftest import contract, good, read

HALF_PAST_EIGHT = 8.5 / 24


@pytest.mark.parametrize(
    ("pattern", "elapsed"),
    [("[h]:mm", {"B"}), ("[mm]:ss", {"B"}), ("[hh]:mm:ss", {"B"}), ("h:mm", set())],
)
def test_format_of_the_first_clock_says_whether_a_column_holds_lengths(
    session, book, pattern, elapsed
):
    rows = [["Nama", "Total", "Masuk"]]
    rows += [[f"Sopir {n}", Dated(HALF_PAST_EIGHT, pattern), Dated(0.3, "hh:mm")] for n in (1, 2)]
    extract = good(read(session, book(Jam=rows), part=ENOUGH))
    assert extract.elapsed == elapsed


def test_each_tab_is_asked_for_its_own_clocks(session, book):
    length, moment = Dated(HALF_PAST_EIGHT, "[h]:mm"), Dated(HALF_PAST_EIGHT, "h:mm")
    lines = {"Kiri": [["Total"], [length]], "Budi's": [["Masuk"], [moment]]}
    extract = read(session, book("book", **lines), part=ENOUGH)
    assert [set(good(extract, tab).elapsed) for tab in ("t0", "t1")] == [{"A"}, set()]


def test_refresh_does_not_ask_for_formats(session, book):
    sample = book(Jam=[["Total"], [Dated(HALF_PAST_EIGHT, "[h]:mm")]])
    before = session.sheets_reads
    assert good(read(session, sample)).elapsed == frozenset()
    plain = session.sheets_reads - before
    before = session.sheets_reads
    read(session, sample, part=ENOUGH)
    assert session.sheets_reads - before == plain + 1


def test_formats_are_asked_of_a_tab_that_is_too_large_for_memory(
    session, book, tmp_path, monkeypatch
):
    monkeypatch.setattr(read_tabs, "MOST_CELLS", 3)
    sample = book(Jam=[[None, "Total"], [None, Dated(HALF_PAST_EIGHT, "[h]:mm")]])
    request = Request(part=ENOUGH)
    read_whole = extract_workbook(
        session, contract(sample), sample.spreadsheet_id, request, tmp_path
    )
    assert good(read_whole).spooled is not None
    assert good(read_whole).elapsed == {"B"}
