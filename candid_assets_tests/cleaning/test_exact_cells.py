"""Cells of exact sources, which reach clean as their source holds them."""

from datetime import datetime
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candid_assets_tests.cleaning.kit import Cell, column, parse_all, run_cleaning, tab_of

TEXTS = ["", " ", "-", "n/a", " A ", "a\nb", "ABC", "abc", "e\u0301", "\u00a0x", "Total", "'07"]


def test_exact_text_is_kept_to_the_last_character(connection: duckdb.DuckDBPyConnection) -> None:
    tab = tab_of(column("id", "integer", primary_key_position=1), column("note", required=True))
    rows = [[("m", str(n)), ("x", text)] for n, text in enumerate(TEXTS)]
    outcome = run_cleaning(connection, tab, rows)
    assert [line[1] for line in outcome.clean] == TEXTS
    assert not outcome.quarantine
    assert list(outcome.dropped.values()) == ["header"]


def test_text_of_hands_is_cleaned_as_before(connection: duckdb.DuckDBPyConnection) -> None:
    tab = tab_of(column("id", "integer", primary_key_position=1), column("note"))
    rows = [[("n", str(n)), ("t", text)] for n, text in enumerate(TEXTS)]
    outcome = run_cleaning(connection, tab, rows)
    cleaned = [None, None, None, "n/a", "A", "a b", "ABC", "abc", "\u00e9", "x", "Total"]
    assert [line[1] for line in outcome.clean][: len(cleaned)] == cleaned


def test_null_of_an_exact_source_is_no_value(connection: duckdb.DuckDBPyConnection) -> None:
    tab = tab_of(column("id", "integer", primary_key_position=1), column("note", required=True))
    outcome = run_cleaning(connection, tab, [[("m", "1"), None], [("m", "2"), ("x", "")]])
    assert outcome.reasons(2) == [("note", "missing_value")]
    assert outcome.values(3) == (2, "")


def test_exact_keys_differ_by_case_and_space(connection: duckdb.DuckDBPyConnection) -> None:
    tab = tab_of(column("code", primary_key_position=1), column("amount", "integer"))
    keys = ["A", "a", " A", "A ", "A\n", ""]
    rows = [[("x", key), ("m", "1")] for key in keys]
    outcome = run_cleaning(connection, tab, [*rows, [("x", "a"), ("m", "2")]])
    assert [line[0] for line in outcome.clean] == ["A", " A", "A ", "A\n", ""]
    assert outcome.reasons(8) == [("code", "duplicate_key")]


@pytest.mark.parametrize(
    ("options", "text", "value"),
    [
        ({"blank_words": ("-", "kosong")}, " Kosong ", None),
        ({"blank_words": ("-", "kosong")}, " - ", None),
        ({"blank_words": ("-", "kosong")}, " x ", " x "),
        ({"letter_case": "upper"}, " ab ", " AB "),
        ({"synonyms": {"jkt": "Jakarta"}}, "JKT", "Jakarta"),
        ({"phone": True}, " 0812-3456-7890 ", "+6281234567890"),
        ({"phone": True}, "", None),
    ],
)
def test_what_a_contract_asks_for_is_done_to_exact_text_too(
    connection: duckdb.DuckDBPyConnection, options: dict[str, object], text: str, value: str | None
) -> None:
    tab = tab_of(column("id", "integer", primary_key_position=1), column("a", options=options))
    assert run_cleaning(connection, tab, [[("m", "1"), ("x", text)]]).values(2) == (1, value)


@pytest.mark.parametrize(
    ("logical", "text", "value"),
    [
        ("date", "2025-08-17", "2025-08-17"),
        ("timestamp", "2025-08-17T10:00:00Z", "2025-08-17 17:00:00"),
        ("time", "10:30", "10:30:00"),
        ("boolean", "ya", "true"),
        ("number", "1.250,50", "1250.50"),
        ("integer", " 12 ", "12"),
        ("integer", "", None),
    ],
)
def test_exact_text_is_parsed_in_a_column_of_another_type(
    connection: duckdb.DuckDBPyConnection, logical: str, text: str, value: str | None
) -> None:
    tab = tab_of(column("id", "integer", primary_key_position=1), column("a", logical))
    outcome = run_cleaning(connection, tab, [[("m", "1"), ("x", text)]])
    assert not outcome.quarantine
    assert connection.execute(f"select a::varchar from {outcome.sql.staged.clean}").fetchall() == [
        (value,)
    ]


def test_rows_of_a_database_are_never_taken_for_headers_totals_or_blanks(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    tab = tab_of(column("name", header="name"), column("note", header="note"))
    rows = [[("x", "name"), ("x", "note")], [("x", "Total"), None], [("x", ""), ("x", "")]]
    outcome = run_cleaning(connection, tab, rows)
    assert [line[:2] for line in outcome.clean] == [("name", "note"), ("Total", None), ("", "")]


@pytest.mark.parametrize(
    ("physical", "text"),
    [
        ("DECIMAL(18,2)", "12345678901235.56"),
        ("DECIMAL(20,10)", "15000.1234567900"),
        ("DECIMAL(38,19)", "0.1234567890123456789"),
        ("DECIMAL(38,2)", "123456789012345678901234567890123456.78"),
        ("DECIMAL(38,0)", "-99999999999999999999999999999999999999"),
    ],
)
def test_exact_number_is_kept_to_the_last_digit(
    connection: duckdb.DuckDBPyConnection, physical: str, text: str
) -> None:
    tab = tab_of(column("id", "integer"), column("a", "number", physical))
    assert run_cleaning(connection, tab, [[("m", "1"), ("m", text)]]).values(2)[1] == Decimal(text)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.decimals(min_value=-(10**17), max_value=10**17, places=15, allow_nan=False), min_size=1
    )
)
def test_exact_numbers_equal_those_of_the_source(numbers: list[Decimal]) -> None:
    with duckdb.connect() as opened:
        from candid_assets.cleaning.macros import install_macros

        install_macros(opened)
        texts = [format(number, "f") for number in numbers]
        call = "read_number(cleaned, 'm', 'id').digits::DECIMAL(38,15)"
        assert parse_all(opened, call, texts) == numbers


@pytest.mark.parametrize(
    ("logical", "physical", "text", "reason"),
    [
        ("number", "DECIMAL(18,2)", "1.005", "too_precise"),
        ("number", "DECIMAL(18,2)", "12345678901234567.89", "out_of_range"),
        ("integer", "BIGINT", "9223372036854775808", "out_of_range"),
        ("integer", "INTEGER", "2147483648", "out_of_range"),
    ],
)
def test_exact_number_that_its_type_cannot_hold_is_reported(
    connection: duckdb.DuckDBPyConnection, logical: str, physical: str, text: str, reason: str
) -> None:
    tab = tab_of(column("id", "integer"), column("a", logical, physical))
    outcome = run_cleaning(connection, tab, [[("m", "1"), ("m", text)]])
    assert outcome.reasons(2) == [("a", reason)]


@pytest.mark.parametrize(
    ("logical", "cell"),
    [
        ("timestamp", ("s", "2025-08-17 10:00:00.123456789")),
        ("timestamp", ("x", "2025-08-17T10:00:00.123456789Z")),
        ("timestamp", "2025-08-17T14:30:00.1234567"),
        ("time", ("h", "10:00:00.1234567")),
    ],
)
def test_part_of_a_microsecond_is_reported_and_never_cut_off(
    connection: duckdb.DuckDBPyConnection, logical: str, cell: Cell
) -> None:
    tab = tab_of(column("id", "integer"), column("at", logical))
    outcome = run_cleaning(connection, tab, [[("m", "1"), cell]])
    assert outcome.reasons(2) == [("at", "too_precise")]
    assert "part of a microsecond" in outcome.quarantine[2][0]["message"]


@pytest.mark.parametrize("fraction", [".123456", ".1", ".123456000", ""])
def test_moment_is_kept_to_the_microsecond(
    connection: duckdb.DuckDBPyConnection, fraction: str
) -> None:
    tab = tab_of(column("id", "integer"), column("at", "timestamp"))
    outcome = run_cleaning(connection, tab, [[("m", "1"), ("s", f"2025-08-17 10:00:00{fraction}")]])
    micros = int((fraction[1:7] or "0").ljust(6, "0"))
    assert outcome.values(2)[1] == datetime(2025, 8, 17, 10, 0, 0, micros)  # noqa: DTZ001


def test_float_of_a_spreadsheet_is_read_without_its_noise(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    tab = tab_of(column("id", "integer"), column("a", "number", "DECIMAL(38,20)"))
    outcome = run_cleaning(
        connection,
        tab,
        [[("n", "1"), ("n", "0.30000000000000004")], [("n", "2"), ("m", "0.30000000000000004")]],
    )
    assert [line[1] for line in outcome.clean] == [Decimal("0.3"), Decimal("0.30000000000000004")]
