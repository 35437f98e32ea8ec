"""Serial numbers are shown as Google Sheets shows them, with Indonesian names."""

import pytest

from candid_assets.sandbox.numberformat import show_number, show_serial

AFTERNOON = 45886 + (14 * 3600 + 5 * 60 + 9) / 86400  # Sunday 17 August 2025, 14:05:09


@pytest.mark.parametrize(
    ("serial", "pattern", "shown"),
    [
        (45886, "dd/mm/yyyy", "17/08/2025"),
        (45886, "d-m-yy", "17-8-25"),
        (45886, "d mmmm yyyy", "17 Agustus 2025"),
        (45886, "d mmm yyyy", "17 Agu 2025"),
        (45886, "dddd, d mmmm yyyy", "Minggu, 17 Agustus 2025"),
        (45886, "ddd d mmm", "Min 17 Agu"),
        (45886, "mmmmm", "A"),
        (45886, "yyyy-mm-dd", "2025-08-17"),
        (45886, "yyyy\\-mm\\-dd", "2025-08-17"),
        (45886, '"Tgl" d', "Tgl 17"),
        (AFTERNOON, "dd/mm/yyyy hh:mm:ss", "17/08/2025 14:05:09"),
        (AFTERNOON, "hh.mm", "14.05"),
        (AFTERNOON, "h:mm am/pm", "2:05 PM"),
        (AFTERNOON, "mm:ss", "05:09"),
        (AFTERNOON, "hh:mm:ss.000", "14:05:09.000"),
        (0.5, "hh:mm", "12:00"),
        (1.09375, "[h]:mm:ss", "26:15:00"),
        (0.0625, "[mm]:ss", "90:00"),
        (-0.25, "[hh]:mm", "-06:00"),
        (0.999999999, "hh:mm:ss", "00:00:00"),
        (1, "yyyy-mm-dd", "1899-12-31"),
        (45886, "", "2025-08-17"),
        (45886, "d mmm yyyy;@", "17 Agu 2025"),
    ],
)
def test_a_serial_is_shown_through_its_pattern(serial, pattern, shown):
    assert show_serial(serial, pattern, "in_ID") == shown


def test_month_names_follow_the_workbooks_locale():
    assert show_serial(45886, "d mmmm yyyy", "en_US") == "17 August 2025"
    assert show_serial(45886, "d mmm yyyy", "in_ID") == show_serial(45886, "d mmm yyyy", "id_ID")


@pytest.mark.parametrize(
    ("number", "locale", "shown"),
    [
        (3, "in_ID", "3"),
        (1250.5, "in_ID", "1250,5"),
        (1250.5, "en_US", "1250.5"),
        (3.14159265358979, "en_US", "3.141592654"),
        (3141592.65358979, "en_US", "3141592.654"),
        (31415926535.8979, "en_US", "31415926536"),
        (999999999999999, "en_US", "999999999999999"),
        (1234567890123456, "en_US", "1.23456789E+15"),
        (-0.1, "x", "-0.1"),
    ],
)
def test_a_plain_number_has_the_locales_decimal_sign(number, locale, shown):
    assert show_number(number, locale) == shown
