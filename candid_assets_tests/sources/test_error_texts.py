"""An error cell is known by its text, in the spelling of every spreadsheet program."""

import pytest

from candid_assets.sources.error_texts import is_error_text


@pytest.mark.parametrize(
    "text",
    [
        "#REF!",
        "#N/A (Did not find value 'SKU-04' in VLOOKUP evaluation.)",
        "#N/A ()",
        "#DIV/0! (Parameter 2 fungsi DIVIDE tidak boleh nol.)",
        "#VALUE! (Function ADD parameter 1 expects number values.\nBut 'x' is a text.)",
        "#SPILL!",
        "#CALC!",
        "#GETTING_DATA",
        "#WERT!",
        "#¡REF!",
        "Err:502",
        " #n/a ",
    ],
)
def test_codes_alone_and_with_a_message_are_errors(text):
    assert is_error_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#",
        "#1",
        "#PROMO!",
        "No #N/A",
        "#N/A-1",
        "#REF! lihat catatan",
        "Err",
        "Err:5",
        "Ekspor",
    ],
)
def test_other_text_is_no_error(text):
    assert not is_error_text(text)
