"""A number with a format is shown as Google Sheets shows it in the workbook's locale."""

import pytest

from candid_assets.sandbox.number_pattern import show_through


@pytest.mark.parametrize(
    ("value", "pattern", "shown"),
    [
        (7, "00000", "00007"),
        (81234567890, "0000-0000-0000", "0812-3456-7890"),
        (3201010101010020, "0", "3201010101010020"),
        (0.1, "0%", "10%"),
        (0.125, "0.0%", "12,5%"),
        (1250000, '"Rp"#,##0', "Rp1.250.000"),
        (1250000, "[$Rp-421]#,##0.00", "Rp1.250.000,00"),
        (12, "[$$-409]#,##0", "$12"),
        (24, '0 "lusin"', "24 lusin"),
        (1250.5, "#,##0.##", "1.250,5"),
        (1250, "#,##0.##", "1.250"),
        (-1250, "#,##0;(#,##0)", "(1.250)"),
        (-1250, "#,##0", "-1.250"),
        (0, '#,##0;(#,##0);"-"', "-"),
        (0, "#,##0", "0"),
        (0.5, "0.00", "0,50"),
        (2.675, "0.00", "2,68"),
        (1250, '_("Rp"* #,##0_);_("Rp"* (#,##0)', " Rp1.250 "),
        (1250.5, "General", "1250,5"),
        (3, '0\\-"A"', "3-A"),
        (1250000, '#,##0,"rb"', "1.250rb"),
        (1250000, '0.0,,"jt"', "1,3jt"),
        (7, "@", "7"),
    ],
)
def test_a_number_is_shown_through_its_pattern(value, pattern, shown):
    assert show_through(value, pattern, "in_ID") == shown


def test_marks_follow_the_workbooks_locale():
    assert show_through(1250.5, "#,##0.00", "en_US") == "1,250.50"
