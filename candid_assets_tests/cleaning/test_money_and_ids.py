"""Money as banks and accounting formats write it, and ids that a spreadsheet destroyed."""

from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candid_assets_tests.cleaning.kit import Cell, column, parse_all, run_cleaning, tab_of

STATEMENT = {
    "notation": "en",
    "negative_marks": ("DB", "D"),
    "positive_marks": ("CR", "K"),
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("287,490.00 DB", "-287490.00"),
        ("287,490.00 CR", "287490.00"),
        ("287,490.00CR", "287490.00"),
        ("1,250,000 D", "-1250000"),
        ("1,250,000 k.", "1250000"),
        ("Rp 15,000.00 db", "-15000.00"),
        ("15,000.00", "15000.00"),
        (".00", "0"),
        (".50 DB", "-0.50"),
        ("Rp -", "0"),
    ],
)
def test_mark_of_debit_or_credit_gives_the_sign_that_the_contract_says(
    connection: duckdb.DuckDBPyConnection, text: str, value: str
) -> None:
    tab = tab_of(column("id"), column("amount", "number", options=STATEMENT))
    outcome = run_cleaning(connection, tab, [["a", text]])
    assert not outcome.quarantine
    assert outcome.values(2)[1] == Decimal(value)


@pytest.mark.parametrize(
    "text", ["-1,000 DB", "(1,000) CR", "1,000- DB", "1,000 XX", "DB", "1,000 DB CR"]
)
def test_mark_that_contradicts_a_sign_or_is_not_declared_is_refused(
    connection: duckdb.DuckDBPyConnection, text: str
) -> None:
    tab = tab_of(column("id"), column("amount", "number", options=STATEMENT))
    assert run_cleaning(connection, tab, [["a", text]]).reasons(2) == [("amount", "not_a_number")]


def test_mark_is_refused_where_the_contract_gives_it_no_sign(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    tab = tab_of(column("id"), column("amount", "number", options={"notation": "en"}))
    outcome = run_cleaning(connection, tab, [["a", "287,490.00 DB"]])
    assert outcome.reasons(2) == [("amount", "not_a_number")]


@pytest.mark.parametrize(
    ("currency", "text", "value"),
    [("USD", "$ -", "0"), ("USD", "US$ (1,250.50)", "-1250.50"), ("USD", "Rp -", None)],
)
def test_dash_is_zero_in_the_currency_of_the_column_alone(
    connection: duckdb.DuckDBPyConnection, currency: str, text: str, value: str | None
) -> None:
    options = {"notation": "en", "currency": currency}
    tab = tab_of(column("id"), column("amount", "number", options=options))
    outcome = run_cleaning(connection, tab, [["a", text]])
    if value is None:
        assert outcome.reasons(2) == [("amount", "not_a_number")]
    else:
        assert outcome.values(2)[1] == Decimal(value)


@settings(deadline=None, max_examples=100)
@given(amount=st.decimals(min_value=0, max_value=10**12, places=2), debit=st.booleans())
def test_every_amount_of_a_statement_comes_back_with_its_sign(
    connection: duckdb.DuckDBPyConnection, amount: Decimal, debit: bool
) -> None:
    text = f"{amount:,.2f} {'DB' if debit else 'CR'}"
    call = "read_number(without_mark(cleaned, ['db'], ['cr']), 't', 'en').digits::DECIMAL(18,2)"
    assert parse_all(connection, call, [text]) == [-amount if debit else amount]


DAMAGED: list[Cell] = [
    "3.20101E+15",
    "3,20101E+15",
    "8.9621E+18",
    "1e+16",
    ("n", "3201010101010000"),
    ("n", "89621012345678900000"),
    ("n", "12345678901234568"),
]
WHOLE: list[Cell] = [
    "3201010101010003",
    ("n", "3201010101010003"),
    ("n", "320101010101000"),
    ("x", "3.20101E+15"),
    ("m", "3201010101010000"),
    "E+15",
    "A1E+15",
    "2E15",
]


@pytest.mark.parametrize("cell", DAMAGED)
def test_id_that_lost_figures_is_reported_with_its_cell(
    connection: duckdb.DuckDBPyConnection, cell: Cell
) -> None:
    tab = tab_of(column("id"), column("nik"))
    outcome = run_cleaning(connection, tab, [["a", cell]])
    ((reason),) = outcome.quarantine[2]
    assert (reason["reason"], reason["cell"]) == ("damaged_id", "B2")
    assert "lost figures where it was read as a number" in reason["message"]


@pytest.mark.parametrize("cell", WHOLE)
def test_whole_id_is_kept(connection: duckdb.DuckDBPyConnection, cell: Cell) -> None:
    tab = tab_of(column("id"), column("nik"))
    outcome = run_cleaning(connection, tab, [["a", cell]])
    assert outcome.values(2) == ("a", cell if isinstance(cell, str) else cell[1])


@pytest.mark.parametrize("logical", ["string", "integer"])
def test_long_number_that_ends_in_0_is_whole_where_those_beside_it_are(
    connection: duckdb.DuckDBPyConnection, logical: str
) -> None:
    key = column("nik", logical, primary_key_position=1)
    cells: list[Cell] = [("n", str(3201010101010000 + n)) for n in range(21)]
    outcome = run_cleaning(connection, tab_of(key, column("name")), [[c, "a"] for c in cells])
    assert not outcome.quarantine
    assert [str(outcome.values(n)[0]) for n in range(2, 23)] == [text for _, text in cells]


def test_long_numbers_of_which_most_end_in_0_are_reported(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    cells = [*(f"32010101010{n}0000" for n in range(10, 14)), "3201010101010003"]
    rows: list[list[Cell]] = [[("n", cell)] for cell in cells]
    outcome = run_cleaning(connection, tab_of(column("nik")), rows)
    assert list(outcome.quarantine) == [2, 3, 4, 5]


@pytest.mark.parametrize("cell", [("n", "3201010101010000"), "3.20101E+15"])
def test_key_of_whole_numbers_that_lost_figures_is_reported(
    connection: duckdb.DuckDBPyConnection, cell: Cell
) -> None:
    tab = tab_of(column("nik", "integer", primary_key_position=1), column("name"))
    reasons = run_cleaning(connection, tab, [[cell, "a"]]).reasons(2)
    assert reasons[0][1] in {"damaged_id", "not_an_integer"}


@pytest.mark.parametrize(
    ("logical", "cell", "value"),
    [
        ("string", '="081234567801"', "081234567801"),
        ("string", '="a ""b"""', 'a "b"'),
        ("string", '=""', None),
        ("string", "'0000", "0000"),
        ("string", "'02/12", "02/12"),
        ("string", "'-5", "-5"),
        ("string", "'=1+2", "=1+2"),
        ("string", "'Aisyiyah", "'Aisyiyah"),
        ("string", "=SUM(A1)", "=SUM(A1)"),
        ("string", ("x", "'0000"), "'0000"),
        ("integer", "'1250", "1250"),
        ("integer", '="1250"', "1250"),
        ("number", "'1.250,50", "1250.50"),
        ("date", "'02/12/2025", "2025-12-02"),
        ("time", "'07:30", "07:30:00"),
        ("boolean", '="ya"', "true"),
    ],
)
def test_guard_of_a_spreadsheet_is_taken_off_in_every_type(
    connection: duckdb.DuckDBPyConnection, logical: str, cell: Cell, value: str | None
) -> None:
    tab = tab_of(column("id"), column("a", logical))
    outcome = run_cleaning(connection, tab, [["k", cell]])
    assert not outcome.quarantine
    assert connection.execute(f"select a::varchar from {outcome.sql.staged.clean}").fetchall() == [
        (value,)
    ]


def test_apostrophe_before_words_is_taken_off_where_the_contract_says_so(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    tab = tab_of(column("id"), column("a", options={"guarded": True}))
    outcome = run_cleaning(connection, tab, [["k", "'BIAYA ADM"], ["l", "PEND"], ["m", "'"]])
    assert [line[1] for line in outcome.clean] == ["BIAYA ADM", "PEND", None]
