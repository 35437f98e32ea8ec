"""Rows that do not pass stand in quarantine whole, with every reason and the cell's link."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from duckdb import DuckDBPyConnection

from candid_assets.contracts.catalog import Column
from candid_assets_tests.cleaning.kit import Cell, column, run_cleaning, tab_of

D = Decimal
DOLLARS = column("x", "number", options={"currency": "USD", "notation": "en"})
CASES: list[tuple[Column, Cell, str, str]] = [
    *(
        (
            DOLLARS,
            text,
            "not_a_number",
            f"X (A2): '{text}' is not a number in English notation (1,250,000.50), plain or in USD",
        )
        for text in (
            "Rp 5",
            "IDR 5.00",
            "€5",
            "5 EUR",
            "$",
            "$ 5 $ 6",
            "USDX 5",
            "$5,00",
            "5 $ lagi",
        )
    ),
    (
        column("x", "number"),
        "US$ 5.000",
        "not_a_number",
        "X (A2): 'US$ 5.000' is not a number in Indonesian notation (1.250.000,50)",
    ),
    (column("x", required=True), None, "missing_value", "X (A2): blank, but a value is required"),
    (column("x", required=True), " - ", "missing_value", "X (A2): blank, but a value is required"),
    (
        column("x", "number"),
        "12.50",
        "not_a_number",
        "X (A2): '12.50' is not a number in Indonesian notation (1.250.000,50)",
    ),
    (
        column("x", "number", options={"notation": "en"}),
        "12,50",
        "not_a_number",
        "X (A2): '12,50' is not a number in English notation (1,250,000.50)",
    ),
    (
        column("x", "integer"),
        ("n", "12.5"),
        "not_an_integer",
        "X (A2): '12.5' is not a whole number in Indonesian notation (1.250.000,50)",
    ),
    (
        column("x", "boolean", options={"true_words": ("ya",), "false_words": ("tidak",)}),
        "entah",
        "not_a_boolean",
        "X (A2): 'entah' is neither yes (ya) nor no (tidak)",
    ),
    (
        column("tgl", "date", header="Tgl"),
        "31/02/2025",
        "not_a_date",
        "Tgl (A2): '31/02/2025' is not a date",
    ),
    (column("x", "date"), ("n", "45321"), "not_a_date", "X (A2): '45321' is not a date"),
    (
        column("x", "timestamp"),
        "17/08/2025",
        "not_a_timestamp",
        "X (A2): '17/08/2025' is not a date with a time of day",
    ),
    (column("x", "time"), "siang", "not_a_time", "X (A2): 'siang' is not a time of day"),
    (
        column("x", "number"),
        ("e", "#REF!"),
        "error_cell",
        "X (A2): '#REF!' is a formula error; correct the formula",
    ),
    (
        column("x"),
        ("e", "#N/A"),
        "error_cell",
        "X (A2): '#N/A' is a formula error; correct the formula",
    ),
    (
        column("x", options={"fault_words": ("error", "#n/a")}),
        "ERROR",
        "fault_word",
        "X (A2): 'ERROR' stands for a fault; type the value, or leave the cell blank",
    ),
    (
        column("x", options={"fault_words": ("error", "#n/a")}),
        ("e", "#N/A"),
        "error_cell",
        "X (A2): '#N/A' is a formula error; correct the formula",
    ),
    (
        column("x", "number"),
        ("n", "1.255"),
        "too_precise",
        "X (A2): '1.255' has more decimals than the 2 that are kept",
    ),
    (
        column("x", "number", "DECIMAL(5,2)"),
        "1.000",
        "out_of_range",
        "X (A2): '1.000' does not fit DECIMAL(5,2)",
    ),
    (
        column("x", "integer", "SMALLINT"),
        ("n", "40000"),
        "out_of_range",
        "X (A2): '40000' does not fit SMALLINT",
    ),
    (
        column("x", "time"),
        ("h", "26:00:00"),
        "out_of_range",
        "X (A2): '26:00:00' does not fit TIME",
    ),
    (
        column("x", "number", minimum=D(0)),
        "(5)",
        "below_minimum",
        "X (A2): '(5)' is below 0",
    ),
    (
        column("x", "number", exclusive_minimum=D("0.50")),
        "0,5",
        "below_minimum",
        "X (A2): '0,5' is not above 0.50",
    ),
    (
        column("x", "date", minimum=date(2024, 1, 1)),
        "31/12/2023",
        "below_minimum",
        "X (A2): '31/12/2023' is below 2024-01-01",
    ),
    (
        column("x", "timestamp", maximum=datetime(2024, 1, 1, 8)),  # noqa: DTZ001
        "01/01/2024 08.01",
        "above_maximum",
        "X (A2): '01/01/2024 08.01' is above 2024-01-01 08:00:00",
    ),
    (
        column("x", "integer", exclusive_maximum=D(10)),
        ("n", "10"),
        "above_maximum",
        "X (A2): '10' is not below 10",
    ),
    (
        column("x", enum=("lunas", "tempo")),
        "Lunas",
        "not_allowed",
        "X (A2): 'Lunas' is none of the allowed values: lunas, tempo",
    ),
    (
        column("x", "integer", enum=("1", "2")),
        ("n", "3"),
        "not_allowed",
        "X (A2): '3' is none of the allowed values: 1, 2",
    ),
    (
        column("x", pattern="SO-[0-9]{6}"),
        "SO-12",
        "bad_pattern",
        "X (A2): 'SO-12' does not match the pattern SO-[0-9]{6}",
    ),
    (column("x", min_length=3), " ab ", "too_short", "X (A2): ' ab ' is shorter than 3 characters"),
    (column("x", max_length=1), "ab", "too_long", "X (A2): 'ab' is longer than 1 characters"),
    (
        column("x", options={"phone": True}),
        "0812",
        "bad_phone",
        "X (A2): '0812' is not an Indonesian telephone number",
    ),
]


@pytest.mark.parametrize(("declared", "cell", "reason", "message"), CASES)
def test_a_cell_that_breaks_its_contract_says_what_was_expected(
    connection: DuckDBPyConnection, declared: Column, cell: Cell, reason: str, message: str
) -> None:
    cleaned = run_cleaning(connection, tab_of(declared, column("y")), [[cell, "ok"]])
    why = cleaned.quarantine[2][0]
    assert (why["reason"], why["message"]) == (reason, message)
    assert cleaned.clean == []


PASSING: list[tuple[Column, Cell, Any]] = [
    *(
        (DOLLARS, text, D(value))
        for text, value in {
            "$1,250.50": "1250.50",
            "US$ 1,250": "1250",
            "usd 5": "5",
            "5.25 USD": "5.25",
            "5.25$": "5.25",
            "-$5": "-5",
            "$-5": "-5",
            "($5.25)": "-5.25",
            "$(5.25)": "-5.25",
            "1,000": "1000",
        }.items()
    ),
    (DOLLARS, ("n", "12.5"), D("12.50")),
    (column("x", "integer", options={"currency": "JPY"}), "¥1.200", 1200),
    (column("x", "number", options={"currency": "EUR"}), "(5,25 €)", D("-5.25")),
    (column("x"), ("n", "12.5"), "12.5"),
    (column("x"), ("b", "TRUE"), "TRUE"),
    (column("x"), ("d", "2025-08-17"), "2025-08-17"),
    (column("x"), ("s", "2025-08-17 14:30:00"), "2025-08-17 14:30:00"),
    (column("x"), ("h", "26:00:00"), "26:00:00"),
    (column("x"), "0012", "0012"),
    (column("x"), " Toko\u00a0 Jaya\n", "Toko Jaya"),
    (column("x"), "—", None),
    (column("x", options={"blank_words": ("N/A", "belum ada")}), "Belum  Ada", None),
    (column("x", options={"blank_words": ("#N/A",)}), ("e", "#N/A"), None),
    (
        column("x", "number", options={"blank_words": ("-", "#N/A")}),
        ("e", "#N/A (Did not find value 'SKU (4)' in VLOOKUP evaluation.)"),
        None,
    ),
    (column("x", options={"blank_words": ("#n/a",)}), ("e", "#N/A ()"), None),
    (column("x", options={"blank_words": ()}), "-", "-"),
    (column("x", options={"letter_case": "upper"}), "so-1", "SO-1"),
    (column("x", enum=("lunas",), options={"letter_case": "lower"}), "LUNAS", "lunas"),
    (
        column("x", enum=("lunas",), options={"synonyms": {"Sudah  Bayar": "lunas"}}),
        "sudah bayar",
        "lunas",
    ),
    (column("x", "number", options={"synonyms": {"gratis": "0"}}), "Gratis", D(0)),
    (column("x", "number"), ("n", "0.30000000000000004"), D("0.30")),
    (column("x", "number"), "1.250.000,5", D("1250000.50")),
    (column("x", "number", "DECIMAL(38,4)"), "12,5%", D("0.1250")),
    (column("x", "number", "DECIMAL(38,0)"), "9" * 38, D("9" * 38)),
    (column("x", "number", "DOUBLE"), ("n", "0.333333333333333"), 0.333333333333333),
    (column("x", "number", "BIGINT"), "1,2 jt", 1200000),
    (column("x", "number", options={"round_to_scale": True}), ("n", "0.125"), D("0.12")),
    (column("x", "number", options={"round_to_scale": True}), ("n", "0.135"), D("0.14")),
    (column("x", "number", options={"round_to_scale": True}), ("n", "-0.125"), D("-0.12")),
    (column("x", "number", options={"round_to_scale": True}), ("n", "-0.135"), D("-0.14")),
    (column("x", "number", options={"round_to_scale": True}), ("n", "0.1251"), D("0.13")),
    (column("x", "number", options={"round_to_scale": True}), "12,5%", D("0.12")),
    (column("x", "number", options={"round_to_scale": True}), "0,0045 rb", D("4.50")),
    (column("x", "number", "DECIMAL(18,0)", options={"round_to_scale": True}), "2,5", D(2)),
    (
        column("x", "number", options={"round_to_scale": True}),
        ("n", "0.333333333333333"),
        D("0.33"),
    ),
    (column("x", "integer"), "1.250", 1250),
    (column("x", "integer", enum=("1", "2")), ("n", "2"), 2),
    (column("x", "boolean"), "Aktif", True),
    (column("x", "boolean"), ("n", "0"), False),
    (column("x", "date"), ("d", "2025-08-17"), date(2025, 8, 17)),
    (column("x", "date", options={"date_order": "mdy"}), "08/17/2025", date(2025, 8, 17)),
    (column("x", options={"phone": True}), ("n", "81234567890"), "+6281234567890"),
    (column("x", pattern="SO-[0-9]{2}"), " SO-12", "SO-12"),
    (column("x", "number", minimum=D(0), maximum=D(5)), ("n", "5"), D(5)),
]


@pytest.mark.parametrize(("declared", "cell", "value"), PASSING)
def test_a_cell_that_keeps_its_contract_becomes_its_typed_value(
    connection: DuckDBPyConnection, declared: Column, cell: Cell, value: object
) -> None:
    cleaned = run_cleaning(connection, tab_of(declared, column("y")), [[cell, "ok"]])
    assert cleaned.quarantine == {}
    assert cleaned.values(2) == (value, "ok")


def test_all_reasons_of_a_row_are_kept_in_the_contract_s_order(
    connection: DuckDBPyConnection,
) -> None:
    tab = tab_of(
        column("order_id", primary_key_position=1),
        column("code", pattern="[A-Z]+", max_length=2),
        column("amount", "number"),
        column("day", "date"),
        column("note", required=True),
    )
    cleaned = run_cleaning(connection, tab, [[None, "abc", "x", "kemarin", None]])
    assert cleaned.reasons(2) == [
        ("order_id", "missing_value"),
        ("code", "bad_pattern"),
        ("code", "too_long"),
        ("amount", "not_a_number"),
        ("day", "not_a_date"),
        ("note", "missing_value"),
    ]


def test_a_quarantined_row_keeps_its_cells_and_links_to_the_one_to_mend(
    connection: DuckDBPyConnection,
) -> None:
    tab = tab_of(column("order_id"), column("amount", "number", header="Jumlah"))
    cleaned = run_cleaning(
        connection, tab, [["SO-1", " 1.5\n", "catatan"]], title_rows=[["Judul"], []]
    )
    assert cleaned.quarantine[4] == [
        {
            "column": "amount",
            "header": "Jumlah",
            "cell": "B4",
            "value": " 1.5\n",
            "reason": "not_a_number",
            "message": "Jumlah (B4): ' 1.5\n' is not a number in Indonesian notation "
            "(1.250.000,50)",
            "link": "https://docs.google.com/spreadsheets/d/abc/edit#gid=7&range=B4",
        }
    ]
    row = connection.execute("SELECT * EXCLUDE (_id, _reasons) FROM staged_quarantine").fetchall()
    assert row == [(4, "ttt", "hash-1", "SO-1", " 1.5\n", "catatan")]
    described = connection.execute("DESCRIBE staged_quarantine").fetchall()
    assert [line[0] for line in described] == [
        "_row",
        "_kinds",
        "_extract",
        "_id",
        "_reasons",
        *"ABC",
    ]
    assert described[4][1] == (
        'STRUCT("column" VARCHAR, "header" VARCHAR, cell VARCHAR, "value" VARCHAR, '
        "reason VARCHAR, message VARCHAR, link VARCHAR)[]"
    )


def test_a_long_value_is_shortened_in_the_message_only(connection: DuckDBPyConnection) -> None:
    cleaned = run_cleaning(connection, tab_of(column("x", max_length=5)), [["a" * 200]])
    why = cleaned.quarantine[2][0]
    assert why["value"] == "a" * 200
    assert why["message"] == f"X (A2): '{'a' * 79}…' is longer than 5 characters"


KEYED = tab_of(column("order_id", primary_key_position=1), column("amount", "number"))
TWICE: list[list[Cell]] = [
    ["SO-1", "1"],
    ["SO-2", "2"],
    [" SO-1", "3"],
    ["SO-3", "4"],
    ["SO-1 ", "5"],
]


@pytest.mark.parametrize(
    ("policy", "clean", "others"),
    [
        ("quarantine", [3, 5], {2: "A4", 4: "A2", 6: "A2"}),
        ("keep_first", [2, 3, 5], {4: "A2", 6: "A2"}),
        ("keep_last", [3, 5, 6], {2: "A6", 4: "A6"}),
    ],
)
def test_rows_of_one_key_go_where_the_contract_says(
    connection: DuckDBPyConnection, policy: str, clean: list[int], others: dict[int, str]
) -> None:
    tab = tab_of(*KEYED.columns, duplicate_keys=policy)
    cleaned = run_cleaning(connection, tab, TWICE)
    assert cleaned.rows == clean
    for row, other in others.items():
        assert cleaned.reasons(row) == [("order_id", "duplicate_key")]
        assert cleaned.quarantine[row][0]["message"].endswith(f"has the same key as {other}")
    assert sorted(cleaned.quarantine) == sorted(others)


def test_a_key_of_two_columns_is_compared_and_named_whole(connection: DuckDBPyConnection) -> None:
    tab = tab_of(
        column("line", "integer", primary_key_position=2, header="Baris"),
        column("order_id", primary_key_position=1, header="No Order"),
    )
    rows: list[list[Cell]] = [["1", "SO-1"], ["2", "SO-1"], [("n", "1"), "SO-1"]]
    cleaned = run_cleaning(connection, tab, rows)
    assert cleaned.rows == [3]
    assert cleaned.quarantine[4][0]["message"] == (
        "No Order (B4): 'SO-1' has the same key (No Order, Baris) as B2"
    )


def test_a_row_whose_key_is_broken_takes_no_part_in_the_comparison(
    connection: DuckDBPyConnection,
) -> None:
    tab = tab_of(
        column("day", "date", primary_key_position=1),
        column("amount", "number", primary_key_position=2),
    )
    rows: list[list[Cell]] = [["01/01/2025", "x"], ["01/01/2025", "y"], ["01/01/2025", "1"]]
    cleaned = run_cleaning(connection, tab, rows)
    assert cleaned.rows == [4]
    assert cleaned.reasons(2) == [("amount", "not_a_number")]


def test_a_row_broken_elsewhere_still_shares_its_key(connection: DuckDBPyConnection) -> None:
    cleaned = run_cleaning(connection, KEYED, [["SO-1", "x"], ["SO-1", "1"]])
    assert cleaned.reasons(2) == [("order_id", "duplicate_key"), ("amount", "not_a_number")]
    assert cleaned.reasons(3) == [("order_id", "duplicate_key")]


def test_repeated_value_of_a_unique_column_is_quarantined(connection: DuckDBPyConnection) -> None:
    tab = tab_of(column("order_id", primary_key_position=1), column("nik", unique=True))
    rows: list[list[Cell]] = [["1", "A"], ["2", "A"], ["3", None], ["4", None], ["5", "B"]]
    cleaned = run_cleaning(connection, tab, rows)
    assert cleaned.rows == [4, 5, 6]
    assert cleaned.quarantine[3][0]["message"] == "NIK (B3): 'A' has the same value as B2"
    assert cleaned.reasons(2) == [("nik", "duplicate_value")]


def test_row_quarantined_by_its_key_is_not_compared_on_other_unique_columns(
    connection: DuckDBPyConnection,
) -> None:
    tab = tab_of(
        column("order_id", primary_key_position=1),
        column("nik", unique=True),
        duplicate_keys="keep_first",
    )
    cleaned = run_cleaning(connection, tab, [["1", "A"], ["1", "B"], ["2", "B"]])
    assert cleaned.rows == [2, 4]


def test_key_that_is_also_unique_is_reported_once(connection: DuckDBPyConnection) -> None:
    tab = tab_of(column("order_id", primary_key_position=1, unique=True))
    cleaned = run_cleaning(connection, tab, [["1"], [" 1"]])
    assert cleaned.reasons(2) == [("order_id", "duplicate_key")]


def test_error_cell_in_an_undeclared_column_has_no_effect(
    connection: DuckDBPyConnection,
) -> None:
    cleaned = run_cleaning(connection, KEYED, [["SO-1", "1", ("e", "#REF!")]])
    assert cleaned.rows == [2]
