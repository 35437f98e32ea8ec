"""Reads of values answer as recorded from the real API: trimming, echo, renders, errors."""

import pytest

from candid_assets.sandbox import store
from candid_assets.sandbox.workbook import SampleTab, SampleWorkbook
from candid_assets_tests.sandbox.client import SHEETS, values
from candid_assets_tests.sandbox.conftest import BOOK

REF = "#REF! (Reference does not exist.)"
RAW = {"valueRenderOption": "UNFORMATTED_VALUE"}
ORDERS = "'Jan25'!A1:G100"


def read(google, a1_range, **how):
    return values(google, BOOK, a1_range, **how)["valueRanges"][0]


def test_the_two_renders_differ_in_date_cells_alone(google):
    serial = read(google, ORDERS, **RAW, dateTimeRenderOption="SERIAL_NUMBER")["values"]
    text = read(google, ORDERS, **RAW, dateTimeRenderOption="FORMATTED_STRING")["values"]
    assert serial == [
        ["Order", "Tgl", "Jam", "Nilai", "Lunas", "Catatan"],
        ["SO-1", 45886, 0.604166666666667, 1250.5, True],
        [],
        ["SO-3", 45886.5, "", 3, False, REF],
        [],
        ["0812", "1.250.000", " ", -7, "", "a, b"],
    ]
    assert text == [
        serial[0],
        ["SO-1", "17 Agustus 2025", "14.30", 1250.5, True],
        [],
        ["SO-3", "17/08/2025 12:00:00", "", 3, False, REF],
        [],
        serial[5],
    ]


def test_a_whole_number_has_no_decimal_point(server, google):
    url = f"{SHEETS}/v4/spreadsheets/{BOOK}/values/'Jan25'!D4"
    answer = google.get(url, params={**RAW, "prettyPrint": "false"})
    assert b"[[3]]" in answer.content


def test_formatted_values_are_all_text_in_the_workbooks_locale(google):
    assert read(google, "'Jan25'!A2:F4")["values"] == [
        ["SO-1", "17 Agustus 2025", "14.30", "1250,5", "TRUE"],
        [],
        ["SO-3", "17/08/2025 12:00:00", "", "3", "FALSE", "#REF!"],
    ]


@pytest.mark.parametrize(
    ("a1_range", "echo"),
    [
        ("'Jan25'!A1:B2", "'Jan25'!A1:B2"),
        ("'Jan25'", "'Jan25'!A1:Z1000"),
        ("Kosong", "Kosong!A1:Z1000"),
        ("'Jan25'!A5:Z", "'Jan25'!A5:Z1000"),
        ("'Jan25'!A1:ZZ9999", "'Jan25'!A1:Z1000"),
        ("'Besar'!A1400:A", "Besar!A1400:A1500"),
        ("A1", "'Jan25'!A1"),
        ("HargaRange", "'Jan25'!A1:B2"),
        (
            "'Stok (Gudang) & Retur/Jum''at'!A1:A2",
            "'Stok (Gudang) & Retur/Jum''at'!A1:A2",
        ),
    ],
)
def test_the_range_is_echoed_whole_and_quoted_when_needed(google, a1_range, echo):
    assert read(google, a1_range)["range"] == echo


@pytest.mark.parametrize("a1_range", ["Kosong", "'Jan25'!A7:Z", "'Jan25'!A3:Z3", "'Jan25'!G1:G100"])
def test_a_range_without_anything_has_no_values(google, a1_range):
    assert "values" not in read(google, a1_range)


def test_a_window_is_trimmed_by_itself(google):
    answer = read(google, "'Jan25'!C1:F6", **RAW)
    assert answer["values"][3:] == [["", 3, False, REF], [], [" ", -7, "", "a, b"]]
    assert read(google, "'Jan25'!C3:C4", **RAW).get("values") is None


def test_columns_come_first_when_asked_for(google):
    answer = read(google, "'Jan25'!A1:B4", **RAW, majorDimension="COLUMNS")
    assert answer["majorDimension"] == "COLUMNS"
    assert answer["values"] == [["Order", "SO-1", "", "SO-3"], ["Tgl", 45886, "", 45886.5]]


def test_ranges_are_answered_in_their_order(google):
    ranges = ["'Besar'!A1", "Kosong", "'Jan25'!A1", "'Besar'!A1"]
    answers = values(google, BOOK, ranges)["valueRanges"]
    assert [part["range"].split("!")[0] for part in answers] == [
        "Besar",
        "Kosong",
        "'Jan25'",
        "Besar",
    ]


def test_a_single_range_may_hold_a_slash_and_an_apostrophe(google):
    title = "'Stok%20(Gudang)%20%26%20Retur%2FJum''at'!A1:A2"
    answer = google.get(f"{SHEETS}/v4/spreadsheets/{BOOK}/values/{title}")
    assert answer.json()["values"] == [["SKU"], ["A"]]


def test_one_bad_range_fails_the_whole_batch(google):
    answer = google.get(
        f"{SHEETS}/v4/spreadsheets/{BOOK}/values:batchGet",
        params={"ranges": ["'Jan25'!A1", "'Hilang'!A1"]},
    )
    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "code": 400,
        "message": "Unable to parse range: 'Hilang'!A1",
        "status": "INVALID_ARGUMENT",
    }


def test_a_chart_has_no_cells(google):
    answer = google.get(f"{SHEETS}/v4/spreadsheets/{BOOK}/values/'Grafik'!A1")
    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"valueRenderOption": "RAW"}, "Invalid value at 'value_render_option'"),
        ({"dateTimeRenderOption": "ISO"}, "Invalid value at 'date_time_render_option'"),
        ({"majorDimension": "DIAGONAL"}, "Invalid value at 'major_dimension'"),
        ({"valueRender": "X"}, 'Unknown name "valueRender"'),
        ({"fields": "value"}, "invalid argument"),
    ],
)
def test_a_wrong_parameter_is_refused(google, query, said):
    answer = google.get(f"{SHEETS}/v4/spreadsheets/{BOOK}/values/'Jan25'!A1", params=query)
    assert answer.status_code == 400
    assert said in answer.json()["error"]["message"]


def test_a_mask_cuts_the_answer_down(google):
    answer = values(google, BOOK, "'Jan25'!A1:A2", fields="valueRanges.values")
    assert answer == {"valueRanges": [{"values": [["Order"], ["SO-1"]]}]}


def test_the_least_used_workbooks_are_let_go_when_memory_fills(tmp_path, monkeypatch):
    for name in ("A", "B", "C"):
        SampleWorkbook(name, name, [SampleTab(0, "T", [[name]])]).save(tmp_path)
    monkeypatch.setattr(store, "_KEPT_BYTES", (tmp_path / "A.json").stat().st_size * 2)
    folder = store.WorkbookFolder(tmp_path)
    first = folder.get("A")
    folder.get("B")
    assert folder.get("A") is first
    folder.get("C")
    assert folder.get("A") is first
    assert folder.get("B").tabs[0].rows == [["B"]]


def test_formulas_are_shown_in_the_place_of_their_results(server, google):
    tab = SampleTab(1, "Nota", [["Qty", "Total"], [2, 20]], formulas={"B2": "=A2*10"})
    SampleWorkbook("BOOK-2", "Nota", [tab]).save(server.folder)
    how = {"valueRenderOption": "FORMULA"}
    assert values(google, "BOOK-2", "Nota", **how)["valueRanges"][0]["values"] == [
        ["Qty", "Total"],
        [2, "=A2*10"],
    ]
    assert values(google, "BOOK-2", "Nota", **RAW)["valueRanges"][0]["values"][1] == [2, 20]


def test_an_error_whose_formula_is_not_kept_has_no_formula(google):
    url = f"{SHEETS}/v4/spreadsheets/{BOOK}/values/'Jan25'!A1:F4"
    answer = google.get(url, params={"valueRenderOption": "FORMULA"})
    assert answer.status_code == 501
    assert "the formula of an error cell" in answer.json()["error"]["message"]
    assert google.get(url.replace("F4", "F2"), params={"valueRenderOption": "FORMULA"}).ok
