"""An answer is about what was asked for, and holds all of it, or it is asked for again."""

import pytest

from candid_assets.sandbox.workbook import Dated, SampleTab, SampleWorkbook
from candid_assets.sources.sheets import chunks
from candid_assets.sources.sheets.drive import file_states
from candid_assets.sources.sheets.echoed_range import is_about
from candid_assets.sources.sheets.number_texts import ShownBlock
from candid_assets.sources.sheets.serial_numbers import is_shown_by
from candid_assets.sources.source_errors import SourceError
from candid_assets_tests.sources.sheets.conftest import good, grid, read

ROWS = [["No", "Nama", "Nilai"], *([f"A{n}", f"barang {n}", n] for n in range(400))]


@pytest.fixture
def twins(google):
    """Two workbooks of one template: the same tabs and sizes, other cells."""
    books = []
    for name in ("book", "book2"):
        rows = [
            [c if n == 0 or c is None else f"{name} {c}" for c in r] for n, r in enumerate(ROWS)
        ]
        tabs = [SampleTab(101, "Data", rows), SampleTab(102, "Lain", [["x", name]])]
        books.append(SampleWorkbook(name, "Sama", tabs))
        books[-1].save(google.folder)
    return books


@pytest.fixture
def long(book, monkeypatch):
    """A tab of several ranges."""
    monkeypatch.setattr(chunks, "TARGET_BYTES", 4_000)
    return book(Data=ROWS, Lain=[["x", 1]])


REQUESTS = {
    "files.get": {"api": "drive_reads"},
    "metadata": {"query": "fields=spreadsheetId"},
    "first render": {"query": "FORMATTED_STRING"},
    "second render": {"query": "SERIAL_NUMBER"},
    "as shown": {"query": "FORMATTED_VALUE"},
}


@pytest.mark.parametrize("request_", REQUESTS)
def test_an_answer_of_another_workbook_is_never_taken(session, google, twins, request_):
    google.fault({"do": "other_workbook", "of": "book2"}, **REQUESTS[request_])
    assert grid(good(read(session, twins[0])))[1][0] == "book A0"
    google.reset()
    google.fault({"do": "other_workbook", "of": "book2"}, count=None, **REQUESTS[request_])
    assert_refused(session, twins[0], "book2")


def assert_refused(session, sample, odd):
    """The whole workbook or each of its tabs is refused, by a message that says what was odd."""
    try:
        errors = list(read(session, sample).tabs.values())
    except SourceError as error:
        errors = [error]
    assert {type(e) for e in errors} == {SourceError}
    assert {e.code for e in errors} == {"malformed"}
    assert all("shop" in e.message and odd in e.message for e in errors), errors


@pytest.mark.parametrize("request_", ["first render", "second render", "as shown"])
def test_cells_of_another_tab_are_never_taken(session, google, twins, request_):
    google.fault({"do": "other_tab", "of": "Lain"}, tab="Data", count=None, **REQUESTS[request_])
    extract = read(session, twins[0])
    error = extract.tabs["t0"]
    assert isinstance(error, SourceError)
    assert "'Data'" in error.message


@pytest.mark.parametrize("do", ["drop_values", {"do": "drop_rows", "rows": 5}], ids=str)
@pytest.mark.parametrize("times", [1, None])
def test_an_inner_range_that_comes_short_in_both_renders_loses_no_row(
    session, google, long, do, times
):
    whole = grid(good(read(session, long)))
    second = next(
        c for c in google.calls() if "SERIAL" in c["query"] and "'Data'!A1:" not in c["query"]
    )
    inner = second["query"].split("'Data'!")[1].split("&")[0]
    google.reset()
    google.fault(do, query=f"'Data'!{inner}", count=times and 2 * times)
    result = read(session, long).tabs["t0"]
    if times:
        assert grid(result) == whole
    else:
        assert isinstance(result, SourceError)
        assert result.code == "changed_while_reading"


def test_the_last_rows_missing_from_both_renders_are_seen(session, google, book):
    sample = book(Data=[["a", "b"], ["c", "d"], ["e", "f"]])
    google.fault({"do": "drop_rows", "rows": 1}, query="UNFORMATTED", count=2)
    assert len(grid(good(read(session, sample)))) == 3


@pytest.mark.parametrize("edit", [{"B3": "baru", "B390": "baru"}, {"A3": Dated(1, "x"), "C390": 7}])
@pytest.mark.parametrize("skip", range(8))
def test_an_edit_between_two_ranges_never_makes_a_table_that_was_not(
    session, google, long, edit, skip
):
    """Drive reports nothing of the edit, as it does for minutes."""
    cells = {a: 46000 if isinstance(v, Dated) else v for a, v in edit.items()}
    change = {"do": "edit", "tab": "Data", "cells": cells, "workbook": "book", "silent": True}
    google.fault(change, api="sheets_reads", query="UNFORMATTED", skip=skip)
    shown = grid(good(read(session, long)))
    is_new = {str(shown[int(a[1:]) - 1]["ABC".index(a[0])]) == str(v) for a, v in cells.items()}
    assert len(is_new) == 1


def test_fewer_filled_rows_are_read_twice_and_looked_for_again(session, google, book):
    gone = [["a"], [], ["c"]]
    extract = read(session, book(Data=gone), known_rows={"t0": 3}, known_filled={"t0": 3}.get)
    assert grid(good(extract)) == [["a"], [None], ["c"]]
    assert extract.is_doubtful
    assert session.sheets_reads == 8
    again = read(session, book(Data=gone), known_rows={"t0": 3}, known_filled={"t0": 2}.get)
    assert not again.is_doubtful
    assert session.sheets_reads == 12


def test_content_equal_to_the_last_needs_no_second_reading(session, google, book):
    sample = book(Data=[["a"], [], ["c"]])
    known = {"t0": good(read(session, sample)).content_hash}
    google.change("book", "touch")
    extract = read(session, sample, known_contents=known, known_rows={"t0": 9})
    assert not extract.is_doubtful
    assert session.sheets_reads == 8


ODD = {
    "a list in a cell": ["valueRanges", 0, "values", 0, 0, [1]],
    "an object in a cell": ["valueRanges", 0, "values", 1, 1, {"a": 1}],
    "text for rows": ["valueRanges", 0, "values", "words"],
    "a number for a row": ["valueRanges", 0, "values", 0, 7],
    "null for rows": ["valueRanges", 0, "values", None],
    "null for a range": ["valueRanges", 0, None],
    "null for the ranges": ["valueRanges", None],
    "a number for the echo": ["valueRanges", 0, "range", 5],
    "columns for rows": ["valueRanges", 0, "majorDimension", "OTHER"],
    "no id": ["spreadsheetId", None],
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("request_", ["first render", "second render", "as shown"])
def test_an_answer_of_an_odd_shape_is_asked_for_again_and_then_named(
    session, google, book, odd, request_
):
    sample = book(Data=[["a", 1], ["b", 2]])
    *at, value = ODD[odd]
    fault = {"do": "set", "at": at, "value": value}
    google.fault(fault, **REQUESTS[request_])
    assert grid(good(read(session, sample))) == [["a", "1"], ["b", "2"]]
    google.fault(fault, count=None, **REQUESTS[request_])
    error = read(session, sample).tabs["t0"]
    assert isinstance(error, SourceError)
    assert (error.code, "shop" in error.message) == ("malformed", True)


@pytest.mark.parametrize(
    ("request_", "at", "value"),
    [
        ("metadata", ["spreadsheetId"], "other"),
        ("metadata", ["sheets"], []),
        ("metadata", ["sheets", 0, "properties"], None),
        ("metadata", ["sheets", 0, "properties", "title"], 5),
        ("metadata", ["sheets", 0, "properties", "sheetId"], "x"),
        ("metadata", ["sheets", 0, "properties", "gridProperties"], [1]),
        ("metadata", ["sheets", 0, "merges"], {"a": 1}),
        ("metadata", ["properties"], None),
        ("files.get", ["id"], "other"),
        ("files.get", ["version"], None),
        ("files.get", ["version"], "-4"),
        ("files.get", ["modifiedTime"], "2026-01-01"),
        ("files.get", ["modifiedTime"], 7),
        ("files.get", ["trashed"], "no"),
        ("files.get", ["name"], {"a": 1}),
    ],
)
def test_what_describes_a_workbook_is_of_the_shape_promised(
    session, google, book, request_, at, value
):
    sample = book(Data=[["a"]])
    google.fault({"do": "set", "at": at, "value": value}, **REQUESTS[request_])
    assert grid(good(read(session, sample))) == [["a"]]
    google.fault({"do": "set", "at": at, "value": value}, count=None, **REQUESTS[request_])
    assert_refused(session, sample, "shop")


def test_an_odd_entry_of_a_listing_is_asked_for_alone(session, google, book):
    for name in ("book1", "book2", "book3"):
        book(name, Satu=[["a"]])
    google.fault({"do": "set", "at": ["files", 0, "version"], "value": []}, api="drive_reads")
    states = file_states(session, ["book1", "book2", "book3"])
    assert not [state for state in states.values() if isinstance(state, SourceError)]
    assert session.drive_reads == 2


@pytest.mark.parametrize(
    ("echo", "same"),
    [
        ("Data!B2:C9", True),
        ("'Data'!B2:C5", True),
        ("'data'!B2", True),
        ("Data!B2:D9", False),
        ("Data!B2:C10", False),
        ("Data!A2:C9", False),
        ("Data!B3:C9", False),
        ("Lain!B2:C9", False),
        ("B2:C9", False),
        ("Data", False),
        ("", False),
    ],
)
def test_an_echo_is_of_the_range_that_was_asked_for(echo, same):
    assert is_about(echo, ShownBlock("Data", 2, 9, 2, 3)) is same


@pytest.mark.parametrize(
    ("serial", "shown", "same"),
    [
        (45886, "17/08/2025", True),
        (45886, "17 Agustus 25", True),
        (45886, "18/08/2025", False),
        (45886.5, "17/8/2025 12:00 PM", True),
        (45886.5, "17/8/2025 13.00", False),
        (1.25, "30:00:00", True),
        (45886.99999, "17/08/2025 23:59", True),
        (-0.5, "-12:00:00", True),
    ],
)
def test_a_date_of_another_render_is_recognised(serial, shown, same):
    assert is_shown_by(serial, shown) is same
