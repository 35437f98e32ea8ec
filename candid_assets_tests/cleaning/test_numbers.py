"""Numbers become a value or a reason, in the notation that the column declares."""

from decimal import Decimal
from typing import Any, get_args

import pytest
from babel.numbers import NumberFormatError, format_decimal, parse_decimal
from duckdb import DuckDBPyConnection
from hypothesis import example, given, settings
from hypothesis import strategies as st

from candid_assets.contracts.custom_properties import Currency
from candid_assets_tests.cleaning.kit import parse_all

READ_IN_INDONESIAN = {
    "0": "0",
    "5": "5",
    "1250000": "1250000",
    "1250000,5": "1250000.5",
    "1.250": "1250",
    "12.500": "12500",
    "125.000": "125000",
    "1.250.000": "1250000",
    "1.250.000,50": "1250000.5",
    "1 250 000": "1250000",
    "12 500": "12500",
    "-1 250 000,50": "-1250000.5",
    "Rp 1\u00a0250\u00a0000,50": "1250000.5",
    "(1\u202f250)": "-1250",
    "0,75": "0.75",
    "0,0000000001": "0.0000000001",
    "1,20": "1.2",
    "Rp 1.250.000,-": "1250000",
    "Rp. 1.000": "1000",
    "Rp.1.000": "1000",
    "Rp1.250.000,00": "1250000",
    "rp 500": "500",
    "IDR 5.000": "5000",
    "Rp 50.000.-": "50000",
    "Rp 50.000,--": "50000",
    "75.000,-": "75000",
    "(1.000)": "-1000",
    "(Rp 1.000)": "-1000",
    "Rp (1.000)": "-1000",
    "Rp (1.000,50)": "-1000.5",
    "-1.000": "-1000",
    "- 1.000": "-1000",
    "+1.000": "1000",
    "1.000-": "-1000",
    "1.000 -": "-1000",
    "-Rp 1.250.000,50": "-1250000.5",
    "Rp -1.000": "-1000",
    "Rp-1.000": "-1000",
    "−5": "-5",
    "\u22121.000,5": "-1000.5",
    "－5": "-5",
    "-0": "0",
    "Rp -": "0",
    "Rp-": "0",
    "Rp. –": "0",
    "IDR -": "0",
    "(Rp -)": "0",
    ",00": "0",
    ",50": "0.5",
    "-,50": "-0.5",
    "(,50)": "-0.5",
    "Rp ,75": "0.75",
    "1.250,00-": "-1250",
    "1.250 IDR": "1250",
    "(1.250,50) Rp": "-1250.5",
    "12,5%": "0.125",
    "12,5 %": "0.125",
    "100%": "1",
    "0%": "0",
    "-2,5%": "-0.025",
    "(10%)": "-0.1",
    "1,2 jt": "1200000",
    "1,5 mlr": "1500000000",
    "1,5 T": "1500000000000",
    "Rp 2 trilyun": "2000000000000",
    "1,2jt": "1200000",
    "1,2 JUTA": "1200000",
    "Rp 1,2 juta": "1200000",
    "-1,5 jt": "-1500000",
    "500 rb": "500000",
    "500rb": "500000",
    "500 ribu": "500000",
    "1.250 jt": "1250000000",
    "1,5 M": "1500000000",
    "1,5 miliar": "1500000000",
    "2 Milyar": "2000000000",
    "1 triliun": "1000000000000",
    "Rp\u00a01.250.000": "1250000",
    "\u00a01.000\u00a0": "1000",
    "\u200b1.000\ufeff": "1000",
    " 1.000 \n": "1000",
    "１.２５０": "1250",
    "１２，５": "12.5",
    "9999999999999999999999999999": "9999999999999999999999999999",
}
REFUSED_IN_INDONESIAN = [
    "12.50",
    "1.25",
    "1.5",
    "1.2345",
    "1,234.5",
    "1,234,567",
    "1.250.00",
    "1.25.000",
    "1250.000",
    ".5",
    ",5",
    "5,",
    "5.",
    "1e3",
    "1E3",
    "0x10",
    "Rp",
    "IDR",
    "%",
    "-",
    "--5",
    "-(1.000)",
    "(-1.000)",
    "-1.000-",
    "(1.000",
    "1.000)",
    "((1.000))",
    "00123",
    "007",
    "00",
    "0.500",
    "01.000",
    "0812",
    "1 25 000",
    "1250 000",
    "0 250",
    "1 250.000",
    "1.250 000",
    "1'250",
    "12,5,0",
    "5 kg",
    "5 pcs",
    "USD 5",
    "$5",
    "1,5 m",
    "1,5 mio",
    "5k",
    "Rp 1,500",
    "-Rp 12,500",
    "150,000 IDR",
    "Rp 5%",
    "5% jt",
    "5 jt rb",
    "1,5 jt,-",
    "1.000,50,-",
    "dua",
    "n/a",
    "NaN",
    "inf",
    "1/2",
    "½",
    "٣",
    "१२",
    "5 5",
    "1.000-2.000",
    "17/08/2025",
    "TRUE",
    "= 5",
]
READ_IN_ENGLISH = {
    "1,250": "1250",
    "1,250,000.50": "1250000.5",
    "1 250 000.50": "1250000.5",
    "1.25": "1.25",
    "1.250": "1.25",
    "1250000.5": "1250000.5",
    "Rp. 1,000": "1000",
    "Rp 0.125": "0.125",
    "Rp 1,250.125": "1250.125",
    "Rp 1.500 jt": "1500000",
    "Rp 1,250,000.-": "1250000",
    "(1,000.5)": "-1000.5",
    "12.5%": "0.125",
    "1.2 jt": "1200000",
    "-5": "-5",
}
REFUSED_IN_ENGLISH = [
    *("1.250.000", "1,25", "1,250,00", "1.250,50", "1.5 M", ".5", "1e3", "00.5"),
    *("Rp 1.500", "(Rp. 12.500)", "150.000 IDR"),
]


def numbers(connection: DuckDBPyConnection, texts: list[str], notation: str = "id") -> list[Any]:
    call = f"parse_number(cleaned, 't', '{notation}')"
    return parse_all(connection, call, texts)


@pytest.mark.parametrize(("text", "value"), READ_IN_INDONESIAN.items())
def test_indonesian_numbers_are_read(connection: DuckDBPyConnection, text: str, value: str) -> None:
    assert numbers(connection, [text]) == [{"value": Decimal(value), "reason": None}]


@pytest.mark.parametrize("text", REFUSED_IN_INDONESIAN)
def test_text_that_is_no_indonesian_number_is_refused(
    connection: DuckDBPyConnection, text: str
) -> None:
    assert numbers(connection, [text]) == [{"value": None, "reason": "not_a_number"}]


@pytest.mark.parametrize(("text", "value"), READ_IN_ENGLISH.items())
def test_english_numbers_are_read(connection: DuckDBPyConnection, text: str, value: str) -> None:
    assert numbers(connection, [text], "en") == [{"value": Decimal(value), "reason": None}]


@pytest.mark.parametrize("text", REFUSED_IN_ENGLISH)
def test_text_that_is_no_english_number_is_refused(
    connection: DuckDBPyConnection, text: str
) -> None:
    assert numbers(connection, [text], "en") == [{"value": None, "reason": "not_a_number"}]


@pytest.mark.parametrize(
    ("canonical", "value"),
    {
        "1250000": "1250000",
        "-0.1": "-0.1",
        "12.5": "12.5",
        "0.125": "0.125",
        "0.30000000000000004": "0.3",
        "1.1500000000000001": "1.15",
        "-2.9999999999999996": "-3",
        "999999999999.99999": "1000000000000",
        "3171234567890001": "3171234567890001",
        "123456789012345.6": "123456789012346",
        "9007199254740993": "9007199254740993",
    }.items(),
)
def test_number_cells_are_exact_to_fifteen_figures(
    connection: DuckDBPyConnection, canonical: str, value: str
) -> None:
    parsed = parse_all(connection, "parse_number(cleaned, 'n', 'id')", [canonical])
    assert parsed == [{"value": Decimal(value), "reason": None}]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [(kind, "not_a_number") for kind in "bdsh"] + [("e", "error_cell")],
)
def test_cells_of_other_kinds_are_no_numbers(
    connection: DuckDBPyConnection, kind: str, reason: str
) -> None:
    for call in ("parse_number", "parse_integer"):
        expected = reason if kind == "e" or call == "parse_number" else "not_an_integer"
        parsed = parse_all(connection, f"{call}(cleaned, '{kind}', 'id')", ["45321"])
        assert parsed == [{"value": None, "reason": expected}]


def test_a_number_beyond_the_type_is_out_of_range(connection: DuckDBPyConnection) -> None:
    parsed = numbers(connection, ["1" + "0" * 28, "1" + "0" * 60, "10" + "0" * 24 + " triliun"])
    assert parsed == [{"value": None, "reason": "out_of_range"}] * 3


def test_a_number_with_more_than_ten_decimals_is_too_precise(
    connection: DuckDBPyConnection,
) -> None:
    parsed = numbers(connection, ["0,00000000001", "0,123456789012%"])
    assert parsed == [{"value": None, "reason": "too_precise"}] * 2
    assert numbers(connection, ["0,12345678900"])[0]["value"] == Decimal("0.123456789")


@pytest.mark.parametrize(
    ("text", "value"),
    {
        "5": 5,
        "1.250": 1250,
        "1.250,00": 1250,
        "-12": -12,
        "1,2 jt": 1200000,
        "0,5 rb": 500,
        "12,5": None,
        "200%": None,
        "０": 0,
        "007": None,
        "1.5": None,
        "dua": None,
    }.items(),
)
def test_whole_numbers_are_read(
    connection: DuckDBPyConnection, text: str, value: int | None
) -> None:
    parsed = parse_all(connection, "parse_integer(cleaned, 't', 'id')", [text])
    assert parsed == [{"value": value, "reason": "not_an_integer" if value is None else None}]


decimals = st.decimals(
    min_value=Decimal(-(10**15)), max_value=Decimal(10**15), allow_nan=False, places=6
)


@settings(max_examples=40, deadline=None)
@given(values=st.lists(decimals, min_size=1, max_size=60), grouped=st.booleans())
def test_a_number_written_in_indonesian_reads_back(
    connection: DuckDBPyConnection, values: list[Decimal], grouped: bool
) -> None:
    pattern = "#,##0.######" if grouped else "0.######"
    texts = [format_decimal(v, format=pattern, locale="id_ID") for v in values]
    assert [parsed["value"] for parsed in numbers(connection, texts)] == values


@settings(max_examples=40, deadline=None)
@given(values=st.lists(decimals, min_size=1, max_size=60))
def test_a_number_written_in_english_reads_back(
    connection: DuckDBPyConnection, values: list[Decimal]
) -> None:
    texts = [format_decimal(v, format="#,##0.######", locale="en_US") for v in values]
    assert [parsed["value"] for parsed in numbers(connection, texts, "en")] == values


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(st.from_regex(r"[0-9.,]{1,12}", fullmatch=True), min_size=1, max_size=80))
def test_marks_and_figures_read_as_babel_reads_them_strictly(
    connection: DuckDBPyConnection, texts: list[str]
) -> None:
    for text, parsed in zip(texts, numbers(connection, texts), strict=True):
        if parsed["value"] is not None:
            assert parse_decimal(text, locale="id_ID", strict=True) == parsed["value"]
        elif not text.startswith(("0", ".", ",")) and not text.endswith((".", ",")):
            with pytest.raises(NumberFormatError):
                parse_decimal(text, locale="id_ID", strict=True)


@settings(max_examples=80, deadline=None)
@given(
    texts=st.lists(
        st.one_of(
            st.text(max_size=20), st.text(alphabet="0123456789.,-+()%RpIDRjtrbM eE −", max_size=14)
        ),
        min_size=1,
        max_size=50,
    ),
    kind=st.sampled_from("ntbdshe"),
    notation=st.sampled_from(["id", "en"]),
)
def test_any_text_gives_a_value_or_a_reason(
    connection: DuckDBPyConnection, texts: list[str], kind: str, notation: str
) -> None:
    for parser in ("parse_number", "parse_integer"):
        call = f"[cleaned IS NULL, {parser}(cleaned, '{kind}', '{notation}').value IS NULL, "
        call += f"{parser}(cleaned, '{kind}', '{notation}').reason IS NULL]"
        for blank, no_value, no_reason in parse_all(connection, call, texts):
            assert (no_value and no_reason) if blank else (no_value != no_reason)


@settings(max_examples=80, deadline=None)
@given(
    texts=st.lists(
        st.from_regex(r"(?:-|(?i:rp)\.? ?)?[0-9]{1,4}(?:[.,][0-9]{1,4}){0,3}", fullmatch=True),
        min_size=1,
        max_size=80,
    ),
    notation=st.sampled_from(["id", "en"]),
)
@example(texts=["Rp. 1.000", "Rp1,000.25", "-0,00", "1.250,50", "1,250.50"], notation="id")
@example(texts=["Rp. 1,000", "Rp1.000,25", "-0.00", "1.250,50", "1,250.50"], notation="en")
def test_number_that_need_not_be_taken_apart_is_the_one_its_parts_give(
    connection: DuckDBPyConnection, texts: list[str], notation: str
) -> None:
    calls = ", ".join(
        f"{name}(cleaned, '{notation}')" for name in ("number_from_text", "number_by_parts")
    )
    for short, long in parse_all(connection, f"[{calls}]", texts):
        assert short == long


def test_the_marks_that_are_read_are_those_of_the_currencies_a_contract_may_name(
    connection: DuckDBPyConnection,
) -> None:
    codes = list(get_args(Currency))
    written = [f"{code} 5" for code in codes] + ["CHF 5", "5 CHF"]
    assert parse_all(connection, "currency_of(cleaned)", written) == [*codes, None, None]
