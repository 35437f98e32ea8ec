"""Text, booleans and telephone numbers."""

import random

import phonenumbers
import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given, settings
from hypothesis import strategies as st

from candid_assets_tests.cleaning.kit import parse_all

CLEANED = {
    "lunas": "lunas",
    "  lunas ": "lunas",
    "\u00a0lunas\u00a0": "lunas",
    "\u200blunas\ufeff": "lunas",
    "Toko\u00a0 Jaya": "Toko Jaya",
    "Toko\nJaya\r\n": "Toko Jaya",
    "Toko\tJaya": "Toko Jaya",
    "Toko\u2003\u3000Jaya": "Toko Jaya",
    "Sari\u00adRoti": "SariRoti",
    "\u202aA1\u202c": "A1",
    "Kopi\u0301": "Kopí",
    "👨\u200d👩\u200d👧": "👨\u200d👩\u200d👧",
    "½ kg": "½ kg",
    "１２３": "１２３",
    "0012": "0012",
    "": None,
    "   ": None,
    "\u00a0\u200b\n": None,
    "\u200d": None,
}


@pytest.mark.parametrize(("raw", "cleaned"), CLEANED.items())
def test_text_loses_stray_space_and_invisible_marks_only(
    connection: DuckDBPyConnection, raw: str, cleaned: str | None
) -> None:
    assert parse_all(connection, "cleaned", [raw]) == [cleaned]


@settings(max_examples=80, deadline=None)
@given(texts=st.lists(st.text(max_size=30), min_size=1, max_size=60))
def test_cleaning_twice_changes_nothing_more(
    connection: DuckDBPyConnection, texts: list[str]
) -> None:
    once = parse_all(connection, "cleaned", texts)
    twice = parse_all(connection, "cleaned", [text or "" for text in once])
    assert twice == once


@pytest.mark.parametrize(
    ("kind", "text", "value", "reason"),
    [
        ("b", "TRUE", True, None),
        ("b", "FALSE", False, None),
        ("t", "Ya", True, None),
        ("t", " TIDAK ", False, None),
        ("t", "✓", True, None),
        ("n", "1", True, None),
        ("n", "0", False, None),
        ("n", "2", None, "not_a_boolean"),
        ("t", "mungkin", None, "not_a_boolean"),
        ("d", "2025-08-17", None, "not_a_boolean"),
        ("e", "#REF!", None, "error_cell"),
        ("t", " ", None, None),
    ],
)
def test_booleans_are_checkboxes_or_declared_words(
    connection: DuckDBPyConnection, kind: str, text: str, value: bool | None, reason: str | None
) -> None:
    call = f"parse_boolean(cleaned, '{kind}', ['ya', '1', '✓'], ['tidak', '0'])"
    assert parse_all(connection, call, [text]) == [{"value": value, "reason": reason}]


@pytest.mark.parametrize(
    ("text", "value"),
    {
        "0812-3456-7890": "+6281234567890",
        "0812 3456 7890": "+6281234567890",
        "+62 812-3456-7890": "+6281234567890",
        "6281234567890": "+6281234567890",
        "81234567890": "+6281234567890",
        "+62 (0) 812 3456 7890": "+6281234567890",
        "(021) 5551234": "+62215551234",
        "021-5551234": "+62215551234",
        "0274.561234": "+62274561234",
        "０８１２３４５６７８９０": "+6281234567890",
        "08123456789 / 08129876543": None,
        "08123456789 08129876543": None,
        "0812345": None,
        "+65 6123 4567": None,
        "0062 812 3456 7890": None,
        "0812x3456": None,
        "WA 08123456789": None,
        "-": None,
        "123": None,
    }.items(),
)
def test_telephone_numbers_are_brought_to_e164(
    connection: DuckDBPyConnection, text: str, value: str | None
) -> None:
    parsed = parse_all(connection, "parse_phone(cleaned, 't')", [text])
    assert parsed == [{"value": value, "reason": None if value else "bad_phone"}]


def test_a_telephone_number_that_lost_its_zero_in_a_number_cell_is_read(
    connection: DuckDBPyConnection,
) -> None:
    parsed = parse_all(connection, "parse_phone(cleaned, 'n')", ["81234567890"])
    assert parsed[0]["value"] == "+6281234567890"


def test_telephone_numbers_agree_with_libphonenumber(connection: DuckDBPyConnection) -> None:
    texts = list(_telephone_texts(4000))
    parsed = parse_all(connection, "parse_phone(cleaned, 't')", texts)
    read = {text: line["value"] for text, line in zip(texts, parsed, strict=True)}
    assert read == {text: _by_library(text) for text in texts}
    assert sum(value is not None for value in read.values()) > 1000


def test_leading_62_is_the_country_code_and_never_an_area_code(
    connection: DuckDBPyConnection,
) -> None:
    # The library takes 6221-3883558 for area 622 of Sumatra, whose people write 0622.
    parsed = parse_all(connection, "parse_phone(cleaned, 't')", ["6221-3883558", "0622-3883558"])
    assert [line["value"] for line in parsed] == ["+62213883558", "+626223883558"]


def _telephone_texts(count: int) -> set[str]:
    drawn = random.Random(20250817)  # noqa: S311 - a sample, no secret
    areas = ["812", "857", "8999", "21", "22", "31", "411", "274", "361", "751", "61", "619"]
    texts = set()
    for _ in range(count):
        start = drawn.choice(["0", "+62", "+62 ", "(0", "+62-0", ""])
        area = drawn.choice([*areas, str(drawn.randint(10, 999))])
        rest = "".join(drawn.choice("0123456789") for _ in range(drawn.randint(3, 9)))
        bracket = ") " if start == "(0" else drawn.choice(["", "-", " ", "."])
        texts.add(f"{start}{area}{bracket}{rest}")
    return {text for text in texts if not text.startswith("62")}


def _by_library(text: str) -> str | None:
    try:
        number = phonenumbers.parse(text, "ID")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@settings(max_examples=40, deadline=None)
@given(
    texts=st.lists(
        st.one_of(st.text(max_size=20), st.text(alphabet="0123456789+()-. ", max_size=20)),
        min_size=1,
        max_size=50,
    ),
    kind=st.sampled_from("ntbdshe"),
)
def test_any_text_gives_a_value_or_a_reason(
    connection: DuckDBPyConnection, texts: list[str], kind: str
) -> None:
    for read in (f"parse_phone(cleaned, '{kind}')", f"parse_boolean(cleaned, '{kind}', [], [])"):
        call = f"[cleaned IS NULL, {read}.value IS NULL, {read}.reason IS NULL]"
        for blank, no_value, no_reason in parse_all(connection, call, texts):
            assert (no_value and no_reason) if blank else (no_value != no_reason)
