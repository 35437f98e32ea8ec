"""A number format has the type of what it shows."""

import pytest

from candid_assets.sandbox.number_types import date_type, number_type, shows_dates


@pytest.mark.parametrize(
    ("pattern", "kind"),
    [
        ("00000", "NUMBER"),
        ("#,##0.00", "NUMBER"),
        ('0 "lusin"', "NUMBER"),
        ('0 "50% lusin"', "NUMBER"),
        ("0%", "PERCENT"),
        ("0.00E+00", "SCIENTIFIC"),
        ("[$Rp-421]#,##0", "CURRENCY"),
        ('"Rp"#,##0', "CURRENCY"),
        ("$#,##0.00", "CURRENCY"),
        ("@", "TEXT"),
        ("[Red]0", "NUMBER"),
    ],
)
def test_a_number_has_one_of_these_types(pattern, kind):
    assert number_type(pattern) == kind
    assert not shows_dates(pattern)


@pytest.mark.parametrize(
    ("pattern", "kind"),
    [
        ("dd/mm/yyyy", "DATE"),
        ("mmm-yy", "DATE"),
        ("d mmmm", "DATE"),
        ("[$-421]d mmmm yyyy", "DATE"),
        ('"hari" d', "DATE"),
        ("hh:mm", "TIME"),
        ("[h]:mm:ss", "TIME"),
        ("[mm]:ss", "TIME"),
        ("dd/mm/yyyy hh:mm:ss", "DATE_TIME"),
    ],
)
def test_a_moment_has_one_of_these_types(pattern, kind):
    assert date_type(pattern) == kind
    assert shows_dates(pattern)
