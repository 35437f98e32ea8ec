"""What a format shows is kept where it says more than the number, and only there."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from candid_assets.sources.shown_texts import says_more, shown_where_it_says_more


def more(shown: str, number: str) -> bool:
    return says_more(pa.array([shown]), pa.array([number])).to_pylist()[0]


@pytest.mark.parametrize(
    ("shown", "number"),
    [
        ("00007", "7"),
        ("-007", "-7"),
        ("00", "0"),
        ("24 pcs", "24"),
        ("5 m²", "5"),
        ("12,5%", "0.125"),
        ("Rp1.250", "1250"),
        ("(Rp1.250)", "-1250"),
        ("Rp -", "0"),
        ("$12", "12"),
        ("nihil", "0"),
        ("0812-3456-7890", "81234567890"),
        ("62 812 34", "6281234"),
        ("01.234.567.8-901.000", "12345678901000"),
        ("1.1.01", "1101"),
        ("1.01", "101"),
        ("1/2", "0.5"),
        ("12:30", "1230"),
    ],
)
def test_padding_units_currencies_and_codes_say_more(shown, number):
    assert more(shown, number)


@pytest.mark.parametrize(
    ("shown", "number"),
    [
        ("7", "7"),
        ("1.250", "1250"),
        ("1.250.000,50", "1250000.5"),
        ("-1,250.5", "-1250.5"),
        ("(1.250)", "-1250"),
        ("1.250-", "-1250"),
        ("1 250 000", "1250000"),
        ("1\u202f250", "1250"),
        ("12'500", "12500"),
        ("12,34,567", "1234567"),
        ("0,5", "0.5"),
        (".5", "0.5"),
        ("1,5", "1.51"),
        ("12,00", "12"),
        ("1.250,-", "1250"),
        ("3,20101E+15", "3201010101010001"),
        ("1E-07", "0.0000001"),
        ("-", "0"),
        (" - ", "0"),
        ("", "3"),
    ],
)
def test_grouping_rounding_and_signs_say_no_more(shown, number):
    assert not more(shown, number)


@given(st.integers(-(10**15), 10**15), st.sampled_from([(",", "."), (".", ","), ("\u00a0", ",")]))
def test_no_grouped_number_says_more(number, signs):
    group, point = signs
    assert not more(f"{number:,}".replace(",", group), str(number))
    assert not more(f"{number:,}".replace(",", group) + f"{point}50", f"{number}.5")


@given(st.integers(0, 10**9), st.integers(1, 6))
def test_every_padded_number_says_more(number, zeros):
    assert more("0" * zeros + str(number), str(number))


@given(st.integers(0, 10**9), st.text("abcdefgh%$€", min_size=1, max_size=5))
def test_every_word_beside_a_number_says_more(number, word):
    assert more(f"{number} {word}", str(number))
    assert more(f"{word}{number}", str(number))


def test_texts_that_say_nothing_more_are_null_and_none_is_made_of_a_column_without_any():
    shown = pa.array(["00007", "8", None])
    assert shown_where_it_says_more(shown, pa.array(["7", "8", None])).to_pylist() == [
        "00007",
        None,
        None,
    ]
    assert shown_where_it_says_more(pa.array(["8"]), pa.array(["8"])) is None
