"""What an .xlsx number or date shows through its format."""

from datetime import date

import pytest

from candid_assets.sources.files.number_formats import may_say_more, shown_date, shown_number

ACCOUNTING = '_("Rp"* #,##0_);_("Rp"* (#,##0);_("Rp"* "-"_);_(@_)'
SCALED = '[>=1000000]0.0,,"jt";[>=1000]0,"rb";0'


@pytest.mark.parametrize(
    ("value", "pattern", "shown"),
    [
        (7, "00000", "00007"),
        (1250, '"Rp"#,##0', "Rp1250"),
        (1250, "[$Rp-421]\\ #,##0", "Rp 1250"),
        (12, "[$$-409]#,##0", "$12"),
        (1250, "#,##0 [$€-407]", "1250 €"),
        (24, '0 "pcs"', "24 pcs"),
        (24, '0" lusin"', "24 lusin"),
        (0.125, "0.0%", "12,5%"),
        (81234567890, "0000-0000-0000", "0812-3456-7890"),
        (99, "00\\.000\\.000\\.0\\-000\\.000", "00.000.000.0-000.099"),
        (101, "0\\.00", "1.01"),
        (7, '"SKU-"0000', "SKU-0007"),
        (3.14159, '0.00" m"', "3,14 m"),
        (-1250, ACCOUNTING, " Rp(1250)"),
        (0, ACCOUNTING, " Rp- "),
        (-5, '0 "pcs"', "-5 pcs"),
        (1300000, SCALED, "1,3jt"),
        (250000, SCALED, "250rb"),
    ],
)
def test_number_is_shown_through_its_format(value, pattern, shown):
    assert may_say_more(pattern)
    assert shown_number(value, pattern) == shown


@pytest.mark.parametrize(
    "pattern",
    [
        *("General", "@", "0", "0.00", "#,##0", "#,##0.00", "#,##0;(#,##0)", "0_);[Red](0)"),
        *("#,##0_);\\(#,##0\\)", "[Color10]#,##0"),
    ],
)
def test_formats_of_digits_and_grouping_say_no_more(pattern):
    assert not may_say_more(pattern)


@pytest.mark.parametrize("pattern", ["# ?/?", "# ??/??", "0.00E+00"])
def test_fractions_and_scientific_notation_show_the_number_itself(pattern):
    assert shown_number(0.5, pattern) is None


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        ("d/m", "1/2"),
        ("d-mmm", "1-Feb"),
        ("d/mm;@", "1/02"),
        ("[$-421]dd\\ mmm", "01 Feb"),
        ("dd/mm/yyyy", None),
        ("mmm-yy", None),
        ("h:mm", None),
    ],
)
def test_date_without_its_year_is_shown_as_it_stands(pattern, shown):
    assert shown_date(date(2025, 2, 1), pattern) == shown
